//! The quality-of-service class of a pod. Upstream: `pkg/apis/core/helper/qos`.

use std::collections::BTreeMap;

use crate::access::{Object, Read};
use crate::quantity::Quantity;

/// `Guaranteed`, `Burstable` or `BestEffort`.
pub(crate) fn class(spec: &Object) -> &'static str {
    let (mut requests, mut limits) = (BTreeMap::new(), BTreeMap::new());
    let mut guaranteed = true;
    if let Some(resources) = spec.pointer("resources") {
        guaranteed = add(resources, &mut requests, &mut limits);
    } else {
        for list in ["containers", "initContainers"] {
            for (_, container) in spec.objects(list) {
                guaranteed &= add(container.object("resources"), &mut requests, &mut limits);
            }
        }
    }
    if requests.is_empty() && limits.is_empty() {
        "BestEffort"
    } else if guaranteed && requests == limits {
        "Guaranteed"
    } else {
        "Burstable"
    }
}

/// Adds processor and memory of one resource block; true when both are limited.
fn add(
    resources: &Object,
    requests: &mut BTreeMap<String, i128>,
    limits: &mut BTreeMap<String, i128>,
) -> bool {
    sum(resources.object("requests"), requests);
    sum(resources.object("limits"), limits) == 2
}

fn sum(list: &Object, into: &mut BTreeMap<String, i128>) -> usize {
    let mut found = 0;
    for name in ["cpu", "memory"] {
        let amount = Quantity::parse(list.text(name)).map_or(0, |amount| amount.nano());
        if amount > 0 {
            *into.entry(name.to_owned()).or_default() += amount;
            found += 1;
        }
    }
    found
}
