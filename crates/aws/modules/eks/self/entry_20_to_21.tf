variable "create_access_entry" { default = true }

resource "aws_eks_access_entry" "this" {
  count = var.create && var.create_access_entry ? 1 : 0

  cluster_name      = var.cluster_name
  principal_arn     = local.makes_role ? aws_iam_role.this[0].arn : var.iam_role_arn
  type              = "EC2_LINUX"
  kubernetes_groups = null
  user_name         = null
}

output "access_entry_arn" { value = try(aws_eks_access_entry.this[0].access_entry_arn, null) }
