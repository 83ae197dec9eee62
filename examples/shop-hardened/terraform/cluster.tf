data "aws_iam_policy_document" "cluster_trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["eks.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "cluster" {
  name               = "${var.cluster}-cluster"
  assume_role_policy = data.aws_iam_policy_document.cluster_trust.json
}

resource "aws_iam_role_policy_attachment" "cluster" {
  role       = aws_iam_role.cluster.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"
}

resource "aws_cloudwatch_log_group" "cluster" {
  name              = "/aws/eks/${var.cluster}/cluster"
  retention_in_days = 400
  kms_key_id        = aws_kms_key.this["logs"].arn
}

# API サーバーへは、VPC の中と踏み台のない接続 (SSM) からだけ届く
resource "aws_security_group" "control_plane" {
  name        = "${var.cluster}-control-plane"
  description = "API server"
  vpc_id      = module.network.vpc_id
}

resource "aws_vpc_security_group_ingress_rule" "api_from_nodes" {
  for_each = local.node_groups

  security_group_id            = aws_security_group.control_plane.id
  referenced_security_group_id = aws_security_group.nodes[each.key].id
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
  description                  = "kubelet and pods of ${each.key}"
}

resource "aws_eks_cluster" "this" {
  name                          = var.cluster
  version                       = var.kubernetes_version
  role_arn                      = aws_iam_role.cluster.arn
  bootstrap_self_managed_addons = false
  deletion_protection           = true

  enabled_cluster_log_types = ["api", "audit", "authenticator", "controllerManager", "scheduler"]

  vpc_config {
    subnet_ids              = module.network.node_subnets
    security_group_ids      = [aws_security_group.control_plane.id]
    endpoint_private_access = true
    endpoint_public_access  = false
  }

  access_config {
    authentication_mode                         = "API"
    bootstrap_cluster_creator_admin_permissions = false
  }

  encryption_config {
    resources = ["secrets"]

    provider {
      key_arn = aws_kms_key.this["cluster"].arn
    }
  }

  upgrade_policy {
    support_type = "STANDARD"
  }

  depends_on = [
    aws_cloudwatch_log_group.cluster,
    aws_iam_role_policy_attachment.cluster,
  ]
}

resource "aws_iam_openid_connect_provider" "cluster" {
  url            = aws_eks_cluster.this.identity[0].oidc[0].issuer
  client_id_list = ["sts.amazonaws.com"]
}

locals {
  issuer = replace(aws_eks_cluster.this.identity[0].oidc[0].issuer, "https://", "")
}

# 人は読むだけ。緊急時は IAM Identity Center で一時的に権限を上げ、承認と記録が残る
resource "aws_eks_access_entry" "viewer" {
  cluster_name  = aws_eks_cluster.this.name
  principal_arn = "arn:aws:iam::${var.account}:role/shop-viewer"
}

resource "aws_eks_access_policy_association" "viewer" {
  cluster_name  = aws_eks_cluster.this.name
  principal_arn = aws_eks_access_entry.viewer.principal_arn
  policy_arn    = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy"

  access_scope {
    type = "cluster"
  }
}

resource "aws_eks_access_entry" "payments_deploy" {
  cluster_name  = aws_eks_cluster.this.name
  principal_arn = aws_iam_role.payments_deploy["shop-payments-deploy"].arn
}

resource "aws_eks_access_policy_association" "payments_deploy" {
  cluster_name  = aws_eks_cluster.this.name
  principal_arn = aws_eks_access_entry.payments_deploy.principal_arn
  policy_arn    = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSEditPolicy"

  access_scope {
    type       = "namespace"
    namespaces = ["payments"]
  }
}

resource "aws_eks_addon" "vpc_cni" {
  cluster_name             = aws_eks_cluster.this.name
  addon_name               = "vpc-cni"
  addon_version            = "v1.20.4-eksbuild.1"
  service_account_role_arn = module.irsa["vpc-cni"].arn

  configuration_values = jsonencode({
    enableNetworkPolicy = "true"
    nodeAgent = {
      enablePolicyEventLogs = "true"
      enableCloudWatchLogs  = "true"
    }
  })
}

resource "aws_eks_addon" "others" {
  for_each = {
    coredns                = "v1.12.4-eksbuild.1"
    kube-proxy             = "v1.34.0-eksbuild.2"
    eks-pod-identity-agent = "v1.3.9-eksbuild.3"
    metrics-server         = "v0.8.0-eksbuild.2"
    aws-guardduty-agent    = "v1.11.0-eksbuild.4"
  }

  cluster_name  = aws_eks_cluster.this.name
  addon_name    = each.key
  addon_version = each.value
}
