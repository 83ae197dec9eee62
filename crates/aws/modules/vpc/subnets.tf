variable "public_subnets" { default = [] }
variable "public_subnet_assign_ipv6_address_on_creation" { default = null }

resource "aws_subnet" "public" {
  count = var.create_vpc ? length(var.public_subnets) : 0

  vpc_id                          = local.vpc_id
  cidr_block                      = element(concat(var.public_subnets, [""]), count.index)
  availability_zone               = try(element(var.azs, count.index), null)
  map_public_ip_on_launch         = var.map_public_ip_on_launch
  assign_ipv6_address_on_creation = var.public_subnet_assign_ipv6_address_on_creation
}

output "public_subnets" { value = aws_subnet.public[*].id }
output "public_subnet_arns" { value = aws_subnet.public[*].arn }
output "public_subnets_cidr_blocks" { value = compact(aws_subnet.public[*].cidr_block) }
output "public_subnet_objects" { value = aws_subnet.public }

variable "private_subnets" { default = [] }
variable "private_subnet_assign_ipv6_address_on_creation" { default = null }

resource "aws_subnet" "private" {
  count = var.create_vpc ? length(var.private_subnets) : 0

  vpc_id                          = local.vpc_id
  cidr_block                      = element(concat(var.private_subnets, [""]), count.index)
  availability_zone               = try(element(var.azs, count.index), null)
  map_public_ip_on_launch         = null
  assign_ipv6_address_on_creation = var.private_subnet_assign_ipv6_address_on_creation
}

output "private_subnets" { value = aws_subnet.private[*].id }
output "private_subnet_arns" { value = aws_subnet.private[*].arn }
output "private_subnets_cidr_blocks" { value = compact(aws_subnet.private[*].cidr_block) }
output "private_subnet_objects" { value = aws_subnet.private }

variable "database_subnets" { default = [] }
variable "database_subnet_assign_ipv6_address_on_creation" { default = null }

resource "aws_subnet" "database" {
  count = var.create_vpc ? length(var.database_subnets) : 0

  vpc_id                          = local.vpc_id
  cidr_block                      = element(concat(var.database_subnets, [""]), count.index)
  availability_zone               = try(element(var.azs, count.index), null)
  map_public_ip_on_launch         = null
  assign_ipv6_address_on_creation = var.database_subnet_assign_ipv6_address_on_creation
}

output "database_subnets" { value = aws_subnet.database[*].id }
output "database_subnet_arns" { value = aws_subnet.database[*].arn }
output "database_subnets_cidr_blocks" { value = compact(aws_subnet.database[*].cidr_block) }
output "database_subnet_objects" { value = aws_subnet.database }

variable "redshift_subnets" { default = [] }
variable "redshift_subnet_assign_ipv6_address_on_creation" { default = null }

resource "aws_subnet" "redshift" {
  count = var.create_vpc ? length(var.redshift_subnets) : 0

  vpc_id                          = local.vpc_id
  cidr_block                      = element(concat(var.redshift_subnets, [""]), count.index)
  availability_zone               = try(element(var.azs, count.index), null)
  map_public_ip_on_launch         = null
  assign_ipv6_address_on_creation = var.redshift_subnet_assign_ipv6_address_on_creation
}

output "redshift_subnets" { value = aws_subnet.redshift[*].id }
output "redshift_subnet_arns" { value = aws_subnet.redshift[*].arn }
output "redshift_subnets_cidr_blocks" { value = compact(aws_subnet.redshift[*].cidr_block) }
output "redshift_subnet_objects" { value = aws_subnet.redshift }

variable "elasticache_subnets" { default = [] }
variable "elasticache_subnet_assign_ipv6_address_on_creation" { default = null }

resource "aws_subnet" "elasticache" {
  count = var.create_vpc ? length(var.elasticache_subnets) : 0

  vpc_id                          = local.vpc_id
  cidr_block                      = element(concat(var.elasticache_subnets, [""]), count.index)
  availability_zone               = try(element(var.azs, count.index), null)
  map_public_ip_on_launch         = null
  assign_ipv6_address_on_creation = var.elasticache_subnet_assign_ipv6_address_on_creation
}

output "elasticache_subnets" { value = aws_subnet.elasticache[*].id }
output "elasticache_subnet_arns" { value = aws_subnet.elasticache[*].arn }
output "elasticache_subnets_cidr_blocks" { value = compact(aws_subnet.elasticache[*].cidr_block) }
output "elasticache_subnet_objects" { value = aws_subnet.elasticache }

variable "intra_subnets" { default = [] }
variable "intra_subnet_assign_ipv6_address_on_creation" { default = null }

resource "aws_subnet" "intra" {
  count = var.create_vpc ? length(var.intra_subnets) : 0

  vpc_id                          = local.vpc_id
  cidr_block                      = element(concat(var.intra_subnets, [""]), count.index)
  availability_zone               = try(element(var.azs, count.index), null)
  map_public_ip_on_launch         = null
  assign_ipv6_address_on_creation = var.intra_subnet_assign_ipv6_address_on_creation
}

output "intra_subnets" { value = aws_subnet.intra[*].id }
output "intra_subnet_arns" { value = aws_subnet.intra[*].arn }
output "intra_subnets_cidr_blocks" { value = compact(aws_subnet.intra[*].cidr_block) }
output "intra_subnet_objects" { value = aws_subnet.intra }
