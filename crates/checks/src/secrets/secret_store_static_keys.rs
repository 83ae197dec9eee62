use sekisho_model::{Fields, Object, phrase};
use sekisho_text::Route;

use super::external_secrets::{GENERATORS, GROUP};
use crate::{Check, Context, Fault, Level, On, check};

check! {
    /// **What it shows.** A store or generator of External Secrets Operator that signs in to AWS with an access key from a Secret
    /// (`auth.secretRef`), instead of a role (IRSA by `auth.jwt`, or the operator's own identity and `role`).
    ///
    /// **Why it matters.** The key opens all other secrets, does not expire, and lies in a Secret in the cluster: whoever reads
    /// that one Secret, from a backup too, reads everything from anywhere. Nobody rotates it, for everything would stop.
    ///
    /// **Bad**
    /// ```yaml
    /// provider:
    ///   aws:
    ///     auth:
    ///       secretRef:
    ///         accessKeyIDSecretRef: {name: aws, key: id}
    ///         secretAccessKeySecretRef: {name: aws, key: secret}
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// provider:
    ///   aws:
    ///     auth:
    ///       jwt:
    ///         serviceAccountRef: {name: payments-secrets}
    /// ```
    ///
    /// **References**
    /// - <https://external-secrets.io/latest/provider/aws-access/>
    ///
    /// # 日本語
    /// **示すこと。** ロール (`auth.jwt` による IRSA、またはオペレーター自身の ID と `role`) ではなく、Secret 内のアクセスキー (`auth.secretRef`) で AWS に認証する External Secrets Operator のストアやジェネレーター。
    ///
    /// **理由。** このキーは他のすべてのシークレットを開け、期限がなく、クラスタ内の Secret に置かれる。その 1 つを (バックアップからでも) 読めば、どこからでもすべてを読める。止めると全体が止まるため、ローテーションもされない。
    ///
    /// **直し方。** `auth.secretRef` を外し、IAM ロールを付けた ServiceAccount を `auth.jwt.serviceAccountRef` で指す。使っていたキーは無効化する。
    SecretStoreStaticKeys = "secret-store-static-keys";
    control: "T3.1",
    severity: High,
    profile: Default,
    level: Level::Object(&[
        (GROUP, "ClusterSecretStore"),
        (GROUP, "SecretStore"),
        (GENERATORS, "ECRAuthorizationToken"),
        (GENERATORS, "STSSessionToken"),
        (GENERATORS, "ClusterGenerator"),
    ]),
    fix: None,
    title: "A secret store signs in with an AWS access key", "AWS アクセスキーで認証するシークレットストア",
}

/// Where objects of these kinds keep how they sign in to AWS.
const SIGN_INS: [&str; 5] = [
    "spec.provider.aws.auth",
    "spec.provider.vault.auth.iam",
    "spec.auth",
    "spec.generator.ecrAuthorizationTokenSpec.auth",
    "spec.generator.stsSessionTokenSpec.auth",
];

impl Check for SecretStoreStaticKeys {
    fn object(&self, _cx: &Context<'_>, object: &Object, on: &mut On<'_>) {
        let keys = SIGN_INS.iter().find_map(|sign_in| {
            let reference = object.value.at(sign_in)?.at("secretRef")?;
            Some((Route::of(sign_in).key("secretRef"), reference))
        });
        let Some((route, reference)) = keys else {
            let is_aws =
                object.value.at("spec.provider.aws").is_some() || object.group() == GENERATORS;
            if is_aws && object.kind != "ClusterGenerator" {
                on.pass();
            }
            return;
        };
        let id = object.id();
        let secret = ["secretAccessKeySecretRef", "accessKeyIDSecretRef"]
            .iter()
            .find_map(|key| reference.at(key)?.text("name"))
            .unwrap_or("?");
        on.fail(Fault::at(route, phrase!(
            en: "{id} signs in to AWS with the access key in Secret `{secret}`: a key that does not expire and opens every secret that this store reads. Give a service account a role and point `auth.jwt.serviceAccountRef` at it, then deactivate the key",
            ja: "{id} は Secret `{secret}` のアクセスキーで AWS に認証する。このキーは失効せず、ストアが読むすべてのシークレットを開ける。ServiceAccount にロールを付けて `auth.jwt.serviceAccountRef` で指し、キーを無効化すること",
        )));
    }
}
