//! GuardDuty: what each detector is told to watch, with the features that stand in resources of their own.

use std::collections::BTreeMap;

use sekisho_model::{Phrase, Resource, Seen};

use super::regions::{are_together, is_told};
use crate::Context;
use crate::links::Link;

/// `RUNTIME_MONITORING` holds what the older `EKS_RUNTIME_MONITORING` does; only one of them can be on.
pub(super) const RUNTIME: [&str; 2] = ["RUNTIME_MONITORING", "EKS_RUNTIME_MONITORING"];

const FEATURE: &str = "aws_guardduty_detector_feature";

/// A detector and the resources of its features.
pub(super) struct Detector<'a> {
    pub(super) resource: &'a Resource,
    pub(super) features: Vec<&'a Resource>,
    /// Why a snapshot may not tell all of its features.
    doubt: Option<Phrase>,
}

/// Every detector, by its index in the estate.
pub(super) struct Detectors<'a> {
    pub(super) known: BTreeMap<usize, Detector<'a>>,
    /// Features of detectors that are defined elsewhere.
    pub(super) loose: Vec<usize>,
}

impl<'a> Detectors<'a> {
    pub(super) fn of(cx: &Context<'a>) -> Self {
        let mut known: BTreeMap<usize, Detector<'a>> = BTreeMap::new();
        for (index, resource) in cx.estate.of_type("aws_guardduty_detector") {
            let features = Vec::new();
            let doubt = is_told(cx, resource.stack)
                .then(|| cx.all_here(resource.stack, FEATURE).err())
                .flatten();
            let detector = Detector {
                resource,
                features,
                doubt,
            };
            known.insert(index, detector);
        }
        let mut loose = Vec::new();
        for (index, feature) in cx.estate.of_type(FEATURE) {
            let at = match cx.links().target(feature, "detector_id") {
                Some(Link::To(at, _)) => Some(at),
                Some(Link::Away(_)) | None => None,
            };
            match at.and_then(|at| known.get_mut(&at)) {
                Some(detector) => detector.features.push(feature),
                None => loose.push(index),
            }
        }
        Self { known, loose }
    }
}

/// What is known of one feature.
pub(super) enum Feature<'a> {
    /// Nothing is said of it.
    Unset,
    /// It is on.
    On(&'a Resource),
    /// It is off.
    Off(&'a Resource),
    /// It cannot be told.
    Unknown(Phrase),
}

impl<'a> Detector<'a> {
    /// The state of the feature that has one of these names.
    pub(super) fn feature(&self, names: &[&str]) -> Feature<'a> {
        let mut state = Feature::Unset;
        for feature in &self.features {
            match feature.text("name") {
                Seen::Set(name, _) if names.contains(&name.as_str()) => {
                    match feature.text("status") {
                        Seen::Set(status, _) if status == "ENABLED" => return Feature::On(feature),
                        Seen::Unknown(why) => state = Feature::Unknown(why),
                        Seen::Set(..) | Seen::Unset => state = Feature::Off(feature),
                    }
                }
                Seen::Unknown(why) if matches!(state, Feature::Unset) => {
                    state = Feature::Unknown(why);
                }
                Seen::Set(..) | Seen::Unset | Seen::Unknown(_) => {}
            }
        }
        match (state, &self.doubt) {
            (Feature::Unset, Some(why)) => Feature::Unknown(why.clone()),
            (state, _) => state,
        }
    }
}

/// Whether GuardDuty itself brings its agent onto the nodes of EKS (`EKS_ADDON_MANAGEMENT`).
pub(super) fn manages_agent(feature: &Resource) -> Seen<bool> {
    let list = match feature.get("additional_configuration") {
        Seen::Set(list, _) => list,
        Seen::Unset => return Seen::Set(false, None),
        Seen::Unknown(why) => return Seen::Unknown(why),
    };
    let mut settled = true;
    for item in list.items().unwrap_or_default() {
        let name = item.get("name");
        let status = item.get("status");
        let text = |value: &Option<sekisho_terraform::Value>| {
            value
                .as_ref()
                .and_then(|value| value.as_str().map(str::to_owned))
        };
        match (text(&name).as_deref(), text(&status).as_deref()) {
            (Some("EKS_ADDON_MANAGEMENT"), Some("ENABLED")) => return Seen::Set(true, None),
            (Some("EKS_ADDON_MANAGEMENT"), Some(_)) => {
                return Seen::Set(false, status.and_then(|value| value.origin().cloned()));
            }
            (Some("EKS_ADDON_MANAGEMENT") | None, _) => settled = false,
            (Some(_), _) => {}
        }
    }
    if settled {
        return Seen::Set(false, None);
    }
    Seen::Unknown(Phrase::new(
        "whether GuardDuty manages its agent depends on a value that is not known; add its tfvars file or a plan",
        "GuardDuty がエージェントを管理するかが未知の値に依存する。tfvars ファイルか plan を加える",
    ))
}

/// The clusters whose nodes get no agent by an add-on either.
pub(super) fn without_agent<'a>(
    cx: &Context<'a>,
    feature: &Resource,
) -> Result<Vec<&'a Resource>, Phrase> {
    let mut bare: Vec<&Resource> = cx
        .estate
        .of_type("aws_eks_cluster")
        .map(|(_, cluster)| cluster)
        .filter(|cluster| are_together(cx, cluster, feature))
        .collect();
    // Files without the add-on may leave it to others; a snapshot says whether it asked.
    let mut unknown = if is_told(cx, feature.stack) {
        cx.all_here(feature.stack, "aws_eks_addon").err()
    } else {
        None
    };
    let addons = cx.estate.of_type("aws_eks_addon");
    for (_, addon) in addons.filter(|(_, addon)| are_together(cx, addon, feature)) {
        let is_agent =
            matches!(addon.text("addon_name"), Seen::Set(name, _) if name == "aws-guardduty-agent");
        if !is_agent {
            continue;
        }
        let covered = bare.len();
        match addon.text("cluster_name") {
            Seen::Set(wanted, _) => bare.retain(
                |cluster| !matches!(cluster.text("name"), Seen::Set(name, _) if name == wanted),
            ),
            Seen::Unset => {}
            Seen::Unknown(why) => {
                let target = addon
                    .reference("cluster_name")
                    .map(|to| to.target.to_string());
                bare.retain(|cluster| {
                    addon.stack != cluster.stack || target.as_ref() != Some(&cluster.address)
                });
                if bare.len() == covered {
                    unknown = Some(why);
                }
            }
        }
    }
    match unknown {
        Some(why) if !bare.is_empty() => Err(why),
        _ => Ok(bare),
    }
}
