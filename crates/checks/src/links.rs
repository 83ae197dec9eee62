//! From a value of a resource to the resource that it names: by reference in Terraform, by id, ARN or name in a plan or a
//! snapshot.

use std::collections::BTreeMap;

use sekisho_model::{Estate, Phrase, Resource, Seen, SourceKind, because, phrase};
use sekisho_terraform::{Address, Mode, Value};

/// Attributes that are the same for no two resources of an account.
const IDS: [&str; 2] = ["id", "arn"];
/// Attributes that are the same for no two resources of one type and region.
const NAMES: [&str; 2] = ["name", "node_group_name"];

/// Their attribute `arn` is that of another resource.
const ARN_OF_ANOTHER: [&str; 1] = ["aws_cloudwatch_event_target"];

/// Every resource and data source, by its address and by its names.
#[derive(Debug)]
pub(crate) struct Links<'a> {
    estate: &'a Estate,
    by_address: BTreeMap<(usize, &'a str), usize>,
    /// Ids and ARNs, by the family of stacks in which they are known.
    by_id: BTreeMap<(usize, String), Vec<usize>>,
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
        let mut links = Self {
            estate,
            by_address: BTreeMap::new(),
            by_id: BTreeMap::new(),
            by_name: BTreeMap::new(),
        };
        for (index, resource) in estate.resources().iter().enumerate() {
            let family = links.family(resource.stack);
            let at = (resource.stack, resource.address.as_str());
            links.by_address.insert(at, index);
            let text = |name: &&str| resource.values.get(name)?.as_str().map(str::to_owned);
            let is_own =
                |id: &&&str| **id != "arn" || !ARN_OF_ANOTHER.contains(&resource.kind.as_str());
            for id in IDS.iter().filter(is_own).filter_map(text) {
                links.by_id.entry((family, id)).or_default().push(index);
            }
            for name in NAMES.iter().filter_map(text) {
                let at = (resource.stack, name);
                links.by_name.entry(at).or_default().push(index);
            }
        }
        links
    }

    fn family(&self, stack: usize) -> usize {
        let known = self.estate.stacks().get(stack);
        known.map_or(stack, |stack| stack.family)
    }

    fn resource(&self, index: usize) -> Option<(usize, &'a Resource)> {
        Some((index, self.estate.resources().get(index)?))
    }

    fn is_in(&self, index: usize, stack: usize) -> bool {
        let resource = self.estate.resources().get(index);
        resource.is_some_and(|resource| resource.stack == stack)
    }

    /// Every resource that carries this id, ARN or name, as far as a value in the stack may mean it.
    fn called(&self, stack: usize, text: &str) -> impl Iterator<Item = (usize, &'a Resource)> {
        let family = self.family(stack);
        let ids = self.by_id.get(&(family, text.to_owned()));
        let own = self.by_name.get(&(stack, text.to_owned()));
        // What has no region (IAM) is named from every region of its account.
        let global = self.estate.stacks().iter().enumerate().find(|(at, one)| {
            *at != stack
                && one.family == family
                && one.source == SourceKind::Aws
                && one.region.is_none()
        });
        let global = global.and_then(|(at, _)| self.by_name.get(&(at, text.to_owned())));
        let all = ids.into_iter().chain(own).chain(global).flatten().copied();
        let mut all: Vec<usize> = all.collect();
        // An id that is a name stands in several regions: the nearest is meant.
        all.sort_by_key(|index| !self.is_in(*index, stack));
        all.into_iter().filter_map(|index| self.resource(index))
    }

    /// The resource of one of these types that a value names: by reference, or by its known id, ARN or name.
    pub(crate) fn follow(&self, stack: usize, value: &Value, kinds: &[&str]) -> Link<'a> {
        let fits = |found: &(usize, &Resource)| kinds.contains(&found.1.kind.as_str());
        if let Some(text) = value.as_str() {
            return match self.called(stack, text).find(fits) {
                Some((index, resource)) => Link::To(index, resource),
                None => Link::Away(self.not_here(stack, text)),
            };
        }
        let Some(unknown) = value.as_unknown() else {
            return Link::Away(phrase!(en: "it names nothing", ja: "何も指していない"));
        };
        let mut found = unknown
            .references()
            .filter_map(|reference| self.standing(stack, &reference.target));
        match (found.find(fits), unknown.is_exactly()) {
            (Some((index, resource)), Some(_)) => Link::To(index, resource),
            _ => Link::Away(because(&unknown.causes)),
        }
    }

    /// The resource at an address. When `count` or `for_each` is not known, one entry stands for all.
    fn standing(&self, stack: usize, target: &Address) -> Option<(usize, &'a Resource)> {
        let at = |address: &str| self.by_address.get(&(stack, address)).copied();
        let index = at(&target.to_string())
            .or_else(|| at(&format!("{target}[?]")))
            .or_else(|| at(&format!("{}[?]", target.whole())))?;
        self.resource(index)
    }

    /// The resource at the target of a reference.
    pub(crate) fn at(&self, stack: usize, target: &Address) -> Link<'a> {
        match self.standing(stack, target) {
            Some((index, resource)) => Link::To(index, resource),
            None => Link::Away(phrase!(
                en: "`{target}` is not among the files",
                ja: "`{target}` がファイルの中にない",
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

    /// The resource of one of these types that an attribute names; `None` when it is not set.
    pub(crate) fn of_attribute(
        &self,
        resource: &Resource,
        name: &str,
        kinds: &[&str],
    ) -> Option<Link<'a>> {
        let value = resource.raw(name).filter(|value| !value.is_null())?;
        Some(self.follow(resource.stack, &value, kinds))
    }

    /// The managed resource of any type that an attribute names; `None` when it is not set.
    pub(crate) fn target(&self, from: &Resource, name: &str) -> Option<Link<'a>> {
        self.meant(from.stack, &from.raw(name)?)
    }

    /// The managed resource of any type that a value names by reference, id or ARN; `None` for null.
    pub(crate) fn meant(&self, stack: usize, value: &Value) -> Option<Link<'a>> {
        if value.is_null() {
            return None;
        }
        let managed = |found: &(usize, &Resource)| !found.1.is_data;
        if let Some(text) = value.as_str() {
            let key = (self.family(stack), text.to_owned());
            let known = self.by_id.get(&key).into_iter().flatten();
            let mut known: Vec<usize> = known.copied().collect();
            known.sort_by_key(|index| !self.is_in(*index, stack));
            let mut known = known.into_iter().filter_map(|index| self.resource(index));
            return Some(match known.find(managed) {
                Some((index, resource)) => Link::To(index, resource),
                None => Link::Away(self.not_here(stack, text)),
            });
        }
        let Some(unknown) = value.as_unknown() else {
            return Some(Link::Away(
                phrase!(en: "its value is not known", ja: "値が分からない"),
            ));
        };
        let target = unknown.is_exactly().map(|reference| &reference.target);
        let found = target
            .filter(|target| target.mode == Mode::Managed)
            .and_then(|target| self.standing(stack, target));
        Some(match found {
            Some((index, resource)) => Link::To(index, resource),
            None => Link::Away(because(&unknown.causes)),
        })
    }

    fn not_here(&self, stack: usize, text: &str) -> Phrase {
        match self.estate.stacks().get(stack).map(|stack| stack.source) {
            Some(SourceKind::Aws) => phrase!(
                en: "`{text}` is not in the snapshot",
                ja: "`{text}` はスナップショットにない",
            ),
            _ => phrase!(
                en: "`{text}` is not among the files; an AWS snapshot tells of it",
                ja: "`{text}` はファイルの中にない。AWS スナップショットがあれば分かる",
            ),
        }
    }
}

