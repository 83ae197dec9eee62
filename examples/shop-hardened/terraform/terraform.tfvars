account            = "111122223333"
region             = "ap-northeast-1"
cluster            = "shop-prod"
kubernetes_version = "1.34"
zones              = ["ap-northeast-1a", "ap-northeast-1c", "ap-northeast-1d"]
partner_ranges     = ["203.0.113.0/24", "198.51.100.0/24"]
organization       = "example-shop"
