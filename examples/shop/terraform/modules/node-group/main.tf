variable "cluster" {
  type = string
}

variable "name" {
  type = string
}

variable "role_arn" {
  type = string
}

variable "subnets" {
  type = list(string)
}

variable "size" {
  type    = number
  default = 3
}

variable "security_groups" {
  type    = list(string)
  default = []
}

# コンテナから IMDS を読む古いライブラリがあったので 2 のまま
variable "hops" {
  type    = number
  default = 2
}

resource "aws_launch_template" "this" {
  name                   = "${var.cluster}-${var.name}"
  vpc_security_group_ids = var.security_groups
  key_name               = "shop-ops"

  metadata_options {
    http_tokens                 = "required"
    http_put_response_hop_limit = var.hops
  }
}

resource "aws_eks_node_group" "this" {
  cluster_name    = var.cluster
  node_group_name = var.name
  node_role_arn   = var.role_arn
  subnet_ids      = var.subnets

  launch_template {
    id      = aws_launch_template.this.id
    version = "$Latest"
  }

  scaling_config {
    min_size     = var.size
    desired_size = var.size
    max_size     = var.size
  }
}
