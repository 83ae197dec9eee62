//! Credentials that are known by their form alone, wherever they stand.
//!
//! What is found is told by kind and length; the value itself never leaves this file.

use sekisho_model::{Phrase, phrase};
use serde_json::Value;

use super::base64::{decode, decode_text};
use super::credential_name::{Standing, is_credential, is_random};
use super::placeholder::{is_masked, is_placeholder, is_reference};
use super::running_text::assignments;

/// A kind of credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Form {
    /// `AKIA…`, `ASIA…`: half of an AWS key pair.
    AwsAccessKeyId,
    /// A PEM private key, plain or in base64.
    PrivateKey,
    /// A token of a named service, with its name.
    Token(&'static str),
    /// A signed JSON Web Token.
    Jwt,
    /// `scheme://user:password@host`.
    UrlPassword,
    /// `Basic …` of a user and a password.
    BasicAuthorization,
    /// `Bearer …`.
    BearerToken,
    /// A login of an image registry.
    RegistryLogin,
    /// Only its name tells: a password or key.
    Named,
}

/// A credential that was recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Credential {
    pub(crate) form: Form,
    /// How many characters it has.
    pub(crate) length: usize,
}

impl Credential {
    /// Its kind and length, for people.
    pub(crate) fn called(self) -> Phrase {
        let length = self.length;
        let (en, ja) = match self.form {
            Form::AwsAccessKeyId => ("an AWS access key ID", "AWS アクセスキー ID"),
            Form::PrivateKey => ("a private key", "秘密鍵"),
            Form::Token(service) => {
                let is_vowel = service.starts_with(['a', 'A', 'O']) || service.starts_with("npm");
                let article = if is_vowel { "an" } else { "a" };
                return phrase!(en: "{article} {service} ({length} characters)", ja: "{service} ({length} 文字)");
            }
            Form::Jwt => ("a signed JWT", "署名付き JWT"),
            Form::UrlPassword => ("a password in a URL", "URL 内のパスワード"),
            Form::BasicAuthorization => (
                "a user and password for basic authentication",
                "Basic 認証のユーザー名とパスワード",
            ),
            Form::BearerToken => ("a bearer token", "Bearer トークン"),
            Form::RegistryLogin => (
                "a login of an image registry",
                "イメージレジストリのログイン情報",
            ),
            Form::Named => ("a password or key", "パスワードまたは鍵"),
        };
        phrase!(en: "{en} ({length} characters)", ja: "{ja} ({length} 文字)")
    }
}

/// Tokens that begin with a word of their issuer: beginning, characters that follow, how many of them, service.
type Issued = (
    &'static str,
    fn(char) -> bool,
    std::ops::RangeInclusive<usize>,
    Form,
);

#[rustfmt::skip]
static ISSUED: &[Issued] = &[
    ("AKIA", base32, 16..=16, Form::AwsAccessKeyId),
    ("ASIA", base32, 16..=16, Form::AwsAccessKeyId),
    ("ghp_", alphanumeric, 36..=255, Form::Token("GitHub token")),
    ("gho_", alphanumeric, 36..=255, Form::Token("GitHub token")),
    ("ghu_", alphanumeric, 36..=255, Form::Token("GitHub token")),
    ("ghs_", alphanumeric, 36..=255, Form::Token("GitHub token")),
    ("ghr_", alphanumeric, 36..=255, Form::Token("GitHub token")),
    ("github_pat_", word, 60..=255, Form::Token("GitHub token")),
    ("glpat-", dashed, 20..=255, Form::Token("GitLab token")),
    ("gldt-", dashed, 20..=255, Form::Token("GitLab token")),
    ("glrt-", dashed, 20..=255, Form::Token("GitLab token")),
    ("xoxb-", dashed, 20..=255, Form::Token("Slack token")),
    ("xoxp-", dashed, 20..=255, Form::Token("Slack token")),
    ("xoxa-", dashed, 20..=255, Form::Token("Slack token")),
    ("xoxr-", dashed, 20..=255, Form::Token("Slack token")),
    ("xoxs-", dashed, 20..=255, Form::Token("Slack token")),
    ("xapp-", dashed, 20..=255, Form::Token("Slack token")),
    ("hooks.slack.com/services/T", pathlike, 30..=100, Form::Token("Slack webhook address")),
    ("sk_live_", alphanumeric, 16..=255, Form::Token("Stripe key")),
    ("rk_live_", alphanumeric, 16..=255, Form::Token("Stripe key")),
    ("AIza", dashed, 35..=35, Form::Token("Google API key")),
    ("npm_", alphanumeric, 36..=36, Form::Token("npm token")),
    ("pypi-AgEIcHlwaS5vcmc", dashed, 50..=1000, Form::Token("PyPI token")),
    ("hvs.", dashed, 24..=500, Form::Token("Vault token")),
    ("hvb.", dashed, 24..=500, Form::Token("Vault token")),
    ("AGE-SECRET-KEY-1", alphanumeric, 58..=58, Form::Token("age secret key")),
    ("dop_v1_", hexadecimal, 64..=64, Form::Token("DigitalOcean token")),
    ("dckr_pat_", dashed, 24..=100, Form::Token("Docker Hub token")),
    ("sk-ant-", dashed, 40..=255, Form::Token("Anthropic API key")),
    ("sk-proj-", dashed, 40..=255, Form::Token("OpenAI API key")),
];

