//! The mutual TLS mode that holds for a workload: PeerAuthentication at mesh, namespace, workload and port level.

use sekisho_model::{Fields, Namespace, Object, Pod};
use sekisho_text::Route;

use super::members::{Mesh, selector, selects};

/// What a workload accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Mode {
    /// Plaintext only.
    Disable,
    /// Plaintext and mutual TLS.
    Permissive,
    /// Mutual TLS only.
    Strict,
}

impl Mode {
    fn read(text: Option<&str>) -> Option<Self> {
        match text? {
            "STRICT" => Some(Self::Strict),
            "PERMISSIVE" => Some(Self::Permissive),
            "DISABLE" => Some(Self::Disable),
            _ => None,
        }
    }

    /// As PeerAuthentication spells it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Disable => "DISABLE",
            Self::Permissive => "PERMISSIVE",
            Self::Strict => "STRICT",
        }
    }
}

/// A mode, and the field that decides it.
#[derive(Debug, Clone)]
pub(crate) struct Decided {
    /// The mode.
    pub(crate) mode: Mode,
    /// The PeerAuthentication and its field; `None` when nothing decides and PERMISSIVE holds by default.
    pub(crate) by: Option<(usize, Route)>,
    /// The port it is about; all others when absent.
    pub(crate) port: Option<String>,
}

impl Mesh<'_> {
    /// The mode of a workload, then those of ports that differ from it by a word of their own.
    ///
    /// `ComposePeerAuthentication` (istio's pilot/pkg/security/authn): workload over namespace over mesh; an unset mode
    /// inherits; a policy with a selector in the root namespace is ignored; ports come from the workload's policy alone.
    pub(crate) fn modes(&self, pod: &Pod<'_>) -> Vec<Decided> {
        let place = &pod.object.place;
        let root = self.root(place);
        let whole = |namespace: &Namespace| {
            let policies = self.living(place, namespace, "PeerAuthentication");
            oldest(policies.filter(|(_, policy)| selector(policy).is_none()))
        };
        let mut decided = Decided {
            mode: Mode::Permissive,
            by: None,
            port: None,
        };
        let mut decide = |found: Option<(usize, &Object)>| {
            let mode = found.and_then(|(index, policy)| {
                Some((index, Mode::read(policy.value.text("spec.mtls.mode"))?))
            });
            if let Some((index, mode)) = mode {
                decided.mode = mode;
                decided.by = Some((index, Route::of("spec.mtls.mode")));
            }
        };
        decide(whole(&root));
        let own = &pod.object.namespace;
        let mut workload = None;
        if *own != root {
            decide(whole(own));
            let policies = self.living(place, own, "PeerAuthentication");
            workload = oldest(
                policies.filter(|(_, policy)| selector(policy).is_some() && selects(policy, pod)),
            );
            decide(workload);
        }
        let ports = workload
            .and_then(|(index, policy)| Some((index, policy.value.entries("spec.portLevelMtls")?)));
        let mut all = vec![decided];
        if let Some((index, ports)) = ports {
            for (port, value) in ports {
                if let Some(mode) = Mode::read(value.text("mode")) {
                    let route = Route::of("spec.portLevelMtls");
                    all.push(Decided {
                        mode,
                        by: Some((index, route.key(port.clone()).key("mode"))),
                        port: Some(port.clone()),
                    });
                }
            }
        }
        all
    }

    /// True when the workload accepts nothing but mutual TLS, on every port.
    pub(crate) fn is_strict(&self, pod: &Pod<'_>) -> bool {
        self.modes(pod)
            .iter()
            .all(|decided| decided.mode == Mode::Strict)
    }
}

/// Of several policies of one scope the oldest counts. Files seldom tell ages: then the weakest counts, since it may be.
fn oldest<'a>(policies: impl Iterator<Item = (usize, &'a Object)>) -> Option<(usize, &'a Object)> {
    let all: Vec<_> = policies.collect();
    let age = |policy: &Object| {
        policy
            .value
            .text("metadata.creationTimestamp")
            .map(str::to_owned)
    };
    if all.iter().all(|(_, policy)| age(policy).is_some()) {
        return all
            .into_iter()
            .min_by_key(|(_, policy)| (age(policy), policy.name.clone()));
    }
    all.into_iter().min_by_key(|(_, policy)| {
        let mode = Mode::read(policy.value.text("spec.mtls.mode"));
        (mode.is_none(), mode, policy.name.clone())
    })
}
