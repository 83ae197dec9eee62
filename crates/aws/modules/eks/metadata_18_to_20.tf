locals {
  metadata_base = {}
}
