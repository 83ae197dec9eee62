use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use sekisho_text::{LineIndex, Route, Span};
use sekisho_yaml::{Document, Node, Value};

use crate::{
    GroupKind, Location, Object, Pipeline, Place, Resource, Source, SourceKind, Stack, Subject,
    Thing,
};

/// A file that was read.
#[derive(Debug)]
pub struct File {
    /// Its path as the user would write it; `-` for standard input.
    pub path: String,
    /// Its text.
    pub text: Arc<str>,
    /// Where its lines begin.
    pub lines: LineIndex,
    /// Its documents, with spans.
    pub documents: Vec<Document>,
    /// What rendered it, when the text is the output of `helm` or `kustomize`; such text cannot be fixed in place.
    pub rendered_by: Option<String>,
}

/// Something supplied that could not be judged. It spoils the exit code.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unread {
    /// The file.
    pub path: String,
    /// Line and column, when known.
    pub position: Option<sekisho_text::Position>,
    /// Why, and what to do.
    pub reason: String,
}

/// Something that is not ours to judge, left out with a word.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Skipped {
    /// The file.
    pub path: String,
    /// Why.
    pub reason: String,
}

/// Everything known about what is.
#[derive(Debug, Default)]
pub struct Estate {
    files: Vec<File>,
    objects: Vec<Object>,
    pipelines: Vec<Pipeline>,
    resources: Vec<Resource>,
    stacks: Vec<Stack>,
    by_type: BTreeMap<String, Vec<usize>>,
    module_calls: BTreeMap<(usize, u32), Span>,
    by_path: BTreeMap<String, usize>,
    /// Paths of the files that name dependencies: `package.json`, `go.mod`, `Dockerfile` … Only their names are known.
    pub manifests: BTreeSet<String>,
    /// What could not be judged.
    pub unread: Vec<Unread>,
    /// What was left out.
    pub skipped: Vec<Skipped>,
    sources: BTreeSet<SourceKind>,
    by_kind: BTreeMap<GroupKind, Vec<usize>>,
    namespaces: BTreeSet<(Arc<Place>, String)>,
}

impl Estate {
    /// Indexes files and objects; objects keep their order.
    pub fn new(files: Vec<File>, objects: Vec<Object>) -> Self {
        let mut by_kind: BTreeMap<GroupKind, Vec<usize>> = BTreeMap::new();
        let mut namespaces = BTreeSet::new();
        for (index, object) in objects.iter().enumerate() {
            let kind = GroupKind {
                group: object.group().to_owned(),
                kind: object.kind.clone(),
            };
            by_kind.entry(kind).or_default().push(index);
            if let Some(name) = object.namespace.given() {
                let key = (Arc::clone(&object.place), name.to_owned());
                if !namespaces.contains(&key) {
                    namespaces.insert(key);
                }
            }
        }
        let mut sources = BTreeSet::new();
        if !objects.is_empty() {
            sources.insert(SourceKind::Kubernetes);
        }
        let by_path = files
            .iter()
            .enumerate()
            .map(|(index, file)| (file.path.clone(), index))
            .collect();
        Self {
            files,
            objects,
            by_path,
            sources,
            by_kind,
            namespaces,
            ..Self::default()
        }
    }

    /// Adds pipeline definitions.
    #[must_use]
    pub fn with_pipelines(mut self, pipelines: Vec<Pipeline>) -> Self {
        if !pipelines.is_empty() {
            self.sources.insert(SourceKind::Pipelines);
        }
        self.pipelines = pipelines;
        self
    }

    /// Adds the resources of Terraform and of account snapshots, with the stacks that they name.
    #[must_use]
    pub fn with_resources(mut self, resources: Vec<Resource>, stacks: Vec<Stack>) -> Self {
        let told = resources.iter().filter_map(|one| stacks.get(one.stack));
        self.sources.extend(told.map(|stack| stack.source));
        for (index, resource) in resources.iter().enumerate() {
            let known = self.by_type.entry(resource.kind.clone()).or_default();
            known.push(index);
            // A resource of a well-known module stands where that is called.
            let text = self.files.get(resource.file).map(|file| &*file.text);
            let block = text.and_then(|text| resource.span.slice(text));
            if block.is_some_and(|block| block.starts_with("module")) {
                let start = (resource.file, resource.span.start);
                self.module_calls.insert(start, resource.span);
            }
        }
        self.resources = resources;
        self.stacks = stacks;
        self
    }

