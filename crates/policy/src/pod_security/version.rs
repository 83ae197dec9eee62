use std::fmt;
use std::str::FromStr;

/// The minor version of the API server that `latest` stands for unless the caller names another one.
///
/// A server applies its own newest rules to `latest` and to every later version (`EvaluatePod` in `policy/registry.go`),
/// so the sysctls that Kubernetes 1.37 adds are not allowed by this server, not even in a namespace pinned to `v1.37`.
pub const NEWEST_MINOR: u16 = 36;

/// The version of a level's rules that a namespace asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Version {
    /// The server's own version.
    Latest,
    /// `v1.N`.
    Minor(u16),
}

/// A text that names no version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be \"latest\" or \"v1.x\"")]
pub struct UnknownVersion;

impl Version {
    /// The rules that a server of minor version `newest` applies.
    pub(super) fn rules_on(self, newest: u16) -> u16 {
        match self {
            Self::Latest => newest,
            Self::Minor(minor) => minor.min(newest),
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Latest => out.write_str("latest"),
            Self::Minor(minor) => write!(out, "v1.{minor}"),
        }
    }
}

impl FromStr for Version {
    type Err = UnknownVersion;

    /// As upstream's `ParseVersion`, but for numbers above 65,535, which no release will reach.
    fn from_str(text: &str) -> Result<Self, UnknownVersion> {
        if text == "latest" {
            return Ok(Self::Latest);
        }
        let digits = text.strip_prefix("v1.").ok_or(UnknownVersion)?;
        let padded = digits.len() > 1 && digits.starts_with('0');
        if padded || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(UnknownVersion);
        }
        digits.parse().map(Self::Minor).map_err(|_| UnknownVersion)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_upstream_reads_them() {
        assert_eq!("latest".parse(), Ok(Version::Latest));
        assert_eq!("v1.0".parse(), Ok(Version::Minor(0)));
        assert_eq!("v1.29".parse(), Ok(Version::Minor(29)));
        for wrong in [
            "", "1.29", "v1.", "v1.029", "v2.0", "v1.+9", "v1.29.1", "Latest", "v1.-1",
        ] {
            assert_eq!(wrong.parse::<Version>(), Err(UnknownVersion), "{wrong}");
        }
    }

    #[test]
    fn a_server_knows_no_rules_later_than_its_own() {
        assert_eq!(Version::Latest.rules_on(NEWEST_MINOR), 36);
        assert_eq!(Version::Minor(37).rules_on(NEWEST_MINOR), 36);
        assert_eq!(Version::Minor(37).rules_on(37), 37);
        assert_eq!(Version::Minor(8).rules_on(37), 8);
    }
}
