//! Containers. Upstream: `validateContainerCommon` and its callers in `core/validation`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::findings::{Findings, Path};
use super::probe::{self, Purpose};
use super::{names, resources, security, volume};
use crate::access::{Object, Read};

/// What containers may refer to in their pod.
#[derive(Debug)]
pub(super) struct Around<'a> {
    pub(super) volumes: BTreeMap<&'a str, &'a Object>,
    pub(super) claims: Vec<&'a str>,
    pub(super) host_users: bool,
}

const PROBES: [(&str, Purpose); 3] = [
    ("livenessProbe", Purpose::Liveness),
    ("readinessProbe", Purpose::Readiness),
    ("startupProbe", Purpose::Startup),
];

pub(super) fn regular(spec: &Object, around: &Around<'_>, path: &Path, found: &mut Findings) {
    if spec.items("containers").is_empty() {
        found.required(path, "");
        return;
    }
    let mut seen = BTreeSet::new();
    let mut host_ports = BTreeSet::new();
    for (at, container) in spec.objects("containers") {
        let path = path.index(at);
        common(container, around, &path, found);
        if !seen.insert(container.text("name")) {
            found.duplicate(&path.child("name"), container.text("name"));
        }
        running(container, &path, found);
    }
    for (at, container) in spec.objects("containers") {
        host_port_conflicts(container, &mut host_ports, &path.index(at), found);
    }
}

pub(super) fn initial(spec: &Object, around: &Around<'_>, path: &Path, found: &mut Findings) {
    let mut seen: BTreeSet<&str> = spec
        .objects("containers")
        .map(|(_, one)| one.text("name"))
        .collect();
    for (at, container) in spec.objects("initContainers") {
        let path = path.index(at);
        common(container, around, &path, found);
        let name = container.text("name");
        if seen.contains(name) {
            found.duplicate(&path.child("name"), name);
        } else if !name.is_empty() {
            seen.insert(name);
        }
        host_port_conflicts(container, &mut BTreeSet::new(), &path, found);
        if container.text("restartPolicy") == "Always" {
            running(container, &path, found);
            continue;
        }
        for key in [
            "lifecycle",
            "livenessProbe",
            "readinessProbe",
            "startupProbe",
        ] {
            if container.has(key) {
                let detail = "may not be set for init containers without restartPolicy=Always";
                found.forbidden(&path.child(key), detail);
            }
        }
    }
}

/// Only containers that keep running have hooks and probes.
fn running(container: &Object, path: &Path, found: &mut Findings) {
    if let Some(lifecycle) = container.pointer("lifecycle") {
        probe::lifecycle(lifecycle, &path.child("lifecycle"), found);
    }
    for (key, purpose) in PROBES {
        if let Some(probe) = container.pointer(key) {
            probe::probe(probe, purpose, &path.child(key), found);
        }
    }
}

fn common(container: &Object, around: &Around<'_>, path: &Path, found: &mut Findings) {
    let name = container.text("name");
    if name.is_empty() {
        found.required(&path.child("name"), "");
    } else {
        found.invalid_each(&path.child("name"), name, names::label(name));
    }
    if container.text("image").is_empty() {
        found.required(&path.child("image"), "");
    }
    let policy = container.text("terminationMessagePolicy");
    found.one_of(
        &path.child("terminationMessagePolicy"),
        policy,
        &["File", "FallbackToLogsOnError"],
    );
    ports(container, &path.child("ports"), found);
    variables(container, &path.child("env"), found);
    variable_sources(container, &path.child("envFrom"), found);
    mounts(container, around, &path.child("volumeMounts"), found);
    devices(container, around, &path.child("volumeDevices"), found);
    let policy = container.text("imagePullPolicy");
    found.one_of(
        &path.child("imagePullPolicy"),
        policy,
        &["Always", "IfNotPresent", "Never"],
    );
    resources::container(
        container.object("resources"),
        &around.claims,
        &path.child("resources"),
        found,
    );
    if let Some(context) = container.pointer("securityContext") {
        security::container(
            context,
            around.host_users,
            &path.child("securityContext"),
            found,
        );
    }
}

fn ports(container: &Object, path: &Path, found: &mut Findings) {
    let mut seen = BTreeSet::new();
    for (at, port) in container.objects("ports") {
        let path = path.index(at);
        let name = port.text("name");
        if !name.is_empty() {
            let problems = names::port_name(name);
            if !problems.is_empty() {
                found.invalid_each(&path.child("name"), name, problems);
            } else if !seen.insert(name) {
                found.duplicate(&path.child("name"), name);
            }
        }
        match port.number("containerPort").unwrap_or_default() {
            0 => found.required(&path.child("containerPort"), ""),
            number => probe::port(Some(&number.into()), &path.child("containerPort"), found),
        }
        if let Some(number) = port.number("hostPort").filter(|number| *number != 0) {
            probe::port(Some(&number.into()), &path.child("hostPort"), found);
        }
        found.one_of(
            &path.child("protocol"),
            port.text("protocol"),
            &["SCTP", "TCP", "UDP"],
        );
    }
}

fn host_port_conflicts(
    container: &Object,
    seen: &mut BTreeSet<String>,
    path: &Path,
    found: &mut Findings,
) {
    for (at, port) in container.objects("ports") {
        let Some(number) = port.number("hostPort").filter(|number| *number != 0) else {
            continue;
        };
        let used = format!("{}/{}/{number}", port.text("protocol"), port.text("hostIP"));
        if !seen.insert(used.clone()) {
            found.duplicate(&path.child("ports").index(at).child("hostPort"), used);
        }
    }
}

