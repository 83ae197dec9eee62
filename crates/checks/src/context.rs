use std::sync::OnceLock;

use sekisho_model::{Estate, Namespace, Object, Settings, ThreatModel};

use crate::Workloads;
use crate::mesh::members::Mesh;
use crate::network::namespaces::Namespaces;
use crate::network::policies::Policies;

/// What a check may ask besides its subject.
#[derive(Debug)]
pub struct Context<'a> {
    /// Everything that was read.
    pub estate: &'a Estate,
    /// What `sekisho.yaml` says.
    pub settings: &'a Settings,
    /// The threat model in force.
    pub threat_model: &'a ThreatModel,
    workloads: OnceLock<Workloads<'a>>,
    namespaces: OnceLock<Namespaces<'a>>,
    policies: OnceLock<Policies<'a>>,
    mesh: OnceLock<Mesh<'a>>,
}

impl<'a> Context<'a> {
    /// Puts together what checks may ask.
    pub fn new(estate: &'a Estate, settings: &'a Settings, threat_model: &'a ThreatModel) -> Self {
        Self {
            estate,
            settings,
            threat_model,
            workloads: OnceLock::new(),
            namespaces: OnceLock::new(),
            policies: OnceLock::new(),
            mesh: OnceLock::new(),
        }
    }

    /// Every pod and pod template, indexed once.
    pub fn workloads(&self) -> &Workloads<'a> {
        self.workloads.get_or_init(|| Workloads::of(self.estate))
    }

    /// Every Namespace object, indexed once.
    pub(crate) fn namespaces(&self) -> &Namespaces<'a> {
        self.namespaces.get_or_init(|| Namespaces::of(self.estate))
    }

    /// Every NetworkPolicy, indexed once.
    pub(crate) fn policies(&self) -> &Policies<'a> {
        self.policies.get_or_init(|| Policies::of(self.estate))
    }

    /// The service mesh: who belongs to it, and which of its policies hold where.
    pub(crate) fn mesh(&self) -> &Mesh<'a> {
        self.mesh.get_or_init(|| Mesh::of(self))
    }

    /// True when the files are everything that runs, so that absence proves absence.
    pub fn complete(&self) -> bool {
        self.settings.estate.complete
    }

    /// The Namespace object that an object lives in, when the estate holds it. Of several the last counts, as when they
    /// are applied in order.
    pub fn namespace_of(&self, object: &Object) -> Option<(usize, &'a Object)> {
        let Namespace::Given(name) = &object.namespace else {
            return None;
        };
        self.estate
            .of_kind("", "Namespace")
            .filter(|(_, namespace)| namespace.name == *name && namespace.place == object.place)
            .last()
    }
}
