# 用途ごとのキー。どれも毎年ローテーションされる

locals {
  root = "arn:aws:iam::${var.account}:root"

  # キーを使う AWS のサービス
  keys = {
    cluster = "Kubernetes の Secret"
    logs    = "ロググループと証跡"
    secrets = "Secrets Manager"
    images  = "ECR と EBS"
    alerts  = "SNS"
  }
}

data "aws_iam_policy_document" "key" {
  for_each = local.keys

  statement {
    sid       = "Administration"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = [local.root]
    }
  }

  dynamic "statement" {
    for_each = each.key == "logs" ? ["logs.${var.region}.amazonaws.com", "cloudtrail.amazonaws.com"] : []

    content {
      actions   = ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey*", "kms:DescribeKey"]
      resources = ["*"]

      principals {
        type        = "Service"
        identifiers = [statement.value]
      }

      condition {
        test     = "StringEquals"
        variable = "aws:SourceAccount"
        values   = [var.account]
      }
    }
  }

  dynamic "statement" {
    for_each = each.key == "alerts" ? ["cloudwatch.amazonaws.com", "events.amazonaws.com"] : []

    content {
      actions   = ["kms:Decrypt", "kms:GenerateDataKey*"]
      resources = ["*"]

      principals {
        type        = "Service"
        identifiers = [statement.value]
      }
    }
  }
}

resource "aws_kms_key" "this" {
  for_each = local.keys

  description             = each.value
  enable_key_rotation     = true
  deletion_window_in_days = 30
  policy                  = data.aws_iam_policy_document.key[each.key].json
}

resource "aws_kms_alias" "this" {
  for_each = local.keys

  name          = "alias/${var.cluster}-${each.key}"
  target_key_id = aws_kms_key.this[each.key].key_id
}

# Cosign の署名。非対称キーは自動ではローテーションできないため、毎年作り直す
resource "aws_kms_key" "image_signing" {
  description              = "コンテナイメージの署名"
  key_usage                = "SIGN_VERIFY"
  customer_master_key_spec = "ECC_NIST_P256"
  deletion_window_in_days  = 30
}

resource "aws_kms_alias" "image_signing" {
  name          = "alias/image-signing"
  target_key_id = aws_kms_key.image_signing.key_id
}
