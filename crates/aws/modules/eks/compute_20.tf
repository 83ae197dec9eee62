variable "cluster_compute_config" { default = {} }

locals {
  compute             = length(var.cluster_compute_config) > 0 ? var.cluster_compute_config : null
  deletion_protection = null
}
