use sekisho_model::Unread;
use sekisho_yaml::{Node, Value};

use super::{Answer, MANIFEST, is_manifest};

/// The form of snapshots that is read.
pub const VERSION: &str = "sekisho.aws-snapshot/v1";

/// What the manifest of a snapshot says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Manifest {
    /// Twelve digits.
    pub(crate) account: String,
    /// `aws`, `aws-cn`, `aws-us-gov`.
    pub(crate) partition: String,
}

pub(crate) fn read(root: &str, files: &[Answer<'_>]) -> Result<Manifest, Unread> {
    let own = if root.is_empty() {
        MANIFEST.to_owned()
    } else {
        format!("{root}/{MANIFEST}")
    };
    let wrong = |reason: String| Unread {
        path: own.clone(),
        position: None,
        reason,
    };
    let file = files
        .iter()
        .find(|file| file.path == own && is_manifest(file.path));
    let Some(document) = file.and_then(|file| file.document) else {
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
    let account = text("account").unwrap_or_default();
    if account.len() != 12 || !account.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(wrong(
            "the snapshot names no account of twelve digits".to_owned(),
        ));
    }
    Ok(Manifest {
        account,
        partition: text("partition").unwrap_or_else(|| "aws".to_owned()),
    })
}
