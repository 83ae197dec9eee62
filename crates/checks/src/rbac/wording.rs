//! The places and the rights behind a finding, in words.

use sekisho_model::phrase;
use sekisho_text::Route;

use super::held::Found;
use super::holders;
use crate::{Fault, Right};

/// The rules behind it, and the other binding when only both together give it.
pub(super) fn with_places(found: &Found<'_>, mut fault: Fault) -> Fault {
    let mut shown: Vec<(usize, &Route)> = Vec::new();
    for right in &found.rights {
        let Some(object) = right.rule.object else {
            continue;
        };
        if shown.len() < 5 && !shown.contains(&(object, &right.at)) {
            shown.push((object, &right.at));
        }
    }
    for (object, at) in shown {
        let text = phrase!(en: "this rule gives it", ja: "この規則が許可している");
        fault = fault.related(object, at.clone(), text);
    }
    let other = found
        .rights
        .iter()
        .filter_map(|right| right.binding)
        .find(|binding| *binding != found.index);
    if let Some(other) = other {
        let text = phrase!(en: "only together with this binding", ja: "このバインディングと合わせて成り立つ");
        fault = fault.related(other, Route::of("roleRef.name"), text);
    }
    fault
}

/// `get,list secrets`, `create pods/exec`.
pub(super) fn rights(rights: &[&Right]) -> (String, String) {
    type What<'a> = (&'a str, &'a str, Option<&'a Vec<String>>);
    let mut merged: Vec<(What<'_>, Vec<&str>)> = Vec::new();
    for right in rights {
        let what = (right.resource, right.group, right.names.as_ref());
        let place = merged.iter().position(|(own, _)| *own == what);
        match place.and_then(|place| merged.get_mut(place)) {
            Some((_, verbs)) => {
                let new = right.verbs.iter().filter(|verb| !verbs.contains(*verb));
                let new: Vec<&str> = new.copied().collect();
                verbs.extend(new);
            }
            None => merged.push((what, right.verbs.clone())),
        }
    }
    let mut names: Vec<String> = Vec::new();
    for ((resource, group, limit), verbs) in merged {
        let verbs = verbs.join(",");
        let group = match group {
            "" | "*" => String::new(),
            group => format!(".{group}"),
        };
        let limit = limit.map_or_else(String::new, |names| {
            let (names, _) = holders::list(names, 3);
            format!(" ({names})")
        });
        names.push(format!("`{verbs} {resource}{group}`{limit}"));
    }
    holders::list(&names, 4)
}