/// Resources of some types by the resource that an attribute of theirs names.
#[derive(Debug)]
pub(crate) struct Joined<'a> {
    by_target: BTreeMap<usize, Vec<(usize, &'a Resource)>>,
    /// Why some of a stack are joined to nothing that is known.
    loose: BTreeMap<usize, Phrase>,
}

impl<'a> Joined<'a> {
    pub(crate) fn of(estate: &'a Estate, links: &Links<'a>, types: &[&str], name: &str) -> Self {
        let mut joined = Self {
            by_target: BTreeMap::new(),
            loose: BTreeMap::new(),
        };
        for (index, resource) in types.iter().flat_map(|kind| estate.of_type(kind)) {
            match links.target(resource, name) {
                Some(Link::To(target, _)) => joined
                    .by_target
                    .entry(target)
                    .or_default()
                    .push((index, resource)),
                // A snapshot names everything by its own id: what is not in it is none of the others.
                Some(Link::Away(_)) if is_named(estate, resource, name) => {}
                Some(Link::Away(why)) => drop(joined.loose.insert(resource.stack, why)),
                None => {}
            }
        }
        joined
    }

    /// Those that name this one.
    pub(crate) fn to(&self, target: usize) -> &[(usize, &'a Resource)] {
        self.by_target.get(&target).map_or(&[], Vec::as_slice)
    }

    /// Why there may be more of them for any resource of a stack.
    pub(crate) fn loose(&self, stack: usize) -> Option<&Phrase> {
        self.loose.get(&stack)
    }
}

fn is_named(estate: &Estate, resource: &Resource, name: &str) -> bool {
    let stack = estate.stacks().get(resource.stack);
    let is_told = stack.is_some_and(|stack| stack.source == SourceKind::Aws);
    is_told && matches!(resource.text(name), Seen::Set(..))
}
