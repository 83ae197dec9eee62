//! Whether the images of an ECR repository are scanned when they are pushed: by the registry, or by its own setting.
//!
//! <https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning-filters.html>

use sekisho_model::{Phrase, Resource, Seen};
use sekisho_terraform::Origin;

use crate::Context;
use crate::trail::patterns::wild;

const REGISTRY: &str = "aws_ecr_registry_scanning_configuration";

/// What is known of one repository.
pub(super) enum Scanning<'a> {
    Scans,
    /// The registry has rules, and none of them takes it.
    LeftOut(&'a Resource),
    /// Nothing scans it; where its own setting says so.
    Off(Option<Origin>),
    Unknown(Phrase),
}

impl<'a> Scanning<'a> {
    pub(super) fn of(cx: &Context<'a>, repository: &Resource) -> Self {
        let mut configurations = cx.estate.of_type(REGISTRY).map(|(_, one)| one);
        let configuration = configurations.find(|one| one.stack == repository.stack);
        match configuration.map(|found| (found, registry(found, repository))) {
            Some((_, Registry::Scans)) => Self::Scans,
            Some((_, Registry::Unknown(why))) => Self::Unknown(why),
            Some((found, Registry::LeavesOut)) => Self::LeftOut(found),
            Some((_, Registry::Silent)) | None => own(cx, repository),
        }
    }
}

/// The repository's own setting, where the registry says nothing.
fn own<'a>(cx: &Context<'_>, repository: &Resource) -> Scanning<'a> {
    let origin = match repository.flag("image_scanning_configuration.scan_on_push") {
        Seen::Set(true, _) => return Scanning::Scans,
        Seen::Unknown(why) => return Scanning::Unknown(why),
        Seen::Set(false, origin) => origin,
        Seen::Unset => None,
    };
    match cx.all_here(repository.stack, REGISTRY) {
        Ok(()) => Scanning::Off(origin),
        Err(why) => Scanning::Unknown(why),
    }
}

/// What the registry says of one repository.
enum Registry {
    Scans,
    LeavesOut,
    /// It has no rules: basic scanning then goes by each repository.
    Silent,
    Unknown(Phrase),
}

fn registry(configuration: &Resource, repository: &Resource) -> Registry {
    let (rules, unknown) = configuration.blocks("rule");
    let mut doubt = unknown;
    for rule in &rules {
        match rule.text("scan_frequency") {
            Seen::Set(frequency, _) if frequency == "MANUAL" => continue,
            Seen::Unknown(why) => doubt = Some(why),
            _ => {}
        }
        let (filters, unknown) = rule.blocks("repository_filter");
        doubt = doubt.or(unknown);
        for filter in &filters {
            match (filter.text("filter"), repository.text("name")) {
                (Seen::Set(filter, _), _) if filter == "*" => return Registry::Scans,
                (Seen::Set(filter, _), Seen::Set(name, _)) if matches(&filter, &name) => {
                    return Registry::Scans;
                }
                (Seen::Unknown(why), _) | (_, Seen::Unknown(why)) => doubt = Some(why),
                _ => {}
            }
        }
    }
    if let Some(why) = doubt {
        return Registry::Unknown(why);
    }
    let is_basic = matches!(configuration.text("scan_type"), Seen::Set(kind, _) if kind == "BASIC");
    if rules.is_empty() && is_basic {
        Registry::Silent
    } else {
        Registry::LeavesOut
    }
}

/// A filter without a star matches wherever it stands in the name.
fn matches(filter: &str, name: &str) -> bool {
    if filter.contains('*') {
        wild(filter, name)
    } else {
        name.contains(filter)
    }
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn filters_match_as_the_registry_does() {
        let names = [
            "prod",
            "repo-prod",
            "prod-repo",
            "repo-prod-repo",
            "prodrepo",
        ];
        for (filter, hits) in [
            ("prod", [true, true, true, true, true]),
            ("*prod", [true, true, false, false, false]),
            ("prod*", [true, false, true, false, true]),
            ("*prod*", [true, true, true, true, true]),
            ("prod*repo", [false, false, true, false, true]),
        ] {
            assert_eq!(names.map(|name| matches(filter, name)), hits, "{filter}");
        }
    }
}
