use globset::Glob;
use sekisho_model::{Exception, Finding, Phrase, Subject, Suppression, SuppressionKind, phrase};

use super::date::{self, Day};
use super::stale;
use crate::Context;

/// Exceptions of `sekisho.yaml`.
pub(super) fn apply(
    cx: &Context<'_>,
    findings: &mut [Finding],
    today: Day,
    ran: &[&str],
    stale_ones: &mut Vec<Finding>,
) {
    for exception in &cx.settings.exceptions {
        let about = |check, message| {
            let key = format!(
                "{}\n{}\n{}",
                exception.check, exception.until, exception.reason
            );
            stale::finding(
                cx,
                check,
                Subject::File("sekisho.yaml".to_owned()),
                None,
                &key,
                message,
            )
        };
        let check = &exception.check;
        let (last_day, path) = match read(exception) {
            Ok(read) => read,
            Err(what) => {
                let message = phrase!(
                    en: "the exception for `{check}` hides nothing: {what}",
                    ja: "`{check}` の例外は何も抑止しない: {what}",
                );
                stale_ones.push(about("exception-malformed", message));
                continue;
            }
        };
        if last_day < today {
            let (until, owner) = (&exception.until, &exception.owner);
            let message = phrase!(
                en: "the exception for `{check}` ended on {until}; {owner} answers for it",
                ja: "`{check}` の例外は {until} に終了した。責任者は {owner}",
            );
            stale_ones.push(about("exception-expired", message));
            continue;
        }
        let mut used = false;
        for finding in findings
            .iter_mut()
            .filter(|finding| covers(exception, path.as_ref(), finding))
        {
            used = true;
            finding.suppressed = Some(Suppression {
                kind: SuppressionKind::Settings,
                reason: Phrase::new(exception.reason.clone(), exception.reason.clone()),
                owner: Some(exception.owner.clone()),
                until: Some(exception.until.clone()),
            });
        }
        if !used && ran.contains(&check.as_str()) {
            let message = phrase!(
                en: "the exception for `{check}` accepts nothing; delete it",
                ja: "`{check}` の例外は何も抑止していない。消す",
            );
            stale_ones.push(about("exception-unused", message));
        }
    }
}

type Read = (Day, Option<globset::GlobMatcher>);

fn read(exception: &Exception) -> Result<Read, String> {
    if crate::by_id(&exception.check).is_none() {
        return Err(format!("there is no check `{}`", exception.check));
    }
    if exception.reason.trim().is_empty() || exception.owner.trim().is_empty() {
        return Err("it needs a reason and an owner".to_owned());
    }
    if exception.object.is_none() && exception.path.is_none() {
        return Err("it needs an object or a path, or it would cover everything".to_owned());
    }
    let until = &exception.until;
    let last_day = date::parse(until)
        .ok_or_else(|| format!("`until: {until}` is no day; write it as 2027-01-31"))?;
    let path = match &exception.path {
        None => None,
        Some(path) => {
            let glob = Glob::new(path).map_err(|_| format!("`path: {path}` is no glob"))?;
            Some(glob.compile_matcher())
        }
    };
    Ok((last_day, path))
}

fn covers(exception: &Exception, path: Option<&globset::GlobMatcher>, finding: &Finding) -> bool {
    let says = |wanted: &Option<String>, actual: Option<&str>| {
        wanted
            .as_deref()
            .is_none_or(|wanted| Some(wanted) == actual)
    };
    let object = exception
        .object
        .as_ref()
        .is_none_or(|scope| match &finding.subject {
            Subject::Object(id, _) => {
                says(&scope.kind, Some(&id.kind))
                    && says(&scope.namespace, id.namespace.as_deref())
                    && says(&scope.name, Some(&id.name))
            }
            _ => false,
        });
    let path = path.is_none_or(|glob| {
        finding
            .location
            .as_ref()
            .is_some_and(|location| glob.is_match(&location.path))
    });
    finding.check == exception.check && object && path
}
