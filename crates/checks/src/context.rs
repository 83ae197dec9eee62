use std::sync::OnceLock;

use sekisho_model::{Estate, Namespace, Object, Settings, ThreatModel};

use crate::deeds::Deeds;
use crate::exposure::ingresses::Ingresses;
use crate::workload::surroundings::Surroundings;
use crate::{Mutators, Workloads};

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
    mutators: OnceLock<Mutators<'a>>,
    surroundings: OnceLock<Surroundings<'a>>,
    ingresses: OnceLock<Ingresses<'a>>,
    deeds: OnceLock<Deeds>,
}

impl<'a> Context<'a> {
    /// Puts together what checks may ask.
    pub fn new(estate: &'a Estate, settings: &'a Settings, threat_model: &'a ThreatModel) -> Self {
        Self {
            estate,
            settings,
            threat_model,
            workloads: OnceLock::new(),
            mutators: OnceLock::new(),
            surroundings: OnceLock::new(),
            ingresses: OnceLock::new(),
            deeds: OnceLock::new(),
        }
    }

    /// Every pod and pod template, indexed once.
    pub fn workloads(&self) -> &Workloads<'a> {
        self.workloads.get_or_init(|| Workloads::of(self.estate))
    }

    /// What the cluster's own mutators do, read once.
    pub fn mutators(&self) -> &Mutators<'a> {
        self.mutators.get_or_init(|| Mutators::of(self.estate))
    }

    /// What stands beside the workloads of each namespace and changes how they run, indexed once.
    pub(crate) fn surroundings(&self) -> &Surroundings<'a> {
        self.surroundings
            .get_or_init(|| Surroundings::of(self.estate))
    }

    /// Every Ingress, by the load balancer or controller that serves it.
    pub(crate) fn ingresses(&self) -> &Ingresses<'a> {
        self.ingresses
            .get_or_init(|| Ingresses::of(self.estate, self.complete()))
    }

    /// What the jobs of pipelines do, read once.
    pub(crate) fn deeds(&self) -> &Deeds {
        self.deeds.get_or_init(|| Deeds::of(self.estate))
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
