variable "account" {
  description = "AWS アカウント"
  type        = string
}

variable "region" {
  description = "リージョン"
  type        = string
}

variable "cluster" {
  description = "クラスタ名"
  type        = string
}

variable "kubernetes_version" {
  description = "標準サポート期間内のもの。ノードも同じ"
  type        = string
}

variable "zones" {
  description = "アベイラビリティーゾーン"
  type        = list(string)
}

variable "partner_ranges" {
  description = "受発注サイトを使う取引先の拠点"
  type        = list(string)
}

variable "organization" {
  description = "GitHub の Organization。GitLab のグループも同じ名前"
  type        = string
}
