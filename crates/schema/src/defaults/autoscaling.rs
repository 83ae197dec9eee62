//! Horizontal pod autoscalers. Upstream: `pkg/apis/autoscaling/v1` and `v2/defaults.go`.

use serde_json::{Value, json};

use crate::access::{Object, Read, Write};

pub(super) fn set(object: &mut Object, shape: &str) -> bool {
    match shape {
        "autoscaling/v1.HorizontalPodAutoscaler" => {
            let spec = object.object_mut("spec");
            spec.default_value("minReplicas", 1);
            // The internal form is of the second version, which falls back to this one metric.
            spec.default_value("targetCPUUtilizationPercentage", 80);
        }
        "autoscaling/v2.HorizontalPodAutoscaler" => second(object.object_mut("spec")),
        _ => return false,
    }
    true
}

fn second(spec: &mut Object) {
    spec.default_value("minReplicas", 1);
    if spec.items("metrics").is_empty() {
        let target = json!({"type": "Utilization", "averageUtilization": 80});
        let metric = json!([{"type": "Resource", "resource": {"name": "cpu", "target": target}}]);
        spec.insert("metrics".to_owned(), metric);
    }
    if let Some(behavior) = spec.pointer_mut("behavior") {
        let pods = json!({"type": "Pods", "value": 4, "periodSeconds": 15});
        let percent = json!({"type": "Percent", "value": 100, "periodSeconds": 15});
        let up = behavior.object_mut("scaleUp");
        up.default_value("stabilizationWindowSeconds", 0);
        rules(up, json!([pods, percent.clone()]));
        rules(behavior.object_mut("scaleDown"), json!([percent]));
    }
}

fn rules(rules: &mut Object, policies: Value) {
    rules.default_value("selectPolicy", "Max");
    rules.default_value("policies", policies);
}
