//! One file per group of checks. Each check takes the pod and the minor version whose rules apply.

pub(super) mod app_armor;
pub(super) mod capabilities;
pub(super) mod host_namespaces;
pub(super) mod host_ports;
pub(super) mod privilege_escalation;
pub(super) mod privileged;
pub(super) mod probe_hosts;
pub(super) mod proc_mount;
pub(super) mod run_as;
pub(super) mod se_linux;
pub(super) mod seccomp;
pub(super) mod sysctls;
pub(super) mod volumes;
pub(super) mod windows_host_process;

pub use capabilities::{BASELINE_CAPABILITIES, allows_capability};
pub use se_linux::allows_se_linux_type;
pub use sysctls::allows_sysctl;
