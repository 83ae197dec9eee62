variable "enable_flow_log" { default = false }
variable "flow_log_destination_type" { default = "cloud-watch-logs" }
variable "flow_log_destination_arn" { default = "" }
variable "flow_log_traffic_type" { default = "ALL" }
variable "flow_log_cloudwatch_iam_role_arn" { default = "" }
variable "create_flow_log_cloudwatch_log_group" { default = false }
variable "create_flow_log_cloudwatch_iam_role" { default = false }
variable "flow_log_cloudwatch_log_group_name_prefix" { default = "/aws/vpc-flow-log/" }
variable "flow_log_cloudwatch_log_group_retention_in_days" { default = null }
variable "flow_log_cloudwatch_log_group_kms_key_id" { default = null }
variable "flow_log_log_format" { default = null }

locals {
  logs       = var.create_vpc && var.enable_flow_log
  log_groups = local.logs && var.flow_log_destination_type != "s3" && var.create_flow_log_cloudwatch_log_group
  log_roles  = local.logs && var.flow_log_destination_type != "s3" && var.create_flow_log_cloudwatch_iam_role
}

resource "aws_flow_log" "this" {
  count = local.logs ? 1 : 0

  log_destination_type = var.flow_log_destination_type
  log_destination      = local.log_groups ? aws_cloudwatch_log_group.flow_log[0].arn : var.flow_log_destination_arn
  iam_role_arn         = local.log_roles ? aws_iam_role.vpc_flow_log_cloudwatch[0].arn : var.flow_log_cloudwatch_iam_role_arn
  log_format           = var.flow_log_log_format
  traffic_type         = var.flow_log_traffic_type
  vpc_id               = local.vpc_id
}

resource "aws_cloudwatch_log_group" "flow_log" {
  count = local.log_groups ? 1 : 0

  name              = "${var.flow_log_cloudwatch_log_group_name_prefix}${local.vpc_id}"
  retention_in_days = var.flow_log_cloudwatch_log_group_retention_in_days
  kms_key_id        = var.flow_log_cloudwatch_log_group_kms_key_id
  log_group_class   = null
  skip_destroy      = null
}

resource "aws_iam_role" "vpc_flow_log_cloudwatch" {
  count = local.log_roles ? 1 : 0

  name                 = null
  permissions_boundary = null
  managed_policy_arns  = null
  inline_policy        = null
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "vpc-flow-logs.amazonaws.com" }
    }]
  })
}

resource "aws_iam_policy" "vpc_flow_log_cloudwatch" {
  count = local.log_roles ? 1 : 0

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogGroups", "logs:DescribeLogStreams"]
      Resource = "*"
    }]
  })
}

resource "aws_iam_role_policy_attachment" "vpc_flow_log_cloudwatch" {
  count = local.log_roles ? 1 : 0

  role       = aws_iam_role.vpc_flow_log_cloudwatch[0].name
  policy_arn = aws_iam_policy.vpc_flow_log_cloudwatch[0].arn
}

output "vpc_flow_log_id" { value = try(aws_flow_log.this[0].id, null) }
output "vpc_flow_log_destination_arn" { value = try(aws_flow_log.this[0].log_destination, null) }
