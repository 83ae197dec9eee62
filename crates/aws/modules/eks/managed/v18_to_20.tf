# Without the root module, 18 to 20 require tokens and answer over two hops.
variable "ami_type" { default = null }
variable "metadata_options" {
  default = {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 2
  }
}
