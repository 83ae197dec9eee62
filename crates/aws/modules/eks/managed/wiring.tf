locals {
  makes_template = var.create && var.create_launch_template && var.use_custom_launch_template
  makes_role     = var.create && var.create_iam_role
  node_policies  = ["AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryReadOnly"]
  service        = "ec2.amazonaws.com"
  profile        = null
}
