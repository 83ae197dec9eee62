variable "eks_managed_node_groups" { default = {} }
variable "self_managed_node_groups" { default = {} }
variable "fargate_profiles" { default = {} }

locals {
  # What a group says of itself comes before what the defaults say of all.
  managed_settings = { for key, group in merge({}, var.eks_managed_node_groups) : key => merge(local.managed_node_group_defaults, group) }
  self_settings    = { for key, group in merge({}, var.self_managed_node_groups) : key => merge(local.self_node_group_defaults, group) }
  fargate_settings = { for key, profile in merge({}, var.fargate_profiles) : key => merge(local.fargate_defaults, profile) }
}

module "eks_managed_node_group" {
  source   = "./modules/eks-managed-node-group"
  for_each = { for key, group in local.managed_settings : key => group if var.create }

  create                            = try(each.value.create, true)
  name                              = try(each.value.name, each.key)
  use_name_prefix                   = try(each.value.use_name_prefix, true)
  cluster_name                      = aws_eks_cluster.this[0].name
  cluster_ip_family                 = local.ip_family
  cluster_primary_security_group_id = try(each.value.attach_cluster_primary_security_group, false) ? [aws_eks_cluster.this[0].vpc_config[0].cluster_security_group_id] : []
  vpc_security_group_ids            = concat(local.node_groups, try([for one in each.value.vpc_security_group_ids : one], []))
  subnet_ids                        = try(each.value.subnet_ids, var.subnet_ids)
  ami_id                            = try(each.value.ami_id, "")
  ami_type                          = try(each.value.ami_type, local.default_ami_type)
  key_name                          = try(each.value.key_name, null)
  remote_access                     = try(each.value.remote_access, null)
  create_launch_template            = try(each.value.create_launch_template, true)
  use_custom_launch_template        = try(each.value.use_custom_launch_template, true)
  launch_template_id                = try(each.value.launch_template_id, "")
  metadata_options                  = try(each.value.metadata_options, local.metadata_options)
  pre_bootstrap_user_data           = try(each.value.pre_bootstrap_user_data, "")
  post_bootstrap_user_data          = try(each.value.post_bootstrap_user_data, "")
  bootstrap_extra_args              = try(each.value.bootstrap_extra_args, "")
  cloudinit_pre_nodeadm             = try(each.value.cloudinit_pre_nodeadm, [])
  cloudinit_post_nodeadm            = try(each.value.cloudinit_post_nodeadm, [])
  network_interfaces                = try(each.value.network_interfaces, [])
  node_repair_config                = try(each.value.node_repair_config, null)
  create_iam_role                   = try(each.value.create_iam_role, true)
  iam_role_arn                      = try(each.value.iam_role_arn, null)
  iam_role_name                     = try(each.value.iam_role_name, null)
  iam_role_use_name_prefix          = try(each.value.iam_role_use_name_prefix, true)
  iam_role_attach_cni_policy        = try(each.value.iam_role_attach_cni_policy, true)
  iam_role_additional_policies      = try(each.value.iam_role_additional_policies, {})
  create_security_group             = try(each.value.create_security_group, true)
  security_group_ingress_rules      = try(each.value.security_group_ingress_rules, {})
  security_group_egress_rules       = try(each.value.security_group_egress_rules, {})
  security_group_rules              = try(each.value.security_group_rules, {})
}

module "self_managed_node_group" {
  source   = "./modules/self-managed-node-group"
  for_each = { for key, group in local.self_settings : key => group if var.create }

  create                            = try(each.value.create, true)
  name                              = try(each.value.name, each.key)
  cluster_name                      = aws_eks_cluster.this[0].name
  cluster_ip_family                 = local.ip_family
  cluster_primary_security_group_id = try(each.value.attach_cluster_primary_security_group, false) ? [aws_eks_cluster.this[0].vpc_config[0].cluster_security_group_id] : []
  vpc_security_group_ids            = concat(local.node_groups, try([for one in each.value.vpc_security_group_ids : one], []))
  subnet_ids                        = try(each.value.subnet_ids, var.subnet_ids)
  key_name                          = try(each.value.key_name, null)
  create_launch_template            = try(each.value.create_launch_template, true)
  launch_template_id                = try(each.value.launch_template_id, "")
  metadata_options                  = try(each.value.metadata_options, local.metadata_options)
  pre_bootstrap_user_data           = try(each.value.pre_bootstrap_user_data, "")
  post_bootstrap_user_data          = try(each.value.post_bootstrap_user_data, "")
  bootstrap_extra_args              = try(each.value.bootstrap_extra_args, "")
  cloudinit_pre_nodeadm             = try(each.value.cloudinit_pre_nodeadm, [])
  cloudinit_post_nodeadm            = try(each.value.cloudinit_post_nodeadm, [])
  network_interfaces                = try(each.value.network_interfaces, [])
  use_mixed_instances_policy        = try(each.value.use_mixed_instances_policy, false)
  create_iam_instance_profile       = try(each.value.create_iam_instance_profile, true)
  iam_instance_profile_arn          = try(each.value.iam_instance_profile_arn, null)
  iam_role_arn                      = try(each.value.iam_role_arn, null)
  iam_role_name                     = try(each.value.iam_role_name, null)
  iam_role_use_name_prefix          = try(each.value.iam_role_use_name_prefix, true)
  iam_role_attach_cni_policy        = try(each.value.iam_role_attach_cni_policy, true)
  iam_role_additional_policies      = try(each.value.iam_role_additional_policies, {})
  create_access_entry               = try(each.value.create_access_entry, true)
  security_group_rules              = try(each.value.security_group_rules, {})
}

module "fargate_profile" {
  source   = "./modules/fargate-profile"
  for_each = { for key, profile in local.fargate_settings : key => profile if var.create }

  create                       = try(each.value.create, true)
  name                         = try(each.value.name, each.key)
  cluster_name                 = aws_eks_cluster.this[0].name
  cluster_ip_family            = local.ip_family
  subnet_ids                   = try(each.value.subnet_ids, var.subnet_ids)
  selectors                    = try(each.value.selectors, [])
  create_iam_role              = try(each.value.create_iam_role, true)
  iam_role_arn                 = try(each.value.iam_role_arn, null)
  iam_role_attach_cni_policy   = try(each.value.iam_role_attach_cni_policy, true)
  iam_role_additional_policies = try(each.value.iam_role_additional_policies, {})
}

output "eks_managed_node_groups" { value = module.eks_managed_node_group }
output "self_managed_node_groups" { value = module.self_managed_node_group }
output "fargate_profiles" { value = module.fargate_profile }
