variable "auto_ingress_rules" { default = ["ssh-tcp"] }
