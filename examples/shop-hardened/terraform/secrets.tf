# 値は Terraform に書かない。ローテーションの Lambda が作り、External Secrets が運ぶ

locals {
  secrets = {
    "shop/cart/redis"              = "shop"
    "shop/checkout/postgres"       = "shop"
    "shop/orders/postgres"         = "shop"
    "shop/catalog/postgres"        = "catalog"
    "shop/payments/provider"       = "payments"
    "shop/batch/postgres"          = "batch"
    "shop/ingress/alb-oidc"        = "ingress"
    "shop/ingress/gateway-tls"     = "ingress"
    "shop/monitoring/alertmanager" = "monitoring"
  }
}

resource "aws_secretsmanager_secret" "this" {
  for_each = local.secrets

  name                    = each.key
  kms_key_id              = aws_kms_key.this["secrets"].arn
  recovery_window_in_days = 30
}

resource "aws_secretsmanager_secret_rotation" "this" {
  for_each = local.secrets

  secret_id           = aws_secretsmanager_secret.this[each.key].id
  rotation_lambda_arn = "arn:aws:lambda:${var.region}:${var.account}:function:shop-prod-rotate"

  rotation_rules {
    automatically_after_days = 30
  }
}

# Namespace ごとの SecretStore が引き受けるロール。読めるのはその Namespace のものだけ
data "aws_iam_policy_document" "secrets_trust" {
  statement {
    actions = ["sts:AssumeRole", "sts:TagSession"]

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${var.account}:role/${var.cluster}-external-secrets"]
    }
  }
}

data "aws_iam_policy_document" "secrets" {
  for_each = toset(values(local.secrets))

  statement {
    actions   = ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"]
    resources = [for name, namespace in local.secrets : aws_secretsmanager_secret.this[name].arn if namespace == each.key]
  }

  statement {
    actions   = ["kms:Decrypt"]
    resources = [aws_kms_key.this["secrets"].arn]
  }
}

resource "aws_iam_role" "secrets" {
  for_each = toset(values(local.secrets))

  name               = "${var.cluster}-secrets-${each.key}"
  assume_role_policy = data.aws_iam_policy_document.secrets_trust.json
}

resource "aws_iam_role_policy" "secrets" {
  for_each = toset(values(local.secrets))

  name   = "read"
  role   = aws_iam_role.secrets[each.key].id
  policy = data.aws_iam_policy_document.secrets[each.key].json
}
