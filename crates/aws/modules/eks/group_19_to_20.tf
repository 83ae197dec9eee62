# In 19 and 20 a node group has no security group of its own.
locals {
  own_group = []
}
