variable "create" { default = true }
variable "name" { default = "" }
variable "cluster_name" { default = null }
variable "subnet_ids" { default = [] }
variable "selectors" { default = [] }

data "aws_partition" "current" {}

locals {
  makes_role    = var.create && var.create_iam_role
  node_policies = ["AmazonEKSFargatePodExecutionRolePolicy"]
  service       = "eks-fargate-pods.amazonaws.com"
}

resource "aws_eks_fargate_profile" "this" {
  count = var.create ? 1 : 0

  cluster_name           = var.cluster_name
  fargate_profile_name   = var.name
  pod_execution_role_arn = var.create_iam_role ? aws_iam_role.this[0].arn : var.iam_role_arn
  subnet_ids             = var.subnet_ids

  dynamic "selector" {
    for_each = var.selectors
    content {
      namespace = try(selector.value.namespace, null)
      labels    = try(selector.value.labels, null)
    }
  }
}

output "fargate_profile_arn" { value = try(aws_eks_fargate_profile.this[0].arn, null) }
output "fargate_profile_id" { value = try(aws_eks_fargate_profile.this[0].id, null) }
output "fargate_profile_pod_execution_role_arn" { value = try(aws_eks_fargate_profile.this[0].pod_execution_role_arn, null) }
