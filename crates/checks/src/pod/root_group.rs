//! Group 0, in a pod that is otherwise not root's.

use sekisho_model::{Fields, Fix, Phrase, Pod, Severity, phrase};
use sekisho_text::Route;
use serde_json::Value;

use super::users::Users;
use crate::Fault;

/// One fault for each field that names group 0.
pub(super) fn faults(pod: &Pod<'_>, users: &Users<'_, '_>) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut tell = |place: Route, fix: Option<Fix>| {
        let field = place.to_string();
        let message = phrase!(
            en: "`{field}` is 0: processes get what files grant to the group root",
            ja: "`{field}` が 0 であり、プロセスが root グループ向けのファイル権限を得る",
        );
        let fault = Fault::at(place, message).severity(Severity::Low);
        faults.push(match fix {
            Some(fix) => fault.fix(fix),
            None => fault,
        });
    };
    let of_pod = users.security_of_pod();
    let group_of_pod = of_pod.and_then(|context| context.int("runAsGroup"));
    let mut told_pod = false;
    for container in pod.containers() {
        if users
            .effective(container, "runAsGroup")
            .and_then(Value::as_i64)
            != Some(0)
        {
            continue;
        }
        let is_own = container.value.int("securityContext.runAsGroup") == Some(0);
        if !is_own && (told_pod || group_of_pod != Some(0)) {
            continue;
        }
        told_pod |= !is_own;
        let place = if is_own {
            container.at("securityContext.runAsGroup")
        } else {
            pod.at("securityContext.runAsGroup")
        };
        let user = users
            .effective(container, "runAsUser")
            .and_then(Value::as_i64);
        let fix = user.map(|user| {
            let title = Phrase::new(
                "Give it the group of its user's number",
                "ユーザーと同じ番号のグループにする",
            );
            Fix::risky(title).set(place.clone(), user)
        });
        tell(place, fix);
    }
    if of_pod.and_then(|context| context.int("fsGroup")) == Some(0) {
        tell(pod.at("securityContext.fsGroup"), None);
    }
    let supplemental = pod.spec().items("securityContext.supplementalGroups");
    if let Some(index) = supplemental
        .iter()
        .position(|group| group.as_i64() == Some(0))
    {
        let place = pod.at("securityContext.supplementalGroups").index(index);
        let title = Phrase::new("Leave the group root", "root グループから外す");
        let fix = Fix::risky(title).remove(place.clone());
        tell(place, Some(fix));
    }
    faults
}
