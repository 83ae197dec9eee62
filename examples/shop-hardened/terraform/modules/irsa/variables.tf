variable "name" {
  description = "ロール名"
  type        = string
}

variable "provider_arn" {
  description = "クラスタの OIDC プロバイダー"
  type        = string
}

variable "issuer" {
  description = "発行者。https:// を含まない"
  type        = string
}

variable "namespace" {
  type = string
}

variable "service_account" {
  type = string
}

variable "policies" {
  description = "AWS 管理ポリシーの ARN"
  type        = list(string)
  default     = []
}

variable "policy" {
  description = "このワークロードだけの権限 (JSON)"
  type        = string
  default     = null
}
