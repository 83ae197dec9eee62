resource "aws_kms_key" "data" {
  description         = "RDS"
  enable_key_rotation = false
}

resource "aws_db_instance" "shop" {
  identifier          = "shop-prod"
  engine              = "postgres"
  instance_class      = "db.m6g.large"
  allocated_storage   = 100
  username            = "shop"
  password            = var.database_password
  kms_key_id          = aws_kms_key.data.arn
  storage_encrypted   = true
  skip_final_snapshot = true
}

# 値まで Terraform に書いてあり、ローテーションもない
resource "aws_secretsmanager_secret" "payments" {
  name = "shop/payments/provider"
}

resource "aws_secretsmanager_secret_version" "payments" {
  secret_id     = aws_secretsmanager_secret.payments.id
  secret_string = jsonencode({ token = "example-provider-token-4f9c2a71d0" })
}

resource "aws_ecr_repository" "shop" {
  for_each = toset(["cart", "checkout", "orders", "payments"])

  name                 = "shop/${each.key}"
  image_tag_mutability = "MUTABLE"
}
