use std::path::{Path, PathBuf};
use std::sync::Arc;

use sekisho_model::{Settings, SettingsError};
use sekisho_text::Route;
use sekisho_yaml::{Limits, parse_shared};

/// `sekisho.yaml` of a path: in the folder itself or in the nearest one above it.
pub fn find_settings(start: &Path) -> Option<PathBuf> {
    let start = std::fs::canonicalize(start).ok()?;
    start
        .ancestors()
        .filter(|folder| folder.is_dir())
        .map(|folder| folder.join("sekisho.yaml"))
        .find(|file| file.is_file())
}

/// Reads the text of `sekisho.yaml`. The error names the field at fault.
pub fn parse_settings(text: &Arc<str>) -> Result<Settings, SettingsError> {
    let stream = parse_shared(text, &Limits::default());
    if let Some(error) = stream.errors.first() {
        return Err(at_root(error.message.clone()));
    }
    let mut documents = stream
        .documents
        .iter()
        .filter(|document| !document.is_empty());
    let Some(document) = documents.next() else {
        return Ok(Settings::default());
    };
    if documents.next().is_some() {
        return Err(at_root("one document is expected, not several".to_owned()));
    }
    if let Some(note) = document
        .notes()
        .iter()
        .find(|note| matches!(note, sekisho_yaml::Note::DuplicateKey { .. }))
    {
        let key = note.span().slice(text).unwrap_or_default().to_owned();
        return Err(at_root(format!("the key `{key}` stands twice")));
    }
    serde_json::from_value(document.root().to_json()).map_err(|error| at_root(error.to_string()))
}

fn at_root(message: String) -> SettingsError {
    SettingsError {
        route: Route::root(),
        message,
    }
}
