variable "region" {
  type    = string
  default = "ap-northeast-1"
}

variable "cluster" {
  type    = string
  default = "shop-prod"
}

# 在宅勤務の間だけ開ける (2020 年から)
variable "api_ranges" {
  type    = list(string)
  default = ["10.0.0.0/8"]
}

variable "private_api" {
  type    = bool
  default = true
}

variable "database_password" {
  type    = string
  default = "example-Pa55w0rd"
}
