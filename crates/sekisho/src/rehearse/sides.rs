//! The two sets of policies: what stands in the inventory, in a folder, and one change that is named.

use std::collections::BTreeMap;

use sekisho_policy::admission::{Options, PolicySet, Read, World, is_policy};
use serde_json::{Value, json};

use crate::args::RehearseArgs;
use crate::exit::Usage;
use crate::policy::documents::{Items, items};

/// One set with what it looks up.
pub(super) struct Loaded {
    pub(super) set: PolicySet,
    pub(super) world: World,
    pub(super) read: Vec<Read>,
    /// Its policies and Namespaces, for the digest of the record.
    pub(super) policies: Vec<Value>,
}

pub(super) struct Sides {
    pub(super) from: Loaded,
    pub(super) to: Loaded,
    pub(super) unread: Vec<(String, String)>,
    /// The named change, in words.
    pub(super) change: Option<String>,
}

type Key = [String; 4];

fn key(object: &Value) -> Key {
    let text = |pointer: &str| {
        let found = object.pointer(pointer);
        found.and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    // Versions of one kind are the same object.
    let group = text("/apiVersion")
        .split_once('/')
        .map_or(String::new(), |(group, _)| group.to_owned());
    [
        group,
        text("/kind"),
        text("/metadata/namespace"),
        text("/metadata/name"),
    ]
}

pub(super) fn of(args: &RehearseArgs, inventory: &Items) -> anyhow::Result<Sides> {
    let mut unread = inventory.unread.clone();
    let mut base: BTreeMap<Key, Value> = BTreeMap::new();
    for item in &inventory.all {
        base.insert(key(&item.value), item.value.clone());
    }
    let mut over = |paths: &[std::path::PathBuf],
                    mut all: BTreeMap<Key, Value>|
     -> anyhow::Result<BTreeMap<Key, Value>> {
        if paths.is_empty() {
            return Ok(all);
        }
        // A folder of policies is the whole set; what else stands in the inventory stays.
        all.retain(|_, object| !is_policy(object));
        let given = items(paths)?;
        unread.extend(given.unread);
        all.extend(
            given
                .all
                .into_iter()
                .map(|item| (key(&item.value), item.value)),
        );
        Ok(all)
    };
    let from = over(&args.from, base.clone())?;
    let mut to = if args.to.is_empty() {
        from.clone()
    } else {
        over(&args.to, base)?
    };
    let change = changed(args, &mut to)?;
    if args.to.is_empty() && change.is_none() {
        return Err(Usage(
            "say what changes: `--to DIR`, `--constraint KIND/NAME --action deny`, `--vap NAME --action Deny` or `--namespace NAME --pod-security LEVEL`".to_owned(),
        )
        .into());
    }
    Ok(Sides {
        from: load(from),
        to: load(to),
        unread,
        change,
    })
}

fn load(objects: BTreeMap<Key, Value>) -> Loaded {
    let objects: Vec<Value> = objects.into_values().collect();
    let loaded = PolicySet::load(&objects, &Options::default());
    let is_ours = |object: &&Value| {
        is_policy(object) || object.get("kind").and_then(Value::as_str) == Some("Namespace")
    };
    Loaded {
        set: loaded.set,
        world: World::of(&objects),
        read: loaded.read,
        policies: objects.iter().filter(is_ours).cloned().collect(),
    }
}

/// Makes the change that is named on the command line.
fn changed(
    args: &RehearseArgs,
    objects: &mut BTreeMap<Key, Value>,
) -> anyhow::Result<Option<String>> {
    if let Some(constraint) = &args.constraint {
        let action = args
            .action
            .as_deref()
            .ok_or_else(|| Usage("--constraint needs --action".to_owned()))?;
        let (kind, name) = constraint
            .split_once('/')
            .ok_or_else(|| Usage(format!("--constraint {constraint}: it is KIND/NAME")))?;
        if !matches!(action, "deny" | "warn" | "dryrun") {
            return Err(Usage(format!(
                "--action {action}: a constraint has deny, warn or dryrun"
            ))
            .into());
        }
        let found = objects.values_mut().find(|object| {
            let [group, own, _, named] = key(object);
            group == "constraints.gatekeeper.sh" && own == kind && named == name
        });
        let found = found.ok_or_else(|| Usage(format!("there is no constraint {constraint}")))?;
        set(found, &["spec", "enforcementAction"], action.into());
        return Ok(Some(format!("{constraint}: enforcementAction {action}")));
    }
    if let Some(policy) = &args.vap {
        let action = args
            .action
            .as_deref()
            .ok_or_else(|| Usage("--vap needs --action".to_owned()))?;
        if !matches!(action, "Deny" | "Warn" | "Audit") {
            return Err(Usage(format!(
                "--action {action}: a binding has Deny, Warn or Audit"
            ))
            .into());
        }
        let mut count = 0;
        for object in objects.values_mut() {
            let [_, kind, ..] = key(object);
            let is_bound =
                object.pointer("/spec/policyName").and_then(Value::as_str) == Some(policy);
            if kind == "ValidatingAdmissionPolicyBinding" && is_bound {
                set(object, &["spec", "validationActions"], json!([action]));
                count += 1;
            }
        }
        if count == 0 {
            return Err(Usage(format!("no binding binds the policy {policy}")).into());
        }
        return Ok(Some(format!(
            "ValidatingAdmissionPolicy/{policy}: validationActions {action}"
        )));
    }
    if let Some(namespace) = &args.namespace {
        let stance = args
            .pod_security
            .as_deref()
            .ok_or_else(|| Usage("--namespace needs --pod-security".to_owned()))?;
        let (level, version) = stance.split_once(':').unwrap_or((stance, "latest"));
        for (text, is_good) in [
            (
                level,
                level.parse::<sekisho_policy::pod_security::Level>().is_ok(),
            ),
            (
                version,
                version
                    .parse::<sekisho_policy::pod_security::Version>()
                    .is_ok(),
            ),
        ] {
            if !is_good {
                return Err(Usage(format!(
                    "--pod-security {stance}: `{text}` is no level or version"
                ))
                .into());
            }
        }
        let name = [
            String::new(),
            "Namespace".to_owned(),
            String::new(),
            namespace.clone(),
        ];
        let object = objects.entry(name).or_insert_with(
            || json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}}),
        );
        for (label, value) in [("enforce", level), ("enforce-version", version)] {
            let label = format!("pod-security.kubernetes.io/{label}");
            set(object, &["metadata", "labels", &label], value.into());
        }
        return Ok(Some(format!(
            "Namespace/{namespace}: enforce {level}:{version}"
        )));
    }
    Ok(None)
}

/// Sets a field, with the objects on the way to it.
fn set(object: &mut Value, way: &[&str], value: Value) {
    let Some((first, rest)) = way.split_first() else {
        *object = value;
        return;
    };
    if !object.is_object() {
        *object = json!({});
    }
    if let Some(fields) = object.as_object_mut() {
        set(
            fields.entry((*first).to_owned()).or_insert(Value::Null),
            rest,
            value,
        );
    }
}
