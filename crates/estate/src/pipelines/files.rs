use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::sync::Arc;

use sekisho_model::{Pipeline, PipelineKind, Source};
use sekisho_text::Route;
use sekisho_yaml::Document;
use serde_json::Value;

use super::{Seen, kind_of};

/// The files by their paths, and which of their documents pipelines are made of.
pub(super) struct Files<'a> {
    seen: &'a [Seen<'a>],
    by_path: BTreeMap<&'a str, usize>,
    parts: BTreeSet<(usize, usize)>,
    included: BTreeSet<usize>,
}

impl<'a> Files<'a> {
    pub(super) fn of(seen: &'a [Seen<'a>]) -> Self {
        let paths = seen.iter().enumerate();
        Self {
            by_path: paths.map(|(index, file)| (file.path, index)).collect(),
            parts: BTreeSet::new(),
            included: BTreeSet::new(),
            seen,
        }
    }

    /// Every document that defines a pipeline by itself.
    pub(super) fn defined(&mut self) -> Vec<(usize, usize, PipelineKind)> {
        let mut defined = Vec::new();
        for (file, seen) in self.seen.iter().enumerate() {
            for (number, document) in seen.documents.iter().enumerate() {
                if let Some(kind) = kind_of(document, seen.path) {
                    defined.push((file, number, kind));
                    self.parts.insert((file, number));
                    if kind == PipelineKind::Gitlab {
                        // Its head, too, is no Kubernetes object.
                        let before = 0..number;
                        self.parts.extend(before.map(|number| (file, number)));
                    }
                }
            }
        }
        // A file that another one includes lies deeper, and is no pipeline of its own.
        defined.sort_by_key(|(file, number, _)| {
            (self.path(*file).matches('/').count(), *file, *number)
        });
        defined
    }

    pub(super) fn path(&self, file: usize) -> &'a str {
        self.seen.get(file).map_or("", |file| file.path)
    }

    pub(super) fn documents(&self, file: usize) -> &'a [Document] {
        self.seen.get(file).map_or(&[], |file| file.documents)
    }

    pub(super) fn document(&self, file: usize, number: usize) -> Option<&'a Document> {
        self.documents(file).get(number)
    }

    /// The file with this path.
    pub(super) fn named(&self, path: &str) -> Option<usize> {
        self.by_path.get(path).copied()
    }

    /// The paths below a folder, with their files; all when it is empty.
    pub(super) fn below(&self, folder: &str) -> Vec<(&'a str, usize)> {
        let from = (Bound::Included(folder), Bound::Unbounded);
        let all = self.by_path.range::<str, _>(from);
        all.take_while(|(path, _)| path.starts_with(folder))
            .map(|(path, file)| (*path, *file))
            .collect()
    }

    /// Remembers that the documents of a file are part of a pipeline.
    pub(super) fn include(&mut self, file: usize) {
        self.included.insert(file);
        let all = 0..self.documents(file).len();
        self.parts.extend(all.map(|number| (file, number)));
    }

    /// True when a pipeline includes this file.
    pub(super) fn is_included(&self, file: usize) -> bool {
        self.included.contains(&file)
    }

    pub(super) fn into_parts(self) -> BTreeSet<(usize, usize)> {
        self.parts
    }

    /// A pipeline without jobs yet.
    pub(super) fn begin(
        &self,
        file: usize,
        number: usize,
        kind: PipelineKind,
        root: &str,
        value: Value,
    ) -> Pipeline {
        let path = self.path(file);
        Pipeline {
            kind,
            path: path.to_owned(),
            root: root.to_owned(),
            name: value
                .get("name")
                .and_then(Value::as_str)
                .unwrap_or(path)
                .to_owned(),
            value,
            jobs: Vec::new(),
            gaps: Vec::new(),
            source: Source {
                file,
                document: number,
                base: Route::root(),
            },
            place: self
                .seen
                .get(file)
                .map(|file| Arc::clone(file.place))
                .unwrap_or_default(),
        }
    }
}

/// The repository's folder: what stands before `.github/` or before the file itself.
pub(super) fn root_of(path: &str) -> &str {
    let end = match path.find(".github/") {
        Some(end) if end == 0 || path.get(..end).is_some_and(|before| before.ends_with('/')) => end,
        _ => path.rfind('/').map_or(0, |end| end + 1),
    };
    path.get(..end).unwrap_or("")
}
