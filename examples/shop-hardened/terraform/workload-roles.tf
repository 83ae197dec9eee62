# ワークロードごとに一つのロール。ServiceAccount の注釈と対になる

locals {
  workloads = {
    vpc-cni          = { namespace = "kube-system", service_account = "aws-node" }
    catalog          = { namespace = "catalog", service_account = "catalog" }
    orders           = { namespace = "shop", service_account = "orders" }
    payments         = { namespace = "payments", service_account = "payments" }
    postgres-backup  = { namespace = "batch", service_account = "postgres-backup" }
    falcosidekick    = { namespace = "falco", service_account = "falcosidekick" }
    trivy            = { namespace = "security", service_account = "trivy" }
    external-secrets = { namespace = "external-secrets", service_account = "external-secrets" }
  }

  managed_policies = {
    vpc-cni = ["arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy"]
    trivy   = ["arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryPullOnly"]
  }

  # 行えることと、その相手
  own_rights = {
    catalog = [
      { actions = ["s3:GetObject"], resources = ["arn:aws:s3:::shop-prod-catalog-images/*"] },
    ]
    orders = [
      { actions = ["sqs:SendMessage"], resources = ["arn:aws:sqs:${var.region}:${var.account}:shop-prod-orders"] },
    ]
    payments = [
      {
        actions   = ["sqs:ReceiveMessage", "sqs:DeleteMessage"],
        resources = ["arn:aws:sqs:${var.region}:${var.account}:shop-prod-payment-callbacks"]
      },
    ]
    postgres-backup = [
      { actions = ["s3:PutObject"], resources = ["arn:aws:s3:::shop-prod-backup/postgres/*"] },
    ]
    falcosidekick = [
      { actions = ["sns:Publish"], resources = [aws_sns_topic.runtime_alerts.arn] },
    ]
    external-secrets = [
      { actions = ["sts:AssumeRole", "sts:TagSession"], resources = [for role in aws_iam_role.secrets : role.arn] },
    ]
  }
}

data "aws_iam_policy_document" "own" {
  for_each = local.own_rights

  dynamic "statement" {
    for_each = each.value

    content {
      actions   = statement.value.actions
      resources = statement.value.resources
    }
  }
}

module "irsa" {
  source   = "./modules/irsa"
  for_each = local.workloads

  name            = "${var.cluster}-${each.key}"
  provider_arn    = aws_iam_openid_connect_provider.cluster.arn
  issuer          = local.issuer
  namespace       = each.value.namespace
  service_account = each.value.service_account
  policies        = lookup(local.managed_policies, each.key, [])
  policy          = contains(keys(local.own_rights), each.key) ? data.aws_iam_policy_document.own[each.key].json : null
}

# ALB を作るコントローラーは Pod Identity で権限を得る
data "aws_iam_policy_document" "pod_identity_trust" {
  statement {
    actions = ["sts:AssumeRole", "sts:TagSession"]

    principals {
      type        = "Service"
      identifiers = ["pods.eks.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:RequestTag/kubernetes-namespace"
      values   = ["kube-system"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:RequestTag/kubernetes-service-account"
      values   = ["aws-load-balancer-controller"]
    }
  }
}

resource "aws_iam_role" "load_balancer_controller" {
  name               = "${var.cluster}-load-balancer-controller"
  assume_role_policy = data.aws_iam_policy_document.pod_identity_trust.json
}

resource "aws_iam_role_policy" "load_balancer_controller" {
  name   = "own"
  role   = aws_iam_role.load_balancer_controller.id
  policy = file("${path.module}/policies/load-balancer-controller.json")
}

resource "aws_eks_pod_identity_association" "load_balancer_controller" {
  cluster_name    = aws_eks_cluster.this.name
  namespace       = "kube-system"
  service_account = "aws-load-balancer-controller"
  role_arn        = aws_iam_role.load_balancer_controller.arn
}
