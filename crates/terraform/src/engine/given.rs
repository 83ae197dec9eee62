use std::collections::BTreeMap;
use std::sync::Arc;

use super::Engine;
use crate::evaluate::Surroundings;
use crate::limits::Limits;
use crate::module::clean_join;
use crate::value::Value;

/// What is evaluated.
#[derive(Debug, Clone)]
pub struct Input<'i> {
    /// All texts by their paths, with `/` between folders: `*.tf`, `*.tf.json`, `*.tfvars`, `.terraform/modules/modules.json`,
    /// and whatever `file` and `templatefile` may read.
    pub texts: &'i BTreeMap<String, Arc<str>>,
    /// The folder of the root module; empty for the texts' own folder.
    pub root: &'i str,
    /// The workspace.
    pub workspace: &'i str,
    /// Paths of further files of variable values, the later wins.
    pub var_files: &'i [String],
    /// Values of variables that win over all files.
    pub variables: &'i BTreeMap<String, Value>,
    /// True when a file that is not among the texts does not exist.
    pub complete: bool,
    /// What it may cost.
    pub limits: Limits,
}

static NO_VARIABLES: BTreeMap<String, Value> = BTreeMap::new();

impl<'i> Input<'i> {
    /// These texts, with the root module in their own folder and nothing else given.
    pub fn of(texts: &'i BTreeMap<String, Arc<str>>) -> Self {
        Self {
            texts,
            root: "",
            workspace: "default",
            var_files: &[],
            variables: &NO_VARIABLES,
            complete: false,
            limits: Limits::default(),
        }
    }
}

impl Surroundings for Engine<'_> {
    fn file(&self, path: &str) -> Option<Arc<str>> {
        let root = clean_join("", self.input.root);
        self.input.texts.get(&clean_join(&root, path)).cloned()
    }

    fn paths(&self) -> Vec<Arc<str>> {
        let root = clean_join("", self.input.root);
        let prefix = if root.is_empty() {
            String::new()
        } else {
            format!("{root}/")
        };
        self.input
            .texts
            .keys()
            .filter_map(|path| path.strip_prefix(prefix.as_str()))
            .map(Arc::from)
            .collect()
    }

    fn has_provider(&self, name: &str) -> bool {
        self.modules
            .iter()
            .any(|module| module.declared.provider_names.contains(name))
    }

    fn has_all_files(&self) -> bool {
        self.input.complete
    }
}
