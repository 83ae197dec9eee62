//! The names of callers in AuthorizationPolicies, and which of them nobody bears.

use std::collections::BTreeSet;
use std::sync::Arc;

use sekisho_model::{Phrase, Place, phrase};

use crate::Context;

/// Namespaces and service accounts that exist, by place.
#[derive(Debug)]
pub(crate) struct Known<'a> {
    accounts: BTreeSet<(&'a Arc<Place>, &'a str, &'a str)>,
    namespaces: BTreeSet<(&'a Place, &'a str)>,
}

impl<'a> Known<'a> {
    /// What the files show. Every namespace has a service account `default`.
    pub(crate) fn of(cx: &Context<'a>) -> Self {
        let mut known = Self {
            accounts: BTreeSet::new(),
            namespaces: cx.estate.namespaces().collect(),
        };
        for (_, object) in cx.estate.of_kind("", "ServiceAccount") {
            if let Some(namespace) = object.namespace.given() {
                known
                    .accounts
                    .insert((&object.place, namespace, object.name.as_str()));
            }
        }
        for (_, object) in cx.estate.of_kind("", "Namespace") {
            known
                .namespaces
                .insert((object.place.as_ref(), object.name.as_str()));
        }
        known
    }

    pub(crate) fn has_namespace(&self, place: &Place, name: &str) -> bool {
        self.namespaces.contains(&(place, name))
    }

    fn has_account(&self, place: &Arc<Place>, namespace: &str, name: &str) -> bool {
        name == "default" || self.accounts.contains(&(place, namespace, name))
    }
}

/// Why no caller bears a principal, and the principal that was meant, where that is plain.
///
/// Istio compares `spiffe://` and the text with the name in the certificate, `TRUSTDOMAIN/ns/NAMESPACE/sa/ACCOUNT`; a
/// star counts at the beginning or the end alone.
pub(crate) fn nobody(
    principal: &str,
    place: &Arc<Place>,
    known: Option<&Known<'_>>,
) -> Option<(Phrase, Option<String>)> {
    if let Some(rest) = principal.strip_prefix("spiffe://") {
        let why = phrase!(
            en: "Istio puts `spiffe://` before it by itself",
            ja: "`spiffe://` は Istio が自動で付ける",
        );
        return Some((why, Some(rest.to_owned())));
    }
    if principal == "*" {
        return None;
    }
    let inner = principal.trim_start_matches('*').trim_end_matches('*');
    let is_twice = principal.starts_with('*') && principal.ends_with('*');
    if inner.contains('*') || is_twice {
        let why = phrase!(
            en: "a star counts only at one end, anywhere else it is a plain letter",
            ja: "`*` が使えるのは先頭か末尾の一方だけで、他の位置ではただの文字になる",
        );
        return Some((why, None));
    }
    if principal.contains('*') {
        return None;
    }
    let parts: Vec<&str> = principal.split('/').collect();
    let [_, "ns", namespace, "sa", account] = parts.as_slice() else {
        let meant = principal
            .strip_prefix("system:serviceaccount:")
            .and_then(|rest| rest.split_once(':'))
            .map(|(namespace, account)| format!("cluster.local/ns/{namespace}/sa/{account}"));
        let why = phrase!(
            en: "the form is `cluster.local/ns/NAMESPACE/sa/ACCOUNT`",
            ja: "形式は `cluster.local/ns/NAMESPACE/sa/ACCOUNT` である",
        );
        return Some((why, meant));
    };
    let known = known?;
    (!known.has_account(place, namespace, account)).then(|| {
        let why = phrase!(
            en: "namespace `{namespace}` has no service account `{account}`",
            ja: "Namespace `{namespace}` に ServiceAccount `{account}` がない",
        );
        (why, None)
    })
}
