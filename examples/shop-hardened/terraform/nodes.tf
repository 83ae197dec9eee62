locals {
  node_groups = {
    apps   = { instances = ["m7i.large", "m7a.large"], least = 3, most = 12 }
    system = { instances = ["m7i.large"], least = 3, most = 4 }
  }
}

data "aws_iam_policy_document" "node_trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "node" {
  name               = "${var.cluster}-node"
  assume_role_policy = data.aws_iam_policy_document.node_trust.json
}

# CNI の権限は aws-node の ServiceAccount にある
resource "aws_iam_role_policy_attachment" "node" {
  for_each = toset([
    "AmazonEKSWorkerNodeMinimalPolicy",
    "AmazonEC2ContainerRegistryPullOnly",
    "AmazonSSMManagedInstanceCore",
  ])

  role       = aws_iam_role.node.name
  policy_arn = "arn:aws:iam::aws:policy/${each.value}"
}

resource "aws_security_group" "nodes" {
  for_each = local.node_groups

  name        = "${var.cluster}-nodes-${each.key}"
  description = "Nodes of ${each.key}"
  vpc_id      = module.network.vpc_id
}

resource "aws_vpc_security_group_ingress_rule" "kubelet" {
  for_each = local.node_groups

  security_group_id            = aws_security_group.nodes[each.key].id
  referenced_security_group_id = aws_security_group.control_plane.id
  ip_protocol                  = "tcp"
  from_port                    = 10250
  to_port                      = 10250
  description                  = "API server to kubelet"
}

resource "aws_vpc_security_group_ingress_rule" "webhooks" {
  for_each = local.node_groups

  security_group_id            = aws_security_group.nodes[each.key].id
  referenced_security_group_id = aws_security_group.control_plane.id
  ip_protocol                  = "tcp"
  from_port                    = 9443
  to_port                      = 9443
  description                  = "API server to webhooks"
}

resource "aws_vpc_security_group_egress_rule" "https" {
  for_each = local.node_groups

  security_group_id = aws_security_group.nodes[each.key].id
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  description       = "AWS APIs and registry"
}

resource "aws_launch_template" "node" {
  for_each = local.node_groups

  name                   = "${var.cluster}-${each.key}"
  update_default_version = true
  vpc_security_group_ids = [aws_security_group.nodes[each.key].id]

  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }

  block_device_mappings {
    device_name = "/dev/xvdb"

    ebs {
      volume_size           = 80
      volume_type           = "gp3"
      encrypted             = true
      kms_key_id            = aws_kms_key.this["images"].arn
      delete_on_termination = true
    }
  }

  monitoring {
    enabled = true
  }
}

resource "aws_eks_node_group" "this" {
  for_each = local.node_groups

  cluster_name    = aws_eks_cluster.this.name
  node_group_name = each.key
  node_role_arn   = aws_iam_role.node.arn
  subnet_ids      = module.network.node_subnets
  version         = var.kubernetes_version
  ami_type        = "BOTTLEROCKET_x86_64"
  instance_types  = each.value.instances

  launch_template {
    id      = aws_launch_template.node[each.key].id
    version = aws_launch_template.node[each.key].latest_version
  }

  scaling_config {
    min_size     = each.value.least
    desired_size = each.value.least
    max_size     = each.value.most
  }

  update_config {
    max_unavailable_percentage = 33
  }

  node_repair_config {
    enabled = true
  }

  depends_on = [aws_iam_role_policy_attachment.node]
}
