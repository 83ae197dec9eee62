//! Words that several ways in share: whether the internet reaches one, and how AWS controllers read annotations.

use sekisho_model::Phrase;

/// From where a load balancer can be reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reach {
    /// From the internet.
    Public,
    /// From the VPC and what is connected to it.
    Internal,
    /// It cannot be told, and why.
    Unsettled(Phrase),
}

/// A boolean as Go's `strconv.ParseBool` reads it; `None` where it answers with an error.
pub(crate) fn boolean(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

/// The items of a list with commas; spaces around and empty items do not count (`splitCommaSeparatedString`).
pub(crate) fn items(text: &str) -> impl Iterator<Item = &str> {
    text.split(',')
        .map(str::trim)
        .filter(|item| !item.is_empty())
}

/// Whether a security policy of Elastic Load Balancing still takes TLS 1.0 or 1.1; `None` for a name that is not known.
///
/// The names say the lowest version: `ELBSecurityPolicy-TLS13-1-2-2021-06`, `-FS-1-1-2019-08`; those without one are old.
pub(crate) fn takes_old_tls(policy: &str) -> Option<bool> {
    let rest = policy.strip_prefix("ELBSecurityPolicy-")?;
    let rest = ["TLS13-", "TLS-", "FS-"]
        .iter()
        .find_map(|family| rest.strip_prefix(family))
        .unwrap_or(rest);
    let begins = |with: &[&str]| with.iter().any(|begin| rest.starts_with(begin));
    if begins(&["1-2-", "1-3-"]) {
        Some(false)
    } else if begins(&["1-0-", "1-1-", "2011-", "2014-", "2015-", "2016-", "2018-"]) {
        Some(true)
    } else {
        None
    }
}

/// A policy that takes TLS 1.2 and 1.3, which AWS names as the one to use.
pub(crate) const NEW_TLS_POLICY: &str = "ELBSecurityPolicy-TLS13-1-2-2021-06";

/// What the AWS controllers use when nobody names a policy (`--default-ssl-policy`).
pub(crate) const DEFAULT_TLS_POLICY: &str = "ELBSecurityPolicy-2016-08";

#[cfg(test)]
mod tests {
    use super::{boolean, items, takes_old_tls};

    #[test]
    fn policies_are_told_apart_by_their_lowest_version() {
        assert_eq!(takes_old_tls("ELBSecurityPolicy-2016-08"), Some(true));
        assert_eq!(
            takes_old_tls("ELBSecurityPolicy-TLS-1-1-2017-01"),
            Some(true)
        );
        assert_eq!(takes_old_tls("ELBSecurityPolicy-FS-2018-06"), Some(true));
        assert_eq!(
            takes_old_tls("ELBSecurityPolicy-TLS13-1-0-2021-06"),
            Some(true)
        );
        assert_eq!(
            takes_old_tls("ELBSecurityPolicy-TLS13-1-2-Res-2021-06"),
            Some(false)
        );
        assert_eq!(
            takes_old_tls("ELBSecurityPolicy-TLS-1-2-Ext-2018-06"),
            Some(false)
        );
        assert_eq!(takes_old_tls("my-policy"), None);
    }

    #[test]
    fn values_are_read_as_the_controllers_read_them() {
        assert_eq!(boolean("T"), Some(true));
        assert_eq!(boolean("yes"), None);
        assert_eq!(items(" a, ,b,").collect::<Vec<_>>(), ["a", "b"]);
    }
}
