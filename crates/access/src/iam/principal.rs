use sekisho_text::Route;
use serde_json::Value;

use super::reader::texts;
use super::refusal::DocumentError;

/// Whom a statement of a resource or trust policy speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Principals {
    /// `Principal`: one of these.
    In(Vec<Principal>),
    /// `NotPrincipal`: everybody but these.
    NotIn(Vec<Principal>),
}

/// One entry of a `Principal` element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Principal {
    /// `*`, or `{"AWS": "*"}`: anybody, anonymous callers included.
    Anybody,
    /// An account: its number, or `arn:aws:iam::NUMBER:root`. It hands the decision to that account's own policies.
    Account(String),
    /// A user, role, or role session.
    Arn(String),
    /// An AWS service, `pods.eks.amazonaws.com`.
    Service(String),
    /// An identity provider: an ARN, or a name such as `accounts.google.com`.
    Federated(String),
    /// An S3 canonical user.
    CanonicalUser(String),
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// A role's session: `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`, with the role's ARN.
    Session {
        /// The role, `arn:aws:iam::ACCOUNT:role/PATH/NAME`.
        role: String,
        /// The session.
        session: String,
    },
    /// A user or a role itself, by ARN.
    Arn(String),
    /// An AWS service.
    Service(String),
    /// Somebody whom an identity provider vouches for, before any role: the provider's ARN or name.
    Federated(String),
    /// Nobody known.
    Anonymous,
}

impl Who {
    /// The account of a user, role or session.
    pub fn account(&self) -> Option<&str> {
        match self {
            Self::Arn(arn) | Self::Session { role: arn, .. } => {
                arn.split(':').nth(4).filter(|account| !account.is_empty())
            }
            _ => None,
        }
    }
}

impl Principals {
    pub(super) fn read(value: &Value, route: &Route, not: bool) -> Result<Self, DocumentError> {
        let mut all = Vec::new();
        match value {
            Value::String(text) if text == "*" => all.push(Principal::Anybody),
            Value::Object(kinds) => {
                for (kind, names) in kinds {
                    let route = route.key(kind.clone());
                    for name in texts(names, &route)? {
                        all.push(Principal::of(kind, name, &route)?);
                    }
                }
            }
            _ => {
                return Err(DocumentError::new(
                    route,
                    "`*` or a map of principals is expected",
                ));
            }
        }
        Ok(if not { Self::NotIn(all) } else { Self::In(all) })
    }

    /// Whether the element matches who asks.
    pub fn matches(&self, who: &Who) -> bool {
        match self {
            Self::In(all) => all.iter().any(|principal| principal.matches(who)),
            Self::NotIn(all) => !all.iter().any(|principal| principal.matches(who)),
        }
    }

    /// Whether the element names who asks as a user, role, session or service, not only its account or everybody.
    pub fn names(&self, who: &Who) -> bool {
        let Self::In(all) = self else {
            return false;
        };
        all.iter().any(|principal| {
            !matches!(principal, Principal::Anybody | Principal::Account(_))
                && principal.matches(who)
        })
    }
}

impl Principal {
    fn of(kind: &str, name: String, route: &Route) -> Result<Self, DocumentError> {
        match kind {
            "AWS" if name == "*" => Ok(Self::Anybody),
            "AWS" => Ok(match account_of(&name) {
                Some(account) => Self::Account(account.to_owned()),
                None => Self::Arn(name),
            }),
            "Service" => Ok(Self::Service(name)),
            "Federated" => Ok(Self::Federated(name)),
            "CanonicalUser" => Ok(Self::CanonicalUser(name)),
            _ => Err(DocumentError::new(route, "no such kind of principal")),
        }
    }

    /// IAM takes no pattern in a principal but the lone `*`; for services and providers it is all or the exact name.
    fn matches(&self, who: &Who) -> bool {
        match (self, who) {
            (Self::Anybody, _) => true,
            (Self::Account(account), who) => who.account() == Some(account),
            (Self::Arn(own), Who::Arn(arn)) => own == arn,
            (Self::Arn(own), Who::Session { role, session }) => own == role || own == session,
            (Self::Service(own), Who::Service(name))
            | (Self::Federated(own), Who::Federated(name)) => own == name || own == "*",
            _ => false,
        }
    }
}

fn account_of(name: &str) -> Option<&str> {
    let is_number = |text: &str| text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_number(name) {
        return Some(name);
    }
    let parts: Vec<&str> = name.splitn(6, ':').collect();
    match parts.as_slice() {
        ["arn", _, "iam", "", account, "root"] if is_number(account) => Some(account),
        _ => None,
    }
}
