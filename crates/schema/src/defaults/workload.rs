//! Deployments, daemon sets, stateful sets, replica sets. Upstream: `pkg/apis/apps/v1/defaults.go`.

use serde_json::json;

use crate::access::{Object, Read, Write};

pub(super) fn set(object: &mut Object, shape: &str) -> bool {
    match shape {
        "apps/v1.Deployment" => deployment(object.object_mut("spec")),
        "apps/v1.DaemonSet" => daemon_set(object.object_mut("spec")),
        "apps/v1.StatefulSet" => stateful_set(object.object_mut("spec")),
        "apps/v1.ReplicaSet" => object.object_mut("spec").default_value("replicas", 1),
        _ => return false,
    }
    true
}

fn deployment(spec: &mut Object) {
    spec.default_value("replicas", 1);
    let strategy = spec.object_mut("strategy");
    strategy.default_text("type", "RollingUpdate");
    if strategy.text("type") == "RollingUpdate" {
        let rolling = strategy.object_mut("rollingUpdate");
        rolling.default_value("maxUnavailable", "25%");
        rolling.default_value("maxSurge", "25%");
    }
    spec.default_value("revisionHistoryLimit", 10);
    spec.default_value("progressDeadlineSeconds", 600);
}

fn daemon_set(spec: &mut Object) {
    let strategy = spec.object_mut("updateStrategy");
    strategy.default_text("type", "RollingUpdate");
    if strategy.text("type") == "RollingUpdate" {
        let rolling = strategy.object_mut("rollingUpdate");
        rolling.default_value("maxUnavailable", 1);
        rolling.default_value("maxSurge", 0);
    }
    spec.default_value("revisionHistoryLimit", 10);
}

fn stateful_set(spec: &mut Object) {
    spec.default_text("podManagementPolicy", "OrderedReady");
    let strategy = spec.object_mut("updateStrategy");
    if strategy.text("type").is_empty() {
        strategy.insert("type".to_owned(), "RollingUpdate".into());
        strategy.default_value("rollingUpdate", json!({}));
    }
    if strategy.text("type") == "RollingUpdate"
        && let Some(rolling) = strategy.pointer_mut("rollingUpdate")
    {
        rolling.default_value("partition", 0);
    }
    for claim in spec.objects_mut("volumeClaimTemplates") {
        claim.insert("apiVersion".to_owned(), "v1".into());
        claim.insert("kind".to_owned(), "PersistentVolumeClaim".into());
    }
    let retention = spec.object_mut("persistentVolumeClaimRetentionPolicy");
    retention.default_text("whenDeleted", "Retain");
    retention.default_text("whenScaled", "Retain");
    spec.default_value("replicas", 1);
    spec.default_value("revisionHistoryLimit", 10);
}
