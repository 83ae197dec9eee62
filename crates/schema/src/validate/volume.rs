//! Volumes of a pod. Upstream: `ValidateVolumes`, `validateVolumeSource` in `core/validation`.

use std::collections::BTreeMap;

use super::findings::{Findings, Path};
use super::{names, storage};
use crate::access::{Object, Read};

/// Sources in the order the server looks at them.
const SOURCES: [&str; 30] = [
    "emptyDir",
    "hostPath",
    "gitRepo",
    "gcePersistentDisk",
    "awsElasticBlockStore",
    "secret",
    "nfs",
    "iscsi",
    "glusterfs",
    "flocker",
    "persistentVolumeClaim",
    "rbd",
    "cinder",
    "cephfs",
    "quobyte",
    "downwardAPI",
    "fc",
    "flexVolume",
    "configMap",
    "azureFile",
    "vsphereVolume",
    "photonPersistentDisk",
    "portworxVolume",
    "azureDisk",
    "storageos",
    "projected",
    "scaleIO",
    "csi",
    "ephemeral",
    "image",
];

/// Fields without which a source means nothing.
const REQUIRED: [(&str, &[&str]); 17] = [
    ("secret", &["secretName"]),
    ("configMap", &["name"]),
    ("nfs", &["server", "path"]),
    ("persistentVolumeClaim", &["claimName"]),
    ("csi", &["driver"]),
    ("awsElasticBlockStore", &["volumeID"]),
    ("gcePersistentDisk", &["pdName"]),
    ("gitRepo", &["repository"]),
    ("image", &["reference"]),
    ("iscsi", &["targetPortal", "iqn"]),
    ("cinder", &["volumeID"]),
    ("azureFile", &["secretName", "shareName"]),
    ("azureDisk", &["diskName", "diskURI"]),
    ("flexVolume", &["driver"]),
    ("glusterfs", &["endpoints", "path"]),
    ("vsphereVolume", &["volumePath"]),
    ("portworxVolume", &["volumeID"]),
];

const MODE_DETAIL: &str = "must be a number between 0 and 0777 (octal), both inclusive";

const HOST_PATH_TYPES: [&str; 8] = [
    "",
    "DirectoryOrCreate",
    "Directory",
    "FileOrCreate",
    "File",
    "Socket",
    "CharDevice",
    "BlockDevice",
];

/// Checks all volumes; answers those that may be mounted, by name.
pub(super) fn volumes<'a>(
    spec: &'a Object,
    path: &Path,
    found: &mut Findings,
) -> BTreeMap<&'a str, &'a Object> {
    let mut good = BTreeMap::new();
    for (at, volume) in spec.objects("volumes") {
        let path = path.index(at);
        let before = found.len();
        source(volume, &path, found);
        let name = volume.text("name");
        if name.is_empty() {
            found.required(&path.child("name"), "");
        } else {
            found.invalid_each(&path.child("name"), name, names::label(name));
        }
        if good.contains_key(name) {
            found.duplicate(&path.child("name"), name);
        }
        if found.len() == before {
            good.insert(name, volume);
        }
    }
    good
}

fn source(volume: &Object, path: &Path, found: &mut Findings) {
    let mut kinds = 0;
    for kind in SOURCES {
        let Some(source) = volume.pointer(kind) else {
            continue;
        };
        let path = path.child(kind);
        kinds += 1;
        if kinds > 1 {
            found.forbidden(&path, "may not specify more than 1 volume type");
            continue;
        }
        for (_, fields) in REQUIRED.iter().filter(|(name, _)| *name == kind) {
            for field in fields.iter().filter(|field| source.text(field).is_empty()) {
                found.required(&path.child(field), "");
            }
        }
        match kind {
            "hostPath" => host_path(source, &path, found),
            "secret" | "configMap" => {
                mode(source, "defaultMode", &path, found);
                items(source, &path, found);
            }
            "projected" => {
                mode(source, "defaultMode", &path, found);
                projected(source, &path, found);
            }
            "ephemeral" => match source.pointer("volumeClaimTemplate") {
                None => found.required(&path.child("volumeClaimTemplate"), ""),
                Some(claim) => {
                    storage::claim_spec(
                        claim.object("spec"),
                        &path.child("volumeClaimTemplate.spec"),
                        found,
                    );
                }
            },
            "downwardAPI" => mode(source, "defaultMode", &path, found),
            _ => {}
        }
    }
    if kinds == 0 {
        found.required(path, "must specify a volume type");
    }
}

fn host_path(source: &Object, path: &Path, found: &mut Findings) {
    let text = source.text("path");
    if text.is_empty() {
        found.required(&path.child("path"), "");
        return;
    }
    no_backsteps(text, &path.child("path"), found);
    let kind = source.text("type");
    if !HOST_PATH_TYPES.contains(&kind) {
        let mut supported = HOST_PATH_TYPES;
        supported.sort_unstable();
        found.unsupported(&path.child("type"), kind, &supported);
    }
}

fn mode(source: &Object, key: &'static str, path: &Path, found: &mut Findings) {
    if let Some(mode) = source
        .number(key)
        .filter(|mode| !(0..=0o777).contains(mode))
    {
        found.invalid(&path.child(key), mode, MODE_DETAIL);
    }
}

fn items(source: &Object, path: &Path, found: &mut Findings) {
    for (at, item) in source.objects("items") {
        let path = path.child("items").index(at);
        for key in ["key", "path"] {
            if item.text(key).is_empty() {
                found.required(&path.child(key), "");
            }
        }
        local_path(item.text("path"), &path.child("path"), found);
        mode(item, "mode", &path, found);
    }
}

fn projected(source: &Object, path: &Path, found: &mut Findings) {
    for (at, projection) in source.objects("sources") {
        let path_of_source = path.child("sources").index(at);
        for kind in ["secret", "configMap"] {
            if let Some(projection) = projection.pointer(kind) {
                let path = path_of_source.child(kind);
                if projection.text("name").is_empty() {
                    found.required(&path.child("name"), "");
                }
                items(projection, &path, found);
            }
        }
        if let Some(token) = projection.pointer("serviceAccountToken") {
            let at = path_of_source.child("serviceAccountToken");
            let seconds = token.number("expirationSeconds").unwrap_or_default();
            if seconds < 600 {
                let detail = "may not specify a duration less than 10 minutes";
                found.invalid(&at.child("expirationSeconds"), seconds, detail);
            }
            if seconds > 1 << 32 {
                let detail = "may not specify a duration larger than 2^32 seconds";
                found.invalid(&at.child("expirationSeconds"), seconds, detail);
            }
            if token.text("path").is_empty() {
                found.required(&path.child("path"), "");
            } else {
                local_path(token.text("path"), &path.child("path"), found);
            }
        }
        if projection.len() > 1 {
            found.forbidden(
                &path_of_source,
                "may not specify more than 1 volume type per source",
            );
        }
    }
}

/// Relative, without steps up, and not named as the server's own files.
fn local_path(text: &str, path: &Path, found: &mut Findings) {
    descending(text, path, found);
    if text.starts_with("..") && !text.starts_with("../") && text != ".." {
        found.invalid(path, text, "must not start with '..'");
    }
}

/// A relative path without steps up.
pub(super) fn descending(text: &str, path: &Path, found: &mut Findings) {
    if text.starts_with('/') {
        found.invalid(path, text, "must be a relative path");
    }
    no_backsteps(text, path, found);
}

fn no_backsteps(text: &str, path: &Path, found: &mut Findings) {
    if text.split('/').any(|part| part == "..") {
        found.invalid(path, text, "must not contain '..'");
    }
}
