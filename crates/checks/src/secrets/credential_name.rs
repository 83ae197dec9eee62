//! Names that announce a credential, and values that can be one.
//!
//! Two families, with different proof:
//!
//! | family | name ends with | a value counts when |
//! |---|---|---|
//! | password | `password`, `passwd`, `passphrase`; the word `pass`, `pwd`, `requirepass`, `masterauth` | it has 4 characters or more. In running text: 6 or more, with a letter and a digit or a sign |
//! | key | the word `token`, `secret`, `credential(s)`, `apikey` …; `api key`, `secret key`, `access key`, `private key`, `signing key` … | it has 16 to 4,096 characters without spaces, a letter and a digit, at least [`ENTROPY`] bits per character, and one run of 12 or more letters and digits that mixes both |
//!
//! No value of either family: placeholders, references and hashes (see [`super::placeholder`]), paths, URLs, UUIDs, and
//! whatever is named a hash, digest, public key or certificate.

use super::placeholder::is_placeholder;

/// Bits per character (Shannon) below which a text is rather words than chance. Random base64 of 16 characters has 3.6 on
/// the average, English names joined by hyphens stay below 3.4 in their longest run.
pub(crate) const ENTROPY: f64 = 3.4;
/// The same for hexadecimal text, which can have no more than 4 bits per character.
pub(crate) const HEX_ENTROPY: f64 = 3.0;

/// Where a name and a value stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// A field of its own: an environment variable, a key of a ConfigMap, a command line option.
    Field,
    /// Inside of a longer text, where code and prose look alike.
    Running,
}

/// What a name announces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    /// A password, which people choose.
    Password,
    /// A token or key, which a machine chose.
    Key,
}

/// The family of a name, if it announces a credential.
pub(crate) fn family(name: &str) -> Option<Family> {
    let words = words(name);
    let last = words.last()?.as_str();
    let is_harmless = |word: &String| {
        matches!(
            word.as_str(),
            "hash"
                | "hashed"
                | "checksum"
                | "digest"
                | "sha"
                | "sha1"
                | "sha256"
                | "md5"
                | "commit"
                | "revision"
                | "etag"
                | "fingerprint"
                | "thumbprint"
                | "public"
                | "cert"
                | "certificate"
                | "no"
                | "min"
                | "max"
        )
    };
    if words.iter().any(is_harmless) {
        return None;
    }
    if ["password", "passwd", "passphrase"]
        .iter()
        .any(|end| last.ends_with(end))
        || matches!(last, "pass" | "pwd" | "requirepass" | "masterauth")
    {
        return Some(Family::Password);
    }
    let before = words.iter().rev().nth(1).map_or("", String::as_str);
    let is_key = match last {
        "token" | "secret" | "credential" | "credentials" | "apikey" | "secretkey"
        | "accesskey" | "privatekey" | "authkey" | "authtoken" | "accesstoken" | "bearer" => true,
        "key" => matches!(
            before,
            "api"
                | "secret"
                | "access"
                | "private"
                | "auth"
                | "encryption"
                | "signing"
                | "master"
                | "account"
                | "shared"
                | "session"
                | "license"
                | "app"
                | "application"
                | "hmac"
                | "jwt"
        ),
        _ => false,
    };
    is_key.then_some(Family::Key)
}

/// Whether a value can be what its name announces.
pub(crate) fn is_credential(name: &str, value: &str, standing: Standing) -> bool {
    let value = value.trim();
    let Some(family) = family(name) else {
        return false;
    };
    if is_placeholder(value) || is_plain(value) {
        return false;
    }
    match (family, standing) {
        (Family::Password, Standing::Field) => value.chars().count() >= 4,
        (Family::Password, Standing::Running) => is_likely_password(value),
        (Family::Key, _) => is_random(value),
    }
}

/// Looks drawn by a machine: see the table above.
pub(crate) fn is_random(value: &str) -> bool {
    if !(16..=4096).contains(&value.len()) || !value.chars().all(|c| c.is_ascii_graphic()) {
        return false;
    }
    let run = longest_run(value);
    let is_hex = value.chars().all(|c| c.is_ascii_hexdigit());
    let mixes =
        run.chars().any(|c| c.is_ascii_alphabetic()) && run.chars().any(|c| c.is_ascii_digit());
    mixes && run.len() >= 12 && entropy(value) >= if is_hex { HEX_ENTROPY } else { ENTROPY }
}

/// Shannon's entropy of the characters of a text, in bits per character.
pub(crate) fn entropy(text: &str) -> f64 {
    let mut counts = std::collections::BTreeMap::new();
    let mut total = 0_u32;
    for c in text.chars() {
        *counts.entry(c).or_insert(0_u32) += 1;
        total += 1;
    }
    counts
        .into_values()
        .map(|count| {
            let share = f64::from(count) / f64::from(total);
            -share * share.log2()
        })
        .sum()
}

/// Inside of a text: a letter, and a digit or a sign; nothing that code is made of.
fn is_likely_password(value: &str) -> bool {
    let has_letter = value.chars().any(char::is_alphabetic);
    let has_more = value.chars().any(|c| {
        c.is_ascii_digit() || matches!(c, '!' | '@' | '#' | '%' | '^' | '&' | '*' | '+' | '?' | '~')
    });
    let is_code = value
        .chars()
        .any(|c| c.is_whitespace() || "()[]{}<>|`$\\\"'=;,".contains(c));
    value.chars().count() >= 6 && has_letter && has_more && !is_code
}

