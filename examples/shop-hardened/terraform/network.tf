module "network" {
  source = "./modules/network"

  name        = var.cluster
  range       = "10.20.0.0/16"
  zones       = var.zones
  log_key_arn = aws_kms_key.this["logs"].arn
}
