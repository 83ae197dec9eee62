# Before access entries: the ConfigMap `aws-auth`, which these inputs fill.
variable "manage_aws_auth_configmap" { default = false }
variable "create_aws_auth_configmap" { default = false }
variable "aws_auth_roles" { default = [] }
variable "aws_auth_users" { default = [] }
variable "aws_auth_accounts" { default = [] }

locals {
  access_config       = []
  compute             = null
  deletion_protection = null
  aws_auth = {
    mapRoles    = yamlencode(var.aws_auth_roles)
    mapUsers    = yamlencode(var.aws_auth_users)
    mapAccounts = yamlencode(var.aws_auth_accounts)
  }
}

resource "kubernetes_config_map" "aws_auth" {
  count = var.create && var.create_aws_auth_configmap ? 1 : 0

  metadata {
    name      = "aws-auth"
    namespace = "kube-system"
  }

  data = local.aws_auth
}

resource "kubernetes_config_map_v1_data" "aws_auth" {
  count = var.create && var.manage_aws_auth_configmap ? 1 : 0

  force = true

  metadata {
    name      = "aws-auth"
    namespace = "kube-system"
  }

  data = local.aws_auth
}
