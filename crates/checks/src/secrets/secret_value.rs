//! What a value in a Secret's file is: a secret, or something that may stand there.

use super::base64;
use super::credential_form::{Form, by_form};
use super::credential_name::{Standing, family, is_credential, words};
use super::placeholder::is_placeholder;
use super::running_text::assignments;

/// A value of a Secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Nothing, or what stands for a value that is put in elsewhere.
    Placeholder,
    /// SOPS, whose block stands in the same file, encrypted it.
    Encrypted,
    /// Certificates and public keys, or settings in which no credential is recognised.
    Open,
    /// A value that must not stand in a file.
    Secret,
}

/// The bytes of an entry of `data`. What is no base64 is taken as it stands: the API server refuses it, the file shows it.
pub(crate) fn stored(value: &str) -> Vec<u8> {
    base64::decode(value).unwrap_or_else(|| value.as_bytes().to_vec())
}

/// Judges the value of one key.
pub(crate) fn kind(key: &str, value: Vec<u8>, has_sops: bool) -> Kind {
    let is_der = || {
        [".crt", ".cer", ".der", ".pub"]
            .iter()
            .any(|end| key.ends_with(end))
    };
    let text = match String::from_utf8(value) {
        Ok(text) => text,
        // One wrong value makes the server refuse all; then plain words that pass for base64 may stand beside it.
        Err(_) if is_der() || names_no_secret(key) => return Kind::Open,
        Err(_) => return Kind::Secret,
    };
    if is_sops(&text) && has_sops {
        return Kind::Encrypted;
    }
    if is_placeholder(&text) && !is_sops(&text) {
        return Kind::Placeholder;
    }
    // Half of a pair is no secret: the other half is.
    let is_secret = |form: Form| form != Form::AwsAccessKeyId;
    if by_form(&text).iter().any(|found| is_secret(found.form)) {
        return Kind::Secret;
    }
    let is_settings = text.trim().contains('\n') || text.trim_start().starts_with(['{', '[']);
    let is_open = is_public_pem(&text)
        || (is_settings && !has_secret_line(&text))
        || (!is_settings && (names_no_secret(key) || is_switch(&text)));
    if is_open { Kind::Open } else { Kind::Secret }
}

/// `ENC[AES256_GCM,data:…,iv:…,tag:…,type:str]`.
fn is_sops(text: &str) -> bool {
    text.trim()
        .strip_prefix("ENC[AES256_GCM,")
        .and_then(|rest| rest.strip_suffix(']'))
        .is_some_and(|inside| {
            ["data:", ",iv:", ",tag:", ",type:"]
                .iter()
                .all(|part| inside.contains(part))
        })
}

/// Blocks of certificates, public keys and the like, with nothing secret between them.
fn is_public_pem(text: &str) -> bool {
    let mut labels = text.match_indices("-----BEGIN ").filter_map(|(at, start)| {
        let rest = text.get(at + start.len()..)?;
        rest.split_once("-----").map(|(label, _)| label)
    });
    let starts = text.trim_start().starts_with("-----BEGIN ");
    let is_ssh = ["ssh-rsa ", "ssh-ed25519 ", "ecdsa-sha2-"]
        .iter()
        .any(|start| text.starts_with(start));
    is_ssh || (starts && labels.all(|label| !label.contains("PRIVATE")))
}

/// In the files of Secrets a line that names a password or key counts without further proof.
fn has_secret_line(text: &str) -> bool {
    let is_hash_line = |line: &str| {
        line.split_once(':').is_some_and(|(user, hash)| {
            !user.contains(char::is_whitespace)
                && ["$apr1$", "$2a$", "$2b$", "$2y$", "{SHA}", "$6$"]
                    .iter()
                    .any(|start| hash.starts_with(start))
        })
    };
    text.lines().any(is_hash_line)
        || assignments(text).any(|(name, value)| is_credential(name, value, Standing::Field))
}

/// Keys whose values are no secret by themselves.
fn names_no_secret(key: &str) -> bool {
    let words = words(key);
    let last = words.last().map_or("", String::as_str);
    let is_harmless = matches!(
        last,
        "user"
            | "username"
            | "login"
            | "host"
            | "hostname"
            | "port"
            | "url"
            | "uri"
            | "endpoint"
            | "server"
            | "region"
            | "bucket"
            | "database"
            | "dbname"
            | "db"
            | "name"
            | "namespace"
            | "type"
            | "email"
            | "from"
            | "project"
            | "provider"
            | "enabled"
            | "insecure"
            | "id"
            | "account"
            | "issuer"
            | "audience"
            | "domain"
            | "path"
            | "version"
            | "mode"
            | "schema"
            | "cluster"
            | "environment"
            | "env"
            | "arn"
            | "file"
            | "filename"
            | "description"
    );
    is_harmless && family(key).is_none()
}

fn is_switch(text: &str) -> bool {
    let text = text.trim();
    text.len() < 4 || text.parse::<u16>().is_ok() || matches!(text, "enabled" | "disabled")
}

#[cfg(test)]
mod tests {
    use super::{Kind, kind, stored};

    #[test]
    fn what_may_stand_in_a_file() {
        for (key, value) in [
            ("username", "shop"),
            ("host", "db.example.com"),
            (
                "tls.crt",
                "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
            ),
            ("id.pub", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5"),
            (
                "alertmanager.yaml",
                "route:\n  receiver: web\nreceivers:\n- name: web\n",
            ),
            ("type", "git"),
            ("url", "https://git.example.com/shop.git"),
            (".dockerconfigjson", "{\"auths\": {}}"),
            ("insecure", "true"),
        ] {
            assert_ne!(kind(key, value.into(), false), Kind::Secret, "{key}");
        }
    }

    #[test]
    fn what_may_not() {
        for (key, value) in [
            ("password", "hunter2"),
            ("config", "[db]\npassword = hunter\n"),
            ("auth", "shop:$apr1$abc$def\nops:$apr1$abc$ghi\n"),
            ("anything", "something-only-we-know"),
            ("url", "postgres://shop:hunter2@db/shop"),
        ] {
            assert_eq!(kind(key, value.into(), false), Kind::Secret, "{key}");
        }
        assert_eq!(
            kind("keystore.jks", stored("/u3+7QAAAAI="), false),
            Kind::Secret
        );
        assert_eq!(
            kind("password", stored("not base64, and refused"), false),
            Kind::Secret
        );
    }

    #[test]
    fn sops_counts_only_with_its_block() {
        let value = "ENC[AES256_GCM,data:qwer,iv:qwer,tag:qwer,type:str]";
        assert_eq!(kind("password", value.into(), true), Kind::Encrypted);
        assert_eq!(kind("password", value.into(), false), Kind::Secret);
        assert_eq!(
            kind("password", "ENC[AES256_GCM,hunter2]".into(), true),
            Kind::Secret
        );
    }

    #[test]
    fn placeholders_count_in_base64_too() {
        for value in [
            "<path:secret/data/db#password>",
            "JHtEQl9QQVNTV09SRH0=",
            "",
            "e3sgLlZhbHVlcy5wYXNzd29yZCB9fQ==",
        ] {
            assert_eq!(
                kind("password", stored(value), false),
                Kind::Placeholder,
                "{value}"
            );
        }
    }
}
