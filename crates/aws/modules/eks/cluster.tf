variable "create" { default = true }
variable "vpc_id" { default = null }
variable "subnet_ids" { default = [] }
variable "control_plane_subnet_ids" { default = [] }
variable "outpost_config" { default = {} }
variable "tags" { default = {} }
variable "create_cloudwatch_log_group" { default = true }
variable "cloudwatch_log_group_retention_in_days" { default = 90 }
variable "cloudwatch_log_group_kms_key_id" { default = null }
variable "enable_irsa" { default = true }

data "aws_partition" "current" {}

locals {
  on_outpost = try(length(var.outpost_config), 0) > 0
  all_addons = merge({}, local.addons)
  auto_mode  = try(local.compute.enabled, false)
  outpost    = local.on_outpost ? [var.outpost_config] : []
}

resource "aws_eks_cluster" "this" {
  count = var.create ? 1 : 0

  name                      = local.name
  role_arn                  = local.cluster_role_arn
  version                   = local.version
  enabled_cluster_log_types = local.log_types
  deletion_protection       = local.deletion_protection

  vpc_config {
    security_group_ids      = concat(local.additional_groups, local.cluster_groups)
    subnet_ids              = try(coalescelist(var.control_plane_subnet_ids, var.subnet_ids), [])
    endpoint_private_access = local.private
    endpoint_public_access  = local.public
    public_access_cidrs     = local.public_cidrs
  }

  dynamic "access_config" {
    for_each = local.access_config
    content {
      authentication_mode                         = access_config.value.authentication_mode
      bootstrap_cluster_creator_admin_permissions = access_config.value.bootstrap_cluster_creator_admin_permissions
    }
  }

  dynamic "compute_config" {
    for_each = local.compute == null ? [] : [local.compute]
    content {
      enabled       = try(compute_config.value.enabled, null)
      node_pools    = try(compute_config.value.node_pools, null)
      node_role_arn = try(aws_iam_role.eks_auto[0].arn, compute_config.value.node_role_arn, null)
    }
  }

  dynamic "encryption_config" {
    for_each = local.encrypts ? [local.encryption] : []
    content {
      provider {
        key_arn = var.create_kms_key ? module.kms.key_arn : encryption_config.value.provider_key_arn
      }
      resources = try(encryption_config.value.resources, ["secrets"])
    }
  }

  dynamic "outpost_config" {
    for_each = local.outpost
    content {
      control_plane_instance_type = try(outpost_config.value.control_plane_instance_type, null)
      outpost_arns                = try(outpost_config.value.outpost_arns, null)
    }
  }
}

resource "aws_cloudwatch_log_group" "this" {
  count = var.create && var.create_cloudwatch_log_group ? 1 : 0

  name              = "/aws/eks/${local.name}/cluster"
  retention_in_days = var.cloudwatch_log_group_retention_in_days
  kms_key_id        = var.cloudwatch_log_group_kms_key_id
  log_group_class   = null
  skip_destroy      = null
}

resource "aws_iam_openid_connect_provider" "oidc_provider" {
  count = var.create && var.enable_irsa && !local.on_outpost ? 1 : 0

  client_id_list = ["sts.amazonaws.com"]
  url            = aws_eks_cluster.this[0].identity[0].oidc[0].issuer
}

resource "aws_eks_addon" "this" {
  for_each = { for key, addon in local.all_addons : key => addon if var.create && !local.on_outpost && !try(addon.before_compute, false) }

  cluster_name             = aws_eks_cluster.this[0].id
  addon_name               = try(coalesce(each.value.name), each.key)
  configuration_values     = try(each.value.configuration_values, null)
  service_account_role_arn = try(each.value.service_account_role_arn, null)
}

resource "aws_eks_addon" "before_compute" {
  for_each = { for key, addon in local.all_addons : key => addon if var.create && !local.on_outpost && try(addon.before_compute, false) }

  cluster_name             = aws_eks_cluster.this[0].id
  addon_name               = try(coalesce(each.value.name), each.key)
  configuration_values     = try(each.value.configuration_values, null)
  service_account_role_arn = try(each.value.service_account_role_arn, null)
}
