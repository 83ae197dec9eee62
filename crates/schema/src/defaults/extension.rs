//! Custom resource definitions and API services. Upstream: `apiextensions/v1/defaults.go`, `apiregistration/v1/defaults.go`.

use serde_json::json;

use crate::access::{Object, Read, Write};

pub(super) fn set(object: &mut Object, shape: &str) -> bool {
    match shape {
        "apiextensions/v1.CustomResourceDefinitionSpec" => {
            let names = object.object_mut("names");
            let kind = names.text("kind").to_owned();
            names.default_text("singular", &kind.to_lowercase());
            if !kind.is_empty() {
                names.default_text("listKind", &format!("{kind}List"));
            }
            object.default_value("conversion", json!({"strategy": "None"}));
        }
        "apiextensions/v1.ServiceReference" | "apiregistration/v1.ServiceReference" => {
            object.default_value("port", 443);
        }
        _ => return false,
    }
    true
}
