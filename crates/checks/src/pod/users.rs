//! As whom the containers of a pod run, after the mutators of the estate.

use sekisho_model::{Container, Fields, Pod};
use sekisho_text::Route;
use serde_json::Value;

use crate::{Context, Mutated};

/// As whom a container runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum User {
    /// Never as root: a user that is not, or the kubelet refuses to start it.
    NotRoot,
    /// As the user of its image; nothing is said of root.
    OfImage,
    /// As the user of its image; `runAsNonRoot: false` says that root is all right.
    Allowed,
    /// As root, by the field of the container or of the pod.
    Root,
}

/// A pod whose users are looked at.
pub(super) struct Users<'p, 'a> {
    pod: &'p Pod<'a>,
    mutated: Option<Mutated>,
}

impl<'p, 'a> Users<'p, 'a> {
    pub(super) fn of(cx: &Context<'_>, pod: &'p Pod<'a>) -> Self {
        Self {
            pod,
            mutated: cx.mutators().of_pod(pod),
        }
    }

    /// As whom a container runs: its own fields count before the pod's. A container that must not be root and is told to
    /// be user 0 counts as root: the kubelet refuses it, and Pod Security does.
    pub(super) fn user(&self, container: &Container<'_>) -> User {
        let own = self.security(container);
        let of_pod = self.security_of_pod();
        let user = field(own, of_pod, "runAsUser").and_then(Value::as_i64);
        let non_root = field(own, of_pod, "runAsNonRoot").and_then(Value::as_bool);
        if self.pod.is_windows() {
            let name = field(own, of_pod, "windowsOptions.runAsUserName").and_then(Value::as_str);
            return match name {
                Some(name) if name.trim().eq_ignore_ascii_case("ContainerAdministrator") => {
                    User::Root
                }
                Some(_) => User::NotRoot,
                None => of_image(non_root),
            };
        }
        match user {
            Some(0) => User::Root,
            Some(_) => User::NotRoot,
            None => of_image(non_root),
        }
    }

    /// A field of the security context of a container, or of the pod where the container does not set it.
    pub(super) fn effective<'s>(
        &'s self,
        container: &'s Container<'_>,
        name: &str,
    ) -> Option<&'s Value> {
        field(self.security(container), self.security_of_pod(), name)
    }

    /// The pod's own security context.
    pub(super) fn security_of_pod(&self) -> Option<&Value> {
        let value = self
            .mutated
            .as_ref()
            .map_or(self.pod.value, |mutated| &mutated.value);
        value.at("spec.securityContext")
    }

    fn security<'s>(&'s self, container: &'s Container<'_>) -> Option<&'s Value> {
        let Some(mutated) = &self.mutated else {
            return container.value.key("securityContext");
        };
        let skipped = self.pod.route.steps().len();
        let inside: Route = container
            .route
            .steps()
            .iter()
            .skip(skipped)
            .cloned()
            .collect();
        super::standards::value_in(&mutated.value, &inside)?.key("securityContext")
    }
}

fn of_image(non_root: Option<bool>) -> User {
    match non_root {
        Some(true) => User::NotRoot,
        Some(false) => User::Allowed,
        None => User::OfImage,
    }
}

fn field<'v>(own: Option<&'v Value>, of_pod: Option<&'v Value>, name: &str) -> Option<&'v Value> {
    let set = |context: Option<&'v Value>| context?.at(name).filter(|value| !value.is_null());
    set(own).or_else(|| set(of_pod))
}