    /// The call of a well-known module that holds this place of a file. Its source is not here, but what it makes is known.
    pub fn module_call(&self, file: usize, span: Span) -> Option<Span> {
        let mut before = self.module_calls.range(..=(file, span.start));
        let ((found, _), call) = before.next_back()?;
        (*found == file && span.end <= call.end).then_some(*call)
    }

    /// Configurations, plans and the regions of account snapshots.
    pub fn stacks(&self) -> &[Stack] {
        &self.stacks
    }

    /// All resources of AWS, data sources of Terraform included, in the order of their addresses.
    pub fn resources(&self) -> &[Resource] {
        &self.resources
    }

    /// The managed resources of one type, with their indexes.
    pub fn of_type(&self, kind: &str) -> impl Iterator<Item = (usize, &Resource)> {
        let known = self.by_type.get(kind).map_or(&[][..], Vec::as_slice);
        known
            .iter()
            .filter_map(|index| Some((*index, self.resources.get(*index)?)))
            .filter(|(_, resource)| !resource.is_data)
    }

    /// A file by its path.
    pub fn file_named(&self, path: &str) -> Option<usize> {
        self.by_path.get(path).copied()
    }

    /// All pipeline definitions, in the order of their files.
    pub fn pipelines(&self) -> &[Pipeline] {
        &self.pipelines
    }

    /// What a thing is called in output.
    pub fn subject(&self, thing: Thing) -> Option<Subject> {
        match thing {
            Thing::Object(index) => {
                let object = self.objects.get(index as usize)?;
                Some(Subject::Object(object.id(), index as usize))
            }
            Thing::Resource(index) => {
                let resource = self.resources.get(index as usize)?;
                Some(Subject::Resource(resource.address.clone(), index as usize))
            }
            Thing::Pipeline(index) => {
                let pipeline = self.pipelines.get(index as usize)?;
                Some(Subject::Pipeline(pipeline.path.clone(), index as usize))
            }
            Thing::Job(pipeline, index) => {
                let read = self.pipelines.get(pipeline as usize)?;
                Some(Subject::Job {
                    path: read.path.clone(),
                    job: read.jobs.get(index as usize)?.id.clone(),
                    pipeline: pipeline as usize,
                    index: index as usize,
                })
            }
        }
    }

    /// The text of a thing. Routes about a job are routes of its pipeline, or of the included file that it stands in.
    pub fn source(&self, thing: Thing) -> Option<&Source> {
        match thing {
            Thing::Object(index) => self.objects.get(index as usize)?.source.as_ref(),
            Thing::Resource(_) => None,
            Thing::Pipeline(index) => Some(&self.pipelines.get(index as usize)?.source),
            Thing::Job(pipeline, index) => {
                let pipeline = self.pipelines.get(pipeline as usize)?;
                let home = pipeline.jobs.get(index as usize)?.home.as_ref();
                Some(home.map_or(&pipeline.source, |home| &home.source))
            }
        }
    }

    /// The JSON of a thing, to which its routes lead.
    pub fn value(&self, thing: Thing) -> Option<&serde_json::Value> {
        match thing {
            Thing::Object(index) => Some(&self.objects.get(index as usize)?.value),
            Thing::Resource(_) => None,
            Thing::Pipeline(index) => Some(&self.pipelines.get(index as usize)?.value),
            Thing::Job(pipeline, index) => {
                let pipeline = self.pipelines.get(pipeline as usize)?;
                let home = pipeline.jobs.get(index as usize)?.home.as_ref();
                Some(home.map_or(&pipeline.value, |home| &home.value))
            }
        }
    }

    /// All files, in the order of their paths.
    pub fn files(&self) -> &[File] {
        &self.files
    }

    /// All objects, in the order of their files.
    pub fn objects(&self) -> &[Object] {
        &self.objects
    }

    /// True when this kind of source was supplied.
    pub fn has(&self, source: SourceKind) -> bool {
        self.sources.contains(&source)
    }

