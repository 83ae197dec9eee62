use anyhow::anyhow;
use sekisho_model::{Settings, ThreatModel};

use crate::exit::Usage;

/// The threat model that ships with the program.
pub(crate) fn shipped() -> anyhow::Result<ThreatModel> {
    sekisho_estate::shipped_threat_model().map_err(|error| anyhow!(error))
}

/// The shipped model with the team's own threats and controls.
pub(crate) fn with(settings: &Settings) -> anyhow::Result<ThreatModel> {
    let shipped = shipped()?;
    let controls = settings.threats.iter().flat_map(|threat| &threat.controls);
    for check in controls.flat_map(|control| &control.checks) {
        if sekisho_checks::by_id(check).is_none() {
            return Err(Usage(format!("sekisho.yaml: there is no check `{check}`")).into());
        }
    }
    let extended = shipped.extended(settings.threats.clone());
    extended.map_err(|error| Usage(format!("sekisho.yaml: {error}")).into())
}
