use std::collections::BTreeSet;

use sekisho_text::Route;

use super::super::pod::Pod;
use super::super::registry::Finding;
use super::super::security_context::SeLinux;
use super::super::version::NEWEST_MINOR;
use super::super::wording::{plural, quoted_set, setters};

/// `check_seLinuxOptions.go`: `container_engine_t` since 1.31.
pub(in super::super) fn judge(pod: &Pod<'_>, minor: u16) -> Option<Finding> {
    let mut bad = Bad::default();
    let at = Route::of("spec.securityContext.seLinuxOptions");
    let of_pod = bad.collect(pod.security.se_linux.as_ref(), &at, minor);
    let mut names = Vec::new();
    for container in &pod.containers {
        let at = container.at("securityContext.seLinuxOptions");
        if bad.collect(container.security.se_linux.as_ref(), &at, minor) {
            names.push(container.name);
        }
    }
    let who = setters(of_pod, &names)?;
    let mut what = Vec::new();
    if !bad.types.is_empty() {
        let noun = plural("type", "types", bad.types.len());
        what.push(format!("{noun} {}", quoted_set(&bad.types)));
    }
    if bad.user {
        what.push("user may not be set".to_owned());
    }
    if bad.role {
        what.push("role may not be set".to_owned());
    }
    Some(Finding {
        reason: "seLinuxOptions".into(),
        detail: format!(
            "{who} set forbidden securityContext.seLinuxOptions: {}",
            what.join("; ")
        ),
        routes: bad.routes,
    })
}

/// Whether baseline and restricted allow this SELinux type, by the newest rules; empty stands for unset.
pub fn allows_se_linux_type(kind: &str) -> bool {
    is_allowed(kind, NEWEST_MINOR)
}

fn is_allowed(kind: &str, minor: u16) -> bool {
    match kind {
        "" | "container_t" | "container_init_t" | "container_kvm_t" => true,
        "container_engine_t" => minor >= 31,
        _ => false,
    }
}

#[derive(Default)]
struct Bad<'a> {
    types: BTreeSet<&'a str>,
    user: bool,
    role: bool,
    routes: Vec<Route>,
}

impl<'a> Bad<'a> {
    /// True when these options break the rule.
    fn collect(&mut self, options: Option<&SeLinux<'a>>, at: &Route, minor: u16) -> bool {
        let Some(options) = options else {
            return false;
        };
        let before = self.routes.len();
        if !is_allowed(options.kind, minor) {
            self.types.insert(options.kind);
            self.routes.push(at.key("type"));
        }
        if !options.user.is_empty() {
            self.user = true;
            self.routes.push(at.key("user"));
        }
        if !options.role.is_empty() {
            self.role = true;
            self.routes.push(at.key("role"));
        }
        self.routes.len() > before
    }
}
