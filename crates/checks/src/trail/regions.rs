//! The regions of account snapshots: each is judged for itself, since what one has protects no other.

use sekisho_model::{Resource, SourceKind, Stack};

use crate::Context;

/// Every region of every snapshot, by the place of its stack in the estate.
pub(crate) fn regions<'a>(cx: &Context<'a>) -> impl Iterator<Item = (usize, &'a Stack)> {
    let stacks = cx.estate.stacks().iter().enumerate();
    stacks.filter(|(_, stack)| stack.source == SourceKind::Aws && stack.region.is_some())
}

/// `eu-west-1` of `111122223333`, for messages.
pub(crate) fn called(stack: &Stack) -> (&str, &str) {
    (
        stack.region.as_deref().unwrap_or("?"),
        stack.account.as_deref().unwrap_or("?"),
    )
}

/// True for what a snapshot tells.
pub(crate) fn is_told(cx: &Context<'_>, stack: usize) -> bool {
    let stack = cx.estate.stacks().get(stack);
    stack.is_some_and(|stack| stack.source == SourceKind::Aws)
}

/// Whether one resource can be meant by another that does not name it: in a snapshot only in the same region; several
/// configurations of Terraform may be one account.
pub(crate) fn are_together(cx: &Context<'_>, one: &Resource, other: &Resource) -> bool {
    one.stack == other.stack || (!is_told(cx, one.stack) && !is_told(cx, other.stack))
}

/// True when a snapshot tells of the account that something of Terraform is said to live in: the account decides then.
pub(crate) fn is_told_by_account(cx: &Context<'_>, resource: &Resource) -> bool {
    let Some(account) = &resource.place.account else {
        return false;
    };
    !is_told(cx, resource.stack)
        && regions(cx).any(|(_, stack)| stack.account.as_ref() == Some(account))
}
