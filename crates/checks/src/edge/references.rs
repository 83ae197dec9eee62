//! Which resource an attribute of another one means.

use std::collections::BTreeMap;

use sekisho_model::{Estate, Phrase, Resource, phrase, why_unknown};
use sekisho_terraform::{Mode, Value};

/// What an attribute names.
pub(crate) enum Target<'a> {
    /// Nothing: it is not set.
    Unset,
    /// A resource of the same configuration, with its index.
    Resource(usize, &'a Resource),
    /// Something that is not among the files, and why it cannot be told.
    Elsewhere(Phrase),
}

/// Managed resources by configuration and address.
pub(crate) struct Directory<'a> {
    by_address: BTreeMap<(usize, &'a str), (usize, &'a Resource)>,
}

impl<'a> Directory<'a> {
    pub(crate) fn of(estate: &'a Estate) -> Self {
        let all = estate.resources().iter().enumerate();
        let managed = all.filter(|(_, resource)| !resource.is_data);
        Self {
            by_address: managed
                .map(|(index, resource)| {
                    let key = (resource.stack, resource.address.as_str());
                    (key, (index, resource))
                })
                .collect(),
        }
    }

    /// What an attribute of a resource names.
    pub(crate) fn target(&self, from: &Resource, name: &str) -> Target<'a> {
        match from.values.get(name) {
            Some(value) => self.meant(from.stack, &value),
            None => Target::Unset,
        }
    }

    /// What a value in a configuration names.
    pub(crate) fn meant(&self, stack: usize, value: &Value) -> Target<'a> {
        if value.is_null() {
            return Target::Unset;
        }
        let Some(unknown) = value.as_unknown() else {
            return Target::Elsewhere(match value.as_str() {
                Some(text) => {
                    phrase!(en: "`{text}` is not among the files", ja: "`{text}` はファイルの中にない")
                }
                None => phrase!(en: "its value is not known", ja: "値が分からない"),
            });
        };
        let reference = unknown.is_exactly();
        let target = reference
            .map(|reference| &reference.target)
            .filter(|target| target.mode == Mode::Managed);
        target
            .and_then(|target| {
                let exact = target.to_string();
                // With a `count` that is not known one instance stands for all.
                let all = format!("{}[?]", target.whole());
                let found = |address: &str| self.by_address.get(&(stack, address)).copied();
                found(&exact).or_else(|| found(&all))
            })
            .map_or_else(
                || Target::Elsewhere(why_unknown(unknown)),
                |(index, resource)| Target::Resource(index, resource),
            )
    }
}

/// Resources of some types by the resource that an attribute of theirs names.
pub(crate) struct Joined<'a> {
    by_target: BTreeMap<usize, Vec<(usize, &'a Resource)>>,
    /// Why some of them are joined to nothing that is known.
    pub(crate) loose: Option<Phrase>,
}

impl<'a> Joined<'a> {
    pub(crate) fn of(
        estate: &'a Estate,
        directory: &Directory<'a>,
        types: &[&str],
        attribute: &str,
    ) -> Self {
        let mut joined = Self {
            by_target: BTreeMap::new(),
            loose: None,
        };
        for (index, resource) in types.iter().flat_map(|kind| estate.of_type(kind)) {
            match directory.target(resource, attribute) {
                Target::Resource(target, _) => joined
                    .by_target
                    .entry(target)
                    .or_default()
                    .push((index, resource)),
                Target::Elsewhere(why) => joined.loose = Some(why),
                Target::Unset => {}
            }
        }
        joined
    }

    /// Those that name this one.
    pub(crate) fn to(&self, target: usize) -> &[(usize, &'a Resource)] {
        self.by_target.get(&target).map_or(&[], Vec::as_slice)
    }
}

/// What to answer where only a resource that is in none of the files could prove the contrary.
pub(crate) fn perhaps_elsewhere(what: &str) -> Phrase {
    phrase!(
        en: "no {what} stands in these files, but it may stand elsewhere; say `estate.complete: true` when they are all",
        ja: "{what} はこれらのファイルにないが、別の場所にある可能性がある。ファイルがすべてなら `estate.complete: true` とする",
    )
}
