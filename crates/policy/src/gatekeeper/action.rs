use std::fmt;

use serde_json::Value;

/// Where a constraint is enforced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EnforcementPoint {
    /// Admission: `validation.gatekeeper.sh`.
    Webhook,
    /// The periodic scan: `audit.gatekeeper.sh`.
    Audit,
    /// Checks before deployment: `gator.gatekeeper.sh`.
    Gator,
    /// The API server itself: `vap.k8s.io`.
    Admission,
}

impl EnforcementPoint {
    /// Its name in `scopedEnforcementActions`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Webhook => "validation.gatekeeper.sh",
            Self::Audit => "audit.gatekeeper.sh",
            Self::Gator => "gator.gatekeeper.sh",
            Self::Admission => "vap.k8s.io",
        }
    }

    const ALL: [Self; 4] = [Self::Webhook, Self::Audit, Self::Gator, Self::Admission];
}

/// What a violation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// Refuses the request.
    Deny,
    /// Tells the client.
    Warn,
    /// Is recorded.
    Dryrun,
}

impl Action {
    fn read(text: &str) -> Result<Self, String> {
        match text {
            "" | "deny" => Ok(Self::Deny),
            "warn" => Ok(Self::Warn),
            "dryrun" => Ok(Self::Dryrun),
            other => Err(format!("the enforcement action `{other}` is not known")),
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Deny => "deny",
            Self::Warn => "warn",
            Self::Dryrun => "dryrun",
        })
    }
}

/// `spec.enforcementAction` and `spec.scopedEnforcementActions`
/// (<https://open-policy-agent.github.io/gatekeeper/website/docs/enforcement-points>).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Enforcement {
    Everywhere(Action),
    Scoped(Vec<(Action, Vec<EnforcementPoint>)>),
}

impl Enforcement {
    pub(super) fn read(spec: &Value) -> Result<Self, String> {
        let word = match spec.get("enforcementAction") {
            None | Some(Value::Null) => "",
            Some(Value::String(word)) => word,
            Some(_) => return Err("spec.enforcementAction must be a text".to_owned()),
        };
        if word != "scoped" {
            return Action::read(word).map(Self::Everywhere);
        }
        let Some(Value::Array(entries)) = spec.get("scopedEnforcementActions") else {
            return Err("`scoped` needs spec.scopedEnforcementActions".to_owned());
        };
        let mut scoped = Vec::new();
        for entry in entries {
            let word = entry.get("action").and_then(Value::as_str);
            let word = word
                .filter(|word| !word.is_empty())
                .ok_or("a scoped action without `action`")?;
            let points = entry.get("enforcementPoints").and_then(Value::as_array);
            let mut at = Vec::new();
            for point in points.into_iter().flatten() {
                let name = point
                    .get("name")
                    .and_then(Value::as_str)
                    .unwrap_or_default();
                if name == "*" {
                    at.extend(EnforcementPoint::ALL);
                    continue;
                }
                let known = EnforcementPoint::ALL
                    .into_iter()
                    .find(|point| point.name() == name);
                at.push(
                    known.ok_or_else(|| format!("the enforcement point `{name}` is not known"))?,
                );
            }
            if at.is_empty() {
                return Err(format!(
                    "the scoped action `{word}` names no enforcement point"
                ));
            }
            scoped.push((Action::read(word)?, at));
        }
        Ok(Self::Scoped(scoped))
    }

    /// What happens there; nothing, when the constraint is not enforced there.
    pub(super) fn at(&self, point: EnforcementPoint) -> Vec<Action> {
        match self {
            Self::Everywhere(action) => vec![*action],
            Self::Scoped(scoped) => {
                let mut actions: Vec<Action> = scoped
                    .iter()
                    .filter(|(_, points)| points.contains(&point))
                    .map(|(action, _)| *action)
                    .collect();
                actions.sort_unstable();
                actions.dedup();
                actions
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Action, Enforcement, EnforcementPoint};

    #[test]
    fn scoped_actions_hold_at_their_points() {
        let spec = json!({"enforcementAction": "scoped", "scopedEnforcementActions": [
            {"action": "warn", "enforcementPoints": [{"name": "*"}]},
            {"action": "deny", "enforcementPoints": [{"name": "validation.gatekeeper.sh"}]}]});
        let enforcement = Enforcement::read(&spec).unwrap();
        assert_eq!(
            enforcement.at(EnforcementPoint::Webhook),
            [Action::Deny, Action::Warn]
        );
        assert_eq!(enforcement.at(EnforcementPoint::Audit), [Action::Warn]);
    }

    #[test]
    fn what_is_not_known_is_refused_and_never_taken_for_nothing() {
        for spec in [
            json!({"enforcementAction": "denny"}),
            json!({"enforcementAction": 1}),
            json!({"enforcementAction": "scoped"}),
            json!({"enforcementAction": "scoped", "scopedEnforcementActions": [{"action": "deny", "enforcementPoints": [{"name": "webhook"}]}]}),
            json!({"enforcementAction": "scoped", "scopedEnforcementActions": [{"action": "deny"}]}),
        ] {
            assert!(Enforcement::read(&spec).is_err(), "{spec}");
        }
        assert_eq!(
            Enforcement::read(&json!({}))
                .unwrap()
                .at(EnforcementPoint::Gator),
            [Action::Deny]
        );
    }
}
