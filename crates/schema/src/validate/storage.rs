//! Claims, volumes, storage classes, config maps, secrets, quotas. Upstream: `core/validation`, `storage/validation`.

use super::findings::{Findings, Path};
use super::{metadata, names, resources};
use crate::access::{Object, Read};
use crate::base64;
use crate::quantity::Quantity;

/// A config map or secret may hold this many bytes.
const DATA_LIMIT: usize = 1024 * 1024;

const ACCESS_MODES: [&str; 4] = [
    "ReadOnlyMany",
    "ReadWriteMany",
    "ReadWriteOnce",
    "ReadWriteOncePod",
];

pub(super) fn claim_spec(spec: &Object, path: &Path, found: &mut Findings) {
    if spec.items("accessModes").is_empty() {
        found.required(
            &path.child("accessModes"),
            "at least 1 access mode is required",
        );
    }
    metadata::selector(spec.object("selector"), &path.child("selector"), found);
    access_modes(spec, path, found);
    let amount = spec.object("resources").object("requests").text("storage");
    let at = path.child("resources").key("storage");
    match Quantity::parse(amount) {
        Err(_) => found.required(&at, ""),
        Ok(quantity) if quantity.nano() <= 0 => {
            found.invalid(&at, amount, "must be greater than zero");
        }
        Ok(_) => {}
    }
    let class = spec.text("storageClassName");
    if !class.is_empty() {
        found.invalid_each(
            &path.child("storageClassName"),
            class,
            names::subdomain(class),
        );
    }
    found.one_of(
        &path.child("volumeMode"),
        spec.text("volumeMode"),
        &["Block", "Filesystem"],
    );
}

fn access_modes(spec: &Object, path: &Path, found: &mut Findings) {
    let at = path.child("accessModes");
    for (_, mode) in spec.texts("accessModes") {
        found.one_of(&at, mode, &ACCESS_MODES);
    }
    let single = spec
        .texts("accessModes")
        .filter(|(_, mode)| *mode == "ReadWriteOncePod")
        .count();
    if single > 0 && spec.items("accessModes").len() > single {
        found.forbidden(&at, "may not use ReadWriteOncePod with other access modes");
    }
}

/// The fields of a volume that are not its source.
const NOT_SOURCES: [&str; 10] = [
    "accessModes",
    "capacity",
    "claimRef",
    "mountOptions",
    "nodeAffinity",
    "persistentVolumeReclaimPolicy",
    "storageClassName",
    "volumeAttributesClassName",
    "volumeMode",
    "status",
];

pub(super) fn volume(object: &Object, found: &mut Findings) {
    let (spec, path) = (object.object("spec"), Path::root("spec"));
    if spec.items("accessModes").is_empty() {
        found.required(&path.child("accessModes"), "");
    }
    access_modes(spec, &path, found);
    let capacity = spec.object("capacity");
    if capacity.is_empty() {
        found.required(&path.child("capacity"), "");
    } else if !capacity.contains_key("storage") || capacity.len() > 1 {
        found.unsupported(&path.child("capacity"), capacity.clone(), &["storage"]);
    }
    let policy = spec.text("persistentVolumeReclaimPolicy");
    found.one_of(
        &path.child("persistentVolumeReclaimPolicy"),
        policy,
        &["Delete", "Recycle", "Retain"],
    );
    if spec.keys().all(|key| NOT_SOURCES.contains(&key.as_str())) {
        found.required(&path, "must specify a volume type");
    }
}

pub(super) fn class(object: &Object, found: &mut Findings) {
    let provisioner = object.text("provisioner");
    let path = Path::root("provisioner");
    if provisioner.is_empty() {
        found.required(&path, "");
    } else {
        found.invalid_each(
            &path,
            provisioner,
            names::label_key(&provisioner.to_lowercase()),
        );
    }
    found.one_of(
        &Path::root("reclaimPolicy"),
        object.text("reclaimPolicy"),
        &["Delete", "Retain"],
    );
    let mode = object.text("volumeBindingMode");
    found.one_of(
        &Path::root("volumeBindingMode"),
        mode,
        &["Immediate", "WaitForFirstConsumer"],
    );
}

