//! The rules of AWS WAF, from the form of its API to that of the Terraform provider.

use sekisho_terraform::Value;

use crate::snapshot::renaming::{Names, renamed};
use crate::snapshot::shape::formed;

const NAMES: Names = &[
    ("statements", "statement"),
    ("rule_action_overrides", "rule_action_override"),
    ("excluded_rules", "excluded_rule"),
    ("text_transformations", "text_transformation"),
    ("custom_keys", "custom_key"),
    ("rule_labels", "rule_label"),
];

/// A list of rules as `GetWebACL` answers it and as the argument `rule_json` holds it, in the form of `rule` blocks.
pub fn rules(api: &Value) -> Value {
    renamed(&formed(api), NAMES)
}
