//! Volumes as objects, storage classes and drivers. Upstream: `pkg/apis/core/v1` and `pkg/apis/storage/v1`.

use serde_json::json;

use crate::access::{Object, Read, Write};

pub(super) fn set(object: &mut Object, shape: &str) -> bool {
    match shape {
        "core/v1.PersistentVolumeSpec" => {
            object.default_text("persistentVolumeReclaimPolicy", "Retain");
            object.default_value("volumeMode", "Filesystem");
        }
        "core/v1.PersistentVolume" | "core/v1.PersistentVolumeClaim" => {
            object.object_mut("status").default_text("phase", "Pending");
        }
        "core/v1.PersistentVolumeClaimSpec" => object.default_value("volumeMode", "Filesystem"),
        "storage/v1.StorageClass" => {
            object.default_value("reclaimPolicy", "Delete");
            object.default_value("volumeBindingMode", "Immediate");
        }
        "storage/v1.CSIDriver" => driver(object.object_mut("spec")),
        _ => return false,
    }
    true
}

fn driver(spec: &mut Object) {
    spec.default_value("attachRequired", true);
    spec.default_value("podInfoOnMount", false);
    spec.default_value("storageCapacity", false);
    spec.default_value("fsGroupPolicy", "ReadWriteOnceWithFSType");
    if spec.items("volumeLifecycleModes").is_empty() {
        spec.insert("volumeLifecycleModes".to_owned(), json!(["Persistent"]));
    }
    spec.default_value("requiresRepublish", false);
    spec.default_value("seLinuxMount", false);
}
