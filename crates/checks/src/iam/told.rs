//! What a snapshot of an account tells of IAM.

use sekisho_model::{Listing, Phrase, Resource, Seen, SourceKind, phrase};

use crate::{Context, Sheet};

/// Tells for each account whose roles were not all told that nothing is proven of the others.
pub(crate) fn unlisted(cx: &Context<'_>, sheet: &mut Sheet<'_>) {
    for stack in cx.estate.stacks() {
        // IAM has no region.
        if stack.source == SourceKind::Aws
            && stack.region.is_none()
            && let Some(Listing::Open(why)) = stack.listings.get("aws_iam_role")
        {
            sheet.estate().unknown(why.clone());
        }
    }
}

/// True when a stack is the snapshot of an account, which tells what there is and not what is written.
pub(crate) fn is_snapshot(cx: &Context<'_>, stack: usize) -> bool {
    let stack = cx.estate.stacks().get(stack);
    stack.is_some_and(|stack| stack.source == SourceKind::Aws)
}

/// Whether all resources of a type are here in every region of the account that a stack is of; files are taken as they are.
pub(crate) fn everywhere(cx: &Context<'_>, stack: usize, kind: &str) -> Result<(), Phrase> {
    let stacks = cx.estate.stacks();
    let Some(own) = stacks
        .get(stack)
        .filter(|own| own.source == SourceKind::Aws)
    else {
        return Ok(());
    };
    let mut regions = stacks
        .iter()
        .enumerate()
        .filter(|(_, one)| one.family == own.family && one.region.is_some())
        .peekable();
    if regions.peek().is_none() {
        return Err(phrase!(
            en: "the snapshot tells of no region, so no `{kind}` of the account is known",
            ja: "スナップショットにリージョンの情報がなく、アカウントの `{kind}` が分からない",
        ));
    }
    regions.try_for_each(|(stack, _)| cx.all_here(stack, kind))
}

/// The account that a resource is in, where that is said: by its snapshot, its own ARN, or `places` of the settings.
pub(crate) fn account_of(cx: &Context<'_>, resource: &Resource) -> Option<String> {
    let stack = cx.estate.stacks().get(resource.stack);
    let told = stack.and_then(|stack| stack.account.clone());
    told.or_else(|| match resource.text("arn") {
        Seen::Set(arn, _) => arn.split(':').nth(4).map(str::to_owned),
        Seen::Unset | Seen::Unknown(_) => None,
    })
    .or_else(|| resource.place.account.clone())
}
