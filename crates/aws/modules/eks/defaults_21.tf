locals {
  cluster_policies = ["AmazonEKSClusterPolicy"]
  default_ami_type = "AL2023_x86_64_STANDARD"
  metadata_options = {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }
}
