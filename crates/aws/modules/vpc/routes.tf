variable "create_multiple_public_route_tables" { default = false }
variable "create_private_nat_gateway_route" { default = true }
variable "nat_gateway_destination_cidr_block" { default = "0.0.0.0/0" }
variable "create_database_subnet_route_table" { default = false }
variable "create_database_internet_gateway_route" { default = false }
variable "create_database_nat_gateway_route" { default = false }
variable "create_redshift_subnet_route_table" { default = false }
variable "enable_public_redshift" { default = false }
variable "create_elasticache_subnet_route_table" { default = false }
variable "default_route_table_routes" { default = [] }
variable "propagate_private_route_tables_vgw" { default = false }

locals {
  has_public     = var.create_vpc && length(var.public_subnets) > 0
  public_tables  = !local.has_public ? 0 : var.create_multiple_public_route_tables ? length(var.public_subnets) : 1
  has_database   = var.create_vpc && length(var.database_subnets) > 0
  own_database   = local.has_database && var.create_database_subnet_route_table
  database_igw   = local.own_database && var.create_igw && var.create_database_internet_gateway_route && !var.create_database_nat_gateway_route
  database_nat   = local.own_database && !var.create_database_internet_gateway_route && var.create_database_nat_gateway_route && var.enable_nat_gateway
  database_count = !local.own_database ? 0 : var.single_nat_gateway || var.create_database_internet_gateway_route ? 1 : length(var.database_subnets)
  has_redshift   = var.create_vpc && length(var.redshift_subnets) > 0
  has_cache      = var.create_vpc && length(var.elasticache_subnets) > 0
  has_intra      = var.create_vpc && length(var.intra_subnets) > 0
}

resource "aws_default_route_table" "default" {
  count = var.create_vpc && var.manage_default_route_table ? 1 : 0

  default_route_table_id = aws_vpc.this[0].default_route_table_id

  dynamic "route" {
    for_each = var.default_route_table_routes
    content {
      cidr_block      = try(route.value.cidr_block, null)
      ipv6_cidr_block = try(route.value.ipv6_cidr_block, null)
      gateway_id      = try(route.value.gateway_id, null)
      nat_gateway_id  = try(route.value.nat_gateway_id, null)
    }
  }
}

resource "aws_route_table" "public" {
  count = local.public_tables

  vpc_id = local.vpc_id
  route  = null
}

resource "aws_route" "public_internet_gateway" {
  count = var.create_igw ? local.public_tables : 0

  route_table_id              = aws_route_table.public[count.index].id
  destination_cidr_block      = "0.0.0.0/0"
  destination_ipv6_cidr_block = null
  destination_prefix_list_id  = null
  cidr_block                  = null
  ipv6_cidr_block             = null
  gateway_id                  = aws_internet_gateway.this[0].id
}

resource "aws_route" "public_internet_gateway_ipv6" {
  count = var.create_igw && var.enable_ipv6 ? local.public_tables : 0

  route_table_id              = aws_route_table.public[count.index].id
  destination_cidr_block      = null
  destination_ipv6_cidr_block = "::/0"
  destination_prefix_list_id  = null
  cidr_block                  = null
  ipv6_cidr_block             = null
  gateway_id                  = aws_internet_gateway.this[0].id
}

resource "aws_route_table_association" "public" {
  count = var.create_vpc ? length(var.public_subnets) : 0

  subnet_id      = aws_subnet.public[count.index].id
  route_table_id = element(aws_route_table.public[*].id, var.create_multiple_public_route_tables ? count.index : 0)
}

# There are as many private tables as NAT gateways would be.
resource "aws_route_table" "private" {
  count = var.create_vpc && local.longest > 0 ? local.nat_gateway_count : 0

  vpc_id = local.vpc_id
  route  = null
}

