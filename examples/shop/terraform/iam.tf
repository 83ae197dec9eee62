locals {
  issuer = replace(aws_eks_cluster.shop.identity[0].oidc[0].issuer, "https://", "")
}

# orders と checkout が共有する。条件の値を書き写すのが面倒なので StringLike
data "aws_iam_policy_document" "app_trust" {
  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]

    principals {
      type        = "Federated"
      identifiers = [aws_iam_openid_connect_provider.cluster.arn]
    }

    condition {
      test     = "StringLike"
      variable = "${local.issuer}:sub"
      values   = ["system:serviceaccount:*:*"]
    }
  }
}

resource "aws_iam_role" "app" {
  name               = "${var.cluster}-app"
  assume_role_policy = data.aws_iam_policy_document.app_trust.json
}

resource "aws_iam_role_policy_attachment" "app" {
  role       = aws_iam_role.app.name
  policy_arn = "arn:aws:iam::aws:policy/PowerUserAccess"
}

# StringEquals だが IfExists: キーがなければ成り立つ
data "aws_iam_policy_document" "catalog_trust" {
  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]

    principals {
      type        = "Federated"
      identifiers = [aws_iam_openid_connect_provider.cluster.arn]
    }

    condition {
      test     = "StringEqualsIfExists"
      variable = "oidc.eks.ap-northeast-1.amazonaws.com:sub"
      values   = ["system:serviceaccount:catalog:catalog"]
    }
  }
}

resource "aws_iam_role" "catalog" {
  name               = "${var.cluster}-catalog"
  assume_role_policy = data.aws_iam_policy_document.catalog_trust.json
}

# GitHub Actions。リポジトリが増えるたびに直すのが面倒なので、Organization ごと
resource "aws_iam_openid_connect_provider" "github" {
  url            = "https://token.actions.githubusercontent.com"
  client_id_list = ["sts.amazonaws.com"]
}

data "aws_iam_policy_document" "ci_trust" {
  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]

    principals {
      type        = "Federated"
      identifiers = [aws_iam_openid_connect_provider.github.arn]
    }

    condition {
      test     = "StringLike"
      variable = "token.actions.githubusercontent.com:sub"
      values   = ["repo:example-shop*"]
    }
  }
}

resource "aws_iam_role" "ci" {
  name               = "shop-ci"
  assume_role_policy = data.aws_iam_policy_document.ci_trust.json
}

resource "aws_iam_role_policy_attachment" "ci_push" {
  role       = aws_iam_role.ci.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryPowerUser"
}

resource "aws_eks_access_entry" "ci" {
  cluster_name  = aws_eks_cluster.shop.name
  principal_arn = aws_iam_role.ci.arn
}

resource "aws_eks_access_policy_association" "ci" {
  cluster_name  = aws_eks_cluster.shop.name
  principal_arn = aws_eks_access_entry.ci.principal_arn
  policy_arn    = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSAdminPolicy"

  access_scope {
    type = "cluster"
  }
}

# deploy.yml が使う長期キー
resource "aws_iam_user" "deploy" {
  name = "github-deploy"
}

resource "aws_iam_access_key" "deploy" {
  user = aws_iam_user.deploy.name
}
