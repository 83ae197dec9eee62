variable "cluster_endpoint_private_access" { default = false }
variable "cluster_endpoint_public_access" { default = true }
variable "cluster_encryption_config" { default = [] }
variable "create_kms_key" { default = false }

locals {
  # A list of at most one configuration.
  encrypts   = length(var.cluster_encryption_config) > 0 && !local.on_outpost
  encryption = try(var.cluster_encryption_config[0], {})
}
