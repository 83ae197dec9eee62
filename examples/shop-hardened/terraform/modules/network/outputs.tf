output "vpc_id" {
  value = aws_vpc.this.id
}

output "node_subnets" {
  value = [for zone in var.zones : aws_subnet.nodes[zone].id]
}
