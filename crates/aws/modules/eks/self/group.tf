variable "create" { default = true }
variable "create_autoscaling_group" { default = true }
variable "name" { default = "" }
variable "cluster_name" { default = "" }
variable "subnet_ids" { default = null }
variable "launch_template_id" { default = "" }
variable "use_mixed_instances_policy" { default = false }
variable "create_iam_instance_profile" { default = true }
variable "iam_instance_profile_arn" { default = null }

data "aws_partition" "current" {}

locals {
  makes_template = var.create && var.create_launch_template
  makes_role     = var.create && var.create_iam_instance_profile
  node_policies  = ["AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryReadOnly"]
  service        = "ec2.amazonaws.com"
  profile        = [{ arn = local.makes_role ? aws_iam_instance_profile.this[0].arn : var.iam_instance_profile_arn }]
  template       = local.makes_template ? aws_launch_template.this[0].id : var.launch_template_id
}

resource "aws_autoscaling_group" "this" {
  count = var.create && var.create_autoscaling_group ? 1 : 0

  vpc_zone_identifier  = var.subnet_ids
  subnet_ids           = null
  launch_configuration = null

  # Either here or in the policy of mixed instances, it starts every node.
  launch_template {
    id = local.template
  }

  tag {
    key                 = "kubernetes.io/cluster/${var.cluster_name}"
    value               = "owned"
    propagate_at_launch = true
  }
}

resource "aws_iam_instance_profile" "this" {
  count = local.makes_role ? 1 : 0

  role = aws_iam_role.this[0].name
}

output "autoscaling_group_arn" { value = try(aws_autoscaling_group.this[0].arn, null) }
output "autoscaling_group_id" { value = try(aws_autoscaling_group.this[0].id, null) }
output "autoscaling_group_name" { value = try(aws_autoscaling_group.this[0].name, null) }
output "iam_instance_profile_arn" { value = try(aws_iam_instance_profile.this[0].arn, var.iam_instance_profile_arn) }