fn base32(c: char) -> bool {
    matches!(c, 'A'..='Z' | '2'..='7')
}

fn alphanumeric(c: char) -> bool {
    c.is_ascii_alphanumeric()
}

fn hexadecimal(c: char) -> bool {
    c.is_ascii_hexdigit()
}

fn word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

fn dashed(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-')
}

fn pathlike(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '/')
}

/// Credentials of a field with a name: by form, and by name and chance.
pub(crate) fn in_field(name: &str, value: &str) -> Vec<Credential> {
    let mut found = in_text(value);
    if found.is_empty()
        && !value.trim().contains('\n')
        && is_credential(name, value, Standing::Field)
    {
        found.push(named(value));
    }
    found
}

/// Credentials of a longer text: by form, and by the names inside of it.
pub(crate) fn in_text(text: &str) -> Vec<Credential> {
    let mut found = by_form(text);
    for (name, value) in assignments(text) {
        if by_form(value).is_empty() && is_credential(name, value, Standing::Running) {
            found.push(named(value));
        }
    }
    found
}

/// A credential that only its name tells.
pub(crate) fn named(value: &str) -> Credential {
    Credential {
        form: Form::Named,
        length: value.trim().chars().count(),
    }
}

/// Credentials by form alone; a text that is base64 as a whole is looked into, once.
pub(crate) fn by_form(text: &str) -> Vec<Credential> {
    let mut found = plain_forms(text);
    let text = text.trim();
    if found.is_empty()
        && text.len() >= 24
        && !text.contains(|c: char| {
            !c.is_ascii_alphanumeric() && !matches!(c, '+' | '/' | '-' | '_' | '=' | '\n')
        })
        && let Some(inner) = decode_text(text)
    {
        found = plain_forms(&inner);
    }
    found
}

fn plain_forms(text: &str) -> Vec<Credential> {
    let mut found = Vec::new();
    issued(text, &mut found);
    private_keys(text, &mut found);
    tokens_of_json(text, &mut found);
    url_passwords(text, &mut found);
    authorization(text, &mut found);
    registry_logins(text, &mut found);
    found
}

/// Places where a new word begins: tokens never continue one.
fn word_starts(text: &str) -> impl Iterator<Item = &str> {
    let mut last = ' ';
    text.char_indices().filter_map(move |(at, c)| {
        let starts = c.is_ascii_alphanumeric() && !last.is_ascii_alphanumeric() && last != '_';
        last = c;
        starts.then(|| text.get(at..)).flatten()
    })
}

fn run(text: &str, of: impl Fn(char) -> bool) -> &str {
    let end = text.find(|c| !of(c)).unwrap_or(text.len());
    text.get(..end).unwrap_or("")
}

fn issued(text: &str, found: &mut Vec<Credential>) {
    for rest in word_starts(text) {
        for (start, of, lengths, form) in ISSUED {
            let Some(body) = rest.strip_prefix(start) else {
                continue;
            };
            let body = run(body, of);
            if lengths.contains(&body.len()) && is_drawn(body) {
                found.push(Credential {
                    form: *form,
                    length: start.len() + body.len(),
                });
            }
        }
    }
}

/// Not the documentation's example, not masked, not the same few characters.
fn is_drawn(body: &str) -> bool {
    let distinct: std::collections::BTreeSet<char> = body.chars().collect();
    let upper = body.to_ascii_uppercase();
    distinct.len() >= 7 && !upper.contains("EXAMPLE") && !is_masked(body)
}

/// PEM private keys, with at least 32 characters of body behind the head; in base64 too.
fn private_keys(text: &str, found: &mut Vec<Credential>) {
    for (_, rest) in text
        .match_indices("-----BEGIN ")
        .filter_map(|(at, _)| text.get(at..).map(|rest| (at, rest)))
    {
        let Some((head, body)) = rest
            .strip_prefix("-----BEGIN ")
            .and_then(|rest| rest.split_once("-----"))
        else {
            continue;
        };
        let is_key = head.ends_with("PRIVATE KEY") || head.ends_with("PRIVATE KEY BLOCK");
        let body = body.split_once("-----END").map_or(body, |(body, _)| body);
        let digits = body
            .replace("\\n", "")
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .count();
        if is_key && digits >= 32 && !is_masked(body.trim()) {
            found.push(Credential {
                form: Form::PrivateKey,
                length: body.trim().chars().count(),
            });
        }
    }
    // `-----BEGIN` in base64, as kubeconfigs and values files hold it.
    for rest in word_starts(text).filter(|rest| rest.starts_with("LS0tLS1CRUdJTi")) {
        let digits = run(rest, |c| {
            c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=')
        });
        if let Some(inner) = decode_text(digits) {
            private_keys(&inner, found);
        }
    }
}

