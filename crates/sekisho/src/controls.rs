use std::io::Write as _;

use crate::args::ControlsArgs;
use crate::exit::Exit;
use crate::{language, threat_model};

pub(crate) fn run(args: &ControlsArgs) -> anyhow::Result<Exit> {
    let model = threat_model::shipped()?;
    let mut out = std::io::stdout().lock();
    if args.json {
        writeln!(out, "{}", serde_json::to_string_pretty(model.threats())?)?;
        return Ok(Exit::Clean);
    }
    let lang = language::choose(args.lang);
    for threat in model.threats() {
        writeln!(out, "{} {}", threat.id, threat.title.get(lang))?;
        for control in &threat.controls {
            let (checks, owner) = (control.checks.len(), control.owner.word());
            writeln!(
                out,
                "  {:<6} {owner:<9} {checks:>2} checks  {}",
                control.id,
                control.title.get(lang)
            )?;
        }
    }
    Ok(Exit::Clean)
}
