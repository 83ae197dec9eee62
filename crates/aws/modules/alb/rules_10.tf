# Since 10 an action is named by its attribute.
locals {
  rule_actions = {
    for key, rule in local.listener_rules : key => flatten([
      for action in rule.actions : [
        for type, name in local.types : { type = type, is = try(action[name], null) } if try(action[name], null) != null
      ]
    ])
  }
}
