//! Trees of Terraform to measure with.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// A root that calls `count` modules of a service each, which share a module for their roles: every service has inputs,
/// locals, resources by `for_each`, and outputs that the next service takes.
pub(crate) fn modules(count: usize) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut root = String::from("variable \"region\" {\n  default = \"eu-west-1\"\n}\n");
    for number in 0..count {
        let before = number.checked_sub(1).map_or_else(
            || "[]".to_owned(),
            |number| format!("module.service_{number}.groups"),
        );
        root.push_str(&format!(
            "module \"service_{number}\" {{\n  source = \"./services/service-{number}\"\n  name = \"service-{number}\"\n  region = var.region\n  callers = {before}\n  ports = {{ web = 8080, metrics = 9090, debug = {} }}\n}}\n",
            10_000 + number
        ));
        let name = format!("services/service-{number}/main.tf");
        write(folder.path(), &name, SERVICE);
    }
    write(folder.path(), "main.tf", &root);
    write(folder.path(), "services/role/main.tf", ROLE);
    folder
}

const SERVICE: &str = r#"
variable "name" {}
variable "region" {}
variable "callers" { type = list(string) }
variable "ports" { type = map(number) }

locals {
  tags  = merge({ service = var.name }, { for name, port in var.ports : "port-${name}" => tostring(port) })
  open  = [for name, port in var.ports : port if port < 10000]
  rules = { for pair in setproduct(keys(var.ports), ["10.0.0.0/16", "10.1.0.0/16"]) : "${pair[0]}-${pair[1]}" => { port = var.ports[pair[0]], range = pair[1] } }
}

resource "aws_security_group" "own" {
  name = var.name
  tags = local.tags
  dynamic "ingress" {
    for_each = local.open
    content {
      protocol    = "tcp"
      from_port   = ingress.value
      to_port     = ingress.value
      cidr_blocks = [cidrsubnet("10.0.0.0/8", 8, ingress.key)]
    }
  }
}

resource "aws_security_group_rule" "more" {
  for_each          = local.rules
  type              = "ingress"
  protocol          = "tcp"
  security_group_id = aws_security_group.own.id
  from_port         = each.value.port
  to_port           = each.value.port
  cidr_blocks       = [each.value.range]
}

resource "aws_ecr_repository" "images" {
  for_each             = toset(["app", "jobs"])
  name                 = "${var.name}/${each.key}"
  image_tag_mutability = "IMMUTABLE"
}

module "role" {
  source = "../role"
  for_each = toset(["app", "jobs"])
  name     = "${var.name}-${each.key}"
  images   = [for repository in aws_ecr_repository.images : repository.arn]
}

output "groups" {
  value = concat(slice(var.callers, 0, min(length(var.callers), 3)), [aws_security_group.own.id])
}
"#;

const ROLE: &str = r#"
variable "name" {}
variable "images" {}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["pods.eks.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "this" {
  name               = var.name
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy" "pull" {
  role = aws_iam_role.this.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"], Resource = var.images }]
  })
}
"#;

/// A cluster as the EKS module makes one: a module for the network, one for the cluster, and in that one a module for each
/// of `groups` node groups, with launch templates, roles, and dynamic blocks of what each of them says or leaves to defaults.
pub(crate) fn cluster(groups: usize) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut listed = String::new();
    for number in 0..groups {
        listed.push_str(&format!(
            "    group_{number} = {{\n      instance_types = [\"m6i.large\", \"m6a.large\"]\n      max_size = {}\n      taints = {{ own = {{ key = \"group\", value = \"{number}\", effect = \"NO_SCHEDULE\" }} }}\n      block_devices = [{{ name = \"/dev/xvda\", size = 50 }}, {{ name = \"/dev/xvdb\", size = 100 }}]\n    }}\n",
            number % 7 + 1
        ));
    }
    let root = format!(
        "module \"network\" {{\n  source = \"./network\"\n  cidr = \"10.0.0.0/16\"\n  zones = [\"a\", \"b\", \"c\"]\n}}\nmodule \"cluster\" {{\n  source = \"./cluster\"\n  name = \"shop\"\n  subnets = module.network.private\n  vpc = module.network.vpc\n  groups = {{\n{listed}  }}\n}}\n"
    );
    write(folder.path(), "main.tf", &root);
    write(folder.path(), "network/main.tf", NETWORK);
    write(folder.path(), "cluster/main.tf", CLUSTER);
    write(folder.path(), "cluster/group/main.tf", GROUP);
    folder
}