/// JWTs: a head and a body that are JSON objects, and a signature.
fn tokens_of_json(text: &str, found: &mut Vec<Credential>) {
    for rest in word_starts(text).filter(|rest| rest.starts_with("eyJ")) {
        let token = run(rest, |c| dashed(c) || c == '.').trim_end_matches('.');
        let parts: Vec<&str> = token.split('.').collect();
        let [head, body, signature] = parts.as_slice() else {
            continue;
        };
        let object = |part: &str| {
            serde_json::from_slice::<Value>(&decode(part)?)
                .ok()
                .filter(Value::is_object)
        };
        let is_token =
            object(head).is_some_and(|head| head.get("alg").is_some()) && object(body).is_some();
        if is_token && signature.len() >= 20 {
            found.push(Credential {
                form: Form::Jwt,
                length: token.len(),
            });
        }
    }
}

fn url_passwords(text: &str, found: &mut Vec<Credential>) {
    for (at, _) in text.match_indices("://") {
        let scheme = text.get(..at).and_then(|before| before.chars().next_back());
        let Some(rest) = text
            .get(at + 3..)
            .filter(|_| scheme.is_some_and(|c| c.is_ascii_alphanumeric()))
        else {
            continue;
        };
        let authority = run(rest, |c| !c.is_whitespace() && !"/?#\"'`<>".contains(c));
        let Some((user, host)) = authority.rsplit_once('@') else {
            continue;
        };
        let Some((_, password)) = user.split_once(':') else {
            continue;
        };
        let is_host = host.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '[');
        // `user:password@` is how documentation writes it.
        let is_word = matches!(
            password.to_ascii_lowercase().as_str(),
            "password" | "pass" | "pwd" | "passwd" | "secret"
        );
        if is_host && !is_word && !is_placeholder(password) && !is_reference(user) {
            found.push(Credential {
                form: Form::UrlPassword,
                length: password.chars().count(),
            });
        }
    }
}

fn authorization(text: &str, found: &mut Vec<Credential>) {
    for rest in word_starts(text) {
        if let Some(value) = rest
            .strip_prefix("Basic ")
            .or_else(|| rest.strip_prefix("basic "))
        {
            let digits = run(value, |c| {
                c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=')
            });
            if let Some(password) = login(digits) {
                found.push(Credential {
                    form: Form::BasicAuthorization,
                    length: password,
                });
            }
        } else if let Some(value) = rest
            .strip_prefix("Bearer ")
            .or_else(|| rest.strip_prefix("bearer "))
        {
            let token = run(value, |c| {
                c.is_ascii_alphanumeric() || "-._~+/=".contains(c)
            });
            let is_known = ISSUED.iter().any(|(start, ..)| token.starts_with(start))
                || token.starts_with("eyJ");
            if token.len() >= 20 && !is_known && is_random(token) {
                found.push(Credential {
                    form: Form::BearerToken,
                    length: token.len(),
                });
            }
        }
    }
}

/// The length of the password when base64 holds `user:password`.
fn login(digits: &str) -> Option<usize> {
    let text = decode_text(digits)?;
    let (user, password) = text.trim_end().split_once(':')?;
    let is_printable = text.trim_end().chars().all(|c| !c.is_control());
    let is_login =
        is_printable && !user.is_empty() && !is_placeholder(password) && !is_reference(user);
    is_login.then(|| password.chars().count())
}

/// `{"auths": {"registry": {"auth": …}}}`: what `docker login` writes.
fn registry_logins(text: &str, found: &mut Vec<Credential>) {
    if !text.contains("\"auths\"") {
        return;
    }
    let Ok(config) = serde_json::from_str::<Value>(text) else {
        return;
    };
    let registries = config.get("auths").and_then(Value::as_object);
    for registry in registries.into_iter().flat_map(serde_json::Map::values) {
        let text = |key: &str| registry.get(key).and_then(Value::as_str);
        let length = text("auth").and_then(login).or_else(|| {
            let password = text("password").or_else(|| text("identitytoken"))?;
            (!is_placeholder(password)).then(|| password.chars().count())
        });
        found.extend(length.map(|length| Credential {
            form: Form::RegistryLogin,
            length,
        }));
    }
}

#[cfg(test)]
mod tests;