pub(super) fn config_map(object: &Object, found: &mut Findings) {
    let mut size = 0;
    let binary = object.object("binaryData");
    for (bag, root) in [
        ("data", Path::root("data")),
        ("binaryData", Path::root("binaryData")),
    ] {
        for (key, value) in object.object(bag) {
            let path = root.key(key);
            found.invalid_each(&path, key, names::data_key(key));
            if bag == "data" && binary.contains_key(key) {
                found.invalid(
                    &path,
                    key.as_str(),
                    "duplicate of key present in binaryData",
                );
            }
            let text = value.as_str().unwrap_or_default();
            size += if bag == "data" {
                text.len()
            } else {
                text.len() / 4 * 3
            };
        }
    }
    if size > DATA_LIMIT {
        found.too_long(&Path::root("data").printed(""), DATA_LIMIT);
    }
}

pub(super) fn secret(object: &Object, found: &mut Findings) {
    let (data, path) = (object.object("data"), Path::root("data"));
    let mut size = 0;
    for (key, value) in data {
        found.invalid_each(&path.key(key), key, names::data_key(key));
        size += value.as_str().unwrap_or_default().len() / 4 * 3;
    }
    if size > DATA_LIMIT {
        found.too_long(&path, DATA_LIMIT);
    }
    let needed: &[&str] = match object.text("type") {
        "kubernetes.io/service-account-token" => {
            let account = "kubernetes.io/service-account.name";
            if object
                .object("metadata")
                .object("annotations")
                .text(account)
                .is_empty()
            {
                found.required(
                    &Path::root("metadata").child("annotations").key(account),
                    "",
                );
            }
            &[]
        }
        "kubernetes.io/dockercfg" => &[".dockercfg"],
        "kubernetes.io/dockerconfigjson" => &[".dockerconfigjson"],
        "kubernetes.io/basic-auth"
            if !data.contains_key("username") && !data.contains_key("password") =>
        {
            &["username", "password"]
        }
        "kubernetes.io/ssh-auth" if data.text("ssh-privatekey").is_empty() => &["ssh-privatekey"],
        "kubernetes.io/tls" => &["tls.crt", "tls.key"],
        _ => &[],
    };
    for key in needed {
        let text = data.text(key);
        if !data.contains_key(*key) || text.is_empty() && *key == "ssh-privatekey" {
            found.required(&path.key(key), "");
        } else if key.starts_with(".docker") {
            let bytes = base64::decode(text).unwrap_or_default();
            if let Err(problem) = serde_json::from_slice::<Object>(&bytes) {
                let detail = if bytes.is_empty() {
                    "unexpected end of JSON input".to_owned()
                } else {
                    problem.to_string()
                };
                found.invalid(&path.key(key), "<secret contents redacted>", &detail);
            }
        }
    }
}

pub(super) fn quota(object: &Object, found: &mut Findings) {
    let path = Path::root("spec").child("hard");
    let hard = object.object("spec").object("hard");
    for name in hard.keys() {
        let path = path.key(name);
        if resources::name(name, &path, found) && name == "storage" {
            found.invalid(
                &path,
                name.as_str(),
                "must be a standard resource for quota",
            );
        }
        resources::amount(name, hard.text(name), &path, found);
    }
}

pub(super) fn limits(object: &Object, found: &mut Findings) {
    let path = Path::root("spec").child("limits");
    for (at, limit) in object.object("spec").objects("limits") {
        let path = path.index(at);
        let kind = limit.text("type");
        found.invalid_each(&path.child("type"), kind, names::label_key(kind));
        let known = ["Pod", "Container", "PersistentVolumeClaim"].contains(&kind);
        if !known && !kind.contains('/') {
            found.invalid(
                &path.child("type"),
                kind,
                "must be a standard limit type or fully qualified",
            );
        }
        if kind == "Pod" {
            for key in ["default", "defaultRequest"] {
                if !limit.object(key).is_empty() {
                    found.forbidden(
                        &path.child(key),
                        "may not be specified when `type` is 'Pod'",
                    );
                }
            }
        }
        for (low, high, words) in [
            ("min", "max", ["min value", "max value"]),
            (
                "defaultRequest",
                "max",
                ["default request value", "max value"],
            ),
            (
                "defaultRequest",
                "default",
                ["default request value", "default limit value"],
            ),
            ("default", "max", ["default value", "max value"]),
        ] {
            for name in limit.object(low).keys() {
                let (less, more) = (limit.object(low).text(name), limit.object(high).text(name));
                let pair = (Quantity::parse(less), Quantity::parse(more));
                if let (Ok(least), Ok(most)) = pair
                    && least.nano() > most.nano()
                {
                    let [first, second] = words;
                    let detail = format!("{first} {less} is greater than {second} {more}");
                    found.invalid_amount(&path.child(low).key(name), less, &detail);
                }
            }
        }
    }
}
