//! No credential of this file is whole: each is put together at run time, so that scanners of the repository stay quiet.

use proptest::prelude::*;

use super::super::base64::encode as base64;
use super::{Credential, Form, by_form, in_field, in_text};

const BODY: &str = "q7Zr2Lm9Xc4Vb8Nt1Kd6Hs3Jf5Gw0Py7Ea2Tu9Ri4";

fn forms(text: &str) -> Vec<Form> {
    by_form(text).into_iter().map(|found| found.form).collect()
}

fn token(start: &str, length: usize) -> String {
    let body: String = BODY.chars().cycle().take(length).collect();
    format!("{start}{body}")
}

fn private_key() -> String {
    format!(
        "-----BEGIN RSA {} KEY-----\n{BODY}\n-----END RSA PRIVATE KEY-----\n",
        "PRIVATE"
    )
}

fn jwt() -> String {
    let part = |json: &str| {
        base64(json)
            .trim_end_matches('=')
            .replace('+', "-")
            .replace('/', "_")
    };
    format!(
        "{}.{}.{}",
        part(r#"{"alg":"HS256"}"#),
        part(r#"{"sub":"1"}"#),
        BODY
    )
}

#[test]
fn issued_tokens() {
    for (start, length, form) in [
        ("ghp_", 36, Form::Token("GitHub token")),
        ("github_pat_", 82, Form::Token("GitHub token")),
        ("glpat-", 20, Form::Token("GitLab token")),
        ("xoxb-", 50, Form::Token("Slack token")),
        ("sk_live_", 24, Form::Token("Stripe key")),
        ("AIza", 35, Form::Token("Google API key")),
        ("hvs.", 90, Form::Token("Vault token")),
    ] {
        let text = token(start, length);
        assert_eq!(forms(&text), [form], "{start}");
        assert_eq!(forms(&format!("key=\"{text}\"\n")), [form], "{start}");
        assert_eq!(forms(&format!("x{text}")), [], "{start} inside of a word");
        assert_eq!(by_form(&text)[0].length, start.len() + length);
    }
}

#[test]
fn aws_keys() {
    assert_eq!(
        forms(&format!("AKIA{}", "Q3EGRIA7VXLM2ZPT")),
        [Form::AwsAccessKeyId]
    );
    assert_eq!(
        forms(&format!("ASIA{}", "Q3EGRIA7VXLM2ZPT")),
        [Form::AwsAccessKeyId]
    );
    for harmless in [
        "AKIAIOSFODNN7EXAMPLE".to_owned(),
        format!("AROA{}", "Q3EGRIA7VXLM2ZPT"),
        format!("AKIA{}", "Q3EGRIA7VXLM2ZPTQ"),
        format!("AKIA{}", "XXXXXXXXXXXXXXXX"),
    ] {
        assert_eq!(forms(&harmless), [], "{harmless}");
    }
}

#[test]
fn private_keys_are_found_and_certificates_are_not() {
    assert_eq!(forms(&private_key()), [Form::PrivateKey]);
    assert_eq!(
        forms(&format!("client-key-data: {}\n", base64(&private_key()))),
        [Form::PrivateKey]
    );
    assert_eq!(
        forms(&private_key().replace('\n', "\\n")),
        [Form::PrivateKey]
    );
    assert_eq!(
        forms(&format!(
            "-----BEGIN CERTIFICATE-----\n{BODY}\n-----END CERTIFICATE-----\n"
        )),
        []
    );
    assert_eq!(
        forms(&format!(
            "-----BEGIN {} KEY-----\n...\n-----END PRIVATE KEY-----",
            "PRIVATE"
        )),
        []
    );
}

#[test]
fn jwts_need_json_and_a_signature() {
    assert_eq!(forms(&jwt()), [Form::Jwt]);
    assert_eq!(forms("eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0."), []);
    assert_eq!(forms("eyJust.some.words-that-look-like-a-token"), []);
}

#[test]
fn passwords_in_urls() {
    for text in [
        "postgres://shop:example-Pa55w0rd@db.example.com:5432/shop",
        "redis://:example-Redis-Pa55@cart-redis:6379/0",
        "mongodb://u:p%40ss1@a:27017,b:27017/shop",
        "amqp://guest:guest@rabbitmq",
    ] {
        assert_eq!(forms(text), [Form::UrlPassword], "{text}");
    }
    for text in [
        "postgres://shop:$(DB_PASSWORD)@db/shop",
        "postgres://shop:${DB_PASSWORD}@db/shop",
        "postgres://shop@db/shop",
        "postgres://user:password@host/db",
        "postgres://shop:<password>@db/shop",
        "https://example.com/a:b@c",
        "https://registry.example.com:5000/a@sha256:abc",
        "http://shop:****@db",
        "mailto:a@example.com",
    ] {
        assert_eq!(forms(text), [], "{text}");
    }
}

#[test]
fn authorization_headers() {
    assert_eq!(
        forms(&format!("Authorization: Basic {}", base64("shop:Pa55w0rd"))),
        [Form::BasicAuthorization]
    );
    assert_eq!(
        forms(&format!("Authorization: Bearer {BODY}")),
        [Form::BearerToken]
    );
    assert_eq!(forms("Basic authentication is off"), []);
    assert_eq!(forms("Bearer token-of-the-service-account"), []);
}

#[test]
fn registry_logins() {
    let config =
        |auth: &str| format!(r#"{{"auths": {{"registry.example.com": {{"auth": "{auth}"}}}}}}"#);
    assert_eq!(
        forms(&config(&base64("ci:Pa55w0rd"))),
        [Form::RegistryLogin]
    );
    assert_eq!(forms(&config("")), []);
    assert_eq!(
        forms(&base64(&config(&base64("ci:Pa55w0rd")))),
        [Form::RegistryLogin]
    );
}

#[test]
fn names_inside_of_texts() {
    let named = |length| Credential {
        form: Form::Named,
        length,
    };
    assert_eq!(
        in_text("[db]\nuser = shop\npassword = Pa55w0rd\n"),
        [named(8)]
    );
    assert_eq!(in_text("-Dspring.datasource.password=Pa55w0rd"), [named(8)]);
    assert_eq!(in_text("password = os.getenv('DB_PASSWORD')\n"), []);
    assert_eq!(in_field("DB_PASSWORD", "root"), [named(4)]);
    assert_eq!(
        in_field("DATABASE_URL", "postgres://a:b1c2d3@db/x").len(),
        1
    );
}

#[test]
fn only_kind_and_length_are_told() {
    let text = token("ghp_", 36);
    let told = by_form(&text)[0].called();
    assert_eq!(told.en, "a GitHub token (40 characters)");
    assert!(!told.en.contains(BODY.get(..8).unwrap()));
}

proptest! {
    #[test]
    fn hexadecimal_digests_are_no_credentials(digest in "[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}") {
        prop_assert_eq!(forms(&digest), []);
        prop_assert_eq!(forms(&format!("registry.example.com/a/b@sha256:{digest}")), []);
    }

    #[test]
    fn arns_and_uuids_are_no_credentials(account in "[0-9]{12}", name in "[a-zA-Z0-9+=,.@_-]{1,64}", id in "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}") {
        prop_assert_eq!(in_field("ROLE_ARN", &format!("arn:aws:iam::{account}:role/{name}")), []);
        prop_assert_eq!(in_field("CLIENT_SECRET", &id), []);
    }

    #[test]
    fn references_are_no_credentials(name in "[A-Z_]{1,20}") {
        for text in [format!("$({name})"), format!("${{{name}}}"), format!("{{{{ .Values.{name} }}}}"), format!("<{name}>")] {
            prop_assert_eq!(in_field("DB_PASSWORD", &text), []);
        }
    }

    #[test]
    fn github_tokens_are_found_anywhere(body in "[A-Za-z0-9]{30}aB3dE9", before in "[ =:\"'/]?", after in "[ \"',]?") {
        let text = format!("{before}ghp_{body}{after}");
        prop_assert_eq!(forms(&text), [Form::Token("GitHub token")]);
    }

    #[test]
    fn any_text_can_be_read(text in "(?s).{0,300}") {
        let _ = in_field("password", &text);
    }
}
