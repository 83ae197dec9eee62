use serde_json::Value;

/// What the server's PodSecurityConfiguration leaves out of evaluation. Exact names only: there are no wildcards.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Exemptions {
    /// Users whose requests are not evaluated. Pods that a controller makes are requests of the controller, not of the
    /// user who made the controller.
    pub usernames: Vec<String>,
    /// Namespaces.
    pub namespaces: Vec<String>,
    /// Runtime classes of pods.
    pub runtime_classes: Vec<String>,
}

/// Why a request is not evaluated, in the order in which the server looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exemption {
    /// Its namespace is exempt.
    Namespace,
    /// Its user is exempt.
    User,
    /// The pod's runtime class is exempt.
    RuntimeClass,
}

impl Exemptions {
    /// Whether a request by `username` in `namespace` for `pod` (`{metadata, spec}`) is exempt. An empty name never is.
    pub fn of(&self, namespace: &str, username: &str, pod: &Value) -> Option<Exemption> {
        let runtime_class = pod
            .get("spec")
            .and_then(|spec| spec.get("runtimeClassName"))
            .and_then(Value::as_str)
            .unwrap_or_default();
        [
            (namespace, &self.namespaces, Exemption::Namespace),
            (username, &self.usernames, Exemption::User),
            (
                runtime_class,
                &self.runtime_classes,
                Exemption::RuntimeClass,
            ),
        ]
        .into_iter()
        .find(|(name, exempt, _)| !name.is_empty() && exempt.iter().any(|entry| entry == name))
        .map(|(.., why)| why)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn exact_names_in_the_servers_order() {
        let exemptions = Exemptions {
            usernames: vec!["root-operator".into(), String::new()],
            namespaces: vec!["kube-system".into()],
            runtime_classes: vec!["kata".into()],
        };
        let kata = json!({"spec": {"runtimeClassName": "kata"}});
        assert_eq!(
            exemptions.of("kube-system", "root-operator", &kata),
            Some(Exemption::Namespace)
        );
        assert_eq!(
            exemptions.of("shop", "root-operator", &kata),
            Some(Exemption::User)
        );
        assert_eq!(
            exemptions.of("shop", "alice", &kata),
            Some(Exemption::RuntimeClass)
        );
        assert_eq!(exemptions.of("kube-system-2", "", &json!({})), None);
    }
}
