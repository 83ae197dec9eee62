# Security groups of the control plane and of all nodes.
variable "create_node_security_group" { default = true }
variable "node_security_group_id" { default = "" }
variable "node_security_group_additional_rules" { default = {} }
variable "node_security_group_enable_recommended_rules" { default = true }

locals {
  makes_group      = var.create && local.create_group
  makes_node_group = var.create && var.create_node_security_group
  cluster_group_id = local.makes_group ? aws_security_group.cluster[0].id : local.given_group
  cluster_groups   = local.makes_group ? [aws_security_group.cluster[0].id] : compact([local.given_group])
  node_groups      = local.makes_node_group ? [aws_security_group.node[0].id] : compact([var.node_security_group_id])
  node_group_id    = local.makes_node_group ? aws_security_group.node[0].id : var.node_security_group_id

  cluster_rules = {
    ingress_nodes_443 = { protocol = "tcp", from_port = 443, to_port = 443, type = "ingress", source_node_security_group = true }
  }
  node_rules = {
    ingress_cluster_443       = { protocol = "tcp", from_port = 443, to_port = 443, type = "ingress", source_cluster_security_group = true }
    ingress_cluster_kubelet   = { protocol = "tcp", from_port = 10250, to_port = 10250, type = "ingress", source_cluster_security_group = true }
    ingress_self_coredns_tcp  = { protocol = "tcp", from_port = 53, to_port = 53, type = "ingress", self = true }
    ingress_self_coredns_udp  = { protocol = "udp", from_port = 53, to_port = 53, type = "ingress", self = true }
    ingress_nodes_ephemeral   = { protocol = "tcp", from_port = 1025, to_port = 65535, type = "ingress", self = true }
    ingress_cluster_4443      = { protocol = "tcp", from_port = 4443, to_port = 4443, type = "ingress", source_cluster_security_group = true }
    ingress_cluster_6443      = { protocol = "tcp", from_port = 6443, to_port = 6443, type = "ingress", source_cluster_security_group = true }
    ingress_cluster_8443      = { protocol = "tcp", from_port = 8443, to_port = 8443, type = "ingress", source_cluster_security_group = true }
    ingress_cluster_9443      = { protocol = "tcp", from_port = 9443, to_port = 9443, type = "ingress", source_cluster_security_group = true }
    egress_all                = { protocol = "-1", from_port = 0, to_port = 0, type = "egress", cidr_blocks = ["0.0.0.0/0"] }
  }
  own_rules = { for key, rule in local.node_rules : key => rule if var.node_security_group_enable_recommended_rules || contains(local.always, key) }
  always    = ["ingress_cluster_443", "ingress_cluster_kubelet", "ingress_self_coredns_tcp", "ingress_self_coredns_udp"]
}

resource "aws_security_group" "cluster" {
  count = local.makes_group ? 1 : 0

  vpc_id  = var.vpc_id
  ingress = null
  egress  = null
}

resource "aws_security_group_rule" "cluster" {
  for_each = { for key, rule in merge({ for key, rule in local.cluster_rules : key => rule if local.makes_node_group }, local.group_rules) : key => rule if local.makes_group }

  security_group_id        = aws_security_group.cluster[0].id
  type                     = try(each.value.type, "ingress")
  protocol                 = try(each.value.protocol, "tcp")
  from_port                = each.value.from_port
  to_port                  = each.value.to_port
  ip_protocol              = null
  cidr_ipv4                = null
  cidr_ipv6                = null
  prefix_list_id           = null
  cidr_blocks              = try(each.value.cidr_blocks, null)
  ipv6_cidr_blocks         = try(each.value.ipv6_cidr_blocks, null)
  prefix_list_ids          = try(each.value.prefix_list_ids, null)
  self                     = try(each.value.self, null)
  source_security_group_id = try(each.value.source_node_security_group, false) ? local.node_group_id : try(each.value.source_security_group_id, null)
}

resource "aws_security_group" "node" {
  count = local.makes_node_group ? 1 : 0

  vpc_id  = var.vpc_id
  ingress = null
  egress  = null
}

resource "aws_security_group_rule" "node" {
  for_each = { for key, rule in merge(local.own_rules, var.node_security_group_additional_rules) : key => rule if local.makes_node_group }

  security_group_id        = aws_security_group.node[0].id
  type                     = try(each.value.type, "ingress")
  protocol                 = try(each.value.protocol, "tcp")
  from_port                = each.value.from_port
  to_port                  = each.value.to_port
  ip_protocol              = null
  cidr_ipv4                = null
  cidr_ipv6                = null
  prefix_list_id           = null
  cidr_blocks              = try(each.value.cidr_blocks, null)
  ipv6_cidr_blocks         = try(each.value.ipv6_cidr_blocks, null)
  prefix_list_ids          = try(each.value.prefix_list_ids, null)
  self                     = try(each.value.self, null)
  source_security_group_id = try(each.value.source_cluster_security_group, false) ? local.cluster_group_id : try(each.value.source_security_group_id, null)
}

output "cluster_security_group_id" { value = local.cluster_group_id }
output "cluster_security_group_arn" { value = try(aws_security_group.cluster[0].arn, null) }
output "node_security_group_id" { value = local.node_group_id }
output "node_security_group_arn" { value = try(aws_security_group.node[0].arn, null) }
