variable "cidr" { default = "0.0.0.0/0" }
variable "map_public_ip_on_launch" { default = true }
variable "enable_dns_hostnames" { default = false }
variable "enable_dns_support" { default = true }
variable "manage_default_security_group" { default = false }
variable "manage_default_route_table" { default = false }
