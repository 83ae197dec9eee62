variable "create" { default = true }
variable "name" { default = "" }
variable "use_name_prefix" { default = true }
variable "cluster_name" { default = null }
variable "subnet_ids" { default = null }
variable "ami_id" { default = "" }
variable "remote_access" { default = null }
variable "use_custom_launch_template" { default = true }
variable "launch_template_id" { default = "" }
variable "node_repair_config" { default = null }

data "aws_partition" "current" {}

resource "aws_eks_node_group" "this" {
  count = var.create ? 1 : 0

  cluster_name    = var.cluster_name
  node_group_name = var.use_name_prefix ? null : var.name
  node_role_arn   = var.create_iam_role ? aws_iam_role.this[0].arn : var.iam_role_arn
  subnet_ids      = var.subnet_ids
  ami_type        = var.ami_id != "" ? null : var.ami_type

  dynamic "launch_template" {
    for_each = var.use_custom_launch_template ? [1] : []
    content {
      id = var.create_launch_template ? aws_launch_template.this[0].id : var.launch_template_id
    }
  }

  dynamic "remote_access" {
    for_each = try(length(var.remote_access), 0) > 0 ? [var.remote_access] : []
    content {
      ec2_ssh_key               = try(remote_access.value.ec2_ssh_key, null)
      source_security_group_ids = try(remote_access.value.source_security_group_ids, [])
    }
  }

  dynamic "node_repair_config" {
    for_each = var.node_repair_config == null ? [] : [var.node_repair_config]
    content {
      enabled = try(node_repair_config.value.enabled, null)
    }
  }
}

output "node_group_arn" { value = try(aws_eks_node_group.this[0].arn, null) }
output "node_group_id" { value = try(aws_eks_node_group.this[0].id, null) }
output "node_group_resources" { value = try(aws_eks_node_group.this[0].resources, null) }
output "node_group_status" { value = try(aws_eks_node_group.this[0].status, null) }
