use serde::{Deserialize, Serialize};

use crate::{Control, Phrase, PlatformException};

/// One threat with its controls: one file of `threat-model/`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Threat {
    /// Stable name: `T1`.
    pub id: String,
    /// A short name.
    pub title: Phrase,
    /// What the attacker does.
    pub threat: Phrase,
    /// What stands against it.
    pub controls: Vec<Control>,
}

/// Why the parts do not make one threat model.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ThreatModelError {
    /// Two threats, controls or exceptions with one name.
    #[error("`{0}` is defined twice")]
    Twice(String),
    /// A control whose name does not begin with its threat's.
    #[error(
        "control `{control}` stands under threat `{threat}`; its name must begin with `{threat}.`"
    )]
    Misplaced {
        /// The control's name.
        control: String,
        /// The threat it stands under.
        threat: String,
    },
}

/// All threats, in order, and the bounded platform exceptions.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ThreatModel {
    threats: Vec<Threat>,
    platform: Vec<PlatformException>,
}

impl ThreatModel {
    /// Joins threats and platform exceptions; names must be unique.
    pub fn new(
        threats: Vec<Threat>,
        platform: Vec<PlatformException>,
    ) -> Result<Self, ThreatModelError> {
        let mut seen = std::collections::BTreeSet::new();
        let mut once = |id: &str| {
            if seen.insert(id.to_owned()) {
                Ok(())
            } else {
                Err(ThreatModelError::Twice(id.to_owned()))
            }
        };
        for threat in &threats {
            once(&threat.id)?;
            for control in &threat.controls {
                once(&control.id)?;
                if !control.id.starts_with(&format!("{}.", threat.id)) {
                    return Err(ThreatModelError::Misplaced {
                        control: control.id.clone(),
                        threat: threat.id.clone(),
                    });
                }
            }
        }
        for exception in &platform {
            once(&exception.id)?;
        }
        Ok(Self { threats, platform })
    }

    /// All threats, in order.
    pub fn threats(&self) -> &[Threat] {
        &self.threats
    }

    /// The exceptions that ship with the product.
    pub fn platform(&self) -> &[PlatformException] {
        &self.platform
    }

    /// All controls with their threats, in order.
    pub fn controls(&self) -> impl Iterator<Item = (&Threat, &Control)> {
        self.threats
            .iter()
            .flat_map(|threat| threat.controls.iter().map(move |control| (threat, control)))
    }

    /// A control by name.
    pub fn control(&self, id: &str) -> Option<(&Threat, &Control)> {
        self.controls().find(|(_, control)| control.id == id)
    }

    /// A new model with a team's own threats behind ours. A threat of the same name adds its controls to ours.
    pub fn extended(&self, own: Vec<Threat>) -> Result<Self, ThreatModelError> {
        let mut threats = self.threats.clone();
        for threat in own {
            match threats.iter_mut().find(|known| known.id == threat.id) {
                Some(known) => known.controls.extend(threat.controls),
                None => threats.push(threat),
            }
        }
        Self::new(threats, self.platform.clone())
    }
}
