locals {
  cluster_policies = ["AmazonEKSClusterPolicy", "AmazonEKSVPCResourceController"]
  default_ami_type = null
  metadata_options = {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 2
  }
}
