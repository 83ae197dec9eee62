# A group with some rules of its own beside those it is given.
variable "create" { default = true }
variable "name" { default = null }
variable "use_name_prefix" { default = true }
variable "vpc_id" { default = null }
variable "ingress_cidr_blocks" { default = [] }
variable "ingress_ipv6_cidr_blocks" { default = [] }
variable "ingress_prefix_list_ids" { default = [] }
variable "ingress_with_cidr_blocks" { default = [] }
variable "ingress_with_ipv6_cidr_blocks" { default = [] }
variable "ingress_with_source_security_group_id" { default = [] }
variable "egress_cidr_blocks" { default = ["0.0.0.0/0"] }
variable "egress_ipv6_cidr_blocks" { default = ["::/0"] }
variable "egress_with_cidr_blocks" { default = [] }
variable "ingress_rules" { default = [] }
variable "ingress_with_self" { default = [] }
variable "egress_rules" { default = [] }
variable "auto_ingress_with_self" { default = [{ rule = "all-all" }] }
variable "auto_egress_rules" { default = ["all-all"] }

module "sg" {
  source = "../../"

  create                                = var.create
  name                                  = var.name
  use_name_prefix                       = var.use_name_prefix
  vpc_id                                = var.vpc_id
  ingress_cidr_blocks                   = var.ingress_cidr_blocks
  ingress_ipv6_cidr_blocks              = var.ingress_ipv6_cidr_blocks
  ingress_prefix_list_ids               = var.ingress_prefix_list_ids
  ingress_with_cidr_blocks              = var.ingress_with_cidr_blocks
  ingress_with_ipv6_cidr_blocks         = var.ingress_with_ipv6_cidr_blocks
  ingress_with_source_security_group_id = var.ingress_with_source_security_group_id
  egress_cidr_blocks                    = var.egress_cidr_blocks
  egress_ipv6_cidr_blocks               = var.egress_ipv6_cidr_blocks
  egress_with_cidr_blocks               = var.egress_with_cidr_blocks
  ingress_rules                         = sort(distinct(concat(var.auto_ingress_rules, var.ingress_rules)))
  ingress_with_self                     = concat(var.auto_ingress_with_self, var.ingress_with_self)
  egress_rules                          = sort(distinct(concat(var.auto_egress_rules, var.egress_rules)))
}

output "security_group_id" { value = module.sg.security_group_id }
output "security_group_vpc_id" { value = module.sg.security_group_vpc_id }
output "security_group_name" { value = module.sg.security_group_name }
