//! Whether a tag of an ECR repository can be pushed again.
//!
//! <https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html>

use sekisho_model::{Change, Estate, Phrase, Resource, Seen};
use sekisho_terraform::Origin;

use crate::edge::writing::set;
use crate::trail::patterns::wild;

/// What a repository says of its tags.
pub(super) enum Mutability {
    /// None can be pushed again.
    Fixed,
    /// All can, by this setting; but for those that the filters match.
    Open {
        setting: String,
        origin: Option<Origin>,
        but: Vec<String>,
    },
    /// Those can that one of these filters matches.
    Partly {
        origin: Option<Origin>,
        filters: Vec<String>,
    },
    Unknown(Phrase),
}

impl Mutability {
    pub(super) fn of(repository: &Resource) -> Self {
        let seen = repository.text("image_tag_mutability");
        let (setting, origin) = match seen.or_default("MUTABLE".to_owned()) {
            Seen::Set(setting, origin) => (setting, origin),
            Seen::Unknown(why) => return Self::Unknown(why),
            Seen::Unset => return Self::Fixed,
        };
        let with_filters = setting.ends_with("_WITH_EXCLUSION");
        let filters = match if with_filters {
            filters(repository)
        } else {
            Ok(Vec::new())
        } {
            Ok(filters) => filters,
            Err(why) => return Self::Unknown(why),
        };
        match setting.as_str() {
            "IMMUTABLE" => Self::Fixed,
            "IMMUTABLE_WITH_EXCLUSION" if filters.is_empty() => Self::Fixed,
            "IMMUTABLE_WITH_EXCLUSION" => Self::Partly { origin, filters },
            _ => Self::Open {
                setting,
                origin,
                but: filters,
            },
        }
    }

    /// Whether this tag can be pushed again; where that is set.
    pub(super) fn moves(&self, tag: &str) -> Seen<bool> {
        let matches = |filters: &[String]| filters.iter().any(|filter| wild(filter, tag));
        match self {
            Self::Fixed => Seen::Set(false, None),
            Self::Open { origin, but, .. } => Seen::Set(!matches(but), origin.clone()),
            Self::Partly { origin, filters } => Seen::Set(matches(filters), origin.clone()),
            Self::Unknown(why) => Seen::Unknown(why.clone()),
        }
    }
}

fn filters(repository: &Resource) -> Result<Vec<String>, Phrase> {
    let (filters, unknown) = repository.blocks("image_tag_mutability_exclusion_filter");
    let mut named = Vec::new();
    for filter in &filters {
        match filter.text("filter") {
            Seen::Set(text, _) => named.push(text),
            Seen::Unknown(why) => return Err(why),
            Seen::Unset => {}
        }
    }
    match unknown {
        Some(why) => Err(why),
        None => Ok(named),
    }
}

/// The change that makes every tag immutable. Filters may stand beside exclusions only, so that these stay as they are.
pub(super) fn fixed(estate: &Estate, repository: &Resource) -> Option<Change> {
    let filters = repository
        .values
        .get("image_tag_mutability_exclusion_filter");
    if filters.is_some() {
        return None;
    }
    set(estate, repository, "image_tag_mutability", "\"IMMUTABLE\"")
}
