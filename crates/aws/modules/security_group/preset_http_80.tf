variable "auto_ingress_rules" { default = ["http-80-tcp"] }
