use std::sync::Arc;

use sekisho_model::{PlatformException, Threat, ThreatModel};
use sekisho_yaml::{Limits, parse_shared};
use serde::Deserialize;
use serde::de::DeserializeOwned;

const THREATS: [(&str, &str); 8] = [
    ("T1.yaml", include_str!("../../../threat-model/T1.yaml")),
    ("T2.yaml", include_str!("../../../threat-model/T2.yaml")),
    ("T3.yaml", include_str!("../../../threat-model/T3.yaml")),
    ("T4.yaml", include_str!("../../../threat-model/T4.yaml")),
    ("T5.yaml", include_str!("../../../threat-model/T5.yaml")),
    ("T6.yaml", include_str!("../../../threat-model/T6.yaml")),
    ("O1.yaml", include_str!("../../../threat-model/O1.yaml")),
    ("O2.yaml", include_str!("../../../threat-model/O2.yaml")),
];

const PLATFORM: &str = include_str!("../../../threat-model/platform.yaml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Platform {
    exceptions: Vec<PlatformException>,
}

/// The threat model that ships with the program: `threat-model/`. An error names the file at fault.
pub fn shipped_threat_model() -> Result<ThreatModel, String> {
    let threats: Result<Vec<Threat>, String> = THREATS
        .iter()
        .map(|(name, text)| read(name, text))
        .collect();
    let platform: Platform = read("platform.yaml", PLATFORM)?;
    ThreatModel::new(threats?, platform.exceptions).map_err(|error| error.to_string())
}

fn read<T: DeserializeOwned>(name: &str, text: &str) -> Result<T, String> {
    let stream = parse_shared(&Arc::from(text), &Limits::default());
    if let Some(error) = stream.errors.first() {
        return Err(format!("{name}: {error}"));
    }
    let document = stream
        .documents
        .first()
        .ok_or_else(|| format!("{name} is empty"))?;
    serde_json::from_value(document.root().to_json()).map_err(|error| format!("{name}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_model_has_all_47_controls() {
        assert_eq!(shipped_threat_model().unwrap().controls().count(), 47);
    }
}