const NETWORK: &str = r#"
variable "cidr" {}
variable "zones" {}

resource "aws_vpc" "this" {
  cidr_block = var.cidr
}

resource "aws_subnet" "private" {
  count             = length(var.zones)
  vpc_id            = aws_vpc.this.id
  cidr_block        = cidrsubnet(var.cidr, 4, count.index)
  availability_zone = var.zones[count.index]
}

resource "aws_route_table" "private" {
  count  = length(var.zones)
  vpc_id = aws_vpc.this.id
}

resource "aws_route_table_association" "private" {
  count          = length(var.zones)
  subnet_id      = aws_subnet.private[count.index].id
  route_table_id = element(aws_route_table.private[*].id, count.index)
}

output "vpc" { value = aws_vpc.this.id }
output "private" { value = aws_subnet.private[*].id }
"#;

const CLUSTER: &str = r#"
variable "name" {}
variable "vpc" {}
variable "subnets" {}
variable "groups" { default = {} }
variable "defaults" { default = {} }

locals {
  metadata = { http_endpoint = "enabled", http_tokens = "required", http_put_response_hop_limit = 1 }
  rules = {
    api     = { port = 443, self = false }
    kubelet = { port = 10250, self = false }
    dns_tcp = { port = 53, self = true }
    high    = { port = 1025, self = true }
  }
}

resource "aws_eks_cluster" "this" {
  name                      = var.name
  enabled_cluster_log_types = ["api", "audit", "authenticator", "controllerManager", "scheduler"]
  vpc_config {
    subnet_ids              = var.subnets
    endpoint_private_access = true
    endpoint_public_access  = false
    security_group_ids      = [aws_security_group.cluster.id]
  }
  access_config {
    authentication_mode                         = "API"
    bootstrap_cluster_creator_admin_permissions = false
  }
}

resource "aws_security_group" "cluster" {
  vpc_id = var.vpc
}

resource "aws_security_group" "node" {
  vpc_id = var.vpc
}

resource "aws_security_group_rule" "node" {
  for_each                 = local.rules
  security_group_id        = aws_security_group.node.id
  type                     = "ingress"
  protocol                 = "tcp"
  from_port                = each.value.port
  to_port                  = each.value.port
  self                     = each.value.self ? true : null
  source_security_group_id = each.value.self ? null : aws_security_group.cluster.id
}

module "group" {
  source   = "./group"
  for_each = { for key, group in var.groups : key => group if try(group.create, true) }

  name           = try(each.value.name, each.key)
  cluster        = aws_eks_cluster.this.name
  subnets        = try(each.value.subnets, var.defaults.subnets, var.subnets)
  groups         = compact(concat([aws_security_group.node.id], try(each.value.security_groups, var.defaults.security_groups, [])))
  instance_types = try(each.value.instance_types, var.defaults.instance_types, null)
  max_size       = try(each.value.max_size, var.defaults.max_size, 3)
  taints         = try(each.value.taints, var.defaults.taints, {})
  block_devices  = try(each.value.block_devices, var.defaults.block_devices, [])
  metadata       = try(each.value.metadata, var.defaults.metadata, local.metadata)
  policies       = try(each.value.policies, var.defaults.policies, {})
}

output "groups" { value = module.group }
"#;

const GROUP: &str = r#"
variable "name" {}
variable "cluster" {}
variable "subnets" {}
variable "groups" {}
variable "instance_types" { default = null }
variable "max_size" { default = 3 }
variable "taints" { default = {} }
variable "block_devices" { default = [] }
variable "metadata" { default = {} }
variable "policies" { default = {} }