resource "aws_route" "private_nat_gateway" {
  count = var.create_vpc && var.enable_nat_gateway && var.create_private_nat_gateway_route ? local.nat_gateway_count : 0

  route_table_id              = element(aws_route_table.private[*].id, count.index)
  destination_cidr_block      = var.nat_gateway_destination_cidr_block
  destination_ipv6_cidr_block = null
  destination_prefix_list_id  = null
  cidr_block                  = null
  ipv6_cidr_block             = null
  gateway_id                  = null
  nat_gateway_id              = element(aws_nat_gateway.this[*].id, count.index)
}

resource "aws_route_table_association" "private" {
  count = var.create_vpc ? length(var.private_subnets) : 0

  subnet_id      = aws_subnet.private[count.index].id
  route_table_id = element(aws_route_table.private[*].id, var.single_nat_gateway ? 0 : count.index)
}

resource "aws_route_table" "database" {
  count = local.database_count

  vpc_id = local.vpc_id
  route  = null
}

resource "aws_route" "database_internet_gateway" {
  count = local.database_igw ? 1 : 0

  route_table_id              = aws_route_table.database[0].id
  destination_cidr_block      = "0.0.0.0/0"
  destination_ipv6_cidr_block = null
  destination_prefix_list_id  = null
  cidr_block                  = null
  ipv6_cidr_block             = null
  gateway_id                  = aws_internet_gateway.this[0].id
}

resource "aws_route" "database_nat_gateway" {
  count = local.database_nat ? local.database_count : 0

  route_table_id              = element(aws_route_table.database[*].id, count.index)
  destination_cidr_block      = "0.0.0.0/0"
  destination_ipv6_cidr_block = null
  destination_prefix_list_id  = null
  cidr_block                  = null
  ipv6_cidr_block             = null
  gateway_id                  = null
  nat_gateway_id              = element(aws_nat_gateway.this[*].id, count.index)
}

resource "aws_route_table_association" "database" {
  count = var.create_vpc ? length(var.database_subnets) : 0

  subnet_id      = aws_subnet.database[count.index].id
  route_table_id = element(coalescelist(aws_route_table.database[*].id, aws_route_table.private[*].id), var.single_nat_gateway || local.database_count == 1 ? 0 : count.index)
}

resource "aws_route_table" "redshift" {
  count = local.has_redshift && var.create_redshift_subnet_route_table ? 1 : 0

  vpc_id = local.vpc_id
  route  = null
}

resource "aws_route_table_association" "redshift" {
  count = var.create_vpc ? length(var.redshift_subnets) : 0

  subnet_id = aws_subnet.redshift[count.index].id
  route_table_id = var.enable_public_redshift ? element(coalescelist(aws_route_table.redshift[*].id, aws_route_table.public[*].id), 0) : element(
    coalescelist(aws_route_table.redshift[*].id, aws_route_table.private[*].id), var.single_nat_gateway || var.create_redshift_subnet_route_table ? 0 : count.index
  )
}

resource "aws_route_table" "elasticache" {
  count = local.has_cache && var.create_elasticache_subnet_route_table ? 1 : 0

  vpc_id = local.vpc_id
  route  = null
}

resource "aws_route_table_association" "elasticache" {
  count = var.create_vpc ? length(var.elasticache_subnets) : 0

  subnet_id      = aws_subnet.elasticache[count.index].id
  route_table_id = element(coalescelist(aws_route_table.elasticache[*].id, aws_route_table.private[*].id), var.single_nat_gateway || var.create_elasticache_subnet_route_table ? 0 : count.index)
}

resource "aws_route_table" "intra" {
  count = local.has_intra ? 1 : 0

  vpc_id = local.vpc_id
  route  = null
}

resource "aws_route_table_association" "intra" {
  count = var.create_vpc ? length(var.intra_subnets) : 0

  subnet_id      = aws_subnet.intra[count.index].id
  route_table_id = aws_route_table.intra[0].id
}

output "public_route_table_ids" { value = aws_route_table.public[*].id }
output "private_route_table_ids" { value = aws_route_table.private[*].id }
output "database_route_table_ids" { value = try(coalescelist(aws_route_table.database[*].id, aws_route_table.private[*].id), []) }
output "intra_route_table_ids" { value = aws_route_table.intra[*].id }
