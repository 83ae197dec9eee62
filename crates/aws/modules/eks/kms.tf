variable "create" {}
variable "enable_key_rotation" {}

resource "aws_kms_key" "this" {
  count = var.create ? 1 : 0

  key_usage                = "ENCRYPT_DECRYPT"
  customer_master_key_spec = null
  custom_key_store_id      = null
  is_enabled               = null
  enable_key_rotation      = var.enable_key_rotation
}

output "key_arn" { value = try(aws_kms_key.this[0].arn, null) }
output "key_id" { value = try(aws_kms_key.this[0].key_id, null) }
