//! Volume sources. Upstream: `pkg/apis/core/v1/defaults.go`.

use serde_json::json;

use super::image;
use crate::access::{Object, Read, Write};

/// `rw-r--r--`.
const FILE_MODE: i64 = 0o644;

pub(super) fn set(object: &mut Object, shape: &str) -> bool {
    match shape {
        "core/v1.Volume" => {
            let has_source = object
                .iter()
                .any(|(key, value)| key != "name" && !value.is_null());
            if !has_source {
                object.insert("emptyDir".to_owned(), json!({}));
            }
            if let Some(source) = object.pointer_mut("image") {
                let policy = image::pull_policy(source.text("reference"));
                source.default_text("pullPolicy", policy);
            }
        }
        "core/v1.SecretVolumeSource"
        | "core/v1.ConfigMapVolumeSource"
        | "core/v1.DownwardAPIVolumeSource"
        | "core/v1.ProjectedVolumeSource" => object.default_value("defaultMode", FILE_MODE),
        "core/v1.ServiceAccountTokenProjection" => object.default_value("expirationSeconds", 3600),
        "core/v1.HostPathVolumeSource" => object.default_value("type", ""),
        _ => return false,
    }
    true
}
