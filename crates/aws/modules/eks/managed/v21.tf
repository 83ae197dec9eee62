variable "ami_type" { default = "AL2023_x86_64_STANDARD" }
variable "metadata_options" {
  default = {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }
}
