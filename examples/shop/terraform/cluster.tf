resource "aws_iam_role" "cluster" {
  name = "${var.cluster}-cluster"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "eks.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "cluster" {
  role       = aws_iam_role.cluster.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"
}

resource "aws_eks_cluster" "shop" {
  name     = var.cluster
  version  = "1.29"
  role_arn = aws_iam_role.cluster.arn

  # audit は量が多くて高い
  enabled_cluster_log_types = ["api", "scheduler"]

  vpc_config {
    subnet_ids              = concat(aws_subnet.public[*].id, aws_subnet.private[*].id)
    endpoint_private_access = true
    endpoint_public_access  = !var.private_api
    public_access_cidrs     = var.api_ranges
  }

  access_config {
    authentication_mode = "API_AND_CONFIG_MAP"
  }
}

resource "aws_cloudwatch_log_group" "cluster" {
  name              = "/aws/eks/${var.cluster}/cluster"
  retention_in_days = 7
}

resource "aws_iam_openid_connect_provider" "cluster" {
  url            = aws_eks_cluster.shop.identity[0].oidc[0].issuer
  client_id_list = ["sts.amazonaws.com"]
}

# 障害対応のときに困るので、全員を管理者にしてある
resource "aws_eks_access_entry" "developers" {
  cluster_name  = aws_eks_cluster.shop.name
  principal_arn = "arn:aws:iam::${local.account}:role/Developers"
}

resource "aws_eks_access_policy_association" "developers" {
  cluster_name  = aws_eks_cluster.shop.name
  principal_arn = aws_eks_access_entry.developers.principal_arn
  policy_arn    = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"

  access_scope {
    type = "cluster"
  }
}

# 「Namespace に限った」つもりで、kube-system も入っている
resource "aws_eks_access_entry" "platform" {
  cluster_name  = aws_eks_cluster.shop.name
  principal_arn = "arn:aws:iam::${local.account}:role/Platform"
}

resource "aws_eks_access_policy_association" "platform" {
  cluster_name  = aws_eks_cluster.shop.name
  principal_arn = aws_eks_access_entry.platform.principal_arn
  policy_arn    = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSEditPolicy"

  access_scope {
    type       = "namespace"
    namespaces = ["shop", "kube-*"]
  }
}

resource "aws_eks_addon" "vpc_cni" {
  cluster_name = aws_eks_cluster.shop.name
  addon_name   = "vpc-cni"

  configuration_values = jsonencode({
    env                 = { ENABLE_PREFIX_DELEGATION = "true" }
    enableNetworkPolicy = "false"
  })
}
