use sekisho_model::{Fields, Object, Severity, phrase};
use sekisho_text::{Route, Step};

use super::config_walk::{Hit, hits};
use super::credential_form::{Credential, Form};
use crate::identity::aws_credentials;
use crate::{Check, Context, Fault, Level, On, check};

check! {
    /// **What it shows.** A credential that stands where configuration belongs: in a ConfigMap, an environment variable, a
    /// command line, an annotation or any other field of an object.
    ///
    /// It is recognised by its form (AWS access key IDs, PEM private keys, JWTs, tokens of GitHub, GitLab, Slack, Stripe,
    /// Google and others, passwords in URLs, basic authentication, registry logins; in base64 too), or by its name: a
    /// password of 4 characters or more (6 with a digit or sign inside of longer texts), or a token or key of 16 characters or more
    /// with a letter, a digit and at least 3.4 bits of entropy per character (3.0 for hexadecimal). Placeholders,
    /// references, hashes, digests, UUIDs, ARNs and certificates do not count. The message tells kind and length, never the
    /// value.
    ///
    /// **Why it matters.** ConfigMaps and pod specs are read by far more people and tools than Secrets: RBAC roles such as
    /// `view` leave only Secrets out. The value also stands in the repository and its history.
    ///
    /// **Bad**
    /// ```yaml
    /// kind: ConfigMap
    /// data:
    ///   DATABASE_URL: postgres://shop:example-Pa55w0rd@db.example.com/shop
    /// ```
    ///
    /// **Good.** The password in Secrets Manager, brought by an ExternalSecret and mounted as a file; the ConfigMap holds host and
    /// user only.
    ///
    /// **References**
    /// - <https://kubernetes.io/docs/concepts/configuration/configmap/>
    /// - <https://attack.mitre.org/techniques/T1552/001/>
    ///
    /// # 日本語
    /// **示すこと。** ConfigMap、環境変数、コマンドライン、アノテーションなど、設定のための場所に書かれた認証情報。
    ///
    /// 形式 (AWS アクセスキー ID、PEM 秘密鍵、JWT、GitHub・GitLab・Slack・Stripe・Google などのトークン、URL 内のパスワード、Basic 認証、レジストリのログイン情報。Base64 も含む)、または名前から認識する。名前による場合、パスワードは 4 文字以上 (長いテキストの中では数字か記号を含む 6 文字以上)、トークンと鍵は英字と数字を含む 16 文字以上で 1 文字あたりのエントロピーが 3.4 ビット以上 (16 進数は 3.0) のものを数える。プレースホルダー、参照、ハッシュ、ダイジェスト、UUID、ARN、証明書は数えない。メッセージには種類と長さだけを示し、値は示さない。
    ///
    /// **理由。** ConfigMap と Pod の定義は Secret よりはるかに多くの人とツールが読める (`view` などのロールが除外するのは Secret だけである)。値はリポジトリとその履歴にも残る。
    ///
    /// **直し方。** 値を AWS Secrets Manager に移し、ExternalSecret で同期してファイルとしてマウントする。ここにあった値は変更する。
    SecretInConfig = "secret-in-config";
    control: "T3.1",
    severity: High,
    profile: Default,
    level: Level::Object(&[("*", "*")]),
    fix: None,
    title: "A credential stands in configuration", "設定に書かれた認証情報",
}

impl Check for SecretInConfig {
    fn object(&self, _cx: &Context<'_>, object: &Object, on: &mut On<'_>) {
        // Secrets have a check of their own; schemas hold no values.
        if object.is("", "Secret") || object.group() == "apiextensions.k8s.io" {
            return;
        }
        let mut is_clean = true;
        for hit in hits(&object.value) {
            is_clean = false;
            if hit.name.is_some_and(aws_credentials::is_name) && hit.is_env {
                on.fail_told_by(&["static-aws-credentials"]);
            } else {
                on.fail(fault(object, hit));
            }
        }
        let holds_config = object.is("", "ConfigMap") || object.value.at("spec").is_some();
        if is_clean && holds_config {
            on.pass();
        }
    }
}

fn fault(object: &Object, hit: Hit<'_>) -> Fault {
    let kinds: Vec<_> = hit
        .found
        .iter()
        .map(|found: &Credential| found.called())
        .collect();
    let list = |texts: Vec<&str>, and: &str| {
        let more = texts.len().saturating_sub(3);
        let shown = texts.into_iter().take(3).collect::<Vec<_>>().join(and);
        if more > 0 {
            format!("{shown} (+{more})")
        } else {
            shown
        }
    };
    let en = list(kinds.iter().map(|kind| kind.en.as_ref()).collect(), ", ");
    let ja = list(kinds.iter().map(|kind| kind.ja.as_ref()).collect(), "、");
    let (id, route) = (object.id(), shown(&hit.route));
    let message = phrase!(
        en: "`{route}` of {id} holds {en}: whoever reads the object or the repository has it. Keep it in Secrets Manager or SSM, bring it with an ExternalSecret, and change it",
        ja: "{id} の `{route}` に{ja}がある。オブジェクトまたはリポジトリを読める人は誰でも入手できる。AWS Secrets Manager または SSM に移して ExternalSecret で同期し、値を変更すること",
    );
    // Half of a key pair opens nothing by itself.
    let is_half = hit
        .found
        .iter()
        .all(|found| found.form == Form::AwsAccessKeyId);
    let severity = if is_half {
        Severity::Medium
    } else {
        Severity::High
    };
    Fault::at(hit.route, message).severity(severity)
}

/// The last steps of a route, which are what people look for; it begins with a name.
fn shown(route: &Route) -> String {
    let steps = route.steps();
    let mut from = steps.len().saturating_sub(3);
    while from > 0 && matches!(steps.get(from), Some(Step::Index(_))) {
        from -= 1;
    }
    let kept = steps.get(from..).unwrap_or(steps);
    kept.iter().cloned().collect::<Route>().to_string()
}
