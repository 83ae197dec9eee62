//! Pod specs and templates. Upstream: `ValidatePodSpec`, `ValidatePodTemplateSpec` in `core/validation`.

use super::container::{self, Around};
use super::findings::{Findings, Path};
use super::{annotations, metadata, names, scheduling, security, volume};
use crate::access::{Object, Read, nothing};

/// A pod by itself: its host ports must be those of its containers when it uses the host's network.
pub(super) fn pod(object: &Object, found: &mut Findings) {
    let path = Path::root("spec");
    let pod = object.object("spec");
    annotations::pod(
        object.object("metadata"),
        pod,
        &Path::root("metadata").child("annotations"),
        found,
    );
    spec(pod, &[], true, &path, found);
}

/// A pod template. `claims` are volumes that the workload adds.
pub(super) fn template(template: &Object, claims: &[&str], path: &Path, found: &mut Findings) {
    let meta = template.object("metadata");
    metadata::labels(meta.object("labels"), &path.child("labels"), found);
    metadata::annotations(
        meta.object("annotations"),
        &path.child("annotations"),
        found,
    );
    annotations::pod(
        meta,
        template.object("spec"),
        &path.child("annotations"),
        found,
    );
    let spec_path = path.child("spec");
    spec(template.object("spec"), claims, false, &spec_path, found);
    if !template
        .object("spec")
        .items("ephemeralContainers")
        .is_empty()
    {
        let detail = "ephemeral containers not allowed in pod template";
        found.forbidden(&spec_path.child("ephemeralContainers"), detail);
    }
}

fn spec(spec: &Object, claims: &[&str], is_pod: bool, path: &Path, found: &mut Findings) {
    let mut volumes = volume::volumes(spec, &path.child("volumes"), found);
    for claim in claims {
        volumes.insert(claim, nothing());
    }
    let around = Around {
        volumes,
        claims: spec
            .objects("resourceClaims")
            .map(|(_, claim)| claim.text("name"))
            .collect(),
        host_users: !spec.has("hostUsers") || spec.flag("hostUsers"),
    };
    container::regular(spec, &around, &path.child("containers"), found);
    container::initial(spec, &around, &path.child("initContainers"), found);
    host_network(spec, is_pod, path, found);
    found.one_of(
        &path.child("restartPolicy"),
        spec.text("restartPolicy"),
        &["Always", "OnFailure", "Never"],
    );
    let policies = ["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"];
    found.one_of(&path.child("dnsPolicy"), spec.text("dnsPolicy"), &policies);
    metadata::labels(
        spec.object("nodeSelector"),
        &path.child("nodeSelector"),
        found,
    );
    security::pod(spec, &path.child("securityContext"), found);
    if let Some(affinity) = spec.pointer("affinity") {
        scheduling::affinity(affinity, &path.child("affinity"), found);
    }
    scheduling::spread(spec, &path.child("topologySpreadConstraints"), found);
    host_users(spec, path, found);
    for (key, rule) in [
        ("serviceAccountName", names::subdomain as metadata::NameRule),
        ("nodeName", names::subdomain),
        ("hostname", names::label),
        ("subdomain", names::label),
        ("priorityClassName", names::subdomain),
        ("runtimeClassName", names::subdomain),
    ] {
        let name = spec.text(key);
        if !name.is_empty() {
            found.invalid_each(&path.child(key), name, rule(name));
        }
    }
    if let Some(seconds) = spec.number("activeDeadlineSeconds") {
        for detail in names::in_range(seconds, 1, i64::from(i32::MAX)) {
            found.invalid(&path.child("activeDeadlineSeconds"), seconds, &detail);
        }
    }
    scheduling::tolerations(spec, &path.child("tolerations"), found);
    if let Some(system) = spec.pointer("os") {
        match system.text("name") {
            "" => found.required(&path.child("os.name"), ""),
            name => found.one_of(&path.child("os"), name, &["linux", "windows"]),
        }
    }
    if spec.has("preemptionPolicy") {
        let policies = ["PreemptLowerPriority", "Never"];
        found.one_of(
            &path.child("preemptionPolicy"),
            spec.text("preemptionPolicy"),
            &policies,
        );
    }
}

/// On the host's network a container's port is the host's port.
fn host_network(spec: &Object, is_pod: bool, path: &Path, found: &mut Findings) {
    if !spec.flag("hostNetwork") {
        return;
    }
    for (at, container) in spec.objects("containers") {
        for (nth, port) in container.objects("ports") {
            let host = port.number("hostPort").unwrap_or_default();
            let inside = port.number("containerPort").unwrap_or_default();
            if (is_pod || host != 0) && host != inside {
                let path = path
                    .child("containers")
                    .index(at)
                    .child("ports")
                    .index(nth)
                    .child("hostPort");
                found.invalid(
                    &path,
                    host,
                    "must match `containerPort` when `hostNetwork` is true",
                );
            }
        }
    }
}

/// A user namespace of its own excludes the host's other namespaces.
fn host_users(spec: &Object, path: &Path, found: &mut Findings) {
    if !spec.has("hostUsers") || spec.flag("hostUsers") {
        return;
    }
    for key in ["hostNetwork", "hostPID", "hostIPC"] {
        if spec.flag(key) {
            let at = path.child("hostUsers");
            found.forbidden(
                &at,
                &format!("when `{key}` is true, `hostUsers` must be true or unset"),
            );
        }
    }
}
