use sekisho_model::Unread;
use sekisho_yaml::{Node, Value};

use super::layout::manifest_of;
use super::{Answer, is_manifest};

/// The form of snapshots that is read.
pub const VERSION: &str = "sekisho.aws-snapshot/v1";

/// What the manifest of a snapshot says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Manifest {
    /// Twelve digits.
    pub(crate) account: String,
    /// `aws`, `aws-cn`, `aws-us-gov`.
    pub(crate) partition: String,
    /// The regions that were asked.
    pub(crate) regions: Vec<String>,
    /// All calls were made.
    pub(crate) is_complete: bool,
}

pub(crate) fn read(root: &str, files: &[Answer<'_>]) -> Result<Manifest, Unread> {
    let own = manifest_of(root);
    let wrong = |reason: String| Unread {
        path: own.clone(),
        position: None,
        reason,
    };
    let file = files
        .iter()
        .find(|file| file.path == own && is_manifest(file.path));
    let Some([document]) = file.map(|file| file.documents) else {
        return Err(wrong(
            "the manifest of the snapshot is no JSON, so that nothing of the snapshot was judged"
                .to_owned(),
        ));
    };
    let text = |name: &str| match document
        .root()
        .get(name)
        .map(|entry| Node::value(entry.value))
    {
        Some(Value::String(text)) => Some(text.to_owned()),
        _ => None,
    };
    match text("version") {
        Some(version) if version == VERSION => {}
        other => {
            let other = other.unwrap_or_default();
            return Err(wrong(format!(
                "the snapshot has the form `{other}`, and only `{VERSION}` is read; take it again with `sekisho aws snapshot-script`"
            )));
        }
    }
    let root = document.root();
    let regions = root.get("regions").map(|entry| entry.value);
    let complete = root.get("complete").map(|entry| entry.value.value());
    let account = text("account").unwrap_or_default();
    if account.len() != 12 || !account.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(wrong(
            "the snapshot names no account of twelve digits".to_owned(),
        ));
    }
    Ok(Manifest {
        account,
        partition: text("partition").unwrap_or_else(|| "aws".to_owned()),
        regions: regions
            .into_iter()
            .flat_map(Node::items)
            .filter_map(|region| match region.value() {
                Value::String(region) => Some(region.to_owned()),
                _ => None,
            })
            .collect(),
        is_complete: matches!(complete, Some(Value::Bool(true))),
    })
}
