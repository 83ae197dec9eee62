resource "aws_iam_role" "node" {
  name = "${var.cluster}-node"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ec2.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "node" {
  for_each = toset([
    "AmazonEKSWorkerNodePolicy",
    "AmazonEC2ContainerRegistryReadOnly",
    "AmazonEKS_CNI_Policy",
    "AmazonS3FullAccess",
  ])

  role       = aws_iam_role.node.name
  policy_arn = "arn:aws:iam::aws:policy/${each.value}"
}

# External DNS が動かないときに足した。名前は読み取り専用
resource "aws_iam_role_policy" "node_read" {
  name = "read-only"
  role = aws_iam_role.node.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      NotAction = ["iam:*", "organizations:*"]
      Resource  = "*"
    }]
  })
}

resource "aws_security_group" "nodes" {
  name   = "${var.cluster}-nodes"
  vpc_id = aws_vpc.shop.id
}

resource "aws_security_group_rule" "ssh" {
  type              = "ingress"
  security_group_id = aws_security_group.nodes.id
  protocol          = "tcp"
  from_port         = 22
  to_port           = 22
  cidr_blocks       = ["0.0.0.0/0"]
}

# 22 とは書いていないが、22 も入っている
resource "aws_vpc_security_group_ingress_rule" "debug" {
  security_group_id = aws_security_group.nodes.id
  ip_protocol       = "tcp"
  from_port         = 20
  to_port           = 9000
  cidr_ipv4         = "10.0.0.0/8"
}

module "apps" {
  source = "./modules/node-group"

  cluster         = aws_eks_cluster.shop.name
  name            = "apps"
  role_arn        = aws_iam_role.node.arn
  subnets         = aws_subnet.private[*].id
  security_groups = [aws_security_group.nodes.id]
}

module "batch" {
  source = "./modules/node-group"

  cluster         = aws_eks_cluster.shop.name
  name            = "batch"
  role_arn        = aws_iam_role.node.arn
  subnets         = aws_subnet.public[*].id
  security_groups = [aws_security_group.nodes.id]
  size            = 1
}
