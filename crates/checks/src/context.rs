use sekisho_model::{Estate, Namespace, Object, Settings, ThreatModel};

/// What a check may ask besides its subject.
#[derive(Debug)]
pub struct Context<'a> {
    /// Everything that was read.
    pub estate: &'a Estate,
    /// What `sekisho.yaml` says.
    pub settings: &'a Settings,
    /// The threat model in force.
    pub threat_model: &'a ThreatModel,
}

impl<'a> Context<'a> {
    /// Puts together what checks may ask.
    pub fn new(estate: &'a Estate, settings: &'a Settings, threat_model: &'a ThreatModel) -> Self {
        Self {
            estate,
            settings,
            threat_model,
        }
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
