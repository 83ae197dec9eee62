use std::sync::OnceLock;

use sekisho_model::{Estate, Namespace, Object, Settings, ThreatModel};

use crate::{Accounts, Rights, Workloads};

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
    rights: OnceLock<Rights>,
    accounts: OnceLock<Accounts>,
}

impl<'a> Context<'a> {
    /// Puts together what checks may ask.
    pub fn new(estate: &'a Estate, settings: &'a Settings, threat_model: &'a ThreatModel) -> Self {
        Self {
            estate,
            settings,
            threat_model,
            workloads: OnceLock::new(),
            rights: OnceLock::new(),
            accounts: OnceLock::new(),
        }
    }

    /// Every pod and pod template, indexed once.
    pub fn workloads(&self) -> &Workloads<'a> {
        self.workloads.get_or_init(|| Workloads::of(self.estate))
    }

    /// What every binding really gives, worked out once.
    pub fn rights(&self) -> &Rights {
        self.rights
            .get_or_init(|| Rights::of(self.estate, self.settings))
    }

    /// The service accounts: which exist, which are bound, which are used.
    pub fn accounts(&self) -> &Accounts {
        self.accounts
            .get_or_init(|| Accounts::of(self.estate, self.rights(), self.workloads()))
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