fn variables(container: &Object, path: &Path, found: &mut Findings) {
    for (at, variable) in container.objects("env") {
        let path = path.index(at);
        let name = variable.text("name");
        if name.is_empty() {
            found.required(&path.child("name"), "");
        } else {
            found.invalid_each(&path.child("name"), name, names::variable(name));
        }
        if let Some(source) = variable.pointer("valueFrom") {
            value_source(
                source,
                !variable.text("value").is_empty(),
                &path.child("valueFrom"),
                found,
            );
        }
    }
}

fn value_source(source: &Object, has_value: bool, path: &Path, found: &mut Findings) {
    let mut sources = 0;
    for (key, fields) in [
        ("fieldRef", &["apiVersion", "fieldPath"][..]),
        ("resourceFieldRef", &["resource"]),
        ("configMapKeyRef", &["name", "key"]),
        ("secretKeyRef", &["name", "key"]),
        ("fileKeyRef", &["volumeName", "path", "key"]),
    ] {
        let Some(reference) = source.pointer(key) else {
            continue;
        };
        sources += 1;
        let path = path.child(key);
        for field in fields {
            let text = reference.text(field);
            if text.is_empty() {
                found.required(&path.child(field), "");
            } else if *field == "key" && key != "fileKeyRef" {
                found.invalid_each(&path.child("key"), text, names::data_key(text));
            }
        }
    }
    if sources == 0 {
        let detail = "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`";
        found.invalid(path, "", detail);
    } else if has_value {
        found.invalid(path, "", "may not be specified when `value` is not empty");
    } else if sources > 1 {
        found.invalid(
            path,
            "",
            "may not have more than one field specified at a time",
        );
    }
}

fn variable_sources(container: &Object, path: &Path, found: &mut Findings) {
    for (at, source) in container.objects("envFrom") {
        let item = path.index(at);
        let prefix = source.text("prefix");
        if !prefix.is_empty() {
            found.invalid_each(&item.child("prefix"), prefix, names::variable(prefix));
        }
        let mut sources = 0;
        for key in ["configMapRef", "secretRef"] {
            if let Some(reference) = source.pointer(key) {
                sources += 1;
                if reference.text("name").is_empty() {
                    found.required(&item.child(key).child("name"), "");
                }
            }
        }
        match sources {
            0 => found.invalid(
                path,
                "",
                "must specify one of: `configMapRef` or `secretRef`",
            ),
            1 => {}
            _ => found.invalid(
                path,
                "",
                "may not have more than one field specified at a time",
            ),
        }
    }
}

fn mounts(container: &Object, around: &Around<'_>, path: &Path, found: &mut Findings) {
    let mut points = BTreeSet::new();
    for (at, mount) in container.objects("volumeMounts") {
        let item = path.index(at);
        let (name, point) = (mount.text("name"), mount.text("mountPath"));
        if name.is_empty() {
            found.required(&item.child("name"), "");
        }
        if !around.volumes.contains_key(name) {
            found.not_found(&item.child("name"), name);
        }
        if point.is_empty() {
            found.required(&item.child("mountPath"), "");
        }
        if !points.insert(point) {
            found.invalid(&item.child("mountPath"), point, "must be unique");
        }
        for (_, device) in container.objects("volumeDevices") {
            if device.text("name") == name {
                found.invalid(
                    &item.child("name"),
                    name,
                    "must not already exist in volumeDevices",
                );
            }
            if device.text("devicePath") == point {
                found.invalid(
                    &item.child("mountPath"),
                    point,
                    "must not already exist as a path in volumeDevices",
                );
            }
        }
        let (part, expression) = (mount.text("subPath"), mount.text("subPathExpr"));
        if !part.is_empty() {
            volume::descending(part, &path.child("subPath"), found);
        }
        if !expression.is_empty() {
            if !part.is_empty() {
                let detail = "subPathExpr and subPath are mutually exclusive";
                found.invalid(&item.child("subPathExpr"), expression, detail);
            }
            volume::descending(expression, &path.child("subPathExpr"), found);
        }
        propagation(container, mount, &path.child("mountPropagation"), found);
    }
}

fn propagation(container: &Object, mount: &Object, path: &Path, found: &mut Findings) {
    let mode = mount.text("mountPropagation");
    if !mount.has("mountPropagation") {
        return;
    }
    if mode == "Bidirectional" && !container.object("securityContext").flag("privileged") {
        found.forbidden(
            path,
            "Bidirectional mount propagation is available only to privileged containers",
        );
    }
    found.one_of(path, mode, &["Bidirectional", "HostToContainer", "None"]);
}

fn devices(container: &Object, around: &Around<'_>, path: &Path, found: &mut Findings) {
    let mut seen = BTreeSet::new();
    for (at, device) in container.objects("volumeDevices") {
        let path = path.index(at);
        let (name, point) = (device.text("name"), device.text("devicePath"));
        if name.is_empty() {
            found.required(&path.child("name"), "");
        }
        if point.is_empty() {
            found.required(&path.child("devicePath"), "");
        }
        if !seen.insert(point) {
            found.invalid(&path.child("devicePath"), point, "must be unique");
        }
        match around.volumes.get(name) {
            None => found.not_found(&path.child("name"), name),
            Some(volume)
                if !volume.contains_key("persistentVolumeClaim")
                    && !volume.contains_key("ephemeral") =>
            {
                let detail = "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode";
                found.invalid(&path.child("name"), Value::from(name), detail);
            }
            Some(_) => {}
        }
    }
}
