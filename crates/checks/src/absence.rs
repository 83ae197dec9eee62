//! What it proves that a resource is not among those that were read.

use sekisho_model::{Listing, Phrase, SourceKind, phrase};

use crate::Context;

impl Context<'_> {
    /// The part of the same account and snapshot that holds a region, or what has no region.
    pub(crate) fn beside(&self, stack: usize, region: Option<&str>) -> Option<usize> {
        let own = self.estate.stacks().get(stack)?;
        let mut all = self.estate.stacks().iter().enumerate();
        let found = all.find(|(_, one)| {
            one.family == own.family
                && one.source == SourceKind::Aws
                && one.region.as_deref() == region
        });
        found.map(|(index, _)| index)
    }

    /// Whether all resources of a type are here that a stack can know of, so that absence proves absence; else why not.
    pub(crate) fn all_here(&self, stack: usize, kind: &str) -> Result<(), Phrase> {
        let stack = self.estate.stacks().get(stack);
        let Some(stack) = stack.filter(|stack| stack.source == SourceKind::Aws) else {
            return if self.complete() {
                Ok(())
            } else {
                Err(perhaps_elsewhere(kind))
            };
        };
        match stack.listings.get(kind) {
            Some(Listing::Whole) => Ok(()),
            Some(Listing::Open(why)) => Err(why.clone()),
            None => Err(phrase!(
                en: "the snapshot does not tell of any `{kind}`; take it again with `sekisho aws snapshot-script`",
                ja: "スナップショットには `{kind}` の情報がない。`sekisho aws snapshot-script` で取り直す",
            )),
        }
    }
}

fn perhaps_elsewhere(kind: &str) -> Phrase {
    phrase!(
        en: "no `{kind}` stands in these files, but it may stand elsewhere; say `estate.complete: true` when they are all",
        ja: "`{kind}` はこれらのファイルにないが、別の場所にある可能性がある。ファイルがすべてなら `estate.complete: true` とする",
    )
}
