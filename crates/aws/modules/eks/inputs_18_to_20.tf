# Names of the inputs until 20: most begin with `cluster_`.
variable "cluster_name" { default = "" }
variable "cluster_version" { default = null }
variable "cluster_enabled_log_types" { default = ["audit", "api", "authenticator"] }
variable "cluster_additional_security_group_ids" { default = [] }
variable "cluster_endpoint_public_access_cidrs" { default = ["0.0.0.0/0"] }
variable "cluster_ip_family" { default = null }
variable "create_cluster_security_group" { default = true }
variable "cluster_security_group_id" { default = "" }
variable "cluster_security_group_additional_rules" { default = {} }
variable "cluster_addons" { default = {} }
variable "cluster_tags" { default = {} }
variable "eks_managed_node_group_defaults" { default = {} }
variable "self_managed_node_group_defaults" { default = {} }
variable "fargate_profile_defaults" { default = {} }

locals {
  name                        = var.cluster_name
  version                     = var.cluster_version
  log_types                   = var.cluster_enabled_log_types
  additional_groups           = var.cluster_additional_security_group_ids
  public                      = var.cluster_endpoint_public_access
  private                     = var.cluster_endpoint_private_access
  public_cidrs                = var.cluster_endpoint_public_access_cidrs
  ip_family                   = var.cluster_ip_family
  create_group                = var.create_cluster_security_group
  given_group                 = var.cluster_security_group_id
  group_rules                 = var.cluster_security_group_additional_rules
  addons                      = var.cluster_addons
  managed_node_group_defaults = var.eks_managed_node_group_defaults
  self_node_group_defaults    = var.self_managed_node_group_defaults
  fargate_defaults            = var.fargate_profile_defaults
}
