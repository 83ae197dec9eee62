variable "name" {
  type = string
}

variable "range" {
  description = "VPC のアドレス範囲 (/16)"
  type        = string
}

variable "zones" {
  type = list(string)
}

variable "log_key_arn" {
  description = "フローログを暗号化する KMS キー"
  type        = string
}
