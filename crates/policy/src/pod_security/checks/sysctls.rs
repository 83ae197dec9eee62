use sekisho_text::Route;

use super::super::level::Level;
use super::super::pod::Pod;
use super::super::registry::Finding;
use super::super::version::NEWEST_MINOR;

/// Kernel parameters that stay inside of the pod, with the version that first allows them.
const SAFE: [(&str, u16); 14] = [
    ("kernel.shm_rmid_forced", 0),
    ("net.ipv4.ip_local_port_range", 0),
    ("net.ipv4.tcp_syncookies", 0),
    ("net.ipv4.ping_group_range", 0),
    ("net.ipv4.ip_unprivileged_port_start", 0),
    ("net.ipv4.ip_local_reserved_ports", 27),
    ("net.ipv4.tcp_keepalive_time", 29),
    ("net.ipv4.tcp_fin_timeout", 29),
    ("net.ipv4.tcp_keepalive_intvl", 29),
    ("net.ipv4.tcp_keepalive_probes", 29),
    ("net.ipv4.tcp_rmem", 32),
    ("net.ipv4.tcp_wmem", 32),
    ("net.ipv4.tcp_slow_start_after_idle", 37),
    ("net.ipv4.tcp_notsent_lowat", 37),
];

/// `check_sysctls.go`, the rules of 1.37 from v0.37.0. Names are compared as written: `net/ipv4/tcp_rmem` is forbidden.
pub(in super::super) fn judge(pod: &Pod<'_>, minor: u16) -> Option<Finding> {
    let at = Route::of("spec.securityContext.sysctls");
    let (names, routes): (Vec<_>, Vec<_>) = pod
        .sysctls
        .iter()
        .enumerate()
        .filter(|(_, name)| !is_safe(name, minor))
        .map(|(index, name)| (*name, at.index(index).key("name")))
        .unzip();
    if names.is_empty() {
        return None;
    }
    Some(Finding {
        reason: "forbidden sysctls".into(),
        detail: names.join(", "),
        routes,
    })
}

/// Whether pods may set this kernel parameter at this level, by the newest rules.
pub fn allows_sysctl(level: Level, name: &str) -> bool {
    level == Level::Privileged || is_safe(name, NEWEST_MINOR)
}

fn is_safe(name: &str, minor: u16) -> bool {
    SAFE.iter()
        .any(|(safe, since)| *safe == name && *since <= minor)
}
