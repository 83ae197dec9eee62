use sekisho_model::{Fields, Object, phrase};
use sekisho_text::Route;
use serde_json::Value;

use super::secret_value::{Kind, kind, stored};
use crate::{Check, Context, Fault, Level, On, check};

check! {
    /// **What it shows.** A Secret whose values stand in a file, in plain text or in base64, which is no encryption.
    ///
    /// **Why it matters.** Whoever can read the repository, its history, a fork or a build log has the values, and taking them
    /// out of the file does not take them out of the history. Such a secret is also never rotated: nobody knows who has it.
    ///
    /// Not meant are values that SOPS encrypted (with the `sops` block in the same object), SealedSecrets, placeholders that
    /// something fills in (`<path:…>`, `${…}`, `{{ … }}`, `ref+…`, `vault:…`), empty values, certificates and public keys,
    /// and settings in which no credential is recognised.
    ///
    /// **Bad**
    /// ```yaml
    /// apiVersion: v1
    /// kind: Secret
    /// metadata: {name: database}
    /// stringData:
    ///   password: example-Pa55w0rd
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// apiVersion: external-secrets.io/v1
    /// kind: ExternalSecret
    /// metadata: {name: database}
    /// spec:
    ///   refreshInterval: 15m
    ///   secretStoreRef: {kind: SecretStore, name: secrets-manager}
    ///   target: {name: database}
    ///   data:
    ///     - secretKey: password
    ///       remoteRef: {key: shop/database, property: password}
    /// ```
    ///
    /// **References**
    /// - <https://kubernetes.io/docs/concepts/security/secrets-good-practices/>
    /// - <https://docs.aws.amazon.com/eks/latest/best-practices/data-encryption-and-secrets-management.html>
    ///
    /// # 日本語
    /// **示すこと。** 値がファイルに平文または Base64 で書かれた Secret。Base64 は暗号化ではない。
    ///
    /// **理由。** リポジトリ、その履歴、フォーク、ビルドログを読める人は誰でも値を入手でき、ファイルから消しても履歴には残る。誰が知っているか分からないため、ローテーションもされない。
    ///
    /// 対象外: SOPS で暗号化された値 (同じオブジェクトに `sops` ブロックがあるもの)、SealedSecret、後で埋められるプレースホルダー (`<path:…>`、`${…}`、`{{ … }}`、`ref+…`、`vault:…`)、空の値、証明書と公開鍵、認証情報が認められない設定。
    ///
    /// **直し方。** 値を AWS Secrets Manager または SSM に置き、ExternalSecret で Secret を作る。ファイルにあった値は変更する。
    PlaintextSecret = "plaintext-secret";
    control: "T3.1",
    severity: High,
    profile: Default,
    level: Level::Object(&[("", "Secret")]),
    fix: None,
    title: "The values of a Secret stand in a file", "ファイルに書かれた Secret の値",
}

impl Check for PlaintextSecret {
    fn object(&self, cx: &Context<'_>, secret: &Object, on: &mut On<'_>) {
        // A Secret that a controller made is no file's; one without a file was read from a cluster.
        let is_made = secret
            .value
            .items("metadata.ownerReferences")
            .iter()
            .any(|owner| owner.flag("controller") == Some(true));
        let Some(source) = secret.source.as_ref().filter(|_| !is_made) else {
            return;
        };
        let stands = |route: &Route| {
            cx.estate
                .locate(secret, route)
                .is_some_and(|place| !place.absent)
        };
        let has_sops = stands(&Route::of("sops"));
        let mut told: Vec<(Route, &str)> = Vec::new();
        let mut looked = false;
        // The object holds `stringData` as the server stores it, in `data`; a refused one holds both as written.
        for field in ["data", "stringData"] {
            for (key, value) in secret.value.entries(field).into_iter().flatten() {
                looked = true;
                // A number without quotes is refused by the server, and stands in the file all the same.
                let value = match value {
                    Value::String(text) => text.clone(),
                    Value::Number(number) => number.to_string(),
                    _ => continue,
                };
                let bytes = if field == "data" {
                    stored(&value)
                } else {
                    value.as_bytes().to_vec()
                };
                if kind(key, bytes, has_sops) == Kind::Secret {
                    let written = Route::of("stringData").key(key.clone());
                    let route = if stands(&written) {
                        written
                    } else {
                        Route::of("data").key(key.clone())
                    };
                    told.push((route, key));
                }
            }
        }
        let Some((route, _)) = told.first() else {
            if looked {
                on.pass();
            }
            return;
        };
        let (id, count) = (secret.id(), told.len());
        let mut names: Vec<String> = told
            .iter()
            .take(5)
            .map(|(_, key)| format!("`{key}`"))
            .collect();
        if count > names.len() {
            names.push("…".to_owned());
        }
        let names = names.join(", ");
        let rendered = cx
            .estate
            .files()
            .get(source.file)
            .and_then(|file| file.rendered_by.as_deref());
        let message = match rendered {
            Some(by) => phrase!(
                en: "{id} is written by `{by}` with the value of {names}: it stands in what was rendered (values file, `secretGenerator`) or the renderer makes it up. Keep it in Secrets Manager or SSM, let an ExternalSecret make this Secret, and change the value",
                ja: "{id} は `{by}` が {names} の値を書き出している。値はレンダリング元 (values ファイルや `secretGenerator`) にあるか、レンダラーが生成している。AWS Secrets Manager または SSM に置いて ExternalSecret でこの Secret を作り、値を変更すること",
            ),
            None => phrase!(
                en: "the value of {names} of {id} stands in this file, so whoever reads the repository or its history has it. Keep it in Secrets Manager or SSM, let an ExternalSecret make this Secret, and change the value",
                ja: "{id} の {names} の値がこのファイルにあり、リポジトリまたはその履歴を読める人は誰でも入手できる。AWS Secrets Manager または SSM に置いて ExternalSecret でこの Secret を作り、値を変更すること",
            ),
        };
        on.fail(Fault::at(route.clone(), message));
    }
}
