use std::collections::BTreeSet;

use sekisho_text::Route;
use serde_json::Value;

use crate::place::{Faults, Place};

/// Every field of `PodSecurityPolicySpec` in `policy/v1beta1`.
const FIELDS: [&str; 24] = [
    "allowPrivilegeEscalation",
    "allowedCSIDrivers",
    "allowedCapabilities",
    "allowedFlexVolumes",
    "allowedHostPaths",
    "allowedProcMountTypes",
    "allowedUnsafeSysctls",
    "defaultAddCapabilities",
    "defaultAllowPrivilegeEscalation",
    "forbiddenSysctls",
    "fsGroup",
    "hostIPC",
    "hostNetwork",
    "hostPID",
    "hostPorts",
    "privileged",
    "readOnlyRootFilesystem",
    "requiredDropCapabilities",
    "runAsGroup",
    "runAsUser",
    "runtimeClass",
    "seLinux",
    "supplementalGroups",
    "volumes",
];

/// Fields that are true or false, but for those where unset differs from false.
const SWITCHES: [&str; 5] = [
    "privileged",
    "hostNetwork",
    "hostPID",
    "hostIPC",
    "readOnlyRootFilesystem",
];

/// A PodSecurityPolicy as far as it can be read.
pub(super) struct Spec<'a> {
    /// Switches that are on, by field.
    pub(super) on: BTreeSet<&'static str>,
    pub(super) allow_escalation: Option<bool>,
    pub(super) default_escalation: Option<bool>,
    pub(super) allowed_capabilities: BTreeSet<&'a str>,
    pub(super) default_capabilities: BTreeSet<&'a str>,
    pub(super) dropped_capabilities: BTreeSet<&'a str>,
    pub(super) volumes: BTreeSet<&'a str>,
    pub(super) unsafe_sysctls: BTreeSet<&'a str>,
    pub(super) forbidden_sysctls: BTreeSet<&'a str>,
    pub(super) proc_mounts: BTreeSet<&'a str>,
    /// Other fields that are set and not empty: allowed host paths, host ports, drivers, runtime classes.
    pub(super) listed: BTreeSet<&'static str>,
    pub(super) user: Strategy<'a>,
    pub(super) group: Strategy<'a>,
    pub(super) supplemental_groups: Strategy<'a>,
    pub(super) fs_group: Strategy<'a>,
    pub(super) se_linux: Strategy<'a>,
    pub(super) se_linux_type: &'a str,
    /// `user` and `role` of the SELinux options.
    pub(super) se_linux_identity: [&'a str; 2],
    pub(super) seccomp: Profiles<'a>,
    pub(super) app_armor: Profiles<'a>,
    pub(super) faults: Faults,
    pub(super) unknown: Vec<Route>,
}

/// A strategy with its ranges.
pub(super) struct Strategy<'a> {
    pub(super) rule: &'a str,
    pub(super) ranges: usize,
    /// Whether a range begins at 0.
    pub(super) root: bool,
}

/// The annotations that stand for seccomp and AppArmor.
pub(super) struct Profiles<'a> {
    pub(super) allowed: Option<BTreeSet<&'a str>>,
    pub(super) default: bool,
}

impl Profiles<'_> {
    /// Whether a profile other than the runtime's and the node's own is permitted.
    pub(super) fn permits_unconfined(&self) -> bool {
        self.allowed.iter().flatten().any(|name| {
            !matches!(*name, "runtime/default" | "docker/default")
                && !name.starts_with("localhost/")
        })
    }
}

