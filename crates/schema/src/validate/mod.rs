//! Validation of a prepared object, with the messages of the server.
//!
//! Upstream: `pkg/apis/*/validation`, called by `Validate` of each registry strategy. What is checked here is what the
//! manifests of an estate get wrong; rarely used corners (Windows, deprecated volume sources, conversion settings) are
//! let through, so that an object refused here is refused by the server, but not the other way round.

mod admission;
mod annotations;
mod autoscaling;
mod batch;
mod container;
mod findings;
mod metadata;
mod names;
mod network;
mod pod;
mod probe;
mod rbac;
mod resources;
mod scheduling;
mod security;
mod service;
mod storage;
mod volume;
mod workload;

use findings::{Findings, Path};

use crate::access::{Object, Read};
use crate::note::Refusal;

/// Every reason why the server refuses this object; none when it takes it.
pub(crate) fn validate(
    object: &Object,
    group: &str,
    kind: &str,
    cluster_scoped: bool,
) -> Vec<Refusal> {
    let mut found = Findings::default();
    // The strategy of this kind leaves its metadata to the generic check, which comes last and only without other errors.
    let metadata_last = (group, kind) == ("policy", "PodDisruptionBudget");
    let meta = object.object("metadata");
    if !metadata_last {
        metadata::object(meta, cluster_scoped, name_rule(group, kind), &mut found);
    }
    match (group, kind) {
        ("", core) => of_core(object, core, &mut found),
        ("apps", "Deployment") => workload::deployment(object, &mut found),
        ("apps", "ReplicaSet") => workload::replica_set(object, &mut found),
        ("apps", "DaemonSet") => workload::daemon_set(object, &mut found),
        ("apps", "StatefulSet") => workload::stateful_set(object, &mut found),
        ("batch", "Job") => batch::job(object, &mut found),
        ("batch", "CronJob") => batch::cron_job(object, &mut found),
        ("policy", "PodDisruptionBudget") => workload::disruption_budget(object, &mut found),
        ("networking.k8s.io", "NetworkPolicy") => network::policy(object, &mut found),
        ("networking.k8s.io", "Ingress") => network::ingress(object, &mut found),
        ("rbac.authorization.k8s.io", "Role") => rbac::role(object, true, &mut found),
        ("rbac.authorization.k8s.io", "ClusterRole") => rbac::role(object, false, &mut found),
        ("rbac.authorization.k8s.io", "RoleBinding") => rbac::binding(object, true, &mut found),
        ("rbac.authorization.k8s.io", "ClusterRoleBinding") => {
            rbac::binding(object, false, &mut found);
        }
        ("autoscaling", "HorizontalPodAutoscaler") => autoscaling::autoscaler(object, &mut found),
        ("storage.k8s.io", "StorageClass") => storage::class(object, &mut found),
        ("admissionregistration.k8s.io", policy) => of_admission(object, policy, &mut found),
        ("scheduling.k8s.io", "PriorityClass") => {
            let policies = ["PreemptLowerPriority", "Never"];
            found.one_of(
                &Path::root("preemptionPolicy"),
                object.text("preemptionPolicy"),
                &policies,
            );
        }
        ("apps", "ControllerRevision") if !object.has("data") => {
            found.required(&Path::root("data"), "data is mandatory");
        }
        _ => {}
    }
    if metadata_last && found.len() == 0 {
        metadata::object(meta, cluster_scoped, name_rule(group, kind), &mut found);
    }
    found.into_refusals()
}

fn of_core(object: &Object, kind: &str, found: &mut Findings) {
    match kind {
        "Pod" => pod::pod(object, found),
        "PodTemplate" => pod::template(
            object.object("template"),
            &[],
            &Path::root("template"),
            found,
        ),
        "ReplicationController" => workload::replication_controller(object, found),
        "Service" => service::service(object, found),
        "ConfigMap" => storage::config_map(object, found),
        "Secret" => storage::secret(object, found),
        "PersistentVolumeClaim" => {
            storage::claim_spec(object.object("spec"), &Path::root("spec"), found);
        }
        "PersistentVolume" => storage::volume(object, found),
        "ResourceQuota" => storage::quota(object, found),
        "LimitRange" => storage::limits(object, found),
        _ => {}
    }
}

fn of_admission(object: &Object, kind: &str, found: &mut Findings) {
    match kind {
        "ValidatingWebhookConfiguration" => admission::webhooks(object, false, found),
        "MutatingWebhookConfiguration" => admission::webhooks(object, true, found),
        "ValidatingAdmissionPolicy" => admission::policy(object, found),
        "ValidatingAdmissionPolicyBinding" | "MutatingAdmissionPolicyBinding" => {
            admission::policy_binding(object, found);
        }
        _ => {}
    }
}

/// How the names of a kind are checked.
fn name_rule(group: &str, kind: &str) -> metadata::NameRule {
    match (group, kind) {
        ("", "Namespace" | "Service") | ("apps", "StatefulSet") => names::label,
        ("rbac.authorization.k8s.io" | "coordination.k8s.io", _)
        | ("apiregistration.k8s.io", "APIService") => names::path_segment,
        _ => names::subdomain,
    }
}
