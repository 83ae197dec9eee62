use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::OnceLock;

use sekisho_checks::secrecy;
use sekisho_model::{Estate, File};
use sekisho_text::{Span, mask};

/// The texts of the files as they may be shown: secret values are stars. Each is prepared when it is first asked for.
#[derive(Debug)]
pub struct Texts<'a> {
    estate: &'a Estate,
    /// `None` where nothing is to hide.
    masked: Vec<OnceLock<Option<String>>>,
    /// Credentials in Terraform, by file.
    written: OnceLock<BTreeMap<usize, Vec<Span>>>,
}

impl<'a> Texts<'a> {
    /// The texts of an estate.
    pub fn of(estate: &'a Estate) -> Self {
        Self {
            estate,
            masked: estate.files().iter().map(|_| OnceLock::new()).collect(),
            written: OnceLock::new(),
        }
    }

    /// The estate whose texts these are.
    pub fn estate(&self) -> &'a Estate {
        self.estate
    }

    /// A file, and its text without secret values.
    pub fn file(&self, number: usize) -> Option<(&'a File, &str)> {
        let file = self.estate.files().get(number)?;
        let masked = self.masked.get(number)?.get_or_init(|| {
            let written = self
                .written
                .get_or_init(|| secrecy::of_resources(self.estate));
            let hidden = secrecy::hide(&file.text, &file.documents);
            match (written.get(&number), hidden) {
                (Some(spans), hidden) => Some(mask(&hidden, spans)),
                (None, Cow::Borrowed(_)) => None,
                (None, Cow::Owned(text)) => Some(text),
            }
        });
        Some((file, masked.as_deref().unwrap_or(&file.text)))
    }
}
