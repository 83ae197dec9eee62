//! What it proves that a resource is not among those that were read.

use sekisho_model::{Estate, Listing, Phrase, SourceKind, phrase};

use crate::Context;

impl Context<'_> {
    /// True for what a snapshot of an AWS account tells, false for what Terraform says.
    pub(crate) fn is_of_account(&self, stack: usize) -> bool {
        let stack = self.estate.stacks().get(stack);
        stack.is_some_and(|stack| stack.source == SourceKind::Aws)
    }

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

/// Whether a stack is a region of an account snapshot: it shows what is, not what will be made.
pub(crate) fn is_snapshot(estate: &Estate, stack: usize) -> bool {
    let stack = estate.stacks().get(stack);
    stack.is_some_and(|stack| stack.source == SourceKind::Aws)
}

fn perhaps_elsewhere(kind: &str) -> Phrase {
    phrase!(
        en: "no `{kind}` stands in these files, but it may stand elsewhere; say `estate.complete: true` when they are all",
        ja: "`{kind}` はこれらのファイルにないが、別の場所にある可能性がある。ファイルがすべてなら `estate.complete: true` とする",
    )
}
