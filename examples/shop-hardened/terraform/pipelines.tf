# push するロールとデプロイするロールは別。どちらも main ブランチのジョブだけが引き受けられる

resource "aws_iam_openid_connect_provider" "github" {
  url            = "https://token.actions.githubusercontent.com"
  client_id_list = ["sts.amazonaws.com"]
}

resource "aws_iam_openid_connect_provider" "gitlab" {
  url            = "https://gitlab.com"
  client_id_list = ["sts.amazonaws.com"]
}

data "aws_iam_policy_document" "cart_push_trust" {
  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]

    principals {
      type        = "Federated"
      identifiers = [aws_iam_openid_connect_provider.github.arn]
    }

    condition {
      test     = "StringEquals"
      variable = "token.actions.githubusercontent.com:sub"
      values   = ["repo:${var.organization}/shop:ref:refs/heads/main"]
    }

    condition {
      test     = "StringEquals"
      variable = "token.actions.githubusercontent.com:aud"
      values   = ["sts.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "gitlab_trust" {
  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]

    principals {
      type        = "Federated"
      identifiers = [aws_iam_openid_connect_provider.gitlab.arn]
    }

    condition {
      test     = "StringEquals"
      variable = "gitlab.com:sub"
      values   = ["project_path:${var.organization}/payments:ref_type:branch:ref:main"]
    }

    condition {
      test     = "StringEquals"
      variable = "gitlab.com:aud"
      values   = ["sts.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "push" {
  for_each = toset(["cart", "payments"])

  statement {
    actions   = ["ecr:GetAuthorizationToken"]
    resources = ["*"]
  }

  statement {
    actions = [
      "ecr:BatchCheckLayerAvailability",
      "ecr:BatchGetImage",
      "ecr:CompleteLayerUpload",
      "ecr:InitiateLayerUpload",
      "ecr:PutImage",
      "ecr:UploadLayerPart",
    ]
    resources = [aws_ecr_repository.this[each.key].arn]
  }
}

resource "aws_iam_role" "cart_push" {
  name               = "shop-cart-push"
  assume_role_policy = data.aws_iam_policy_document.cart_push_trust.json
}

resource "aws_iam_role_policy" "cart_push" {
  name   = "push"
  role   = aws_iam_role.cart_push.id
  policy = data.aws_iam_policy_document.push["cart"].json
}

resource "aws_iam_role" "payments_push" {
  name               = "shop-payments-push"
  assume_role_policy = data.aws_iam_policy_document.gitlab_trust.json
}

resource "aws_iam_role_policy" "payments_push" {
  name   = "push"
  role   = aws_iam_role.payments_push.id
  policy = data.aws_iam_policy_document.push["payments"].json
}

data "aws_iam_policy_document" "deploy" {
  statement {
    actions   = ["eks:DescribeCluster"]
    resources = [aws_eks_cluster.this.arn]
  }
}

# ステージングと本番でロールを分ける
resource "aws_iam_role" "payments_deploy" {
  for_each = toset(["shop-payments-deploy", "shop-payments-deploy-staging"])

  name               = each.key
  assume_role_policy = data.aws_iam_policy_document.gitlab_trust.json
}

resource "aws_iam_role_policy" "payments_deploy" {
  for_each = aws_iam_role.payments_deploy

  name   = "deploy"
  role   = each.value.id
  policy = data.aws_iam_policy_document.deploy.json
}
