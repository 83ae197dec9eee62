variable "create" { default = true }
variable "cluster_name" { default = "" }
variable "cluster_ip_family" { default = "ipv4" }

data "aws_partition" "current" {}
data "aws_caller_identity" "current" {}

locals {
  policies   = "arn:${data.aws_partition.current.partition}:iam::aws:policy"
  cni_policy = var.cluster_ip_family == "ipv6" ? "arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:policy/AmazonEKS_CNI_IPv6_Policy" : "${local.policies}/AmazonEKS_CNI_Policy"
  attached = merge(
    { for name in local.node_policies : name => "${local.policies}/${name}" },
    local.attaches_cni ? { AmazonEKS_CNI_Policy = local.cni_policy } : {},
  )
}

# What the controller may do is written out by the real module; here it is only known to be attached.
resource "aws_iam_policy" "controller" {
  count = local.makes_controller ? 1 : 0
}
