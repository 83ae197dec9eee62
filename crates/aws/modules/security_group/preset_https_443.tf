variable "auto_ingress_rules" { default = ["https-443-tcp"] }
