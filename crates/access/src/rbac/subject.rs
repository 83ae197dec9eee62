use std::collections::BTreeSet;
use std::fmt;

/// The group that the API server allows everything before RBAC is asked.
pub const SUPERUSERS: &str = "system:masters";

const SERVICE_ACCOUNT: &str = "system:serviceaccount:";
const ALL_SERVICE_ACCOUNTS: &str = "system:serviceaccounts";
const AUTHENTICATED: &str = "system:authenticated";
const UNAUTHENTICATED: &str = "system:unauthenticated";
const ANONYMOUS: &str = "system:anonymous";

/// Somebody a binding can name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Subject {
    /// A user, by name.
    User(String),
    /// A group, by name.
    Group(String),
    /// A service account.
    ServiceAccount {
        /// The namespace it lives in.
        namespace: String,
        /// Its name.
        name: String,
    },
}

impl Subject {
    /// A service account, by namespace and name.
    pub fn service_account(namespace: impl Into<String>, name: impl Into<String>) -> Self {
        Self::ServiceAccount {
            namespace: namespace.into(),
            name: name.into(),
        }
    }

    /// The same subject, with a user called `system:serviceaccount:a:b` seen as the service account that it is.
    #[must_use]
    pub fn canonical(&self) -> Self {
        match self {
            Self::User(name) => split_service_account(name).map_or_else(
                || self.clone(),
                |(space, name)| Self::service_account(space, name),
            ),
            other => other.clone(),
        }
    }
}

impl fmt::Display for Subject {
    /// As RBAC reasons name it; a service account reads `name/namespace`.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(name) => write!(out, "User {name:?}"),
            Self::Group(name) => write!(out, "Group {name:?}"),
            Self::ServiceAccount { namespace, name } => {
                write!(out, "ServiceAccount {:?}", format!("{name}/{namespace}"))
            }
        }
    }
}

/// Who asks: a user name and the groups the authenticator gave.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UserInfo {
    /// The user name; a service account's is `system:serviceaccount:NAMESPACE:NAME`. Empty when only groups are known.
    pub user: String,
    /// The groups.
    pub groups: Vec<String>,
}

impl UserInfo {
    /// A user with exactly these groups.
    pub fn new<G: Into<String>>(
        user: impl Into<String>,
        groups: impl IntoIterator<Item = G>,
    ) -> Self {
        Self {
            user: user.into(),
            groups: groups.into_iter().map(Into::into).collect(),
        }
    }

    /// A service account with the groups its tokens carry.
    pub fn service_account(namespace: &str, name: &str) -> Self {
        Self::new(
            format!("{SERVICE_ACCOUNT}{namespace}:{name}"),
            [
                ALL_SERVICE_ACCOUNTS.to_owned(),
                format!("{ALL_SERVICE_ACCOUNTS}:{namespace}"),
                AUTHENTICATED.to_owned(),
            ],
        )
    }

    /// What is certain about whoever the subject stands for: its name and the groups the API server always adds.
    /// Groups that an identity provider adds are not known here.
    pub fn of(subject: &Subject) -> Self {
        match subject.canonical() {
            Subject::ServiceAccount { namespace, name } => Self::service_account(&namespace, &name),
            Subject::User(name) if name == ANONYMOUS => Self::new(name, [UNAUTHENTICATED]),
            Subject::User(name) => Self::new(name, [AUTHENTICATED]),
            Subject::Group(name) if name == UNAUTHENTICATED => Self::new("", [name]),
            Subject::Group(name) => {
                let mut groups = BTreeSet::from([name.clone(), AUTHENTICATED.to_owned()]);
                if name.starts_with("system:serviceaccounts:") {
                    groups.insert(ALL_SERVICE_ACCOUNTS.to_owned());
                }
                Self::new("", groups)
            }
        }
    }

    /// Whether the server allows this user everything before it asks RBAC.
    pub fn is_superuser(&self) -> bool {
        self.groups.iter().any(|group| group == SUPERUSERS)
    }
}

/// How a binding's subject is looked up: service accounts by the user name of their tokens, as the authorizer compares them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Principal {
    Name(String),
    Group(String),
}

impl From<&Subject> for Principal {
    fn from(subject: &Subject) -> Self {
        match subject {
            Subject::User(name) => Self::Name(name.clone()),
            Subject::Group(name) => Self::Group(name.clone()),
            Subject::ServiceAccount { namespace, name } => {
                Self::Name(format!("{SERVICE_ACCOUNT}{namespace}:{name}"))
            }
        }
    }
}

/// `SplitUsername` upstream, without its check that both parts are valid names: RBAC compares the text only.
fn split_service_account(user: &str) -> Option<(&str, &str)> {
    let (namespace, name) = user.strip_prefix(SERVICE_ACCOUNT)?.split_once(':')?;
    (!namespace.is_empty() && !name.is_empty() && !name.contains(':')).then_some((namespace, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_named_like_a_service_account_is_one() {
        let user = Subject::User("system:serviceaccount:a:b".into());
        assert_eq!(user.canonical(), Subject::service_account("a", "b"));
        assert_eq!(UserInfo::of(&user), UserInfo::service_account("a", "b"));
        for odd in [
            "system:serviceaccount:a",
            "system:serviceaccount::b",
            "system:serviceaccount:a:b:c",
        ] {
            let user = Subject::User(odd.into());
            assert_eq!(user.canonical(), user, "{odd}");
        }
    }

    #[test]
    fn service_accounts_are_in_three_groups() {
        assert_eq!(
            UserInfo::service_account("a", "b").groups,
            [
                "system:serviceaccounts",
                "system:serviceaccounts:a",
                "system:authenticated"
            ]
        );
    }

    #[test]
    fn the_anonymous_are_not_authenticated() {
        let anonymous = UserInfo::of(&Subject::User(ANONYMOUS.into()));
        assert_eq!(anonymous.groups, [UNAUTHENTICATED]);
        let group = UserInfo::of(&Subject::Group(UNAUTHENTICATED.into()));
        assert_eq!(group.groups, [UNAUTHENTICATED]);
    }
}
