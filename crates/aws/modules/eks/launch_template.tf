# Launch template of a node group, managed by EKS or not.
variable "create_launch_template" { default = true }
variable "key_name" { default = null }
variable "network_interfaces" { default = [] }
# Empty or one: whether it is null could not be told of an identifier that is not known yet.
variable "cluster_primary_security_group_id" { default = [] }
variable "vpc_security_group_ids" { default = [] }
variable "pre_bootstrap_user_data" { default = "" }
variable "post_bootstrap_user_data" { default = "" }
variable "bootstrap_extra_args" { default = "" }
variable "cloudinit_pre_nodeadm" { default = [] }
variable "cloudinit_post_nodeadm" { default = [] }

locals {
  # Since 21 what a caller leaves out of this object has the module's own value.
  metadata   = merge(local.metadata_base, var.metadata_options)
  interfaces = try([for one in var.network_interfaces : one], [])
  # What callers add to the script of the nodes; one text alone keeps its place.
  additions = concat(
    [for text in [var.pre_bootstrap_user_data, var.post_bootstrap_user_data, var.bootstrap_extra_args] : text if text != "" && text != null],
    [for part in concat(try([for one in var.cloudinit_pre_nodeadm : one], []), try([for one in var.cloudinit_post_nodeadm : one], [])) : part.content],
  )
  primary    = try([tostring(var.cluster_primary_security_group_id)], [for one in var.cluster_primary_security_group_id : one])
  groups     = concat(local.primary, var.vpc_security_group_ids, local.own_group)
}

resource "aws_launch_template" "this" {
  count = local.makes_template ? 1 : 0

  key_name               = var.key_name
  vpc_security_group_ids = length(local.interfaces) > 0 ? [] : local.groups
  iam_instance_profile   = local.profile
  security_group_names   = null
  security_groups        = null
  user_data              = length(local.additions) == 0 ? null : length(local.additions) == 1 ? local.additions[0] : join("\n", local.additions)

  dynamic "metadata_options" {
    for_each = length(local.metadata) > 0 ? [local.metadata] : []
    content {
      http_endpoint               = lookup(metadata_options.value, "http_endpoint", null)
      http_tokens                 = lookup(metadata_options.value, "http_tokens", null)
      http_put_response_hop_limit = lookup(metadata_options.value, "http_put_response_hop_limit", null)
      http_protocol_ipv6          = lookup(metadata_options.value, "http_protocol_ipv6", null)
    }
  }

  dynamic "network_interfaces" {
    for_each = local.interfaces
    content {
      associate_public_ip_address = lookup(network_interfaces.value, "associate_public_ip_address", null)
      security_groups             = concat(try([for one in network_interfaces.value.security_groups : one], []), local.groups)
    }
  }
}

output "launch_template_id" { value = try(aws_launch_template.this[0].id, null) }
output "launch_template_arn" { value = try(aws_launch_template.this[0].arn, null) }
output "launch_template_name" { value = try(aws_launch_template.this[0].name, null) }
output "launch_template_latest_version" { value = try(aws_launch_template.this[0].latest_version, null) }
