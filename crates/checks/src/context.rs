use std::sync::OnceLock;

use jiff::civil::Date;
use sekisho_model::{Estate, Namespace, Object, Settings, ThreatModel};

use crate::admission::rehearsed::{Guarded, clusters};
use crate::deeds::Deeds;
use crate::exposure::ingresses::Ingresses;
use crate::iam::grants::Grants;
use crate::identity::service_accounts::ServiceAccounts;
use crate::links::Links;
use crate::mesh::members::Mesh;
use crate::network::namespaces::Namespaces;
use crate::network::policies::Policies;
use crate::secrets::key_names::KeyNames;
use crate::workload::surroundings::Surroundings;
use crate::{Accounts, Mutators, Rights, Workloads};

/// What a check may ask besides its subject.
#[derive(Debug)]
pub struct Context<'a> {
    /// Everything that was read.
    pub estate: &'a Estate,
    /// What `sekisho.yaml` says.
    pub settings: &'a Settings,
    /// The threat model in force.
    pub threat_model: &'a ThreatModel,
    /// The day of the run; `None` where none was given.
    pub today: Option<Date>,
    links: OnceLock<Links<'a>>,
    grants: OnceLock<Grants<'a>>,
    workloads: OnceLock<Workloads<'a>>,
    mutators: OnceLock<Mutators<'a>>,
    surroundings: OnceLock<Surroundings<'a>>,
    ingresses: OnceLock<Ingresses<'a>>,
    service_accounts: OnceLock<ServiceAccounts<'a>>,
    key_names: OnceLock<KeyNames>,
    rights: OnceLock<Rights>,
    accounts: OnceLock<Accounts>,
    namespaces: OnceLock<Namespaces<'a>>,
    policies: OnceLock<Policies<'a>>,
    mesh: OnceLock<Mesh<'a>>,
    deeds: OnceLock<Deeds>,
    guarded: OnceLock<Vec<Guarded>>,
}

impl<'a> Context<'a> {
    /// Puts together what checks may ask.
    pub fn new(estate: &'a Estate, settings: &'a Settings, threat_model: &'a ThreatModel) -> Self {
        Self {
            estate,
            settings,
            threat_model,
            today: None,
            links: OnceLock::new(),
            grants: OnceLock::new(),
            workloads: OnceLock::new(),
            mutators: OnceLock::new(),
            surroundings: OnceLock::new(),
            ingresses: OnceLock::new(),
            service_accounts: OnceLock::new(),
            key_names: OnceLock::new(),
            rights: OnceLock::new(),
            accounts: OnceLock::new(),
            namespaces: OnceLock::new(),
            policies: OnceLock::new(),
            mesh: OnceLock::new(),
            deeds: OnceLock::new(),
            guarded: OnceLock::new(),
        }
    }

    /// The same on this day: what is supported depends on it.
    #[must_use]
    pub fn on_day(mut self, today: Date) -> Self {
        self.today = Some(today);
        self
    }

    /// The policies of each cluster that has any, compiled once.
    pub(crate) fn guarded(&self) -> &[Guarded] {
        self.guarded.get_or_init(|| clusters(self.estate))
    }

    /// Which resource of AWS another one names, indexed once.
    pub(crate) fn links(&self) -> &Links<'a> {
        self.links.get_or_init(|| Links::of(self.estate))
    }

    /// What is attached to each role of IAM, read once.
    pub(crate) fn grants(&self) -> &Grants<'a> {
        self.grants.get_or_init(|| Grants::of(self))
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

    /// Every service account, with what is bound to it, indexed once.
    pub(crate) fn service_accounts(&self) -> &ServiceAccounts<'a> {
        self.service_accounts
            .get_or_init(|| ServiceAccounts::of(self.estate))
    }

    /// The key names of Secrets and ConfigMaps, indexed once.
    pub(crate) fn key_names(&self) -> &KeyNames {
        self.key_names.get_or_init(|| KeyNames::of(self.estate))
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
