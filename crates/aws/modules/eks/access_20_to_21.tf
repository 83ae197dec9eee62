variable "authentication_mode" { default = "API_AND_CONFIG_MAP" }
variable "enable_cluster_creator_admin_permissions" { default = false }
variable "access_entries" { default = {} }

data "aws_caller_identity" "current" {}

data "aws_iam_session_context" "current" {
  arn = data.aws_caller_identity.current.arn
}

locals {
  access_config = [{
    authentication_mode = var.authentication_mode
    # The creator gets an entry that can be seen instead.
    bootstrap_cluster_creator_admin_permissions = false
  }]

  creator = {
    cluster_creator = {
      principal_arn = data.aws_iam_session_context.current.issuer_arn
      type          = "STANDARD"
      policy_associations = {
        admin = {
          policy_arn   = "arn:${data.aws_partition.current.partition}:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
          access_scope = { type = "cluster" }
        }
      }
    }
  }
  creators = { for key, entry in local.creator : key => entry if var.enable_cluster_creator_admin_permissions }
  entries  = { for key, entry in merge(local.creators, var.access_entries) : key => entry if var.create }
  associations = merge([for key, entry in local.entries : {
    for name, association in try(entry.policy_associations, {}) :
    "${key}_${name}" => merge(association, { entry = key, principal_arn = entry.principal_arn })
  }]...)
}

resource "aws_eks_access_entry" "this" {
  for_each = local.entries

  cluster_name      = aws_eks_cluster.this[0].id
  principal_arn     = each.value.principal_arn
  kubernetes_groups = try(each.value.kubernetes_groups, null)
  type              = try(each.value.type, "STANDARD")
  user_name         = try(each.value.user_name, null)
}

resource "aws_eks_access_policy_association" "this" {
  for_each = local.associations

  cluster_name  = aws_eks_cluster.this[0].id
  principal_arn = each.value.principal_arn
  policy_arn    = each.value.policy_arn

  access_scope {
    type       = each.value.access_scope.type
    namespaces = try(each.value.access_scope.namespaces, [])
  }
}

output "access_entries" { value = aws_eks_access_entry.this }
output "access_policy_associations" { value = aws_eks_access_policy_association.this }
