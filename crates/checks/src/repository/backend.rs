//! The backend of a configuration of Terraform: which it is, and which of its settings are loose.
//!
//! <https://developer.hashicorp.com/terraform/language/backend>

use sekisho_model::{Phrase, Resource, Seen, Severity};
use sekisho_terraform::Origin;

/// A `backend` or `cloud` block.
pub(super) struct Backend {
    /// `s3`, `http`, `local`; `cloud`.
    pub(super) name: String,
    pub(super) block: Resource,
}

/// What one rule says of a backend.
pub(super) enum Rule {
    Broken(Broken),
    Unknown(Phrase),
}

/// A setting that is loose.
pub(super) struct Broken {
    pub(super) name: &'static str,
    pub(super) origin: Option<Origin>,
    pub(super) message: Phrase,
    pub(super) severity: Severity,
    /// The attribute that would mend it, and its value.
    pub(super) set: Option<(&'static str, &'static str)>,
}

impl Backend {
    /// The backends that a `terraform` block declares.
    pub(super) fn all(settings: &Resource) -> Vec<Self> {
        let (backends, _) = settings.blocks("backend");
        let (clouds, _) = settings.blocks("cloud");
        let named = backends.into_iter().map(|block| {
            let name = match block.text("_label") {
                Seen::Set(name, _) => name,
                Seen::Unset | Seen::Unknown(_) => String::new(),
            };
            Self { name, block }
        });
        let clouds = clouds.into_iter().map(|block| Self {
            name: "cloud".to_owned(),
            block,
        });
        named.chain(clouds).collect()
    }

    /// What is loose about it, apart from credentials.
    pub(super) fn rules(&self) -> Vec<Rule> {
        let mut rules = Vec::new();
        match self.name.as_str() {
            "s3" => {
                rules.extend(self.encryption());
                rules.extend(self.acl());
                for name in ["endpoint", "endpoints.s3"] {
                    rules.extend(self.plain(name));
                }
            }
            "http" => {
                for name in ["address", "lock_address", "unlock_address"] {
                    rules.extend(self.plain(name));
                }
                rules.extend(self.unverified());
            }
            "consul" => rules.extend(self.consul()),
            _ => {}
        }
        rules
    }

    /// The client sends a header for encryption only where `encrypt` is true (terraform `backend/remote-state/s3/client.go`).
    fn encryption(&self) -> Option<Rule> {
        let (is_on, origin) = match self.block.flag("encrypt").or_default(false) {
            Seen::Set(is_on, origin) => (is_on, origin),
            Seen::Unknown(why) => return Some(Rule::Unknown(why)),
            Seen::Unset => return None,
        };
        if is_on {
            return None;
        }
        let keys = ["kms_key_id", "sse_customer_key"];
        let key = keys
            .into_iter()
            .find(|key| matches!(self.block.text(key), Seen::Set(..)));
        let (message, severity) = match key {
            Some(key) => (
                Phrase::new(
                    format!(
                        "`{key}` is named and not used, since `encrypt` is not true: the state is encrypted with what the bucket has"
                    ),
                    format!(
                        "`encrypt` が true でないため、指定した `{key}` は使われず、state はバケットの既定のキーで暗号化される"
                    ),
                ),
                Severity::Medium,
            ),
            None => (
                Phrase::new(
                    "`encrypt` is not set: S3 encrypts the state with a key of its own, which whoever may read the bucket need not have; set `encrypt` and a `kms_key_id`",
                    "`encrypt` の指定がない。S3 は自身のキーで暗号化するが、バケットを読める者にはキーの権限が要らない。`encrypt` と `kms_key_id` を指定する",
                ),
                Severity::Low,
            ),
        };
        Some(Rule::Broken(Broken {
            name: "encrypt",
            origin,
            message,
            severity,
            set: Some(("encrypt", "true")),
        }))
    }

    /// A canned ACL that lets everybody read.
    fn acl(&self) -> Option<Rule> {
        let Seen::Set(acl, origin) = self.block.text("acl") else {
            return None;
        };
        let is_open = ["public-read", "public-read-write", "authenticated-read"];
        is_open.contains(&acl.as_str()).then(|| {
            Rule::Broken(Broken {
                name: "acl",
                origin,
                message: Phrase::new(
                    format!("the state is written with the ACL `{acl}`: everybody may read it"),
                    format!("state が ACL `{acl}` で書き込まれ、誰でも読める"),
                ),
                severity: Severity::Critical,
                set: Some(("acl", "\"private\"")),
            })
        })
    }

    /// An address without TLS, unless it is of the machine itself.
    fn plain(&self, name: &'static str) -> Option<Rule> {
        let (address, origin) = match self.block.text(name) {
            Seen::Set(address, origin) => (address, origin),
            Seen::Unknown(why) => return Some(Rule::Unknown(why)),
            Seen::Unset => return None,
        };
        let rest = address.to_ascii_lowercase();
        let host = rest.strip_prefix("http://")?;
        let host = host.split(['/', '?']).next().unwrap_or("");
        let host = host.rsplit('@').next().unwrap_or("");
        let is_own = host == "[::1]" || host.starts_with("[::1]:");
        let name_of = host.split(':').next().unwrap_or("");
        if is_own || name_of == "localhost" || is_loopback(name_of) {
            return None;
        }
        Some(Rule::Broken(Broken {
            name,
            origin,
            message: Phrase::new(
                format!(
                    "the state travels to `{host}` without TLS: whoever is on the way reads every secret in it and may change it"
                ),
                format!(
                    "state が TLS なしで `{host}` に送られ、経路上にいる者が全 Secret を読み、書き換えられる"
                ),
            ),
            severity: Severity::High,
            set: None,
        }))
    }

    /// `skip_cert_verification` takes any server for the right one.
    fn unverified(&self) -> Option<Rule> {
        let name = "skip_cert_verification";
        let Seen::Set(true, origin) = self.block.flag(name) else {
            return None;
        };
        Some(Rule::Broken(Broken {
            name,
            origin,
            message: Phrase::new(
                "the certificate of the state's server is not looked at: whoever is on the way may stand in for it",
                "state のサーバー証明書を検証しないため、経路上にいる者がなりすませる",
            ),
            severity: Severity::Medium,
            set: Some((name, "false")),
        }))
    }

    fn consul(&self) -> Option<Rule> {
        let Seen::Set(scheme, origin) = self.block.text("scheme") else {
            return None;
        };
        (scheme == "http").then(|| {
            Rule::Broken(Broken {
                name: "scheme",
                origin,
                message: Phrase::new(
                    "the state travels to Consul without TLS: whoever is on the way reads every secret in it",
                    "state が TLS なしで Consul に送られ、経路上にいる者が全 Secret を読める",
                ),
                severity: Severity::High,
                set: Some(("scheme", "\"https\"")),
            })
        })
    }
}

fn is_loopback(host: &str) -> bool {
    host.parse::<std::net::Ipv4Addr>()
        .is_ok_and(|address| address.is_loopback())
}