data "aws_partition" "current" {}

locals {
  prefix   = "arn:${data.aws_partition.current.partition}:iam::aws:policy"
  policies = merge({ worker = "${local.prefix}/AmazonEKSWorkerNodePolicy", pull = "${local.prefix}/AmazonEC2ContainerRegistryPullOnly" }, var.policies)
}

resource "aws_launch_template" "this" {
  name_prefix            = "${var.name}-"
  vpc_security_group_ids = var.groups

  dynamic "block_device_mappings" {
    for_each = var.block_devices
    content {
      device_name = block_device_mappings.value.name
      dynamic "ebs" {
        for_each = [block_device_mappings.value]
        content {
          volume_size = ebs.value.size
          encrypted   = try(ebs.value.encrypted, true)
        }
      }
    }
  }

  dynamic "metadata_options" {
    for_each = length(var.metadata) > 0 ? [var.metadata] : []
    content {
      http_endpoint               = lookup(metadata_options.value, "http_endpoint", null)
      http_tokens                 = lookup(metadata_options.value, "http_tokens", null)
      http_put_response_hop_limit = lookup(metadata_options.value, "http_put_response_hop_limit", null)
    }
  }

  dynamic "tag_specifications" {
    for_each = toset(["instance", "volume", "network-interface"])
    content {
      resource_type = tag_specifications.key
      tags          = { Name = var.name }
    }
  }
}

resource "aws_eks_node_group" "this" {
  cluster_name    = var.cluster
  node_group_name = var.name
  node_role_arn   = aws_iam_role.this.arn
  subnet_ids      = var.subnets
  instance_types  = var.instance_types

  scaling_config {
    min_size     = 1
    max_size     = var.max_size
    desired_size = 1
  }

  launch_template {
    id      = aws_launch_template.this.id
    version = aws_launch_template.this.latest_version
  }

  dynamic "taint" {
    for_each = var.taints
    content {
      key    = taint.value.key
      value  = try(taint.value.value, null)
      effect = taint.value.effect
    }
  }
}

resource "aws_iam_role" "this" {
  name = var.name
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy_attachment" "this" {
  for_each   = local.policies
  role       = aws_iam_role.this.name
  policy_arn = each.value
}

output "arn" { value = aws_eks_node_group.this.arn }
"#;

/// `count` configurations that call well-known modules whose source is absent.
pub(crate) fn well_known(count: usize) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for number in 0..count {
        let major = 19 + number % 2;
        let text = format!(
            r#"
module "vpc" {{
  source             = "terraform-aws-modules/vpc/aws"
  version            = "~> 5.0"
  azs                = ["a", "b", "c"]
  private_subnets    = ["10.{number}.1.0/24", "10.{number}.2.0/24", "10.{number}.3.0/24"]
  public_subnets     = ["10.{number}.101.0/24", "10.{number}.102.0/24", "10.{number}.103.0/24"]
  enable_nat_gateway = true
}}

module "eks" {{
  source       = "terraform-aws-modules/eks/aws"
  version      = "~> {major}.0"
  cluster_name = "shop-{number}"
  vpc_id       = module.vpc.vpc_id
  subnet_ids   = module.vpc.private_subnets

  eks_managed_node_groups = {{
    web    = {{ instance_types = ["m6i.large"] }}
    report = {{ instance_types = ["r6i.large"] }}
    batch  = {{ instance_types = ["c6i.large"] }}
  }}
}}

module "role" {{
  source   = "terraform-aws-modules/iam/aws//modules/iam-role-for-service-accounts-eks"
  version  = "~> 5.39"
  for_each = toset(["cart", "pay", "mail"])

  oidc_providers = {{
    shop = {{
      provider_arn               = module.eks.oidc_provider_arn
      namespace_service_accounts = ["shop:${{each.key}}"]
    }}
  }}
}}
"#
        );
        write(folder.path(), &format!("stack-{number}/main.tf"), &text);
    }
    folder
}
