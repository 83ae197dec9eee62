# In 9 the kind of an action is its `type`.
locals {
  rule_actions = { for key, rule in local.listener_rules : key => [for action in rule.actions : { type = action.type, is = action }] }
}
