variable "enable_kms_key_rotation" { default = true }

module "kms" {
  source = "./kms"

  create              = var.create && var.create_kms_key && local.encrypts
  enable_key_rotation = var.enable_kms_key_rotation
}

output "kms_key_arn" { value = module.kms.key_arn }
output "kms_key_id" { value = module.kms.key_id }
