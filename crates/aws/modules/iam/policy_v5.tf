variable "create_policy" { default = true }

locals { create = var.create_policy }
