//! Which workloads have which role: by the annotation of a service account (IRSA), or by an association of EKS Pod Identity.

use std::sync::Arc;

use sekisho_model::{Namespace, Place, Pod, Resource, Seen, phrase};
use sekisho_text::Route;

use super::told::account_of;
use crate::identity::role_arn::{self, RoleArn};
use crate::identity::service_accounts::ROLE_ANNOTATION;
use crate::links::Link;
use crate::{Context, Fault, On, Sheet};

/// A service account with a role.
#[derive(Debug)]
pub(crate) struct Holder<'a> {
    /// What gives it the role.
    pub(crate) by: By<'a>,
    /// Its namespace, where that is said.
    pub(crate) namespace: Option<String>,
    /// Its name.
    pub(crate) account: String,
    /// Where it lives, where that is known.
    pub(crate) place: Option<Arc<Place>>,
    /// The role.
    pub(crate) role: Link<'a>,
    /// The workloads that run as it: places in the index of workloads.
    pub(crate) pods: Vec<usize>,
}

/// What gives a service account its role.
#[derive(Debug)]
pub(crate) enum By<'a> {
    /// The annotation of this object.
    Annotation(usize),
    /// This association.
    Association(usize, &'a Resource),
}

const ROLE: [&str; 1] = ["aws_iam_role"];

/// Every service account with a role.
pub(crate) fn holders<'a>(cx: &Context<'a>) -> Vec<Holder<'a>> {
    let mut all = Vec::new();
    for (index, object) in cx.estate.of_kind("", "ServiceAccount") {
        let Some(arn) = object
            .annotation(ROLE_ANNOTATION)
            .filter(|arn| !arn.is_empty())
        else {
            continue;
        };
        let role = match role_arn::parse(arn) {
            Some(parsed) => named(cx, arn, parsed),
            None => Link::Away(phrase!(
                en: "`{arn}` is no ARN of a role yet; rendered manifests tell it",
                ja: "`{arn}` はまだロールの ARN ではない。展開後のマニフェストで分かる",
            )),
        };
        let is_it = |pod: &Pod<'_>| {
            pod.object.place == object.place
                && pod.object.namespace == object.namespace
                && pod.service_account() == object.name
        };
        all.push(Holder {
            by: By::Annotation(index),
            namespace: object.namespace.given().map(str::to_owned),
            account: object.name.clone(),
            place: Some(Arc::clone(&object.place)),
            role,
            pods: pods(cx, &is_it),
        });
    }
    for (index, association) in cx.estate.of_type("aws_eks_pod_identity_association") {
        let Some(role) = cx.links().of_attribute(association, "role_arn", &ROLE) else {
            continue;
        };
        let text = |name| match association.text(name) {
            Seen::Set(text, _) => Some(text),
            Seen::Unset | Seen::Unknown(_) => None,
        };
        let (cluster, namespace) = (text("cluster_name"), text("namespace"));
        let account = text("service_account").unwrap_or_default();
        let is_it = |pod: &Pod<'_>| {
            let place = &pod.object.place;
            let here = place.cluster.as_ref().zip(cluster.as_ref());
            here.is_none_or(|(here, there)| here == there)
                && pod.object.namespace.given() == namespace.as_deref()
                && namespace.is_some()
                && pod.service_account() == account
        };
        all.push(Holder {
            pods: pods(cx, &is_it),
            by: By::Association(index, association),
            namespace,
            account,
            place: None,
            role,
        });
    }
    all
}

fn pods(cx: &Context<'_>, is_it: &dyn Fn(&Pod<'_>) -> bool) -> Vec<usize> {
    let all = cx.workloads().all().iter().enumerate();
    all.filter(|(_, (_, pod))| is_it(pod))
        .map(|(position, _)| position)
        .collect()
}

/// The role that an ARN in a manifest or pipeline means, whose account may be left open: by its ARN in a snapshot, in Terraform by its name, which is one of its kind in
/// an account.
pub(crate) fn named<'a>(cx: &Context<'a>, arn: &str, parsed: RoleArn<'_>) -> Link<'a> {
    let mut found: Vec<(usize, &Resource, bool)> = Vec::new();
    for (index, role) in cx.estate.of_type("aws_iam_role") {
        if matches!(role.text("arn"), Seen::Set(own, _) if own == arn) {
            return Link::To(index, cx.estate.resources().get(index).unwrap_or(role));
        }
        let account = account_of(cx, role);
        let is_away = !parsed.account.is_empty()
            && account.as_deref().is_some_and(|own| own != parsed.account);
        if !is_away && matches!(role.text("name"), Seen::Set(name, _) if name == parsed.name) {
            found.push((index, role, account.is_some()));
        }
    }
    if found.iter().any(|(_, _, is_sure)| *is_sure) {
        found.retain(|(_, _, is_sure)| *is_sure);
    }
    match found.as_slice() {
        [(index, role, _)] => Link::To(*index, role),
        [] => Link::Away(phrase!(
            en: "the role `{arn}` is not among the files; Terraform or an AWS snapshot tells what it may do",
            ja: "ロール `{arn}` がファイルの中にない。Terraform か AWS スナップショットがあれば許可の内容が分かる",
        )),
        _ => Link::Away(phrase!(
            en: "several configurations make a role of the name in `{arn}`; `places` in sekisho.yaml says which account each is for",
            ja: "`{arn}` の名前のロールを複数の構成が作っている。sekisho.yaml の `places` でそれぞれのアカウントを指定すれば分かる",
        )),
    }
}

impl Holder<'_> {
    /// `shop/orders`.
    pub(crate) fn name(&self) -> String {
        match &self.namespace {
            Some(namespace) => format!("{namespace}/{}", self.account),
            None => self.account.clone(),
        }
    }

    /// The namespace that its sessions are tagged with: EKS Pod Identity does that, IRSA does not.
    pub(crate) fn tagged(&self) -> Option<String> {
        let By::Association(_, association) = &self.by else {
            return None;
        };
        let is_off = matches!(association.flag("disable_session_tags"), Seen::Set(true, _));
        self.namespace.clone().filter(|_| !is_off)
    }

    /// True when an object lives where the service account does.
    pub(crate) fn is_beside(&self, place: &Place, namespace: &Namespace) -> bool {
        self.place.as_ref().is_none_or(|own| **own == *place)
            && match &self.namespace {
                Some(own) => namespace.given() == Some(own),
                None => *namespace == Namespace::Open,
            }
    }

    /// Where to write about it.
    pub(crate) fn on<'s>(&self, sheet: &'s mut Sheet<'_>) -> On<'s> {
        match self.by {
            By::Annotation(object) => sheet.on(object),
            By::Association(resource, _) => sheet.on_resource(resource),
        }
    }

    /// A fault at what gives it the role, with the way from a pod to the role.
    pub(crate) fn fault(
        &self,
        cx: &Context<'_>,
        role: &Resource,
        message: sekisho_model::Phrase,
    ) -> Fault {
        let mut fault = match &self.by {
            By::Annotation(_) => Fault::at(
                Route::of("metadata.annotations").key(ROLE_ANNOTATION),
                message,
            ),
            By::Association(_, association) => {
                Fault::of_value(cx.estate, association, None, message)
            }
        };
        for position in self.pods.iter().take(3) {
            if let Some((object, pod)) = cx.workloads().all().get(*position) {
                let text = phrase!(en: "runs as it", ja: "このアカウントで動く");
                fault = fault.related(*object, pod.at("serviceAccountName"), text);
            }
        }
        fault.beside(cx.estate, role, phrase!(en: "its role", ja: "そのロール"))
    }
}
