variable "name" { default = "" }
variable "path" { default = "/" }
variable "policy" { default = "" }

resource "aws_iam_policy" "policy" {
  count = local.create ? 1 : 0

  name   = var.name
  path   = var.path
  policy = var.policy
}

output "id" { value = try(aws_iam_policy.policy[0].id, "") }
output "arn" { value = try(aws_iam_policy.policy[0].arn, "") }
output "name" { value = try(aws_iam_policy.policy[0].name, "") }
output "policy" { value = try(aws_iam_policy.policy[0].policy, "") }
