//! Texts that stand where a value will be: references, templates, words that ask to be replaced, encrypted values.

/// Words that people write where a value will be put in, alone or with digits behind them.
const WORDS: [&str; 24] = [
    "changeit",
    "changeme",
    "default",
    "dummy",
    "empty",
    "example",
    "false",
    "foo",
    "foobar",
    "none",
    "nil",
    "null",
    "off",
    "on",
    "optional",
    "placeholder",
    "redacted",
    "replace",
    "replaceme",
    "required",
    "sample",
    "todo",
    "true",
    "yes",
];

/// How placeholders begin when a name follows: `your-password-here`, `REPLACE_WITH_TOKEN`.
const BEGINNINGS: [&str; 10] = [
    "your-", "your_", "replace-", "replace_", "insert-", "insert_", "change-", "change_", "enter-",
    "enter_",
];

/// References to a value that another system puts in: argocd-vault-plugin, vals, bank-vaults, 1Password, secretless
/// brokers, Secrets Manager.
const REFERENCES: [&str; 13] = [
    "ref+",
    "vault:",
    "op://",
    "secretref:",
    "secretref+",
    "secret://",
    "awssm://",
    "ssm://",
    "sm://",
    "arn:",
    "env:",
    "file:",
    "keyvault:",
];

/// Values that only somebody with a key can read: jasypt, Spring Cloud Config, ansible-vault, SOPS is told by its block.
const ENCRYPTED: [&str; 4] = ["ENC(", "{cipher}", "$ANSIBLE_VAULT;", "AQICAH"];

/// Password hashes: crypt(3), bcrypt, Argon2, Apache, PBKDF2. They are no passwords, and meant to be stored.
const HASHES: [&str; 12] = [
    "$1$", "$2a$", "$2b$", "$2y$", "$5$", "$6$", "$7$", "$apr1$", "$argon2", "$y$", "pbkdf2",
    "{SSHA}",
];

/// True when a whole value stands for one that is put in elsewhere, or says that there is none.
pub(crate) fn is_placeholder(value: &str) -> bool {
    let value = value.trim();
    if value.is_empty() || is_reference(value) || is_protected(value) {
        return true;
    }
    let lower = value.to_ascii_lowercase();
    let bare = lower.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '!' | '.'));
    let folded: String = bare
        .chars()
        .filter(|c| !matches!(c, '-' | '_' | ' '))
        .collect();
    WORDS.contains(&folded.as_str())
        || BEGINNINGS.iter().any(|start| lower.starts_with(start))
        || is_masked(value)
}

/// One character over and over (`****`, `xxxx`), or a long run of masking inside.
pub(crate) fn is_masked(value: &str) -> bool {
    let mut chars = value.chars();
    let first = chars.next();
    let same = chars.all(|c| Some(c) == first);
    same || ["****", "xxxxxx", "XXXXXX", "......", "<redacted>"]
        .iter()
        .any(|mask| value.contains(mask))
}

/// A reference to a value kept elsewhere, or a template that something fills in.
pub(crate) fn is_reference(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    if REFERENCES.iter().any(|start| lower.starts_with(start)) {
        return true;
    }
    if ["${", "$(", "{{", "$__", "%(", "<%", "#{", "[["]
        .iter()
        .any(|mark| value.contains(mark))
    {
        return true;
    }
    let inside = value
        .strip_prefix('<')
        .and_then(|rest| rest.strip_suffix('>'));
    if inside.is_some_and(|inside| !inside.contains(['<', '>'])) {
        return true;
    }
    let is_format = value.len() == 2 && value.starts_with('%')
        || (value.starts_with('{') && value.ends_with('}') && !value.contains(['"', '\'', ':']));
    if is_format {
        return true;
    }
    let is_name = |name: &str| {
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    value
        .strip_prefix('$')
        .is_some_and(|name| is_name(name) && !name.starts_with(|c: char| c.is_ascii_digit()))
        || value
            .strip_prefix('%')
            .and_then(|rest| rest.strip_suffix('%'))
            .is_some_and(is_name)
}

/// Encrypted, or a hash that was made to be stored.
pub(crate) fn is_protected(value: &str) -> bool {
    ENCRYPTED
        .iter()
        .chain(&HASHES)
        .any(|start| value.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::{is_placeholder, is_reference};

    #[test]
    fn what_stands_for_a_value() {
        for value in [
            "",
            "changeme",
            "CHANGE_ME",
            "change-me-please",
            "changeme123",
            "<password>",
            "<path:secret/data/db#password>",
            "${DB_PASSWORD}",
            "$(DB_PASSWORD)",
            "{{ .Values.password }}",
            "$DB_PASSWORD",
            "your-password-here",
            "xxxxxxxx",
            "ref+awssecrets://shop/db",
            "vault:secret/data/db#password",
            "op://vault/item/field",
            "arn:aws:iam::1:role/x",
            "$2y$10$abcdefghijklmnopqrstuv",
            "todo",
            "********",
            "$__file{/etc/secrets/password}",
            "%DB_PASSWORD%",
            "%s",
            "{password}",
        ] {
            assert!(is_placeholder(value), "{value}");
        }
    }

    #[test]
    fn what_is_a_value() {
        for value in [
            "example-Pa55w0rd",
            "hunter2",
            "pa$$word",
            "a<b>c",
            "correct horse",
            "Todo-Plan-77",
            "p@ss%word",
            "$9price",
        ] {
            assert!(!is_placeholder(value), "{value}");
        }
        assert!(!is_reference("$1abc"));
    }
}