/// Kinds of text that name a thing and hold no secret: paths, URLs, UUIDs, digests, versions, switches.
fn is_plain(value: &str) -> bool {
    value.contains("://")
        || is_path(value)
        || is_uuid(value)
        || [
            "sha1:", "sha256:", "sha384:", "sha512:", "md5:", "sha256-", "sha384-", "sha512-",
        ]
        .iter()
        .any(|start| value.starts_with(start))
}

fn is_path(value: &str) -> bool {
    let is_plain = value
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "/._-@~".contains(c));
    let starts = ["/", "./", "../", "~/"]
        .iter()
        .any(|start| value.starts_with(start));
    starts && is_plain && value.len() > 1
}

pub(crate) fn is_uuid(value: &str) -> bool {
    let groups: Vec<&str> = value.trim_matches(['{', '}']).split('-').collect();
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && groups
            .iter()
            .all(|group| group.chars().all(|c| c.is_ascii_hexdigit()))
}

fn longest_run(value: &str) -> &str {
    value
        .split(|c: char| !c.is_ascii_alphanumeric())
        .max_by_key(|run| run.len())
        .unwrap_or("")
}

/// `DB_PASSWORD`, `dbPassword` and `db.password` are all `db password`.
pub(crate) fn words(name: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut was_lower = false;
    for c in name.chars() {
        if !c.is_ascii_alphanumeric() || (c.is_ascii_uppercase() && was_lower) {
            if !word.is_empty() {
                words.push(std::mem::take(&mut word));
            }
            was_lower = false;
        }
        if c.is_ascii_alphanumeric() {
            word.push(c.to_ascii_lowercase());
            was_lower = c.is_ascii_lowercase() || c.is_ascii_digit();
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Family, Standing, entropy, family, is_credential, is_random, words};

    #[test]
    fn names_of_both_families() {
        for name in [
            "DB_PASSWORD",
            "dbPassword",
            "PGPASSWORD",
            "spring.datasource.password",
            "SMTP_PASS",
            "MYSQL_PWD",
            "requirepass",
        ] {
            assert_eq!(family(name), Some(Family::Password), "{name}");
        }
        for name in [
            "API_KEY",
            "apiKey",
            "aws_secret_access_key",
            "GITHUB_TOKEN",
            "client-secret",
            "jwtSigningKey",
            "SECRET",
        ] {
            assert_eq!(family(name), Some(Family::Key), "{name}");
        }
        for name in [
            "PASSWORD_FILE",
            "passwordSecretRef",
            "TOKEN_URL",
            "SECRET_NAME",
            "key",
            "PUBLIC_KEY",
            "publicApiKey",
            "PASSWORD_MIN_LENGTH",
            "compass",
            "BYPASS",
            "TOKEN_TTL",
            "password_hash",
            "secretKeyRef",
            "cache-key",
            "",
        ] {
            assert_eq!(family(name), None, "{name}");
        }
    }

    #[test]
    fn fields() {
        let is = |name, value| is_credential(name, value, Standing::Field);
        assert!(is("DB_PASSWORD", "root"));
        assert!(is("DB_PASSWORD", "example-Pa55w0rd"));
        assert!(is("API_KEY", "8f14e45fceea167a5a36dedd4bea2543"));
        assert!(is("API_TOKEN", "tV9xQ2mLr8Zk4Wb7Yc1N"));
        for (name, value) in [
            ("DB_PASSWORD", "${DB_PASSWORD}"),
            ("DB_PASSWORD", "no"),
            ("DB_PASSWORD", "/etc/secrets/password"),
            ("DB_PASSWORD", "true"),
            ("API_TOKEN", "shop-prod-external-secrets-2"),
            ("API_TOKEN", "6ba7b810-9dad-11d1-80b4-00c04fd430c8"),
            ("CLIENT_SECRET", "projects/shop/secrets/client-secret-9"),
            (
                "API_KEY",
                "sha256:5f0c1d7e9a3b4c8d2e6f1a0b9c8d7e6f5a4b3c2d1e0f9a8b7c6d5e4f3a2b1c0d",
            ),
            (
                "CONFIG_SHA256_TOKEN",
                "5f0c1d7e9a3b4c8d2e6f1a0b9c8d7e6f5a4b3c2d",
            ),
            ("SECRET", "https://vault.example.com/v1/secret"),
        ] {
            assert!(!is(name, value), "{name}={value}");
        }
    }

    #[test]
    fn running_text_needs_more() {
        let is = |name, value| is_credential(name, value, Standing::Running);
        assert!(is("password", "Pa55w0rd"));
        assert!(!is("password", "password"));
        assert!(!is("password", "getPassword()"));
        assert!(!is("password", "request.password"));
        assert!(!is("password", "a1"));
    }

    #[test]
    fn words_of_a_name() {
        assert_eq!(
            words("spring.dataSource_URL-2"),
            ["spring", "data", "source", "url", "2"]
        );
        assert_eq!(words("--"), Vec::<String>::new());
    }

    proptest! {
        #[test]
        fn lower_case_words_are_never_random(value in "[a-z]{2,11}([-_./][a-z]{2,11}){1,6}") {
            prop_assert!(!is_random(&value));
        }

        #[test]
        fn drawn_keys_are_random(value in "[A-Za-z0-9]{39}7[a-z]") {
            prop_assert!(is_random(&value));
        }

        #[test]
        fn entropy_is_bounded(value in "[0-9a-f]{1,64}") {
            prop_assert!((0.0..=4.0 + 1e-9).contains(&entropy(&value)));
        }

        #[test]
        fn any_text_can_be_judged(name in ".{0,40}", value in ".{0,80}") {
            let _ = is_credential(&name, &value, Standing::Field);
            let _ = is_credential(&name, &value, Standing::Running);
        }
    }
}
