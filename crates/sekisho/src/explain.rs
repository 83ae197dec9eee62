use std::fmt::Write as _;
use std::io::Write as _;

use sekisho_checks::{FixKind, Profile};
use sekisho_model::{Lang, ThreatModel};

use crate::args::ExplainArgs;
use crate::exit::{Exit, Usage};
use crate::{language, threat_model};

pub(crate) fn run(args: &ExplainArgs) -> anyhow::Result<Exit> {
    let lang = language::choose(args.lang);
    let model = threat_model::shipped()?;
    let text = match &args.id {
        None => list(lang),
        Some(id) => check(id, lang, &model)
            .or_else(|| control(id, lang, &model))
            .ok_or_else(|| {
                Usage(format!(
                    "there is no check or control `{id}`; `sekisho explain` lists them"
                ))
            })?,
    };
    std::io::stdout().write_all(text.as_bytes())?;
    Ok(Exit::Clean)
}

fn list(lang: Lang) -> String {
    let mut lines: Vec<String> = sekisho_checks::all()
        .map(|check| {
            let meta = check.meta();
            let severity = meta.severity.word();
            format!(
                "{:<32} {:<6} {severity:<9} {}\n",
                meta.id,
                meta.control,
                meta.title.get(lang)
            )
        })
        .collect();
    lines.sort();
    lines.concat()
}

fn check(id: &str, lang: Lang, model: &ThreatModel) -> Option<String> {
    let meta = sekisho_checks::by_id(id)?.meta();
    let ja = lang == Lang::Ja;
    let control = model
        .control(meta.control)
        .map_or("", |(_, control)| control.title.get(lang));
    let fix = match (meta.fix, ja) {
        (FixKind::Safe, false) => "`sekisho fix` mends it",
        (FixKind::Risky, false) => {
            "`sekisho fix --unsafe` mends it; it can stop a workload or cut traffic"
        }
        (FixKind::None, false) => "a person must decide what is right",
        (FixKind::Safe, true) => "`sekisho fix` で修正できる",
        (FixKind::Risky, true) => "`sekisho fix --unsafe` で修正できる(停止や通信断の可能性あり)",
        (FixKind::None, true) => "何が正しいかは人が決める",
    };
    let profile = match meta.profile {
        Profile::Default => "default",
        Profile::All => "all",
    };
    let mut text = format!("# {}: {}\n\n", meta.id, meta.title.get(lang));
    let (severity, number) = (meta.severity, meta.control);
    let facts = if ja {
        format!(
            "統制 {number} {control} · 重大度 {severity} · プロファイル {profile} · 修正: {fix}\n"
        )
    } else {
        format!(
            "control {number} {control} · severity {severity} · profile {profile} · fix: {fix}\n"
        )
    };
    text.push_str(&facts);
    writeln!(text, "\n{}", meta.explanation(lang)).ok()?;
    Some(text)
}

fn control(id: &str, lang: Lang, model: &ThreatModel) -> Option<String> {
    let (threat, control) = model.control(id)?;
    let ja = lang == Lang::Ja;
    let mut text = format!(
        "# {} {}\n\n{}\n\n",
        control.id,
        control.title.get(lang),
        control.shown.get(lang)
    );
    let owner = control.owner.word();
    let needs: Vec<String> = control
        .needs
        .0
        .iter()
        .map(|group| {
            group
                .iter()
                .map(|source| source.word())
                .collect::<Vec<_>>()
                .join("/")
        })
        .collect();
    let (threat_label, owner_label, needs_label) = if ja {
        ("脅威", "責任", "必要な情報")
    } else {
        ("threat", "owner", "needs")
    };
    writeln!(
        text,
        "{threat_label}: {} {}",
        threat.id,
        threat.title.get(lang)
    )
    .ok()?;
    writeln!(
        text,
        "{owner_label}: {owner}\n{needs_label}: {}",
        needs.join(", ")
    )
    .ok()?;
    for check in &control.checks {
        let title = sekisho_checks::by_id(check).map_or("", |check| check.meta().title.get(lang));
        writeln!(text, "- {check}: {title}").ok()?;
    }
    for reference in &control.references {
        writeln!(
            text,
            "  {} {}",
            reference.title,
            reference.url.as_deref().unwrap_or("")
        )
        .ok()?;
    }
    Some(text)
}