impl<'a> Spec<'a> {
    pub(super) fn read(psp: &'a Value) -> Self {
        let mut faults = Faults::new();
        let f = &mut faults;
        let root = Place::root(psp);
        let metadata = root.key("metadata", f);
        let notes = metadata.key("annotations", f);
        let spec = root.key("spec", f);
        if !spec.is_set() {
            spec.fault("must be an object", f);
        }
        let unknown = spec
            .map(f)
            .into_iter()
            .flat_map(|map| map.keys())
            .filter(|key| !FIELDS.contains(&key.as_str()))
            .map(|key| Route::of("spec").key(key.clone()))
            .collect();
        let mut listed = BTreeSet::new();
        for list in [
            "allowedHostPaths",
            "allowedFlexVolumes",
            "allowedCSIDrivers",
            "hostPorts",
        ] {
            if !spec.key(list, f).items(f).is_empty() {
                listed.insert(list);
            }
        }
        let se_linux_at = spec.key("seLinux", f);
        let options = se_linux_at.key("seLinuxOptions", f);
        if spec.key("runtimeClass", f).map(f).is_some() {
            listed.insert("runtimeClass");
        }
        let on = SWITCHES
            .into_iter()
            .filter(|field| spec.key(field, f).flag(f) == Some(true))
            .collect();
        Self {
            on,
            allow_escalation: spec.key("allowPrivilegeEscalation", f).flag(f),
            default_escalation: spec.key("defaultAllowPrivilegeEscalation", f).flag(f),
            allowed_capabilities: names(&spec.key("allowedCapabilities", f), f),
            default_capabilities: names(&spec.key("defaultAddCapabilities", f), f),
            dropped_capabilities: names(&spec.key("requiredDropCapabilities", f), f),
            volumes: names(&spec.key("volumes", f), f),
            unsafe_sysctls: names(&spec.key("allowedUnsafeSysctls", f), f),
            forbidden_sysctls: names(&spec.key("forbiddenSysctls", f), f),
            proc_mounts: names(&spec.key("allowedProcMountTypes", f), f),
            listed,
            user: rule(&spec.key("runAsUser", f), f),
            group: rule(&spec.key("runAsGroup", f), f),
            supplemental_groups: rule(&spec.key("supplementalGroups", f), f),
            fs_group: rule(&spec.key("fsGroup", f), f),
            se_linux: rule(&se_linux_at, f),
            se_linux_type: options.key("type", f).text(f).unwrap_or_default(),
            se_linux_identity: ["user", "role"]
                .map(|key| options.key(key, f).text(f).unwrap_or_default()),
            seccomp: Profiles {
                allowed: profiles(
                    &notes.key(
                        "seccomp.security.alpha.kubernetes.io/allowedProfileNames",
                        f,
                    ),
                    f,
                ),
                default: notes
                    .key("seccomp.security.alpha.kubernetes.io/defaultProfileName", f)
                    .text(f)
                    .is_some(),
            },
            app_armor: Profiles {
                allowed: profiles(
                    &notes.key(
                        "apparmor.security.beta.kubernetes.io/allowedProfileNames",
                        f,
                    ),
                    f,
                ),
                default: notes
                    .key("apparmor.security.beta.kubernetes.io/defaultProfileName", f)
                    .text(f)
                    .is_some(),
            },
            faults,
            unknown,
        }
    }
}

fn names<'a>(at: &Place<'a, '_>, f: &mut Faults) -> BTreeSet<&'a str> {
    at.items(f)
        .iter()
        .enumerate()
        .filter_map(|(index, item)| at.index(index, item).text(f))
        .collect()
}

fn profiles<'a>(at: &Place<'a, '_>, f: &mut Faults) -> Option<BTreeSet<&'a str>> {
    let text = at.text(f)?;
    Some(text.split(',').map(str::trim).collect())
}

fn rule<'a>(at: &Place<'a, '_>, f: &mut Faults) -> Strategy<'a> {
    let ranges_at = at.key("ranges", f);
    let ranges = ranges_at.items(f);
    let mut root = false;
    for (index, item) in ranges.iter().enumerate() {
        let min = ranges_at.index(index, item).key("min", f).integer(f);
        root |= min.unwrap_or(0) <= 0;
    }
    Strategy {
        rule: at.key("rule", f).text(f).unwrap_or_default(),
        ranges: ranges.len(),
        root,
    }
}
