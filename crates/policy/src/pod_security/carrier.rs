use sekisho_text::Route;
use serde_json::Value;

/// A pod or pod template inside an object.
pub type CarriedPod<'a> = (Route, &'a Value);

/// Kind, API group and the way to the pod, as upstream's `DefaultPodSpecExtractor` knows them.
const CARRIERS: [(&str, &str, &str); 9] = [
    ("Pod", "", ""),
    ("PodTemplate", "", "template"),
    ("ReplicationController", "", "spec.template"),
    ("ReplicaSet", "apps", "spec.template"),
    ("Deployment", "apps", "spec.template"),
    ("StatefulSet", "apps", "spec.template"),
    ("DaemonSet", "apps", "spec.template"),
    ("Job", "batch", "spec.template"),
    ("CronJob", "batch", "spec.jobTemplate.spec.template"),
];

/// The pod that Pod Security reads in this object, with the way to it. `None` for kinds without one, for a kind of the
/// same name in a foreign API group, and for a carrier whose template is not there.
pub fn pod_of<'a>(kind: &str, object: &'a Value) -> Option<CarriedPod<'a>> {
    let (_, group, way) = CARRIERS.into_iter().find(|(name, ..)| *name == kind)?;
    if let Some(api_version) = object.get("apiVersion").and_then(Value::as_str) {
        let said = api_version.split_once('/').map_or("", |(said, _)| said);
        if said != group {
            return None;
        }
    }
    let route = Route::of(way);
    let mut value = object;
    for step in way.split('.').filter(|step| !step.is_empty()) {
        value = value.get(step)?;
    }
    (!value.is_null()).then_some((route, value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn finds_the_template_of_every_carrier() {
        let template = json!({"metadata": {}, "spec": {"containers": []}});
        for (kind, group, way) in CARRIERS {
            let mut object = template.clone();
            for step in way.rsplit('.').filter(|step| !step.is_empty()) {
                object = json!({ step: object });
            }
            object["apiVersion"] = json!(if group.is_empty() {
                "v1".to_owned()
            } else {
                format!("{group}/v1")
            });
            let (route, pod) = pod_of(kind, &object).unwrap();
            assert_eq!(route.to_string(), way);
            assert_eq!(pod["spec"], template["spec"], "{kind}");
            object["apiVersion"] = json!("other.example/v1");
            assert_eq!(pod_of(kind, &object), None, "{kind}");
        }
    }

    #[test]
    fn no_pod_is_not_an_empty_pod() {
        assert_eq!(
            pod_of(
                "ReplicationController",
                &json!({"spec": {"template": null}})
            ),
            None
        );
        assert_eq!(
            pod_of("ConfigMap", &json!({"spec": {"template": {}}})),
            None
        );
    }
}
