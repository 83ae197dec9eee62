use crate::place::{Faults, Place};

/// The fields that pod and container security contexts share for the checks; an absent context sets nothing.
#[derive(Debug, Default)]
pub(super) struct SecurityContext<'a> {
    pub(super) privileged: Option<bool>,
    pub(super) allow_privilege_escalation: Option<bool>,
    pub(super) run_as_non_root: Option<bool>,
    pub(super) run_as_user: Option<i64>,
    pub(super) proc_mount: Option<&'a str>,
    pub(super) host_process: bool,
    pub(super) app_armor: Option<Profile<'a>>,
    pub(super) seccomp: Option<Profile<'a>>,
    pub(super) se_linux: Option<SeLinux<'a>>,
    pub(super) capabilities: Option<Capabilities<'a>>,
}

/// An AppArmor or seccomp profile; without a type it is there, but valid nowhere.
#[derive(Debug, Clone, Copy)]
pub(super) struct Profile<'a> {
    pub(super) kind: &'a str,
    pub(super) local: Option<&'a str>,
}

#[derive(Debug)]
pub(super) struct SeLinux<'a> {
    pub(super) kind: &'a str,
    pub(super) user: &'a str,
    pub(super) role: &'a str,
}

#[derive(Debug)]
pub(super) struct Capabilities<'a> {
    pub(super) add: Vec<&'a str>,
    pub(super) drop: Vec<&'a str>,
}

impl<'a> SecurityContext<'a> {
    pub(super) fn read(at: &Place<'a, '_>, f: &mut Faults) -> Self {
        let capabilities_at = at.key("capabilities", f);
        let se_linux_at = at.key("seLinuxOptions", f);
        Self {
            privileged: at.key("privileged", f).flag(f),
            allow_privilege_escalation: at.key("allowPrivilegeEscalation", f).flag(f),
            run_as_non_root: at.key("runAsNonRoot", f).flag(f),
            run_as_user: at.key("runAsUser", f).integer(f),
            proc_mount: at.key("procMount", f).text(f),
            host_process: at.key("windowsOptions", f).key("hostProcess", f).flag(f) == Some(true),
            app_armor: Profile::read(&at.key("appArmorProfile", f), f),
            seccomp: Profile::read(&at.key("seccompProfile", f), f),
            se_linux: se_linux_at.is_set().then(|| SeLinux {
                kind: se_linux_at.key("type", f).text(f).unwrap_or_default(),
                user: se_linux_at.key("user", f).text(f).unwrap_or_default(),
                role: se_linux_at.key("role", f).text(f).unwrap_or_default(),
            }),
            capabilities: capabilities_at.is_set().then(|| Capabilities {
                add: texts(&capabilities_at.key("add", f), f),
                drop: texts(&capabilities_at.key("drop", f), f),
            }),
        }
    }
}

impl<'a> Profile<'a> {
    fn read(at: &Place<'a, '_>, f: &mut Faults) -> Option<Self> {
        at.is_set().then(|| Self {
            kind: at.key("type", f).text(f).unwrap_or_default(),
            local: at.key("localhostProfile", f).text(f),
        })
    }
}

fn texts<'a>(at: &Place<'a, '_>, f: &mut Faults) -> Vec<&'a str> {
    at.items(f)
        .iter()
        .enumerate()
        .map(|(index, item)| at.index(index, item).text(f).unwrap_or_default())
        .collect()
}
