//! How many pods a workload has: its own number, or the bounds of the autoscaler that owns it.

use sekisho_model::{Estate, Fields, Object};

use super::surroundings::{Around, is_controlled};

/// The kinds that keep a number of equal pods.
pub(crate) const REPLICATED: &[(&str, &str)] = &[
    ("apps", "Deployment"),
    ("apps", "StatefulSet"),
    ("apps", "ReplicaSet"),
    ("", "ReplicationController"),
];

/// What an autoscaler scales: group, kind and name, in its own namespace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Target<'a> {
    pub(crate) group: &'a str,
    pub(crate) kind: &'a str,
    pub(crate) name: &'a str,
}

impl<'a> Target<'a> {
    pub(crate) fn of(object: &'a Object) -> Self {
        Self {
            group: object.group(),
            kind: &object.kind,
            name: &object.name,
        }
    }
}

/// A HorizontalPodAutoscaler, or a KEDA ScaledObject, which makes one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scaler<'a> {
    pub(crate) index: usize,
    pub(crate) object: &'a Object,
    pub(crate) target: Target<'a>,
    pub(crate) least: i64,
    pub(crate) most: i64,
    /// The fields of the two bounds.
    pub(crate) bounds: (&'static str, &'static str),
}

/// Reads an autoscaler; those that KEDA made are left to their ScaledObject.
///
/// Defaults of a ScaledObject: `ScaledObjectSpec` and `GetHPAMaxReplicas` (kedacore/keda, `apis/keda/v1alpha1`).
pub(crate) fn scaler(index: usize, object: &Object) -> Option<Scaler<'_>> {
    let is_keda = object.group() == "keda.sh";
    if is_controlled(object) {
        return None;
    }
    let spec = object.value.at("spec")?;
    let reference = spec.at("scaleTargetRef")?;
    let filled = |field: &str| reference.text(field).filter(|text| !text.is_empty());
    let (version, kind) = if is_keda {
        let version = filled("apiVersion").unwrap_or("apps/v1");
        (version, filled("kind").unwrap_or("Deployment"))
    } else {
        (
            reference.text("apiVersion").unwrap_or(""),
            filled("kind").unwrap_or(""),
        )
    };
    let bounds = if is_keda {
        ("minReplicaCount", "maxReplicaCount")
    } else {
        ("minReplicas", "maxReplicas")
    };
    let (no_least, no_most) = if is_keda { (0, 100) } else { (1, 0) };
    Some(Scaler {
        index,
        object,
        target: Target {
            group: version.split_once('/').map_or("", |(group, _)| group),
            kind,
            name: filled("name")?,
        },
        least: spec.int(bounds.0).unwrap_or(no_least),
        most: spec.int(bounds.1).unwrap_or(no_most),
        bounds,
    })
}

/// Between how many pods a workload has.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Count<'a> {
    pub(crate) least: i64,
    pub(crate) most: i64,
    pub(crate) scaler: Option<Scaler<'a>>,
}

/// The count of a workload of [`REPLICATED`]; `None` for other kinds.
pub(crate) fn count<'a>(around: &Around<'a>, object: &Object) -> Option<Count<'a>> {
    if !REPLICATED.contains(&(object.group(), object.kind.as_str())) {
        return None;
    }
    // A number of another type is refused, so nothing is known of how many run.
    let own = match object.value.at("spec.replicas") {
        Some(number) => number.as_i64()?,
        None => 1,
    };
    let scaler = around
        .scalers
        .get(&Target::of(object))
        .and_then(|scalers| scalers.first())
        .copied();
    // An autoscaler lets go of a workload that somebody set to none.
    let scaler = scaler.filter(|_| own > 0);
    Some(Count {
        least: scaler.map_or(own, |scaler| scaler.least),
        most: scaler.map_or(own, |scaler| scaler.most),
        scaler,
    })
}

/// Whether the kind of the target has a scale subresource, as far as it is known.
pub(crate) fn can_scale(estate: &Estate, target: Target<'_>) -> bool {
    let is_builtin = !target.group.contains('.') || target.group.ends_with(".k8s.io");
    if is_builtin {
        return REPLICATED.contains(&(target.group, target.kind));
    }
    let definition = estate
        .of_kind("apiextensions.k8s.io", "CustomResourceDefinition")
        .map(|(_, definition)| &definition.value)
        .find(|definition| {
            definition.text("spec.group") == Some(target.group)
                && definition.text("spec.names.kind") == Some(target.kind)
        });
    definition.is_none_or(|definition| {
        definition
            .items("spec.versions")
            .iter()
            .any(|version| version.at("subresources.scale").is_some())
    })
}
