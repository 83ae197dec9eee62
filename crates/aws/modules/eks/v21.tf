# Names of the inputs since 21.
variable "name" { default = "" }
variable "kubernetes_version" { default = null }
variable "enabled_log_types" { default = ["audit", "api", "authenticator"] }
variable "additional_security_group_ids" { default = [] }
variable "endpoint_private_access" { default = true }
variable "endpoint_public_access" { default = false }
variable "endpoint_public_access_cidrs" { default = ["0.0.0.0/0"] }
variable "ip_family" { default = "ipv4" }
variable "encryption_config" { default = {} }
variable "create_kms_key" { default = true }
variable "create_security_group" { default = true }
variable "security_group_id" { default = "" }
variable "security_group_additional_rules" { default = {} }
variable "addons" { default = {} }
variable "compute_config" { default = null }
variable "deletion_protection" { default = null }

locals {
  name                        = var.name
  version                     = var.kubernetes_version
  log_types                   = var.enabled_log_types
  additional_groups           = var.additional_security_group_ids
  public                      = var.endpoint_public_access
  private                     = var.endpoint_private_access
  public_cidrs                = var.endpoint_public_access_cidrs
  ip_family                   = var.ip_family
  create_group                = var.create_security_group
  given_group                 = var.security_group_id
  group_rules                 = var.security_group_additional_rules
  addons                      = var.addons
  compute                     = var.compute_config
  deletion_protection         = var.deletion_protection
  encrypts                    = var.encryption_config != null && !local.on_outpost
  encryption                  = var.encryption_config
  managed_node_group_defaults = {}
  self_node_group_defaults    = {}
  fargate_defaults            = {}
}
