variable "cluster_endpoint_private_access" { default = true }
variable "cluster_endpoint_public_access" { default = false }
variable "cluster_encryption_config" { default = { resources = ["secrets"] } }
variable "create_kms_key" { default = true }

locals {
  encrypts   = length(var.cluster_encryption_config) > 0 && !local.on_outpost
  encryption = var.cluster_encryption_config
}