    /// The objects of one kind, with their indexes.
    pub fn of_kind(
        &self,
        group: &str,
        kind: &str,
    ) -> impl Iterator<Item = (usize, &Object)> + use<'_> {
        let key = GroupKind {
            group: group.to_owned(),
            kind: kind.to_owned(),
        };
        self.by_kind
            .get(&key)
            .map_or(&[][..], Vec::as_slice)
            .iter()
            .filter_map(|index| Some((*index, self.objects.get(*index)?)))
    }

    /// The objects of all kinds of one group (`constraints.gatekeeper.sh`), with their indexes.
    pub fn of_group<'a>(
        &'a self,
        group: &'a str,
    ) -> impl Iterator<Item = (usize, &'a Object)> + 'a {
        let from = GroupKind {
            group: group.to_owned(),
            kind: String::new(),
        };
        self.by_kind
            .range(from..)
            .take_while(move |(key, _)| key.group == group)
            .flat_map(|(_, indexes)| indexes)
            .filter_map(|index| Some((*index, self.objects.get(*index)?)))
    }

    /// The objects of one kind, namespace and name in one place. Several, when several files define it.
    pub fn named<'a>(
        &'a self,
        place: &'a Place,
        group: &str,
        kind: &str,
        namespace: Option<&'a str>,
        name: &'a str,
    ) -> impl Iterator<Item = (usize, &'a Object)> + 'a {
        let found: Vec<(usize, &Object)> = self.of_kind(group, kind).collect();
        found.into_iter().filter(move |(_, object)| {
            object.name == name && object.namespace.given() == namespace && *object.place == *place
        })
    }

    /// Every namespace that some object names as its own, with the place.
    pub fn namespaces(&self) -> impl Iterator<Item = (&Place, &str)> {
        self.namespaces
            .iter()
            .map(|(place, name)| (place.as_ref(), name.as_str()))
    }

    /// Where a field of an object stands. A missing field gives the nearest thing above it, marked as absent.
    pub fn locate(&self, object: &Object, route: &Route) -> Option<Location> {
        self.locate_in(object.source.as_ref()?, route)
    }

    /// Where a field of a thing stands.
    pub fn locate_in(&self, source: &Source, route: &Route) -> Option<Location> {
        let file = self.files.get(source.file)?;
        let document = file.documents.get(source.document)?;
        let (span, absent) = point_at(document, &source.base.join(route));
        self.location(source.file, span, route.clone(), absent)
    }

    /// A span of a file, for people.
    pub fn location(
        &self,
        file: usize,
        span: Span,
        field: Route,
        absent: bool,
    ) -> Option<Location> {
        let read = self.files.get(file)?;
        Some(Location {
            file,
            path: read.path.clone(),
            span,
            start: read.lines.position(&read.text, span.start as usize),
            end: read.lines.position(&read.text, span.end as usize),
            field,
            absent,
        })
    }
}

/// The bytes to show for a field: a scalar's value, the key of a map or list, the `name` of a list item. For a field that
/// is absent, the same of the nearest thing above it.
fn point_at(document: &Document, route: &Route) -> (Span, bool) {
    let (place, found) = document.locate_nearest(route);
    let absent = found != *route;
    let Some(node) = document.node_at(&found) else {
        return (place.value, absent);
    };
    let is_collection = matches!(node.value(), Value::Mapping | Value::Sequence);
    let in_place = place.anchor.is_none();
    let span = match (is_collection, place.key) {
        (false, Some(key)) if place.value.is_empty() => key,
        (true, Some(key)) => key,
        (true, None) if in_place => first_entry(node).unwrap_or(place.value),
        (_, _) => place.value,
    };
    (span, absent)
}

/// What people know a map by: its `name`, else its first entry.
fn first_entry(node: Node<'_>) -> Option<Span> {
    let entry = node
        .get("name")
        .filter(|entry| entry.merge.is_none() && entry.value.alias().is_none())
        .or_else(|| node.entries().find(|entry| entry.merge.is_none()))?;
    let is_scalar = !matches!(entry.value.value(), Value::Mapping | Value::Sequence);
    if is_scalar && entry.value.alias().is_none() && entry.value.span().start >= entry.key_span.end
    {
        Some(entry.key_span.to(entry.value.span()))
    } else {
        Some(entry.key_span)
    }
}
