//! `sekisho policy pod-security`: one level and version of Pod Security against pods and what makes pods.

use std::io::Write;

use sekisho_model::Lang;
use sekisho_policy::pod_security::{Level, Version, evaluate, message, pod_of};
use serde::Serialize;
use serde_json::Value;

use super::documents::{called, items};
use crate::args::{PodSecurityArgs, PolicyFormat};
use crate::exit::{Exit, Usage, talk};
use crate::{language, output};

#[derive(Debug, Serialize)]
struct Judged {
    file: String,
    object: String,
    allowed: bool,
    forbidden: Vec<Forbidden>,
    #[serde(skip)]
    message: String,
}

#[derive(Debug, Serialize)]
struct Forbidden {
    check: &'static str,
    reason: String,
    detail: String,
}

pub(crate) fn run(args: &PodSecurityArgs) -> anyhow::Result<Exit> {
    let level: Level = args
        .level
        .parse()
        .map_err(|why| Usage(format!("--level {}: {why}", args.level)))?;
    let version: Version = args
        .pod_version
        .parse()
        .map_err(|why| Usage(format!("--version {}: {why}", args.pod_version)))?;
    let read = items(&args.paths)?;
    let mut judged = Vec::new();
    for item in &read.all {
        let is_review = item.value.get("kind").and_then(Value::as_str) == Some("AdmissionReview");
        let object = match item.value.pointer("/request/object").filter(|_| is_review) {
            Some(object) => object,
            None => &item.value,
        };
        let kind = object
            .get("kind")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let Some((_, pod)) = pod_of(kind, object) else {
            continue;
        };
        let found = evaluate(level, version, pod);
        judged.push(Judged {
            file: item.file.clone(),
            object: called(object),
            allowed: found.is_empty(),
            message: message(level, version, &found),
            forbidden: found
                .into_iter()
                .map(|one| Forbidden {
                    check: one.check,
                    reason: one.reason,
                    detail: one.detail,
                })
                .collect(),
        });
    }
    let is_ja = language::choose(args.lang) == Lang::Ja;
    let write = |out: &mut dyn Write| match args.format {
        PolicyFormat::Json => output::json(&judged, out),
        PolicyFormat::Human => {
            for one in &judged {
                let (allowed, denied) = if is_ja {
                    ("許可", "違反")
                } else {
                    ("allowed", "FORBIDDEN")
                };
                if one.allowed {
                    writeln!(out, "{allowed} {} ({})", one.object, one.file)?;
                } else {
                    writeln!(
                        out,
                        "{denied} {} ({})\n    {}",
                        one.object, one.file, one.message
                    )?;
                }
            }
            let denied = judged.iter().filter(|one| !one.allowed).count();
            let all = judged.len();
            if is_ja {
                writeln!(
                    out,
                    "{level}:{version} に対して {all} 件を評価: 違反 {denied} 件"
                )
            } else {
                writeln!(
                    out,
                    "{all} evaluated against {level}:{version}: {denied} forbidden"
                )
            }
        }
    };
    output::to(args.output.as_deref(), write)?;
    for (file, reason) in &read.unread {
        talk(&format!("unread: {file}: {reason}"));
    }
    Ok(
        match (
            judged.iter().any(|one| !one.allowed),
            read.unread.is_empty(),
        ) {
            (true, _) => Exit::Findings,
            (false, false) => Exit::Incomplete,
            (false, true) => Exit::Clean,
        },
    )
}
