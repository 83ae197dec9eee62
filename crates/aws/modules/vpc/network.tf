variable "create_vpc" { default = true }
variable "name" { default = "" }
variable "azs" { default = [] }
variable "enable_ipv6" { default = false }
variable "create_igw" { default = true }
variable "create_egress_only_igw" { default = true }
variable "enable_nat_gateway" { default = false }
variable "single_nat_gateway" { default = false }
variable "one_nat_gateway_per_az" { default = false }
variable "reuse_nat_ips" { default = false }
variable "external_nat_ip_ids" { default = [] }
variable "tags" { default = {} }

resource "aws_vpc" "this" {
  count = var.create_vpc ? 1 : 0

  cidr_block                       = var.cidr
  enable_dns_hostnames             = var.enable_dns_hostnames
  enable_dns_support               = var.enable_dns_support
  assign_generated_ipv6_cidr_block = var.enable_ipv6
}

locals {
  vpc_id            = try(aws_vpc.this[0].id, null)
  longest           = max(length(var.private_subnets), length(var.elasticache_subnets), length(var.database_subnets), length(var.redshift_subnets))
  nat_gateway_count = var.single_nat_gateway ? 1 : var.one_nat_gateway_per_az ? length(var.azs) : local.longest
}

resource "aws_internet_gateway" "this" {
  count = var.create_vpc && var.create_igw && length(var.public_subnets) > 0 ? 1 : 0

  vpc_id = local.vpc_id
}

resource "aws_egress_only_internet_gateway" "this" {
  count = var.create_vpc && var.create_egress_only_igw && var.enable_ipv6 ? 1 : 0

  vpc_id = local.vpc_id
}

resource "aws_eip" "nat" {
  count = var.create_vpc && var.enable_nat_gateway && !var.reuse_nat_ips ? local.nat_gateway_count : 0

  domain = "vpc"
}

resource "aws_nat_gateway" "this" {
  count = var.create_vpc && var.enable_nat_gateway ? local.nat_gateway_count : 0

  allocation_id = element(var.reuse_nat_ips ? var.external_nat_ip_ids : aws_eip.nat[*].id, var.single_nat_gateway ? 0 : count.index)
  subnet_id     = element(aws_subnet.public[*].id, var.single_nat_gateway ? 0 : count.index)
}

output "vpc_id" { value = local.vpc_id }
output "vpc_arn" { value = try(aws_vpc.this[0].arn, null) }
output "vpc_cidr_block" { value = try(aws_vpc.this[0].cidr_block, null) }
output "vpc_main_route_table_id" { value = try(aws_vpc.this[0].main_route_table_id, null) }
output "default_security_group_id" { value = try(aws_vpc.this[0].default_security_group_id, null) }
output "default_route_table_id" { value = try(aws_vpc.this[0].default_route_table_id, null) }
output "igw_id" { value = try(aws_internet_gateway.this[0].id, null) }
output "natgw_ids" { value = aws_nat_gateway.this[*].id }
output "nat_ids" { value = aws_eip.nat[*].id }
output "nat_public_ips" { value = aws_eip.nat[*].public_ip }
output "azs" { value = var.azs }
output "name" { value = var.name }
