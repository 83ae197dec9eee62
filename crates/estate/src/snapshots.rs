//! Snapshots of AWS accounts: which folders are one, and what they say.

use std::collections::BTreeMap;

use sekisho_aws::snapshot::{self, Answer, Found};

use crate::places::Places;

/// The folders that hold a snapshot.
#[derive(Debug)]
pub(crate) struct Snapshots {
    roots: Vec<String>,
}

impl Snapshots {
    /// The folders that have the manifest of a snapshot.
    pub(crate) fn among<'p>(paths: impl Iterator<Item = &'p str>) -> Self {
        let manifests = paths.filter(|path| snapshot::is_manifest(path));
        let folder = |path: &str| {
            path.rsplit_once('/')
                .map_or("", |(folder, _)| folder)
                .to_owned()
        };
        Self {
            roots: manifests.map(folder).collect(),
        }
    }

    /// The folder of the snapshot that a file belongs to.
    pub(crate) fn of(&self, path: &str) -> Option<&str> {
        let is_json = path.rsplit('.').next() == Some("json");
        is_json.then(|| snapshot::snapshot_of(&self.roots, path))?
    }

    /// Reads all of them. `first` is the number of the first stack.
    pub(crate) fn read<'a>(
        &self,
        files: impl Iterator<Item = Answer<'a>>,
        first: usize,
        places: &mut Places,
    ) -> Found {
        let mut by_root: BTreeMap<&str, Vec<Answer<'a>>> = BTreeMap::new();
        for file in files {
            if let Some(root) = self.of(file.path) {
                by_root.entry(root).or_default().push(file);
            }
        }
        let mut found = Found::default();
        for (root, files) in by_root {
            let place = places.of(&format!("{root}/{}", snapshot::MANIFEST));
            let one = snapshot::read(root, &files, first + found.stacks.len(), &place);
            found.resources.extend(one.resources);
            found.stacks.extend(one.stacks);
            found.unread.extend(one.unread);
        }
        found
    }
}
