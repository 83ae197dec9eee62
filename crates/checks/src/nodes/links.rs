//! From a value of a resource to the resource that it names.

use std::collections::BTreeMap;

use sekisho_model::{Estate, Phrase, Resource, because, phrase};
use sekisho_terraform::{Address, Value};

/// Attributes by whose known text one resource names another.
const NAMES: [&str; 4] = ["id", "arn", "name", "node_group_name"];

/// Every resource and data source, by its address and by its names: addresses and names are those of one configuration.
#[derive(Debug)]
pub(crate) struct Links<'a> {
    estate: &'a Estate,
    by_address: BTreeMap<(usize, &'a str), usize>,
    by_name: BTreeMap<(usize, String), Vec<usize>>,
}

/// Where a value leads.
#[derive(Debug, Clone)]
pub(crate) enum Link<'a> {
    /// To this resource, by its index in the estate.
    To(usize, &'a Resource),
    /// To something that is not here; the phrase says what would settle it.
    Away(Phrase),
}

impl<'a> Links<'a> {
    pub(crate) fn of(estate: &'a Estate) -> Self {
        let mut by_address = BTreeMap::new();
        let mut by_name: BTreeMap<_, Vec<usize>> = BTreeMap::new();
        for (index, resource) in estate.resources().iter().enumerate() {
            by_address.insert((resource.stack, resource.address.as_str()), index);
            for name in NAMES {
                if let Some(value) = resource.values.get(name)
                    && let Some(text) = value.as_str()
                {
                    let key = (resource.stack, text.to_owned());
                    by_name.entry(key).or_default().push(index);
                }
            }
        }
        Self {
            estate,
            by_address,
            by_name,
        }
    }

    /// The resource of one of these types that a value names: by reference, or by its known id, ARN or name.
    pub(crate) fn follow(&self, stack: usize, value: &Value, kinds: &[&str]) -> Link<'a> {
        let fits = |index: &usize| {
            let resource = self.estate.resources().get(*index)?;
            kinds
                .contains(&resource.kind.as_str())
                .then_some((*index, resource))
        };
        if let Some(text) = value.as_str() {
            let known = self.by_name.get(&(stack, text.to_owned()));
            return match known.into_iter().flatten().find_map(fits) {
                Some((index, resource)) => Link::To(index, resource),
                None => Link::Away(phrase!(
                    en: "`{text}` is not among the files; an AWS snapshot tells of it",
                    ja: "`{text}` はファイルの中にない。AWS スナップショットがあれば分かる",
                )),
            };
        }
        let Some(unknown) = value.as_unknown() else {
            return Link::Away(phrase!(en: "it names nothing", ja: "何も指していない"));
        };
        let mut found = unknown.references().filter_map(|reference| {
            let address = reference.target.to_string();
            let at = |address: &str| self.by_address.get(&(stack, address)).copied();
            // When `count` or `for_each` is not known, one entry stands for all.
            at(&address).or_else(|| at(&format!("{address}[?]")))
        });
        match (found.find_map(|index| fits(&index)), unknown.is_exactly()) {
            (Some((index, resource)), Some(_)) => Link::To(index, resource),
            _ => Link::Away(because(&unknown.causes)),
        }
    }

    /// The resource at the target of a reference.
    pub(crate) fn at(&self, stack: usize, target: &Address) -> Link<'a> {
        let address = target.to_string();
        let at = |address: &str| self.by_address.get(&(stack, address)).copied();
        let index = at(&address).or_else(|| at(&format!("{address}[?]")));
        match index.and_then(|index| Some((index, self.estate.resources().get(index)?))) {
            Some((index, resource)) => Link::To(index, resource),
            None => Link::Away(phrase!(
                en: "`{address}` is not among the files",
                ja: "`{address}` がファイルの中にない",
            )),
        }
    }

    /// The resources that the items of a list name.
    pub(crate) fn follow_all(&self, stack: usize, list: &Value, kinds: &[&str]) -> Vec<Link<'a>> {
        match list.items() {
            Some(items) => {
                let items = items.iter().map(|item| list.inside(item));
                items.map(|item| self.follow(stack, &item, kinds)).collect()
            }
            None if list.is_null() => Vec::new(),
            None => vec![self.follow(stack, list, kinds)],
        }
    }

    /// The first resource that an attribute names; `None` when it is not set.
    pub(crate) fn of_attribute(
        &self,
        resource: &Resource,
        name: &str,
        kinds: &[&str],
    ) -> Option<Link<'a>> {
        let value = resource.values.get(name).filter(|value| !value.is_null())?;
        Some(self.follow(resource.stack, &value, kinds))
    }
}
