locals {
  # 外のイメージは検証してから写す
  mirrored = [
    "aquasecurity/trivy",
    "eks/amazon-k8s-cni",
    "eks/amazon-k8s-cni-init",
    "eks/amazon/aws-network-policy-agent",
    "eks/coredns",
    "external-secrets/external-secrets",
    "falcosecurity/falco",
    "falcosecurity/falcosidekick",
    "istio/install-cni",
    "istio/pilot",
    "istio/proxyv2",
    "prometheus/alertmanager",
    "prometheus/prometheus",
  ]
  repositories = toset(concat(local.mirrored, [
    "cart",
    "payments",
    "shop/cart",
    "shop/catalog",
    "shop/checkout",
    "shop/frontend",
    "shop/orders",
    "shop/payments",
    "shop/postgres-backup",
  ]))
}

resource "aws_ecr_repository" "this" {
  for_each = local.repositories

  name                 = each.key
  image_tag_mutability = "IMMUTABLE"

  image_scanning_configuration {
    scan_on_push = true
  }

  encryption_configuration {
    encryption_type = "KMS"
    kms_key         = aws_kms_key.this["images"].arn
  }
}

resource "aws_ecr_lifecycle_policy" "this" {
  for_each = local.repositories

  repository = aws_ecr_repository.this[each.key].name
  policy = jsonencode({
    rules = [{
      rulePriority = 1
      description  = "タグのないものは 30 日で消す"
      selection = {
        tagStatus   = "untagged"
        countType   = "sinceImagePushed"
        countUnit   = "days"
        countNumber = 30
      }
      action = { type = "expire" }
    }]
  })
}
