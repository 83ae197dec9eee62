# Policies of add-ons, which the real module writes out. Their contents are not known here, only that they are attached.
variable "attach_aws_gateway_controller_policy" { default = false }
variable "attach_cert_manager_policy" { default = false }
variable "attach_cluster_autoscaler_policy" { default = false }
variable "attach_ebs_csi_policy" { default = false }
variable "attach_efs_csi_policy" { default = false }
variable "attach_mountpoint_s3_csi_policy" { default = false }
variable "attach_external_dns_policy" { default = false }
variable "attach_external_secrets_policy" { default = false }
variable "attach_fsx_lustre_csi_policy" { default = false }
variable "attach_fsx_openzfs_csi_policy" { default = false }
variable "attach_karpenter_controller_policy" { default = false }
variable "attach_load_balancer_controller_policy" { default = false }
variable "attach_load_balancer_controller_targetgroup_binding_only_policy" { default = false }
variable "attach_appmesh_controller_policy" { default = false }
variable "attach_appmesh_envoy_proxy_policy" { default = false }
variable "attach_amazon_managed_service_prometheus_policy" { default = false }
variable "attach_cloudwatch_observability_policy" { default = false }
variable "attach_node_termination_handler_policy" { default = false }
variable "attach_velero_policy" { default = false }
variable "attach_vpc_cni_policy" { default = false }

locals {
  addons = {
    aws_gateway_controller                    = var.attach_aws_gateway_controller_policy
    cert_manager                              = var.attach_cert_manager_policy
    cluster_autoscaler                        = var.attach_cluster_autoscaler_policy
    ebs_csi                                   = var.attach_ebs_csi_policy
    efs_csi                                   = var.attach_efs_csi_policy
    mountpoint_s3_csi                         = var.attach_mountpoint_s3_csi_policy
    external_dns                              = var.attach_external_dns_policy
    external_secrets                          = var.attach_external_secrets_policy
    fsx_lustre_csi                            = var.attach_fsx_lustre_csi_policy
    fsx_openzfs_csi                           = var.attach_fsx_openzfs_csi_policy
    karpenter_controller                      = var.attach_karpenter_controller_policy
    load_balancer_controller                  = var.attach_load_balancer_controller_policy
    load_balancer_controller_targetgroup_only = var.attach_load_balancer_controller_targetgroup_binding_only_policy
    appmesh_controller                        = var.attach_appmesh_controller_policy
    appmesh_envoy_proxy                       = var.attach_appmesh_envoy_proxy_policy
    amazon_managed_service_prometheus         = var.attach_amazon_managed_service_prometheus_policy
    cloudwatch_observability                  = var.attach_cloudwatch_observability_policy
    node_termination_handler                  = var.attach_node_termination_handler_policy
    velero                                    = var.attach_velero_policy
    vpc_cni                                   = var.attach_vpc_cni_policy
  }
}

resource "aws_iam_policy" "addon" {
  for_each = { for name, attached in local.addons : name => name if local.create && attached }
}

resource "aws_iam_role_policy_attachment" "addon" {
  for_each = { for name, attached in local.addons : name => name if local.create && attached }

  role       = aws_iam_role.this[0].name
  policy_arn = aws_iam_policy.addon[each.key].arn
}
