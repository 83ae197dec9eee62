use sekisho_model::{Fields, Fix, Object, Pod, Severity, phrase};
use serde_json::json;

use super::api_token::{self, ApiToken};
use super::service_accounts::{Known, ROLE_ANNOTATION, Rights};
use crate::{Check, Context, Fault, Level, On, check};

check! {
    /// **What it shows.** A pod that runs as the service account `default`, when that gives it something: AWS rights, RBAC rights, or
    /// a token for the API server.
    ///
    /// **Why it matters.** Every pod of the namespace that names no account of its own shares `default`. What one of them is given,
    /// all of them have, in AWS too, and no log can tell them apart. With a role or a binding on `default` the next pod that
    /// somebody starts in the namespace has the rights by saying nothing.
    ///
    /// A pod that runs as `default`, without token, binding and role, passes.
    ///
    /// **Bad**
    /// ```yaml
    /// spec:
    ///   containers: [{name: app, image: registry.example.com/app}]
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// spec:
    ///   serviceAccountName: app
    ///   automountServiceAccountToken: false
    /// ```
    ///
    /// **References**
    /// - <https://kubernetes.io/docs/concepts/security/service-accounts/>
    /// - CIS EKS Benchmark 1.8, 4.1.5
    ///
    /// # 日本語
    /// **示すこと。** ServiceAccount `default` で動き、それによって AWS 権限、RBAC 権限、API サーバー用トークンのいずれかを得ている Pod。
    ///
    /// **理由。** 自分のアカウントを指定しない Pod は Namespace 内ですべて `default` を共有する。1 つに与えた権限は AWS の権限も含めて全員のものになり、ログでも区別できない。`default` にロールやバインディングがあれば、次に起動される Pod は何も指定せずにその権限を持つ。
    ///
    /// トークン・バインディング・ロールのいずれもない `default` の Pod は合格とする。
    ///
    /// **直し方。** ワークロード専用の ServiceAccount を作って `serviceAccountName` に指定し、API を使わないなら `automountServiceAccountToken: false` とする。
    DefaultServiceAccount = "default-service-account";
    control: "T1.4",
    severity: Low,
    profile: Default,
    level: Level::Pod,
    fix: Risky,
    title: "A pod runs as the service account `default`", "ServiceAccount `default` で動く Pod",
}

impl Check for DefaultServiceAccount {
    fn pod(&self, cx: &Context<'_>, pod: &Pod<'_>, on: &mut On<'_>) {
        if pod.service_account() != "default" {
            on.pass();
            return;
        }
        let accounts = cx.service_accounts();
        let known = accounts.of_pod(pod, cx.complete());
        let id = pod.object.id();
        let route = pod.at("serviceAccountName");
        let role = match known {
            Known::Object(index, account) => account
                .annotation(ROLE_ANNOTATION)
                .filter(|role| !role.trim().is_empty())
                .map(|role| (index, role.trim().to_owned())),
            Known::Absent | Known::Unseen => None,
        };
        let role = role.or_else(|| {
            let index = accounts.association(pod.object, "default")?;
            let role = cx.estate.objects().get(index)?.value.text("spec.roleARN")?;
            Some((index, role.to_owned()))
        });
        if let Some((index, role)) = role {
            on.fail(Fault::at(route, phrase!(
                en: "{id} runs as `default`, which has the AWS role `{role}`: so has every pod of the namespace that names no account. Give the workload that needs the role an account of its own",
                ja: "{id} は AWS ロール `{role}` を持つ `default` で動く。アカウントを指定しない Namespace 内の全 Pod も同じロールを持つ。ロールが必要なワークロードに専用の ServiceAccount を与えること",
            ))
            .severity(Severity::High)
            .related(index, sekisho_text::Route::of("metadata"), phrase!(en: "the role is given here", ja: "ロールはここで与えられている")));
            return;
        }
        if let Rights::Own(index) = accounts.rights(pod) {
            let binding = cx
                .estate
                .objects()
                .get(index)
                .map(|binding| binding.id().to_string())
                .unwrap_or_default();
            on.fail(Fault::at(route, phrase!(
                en: "{id} runs as `default`, to which {binding} gives rights: every pod of the namespace that names no account has them too. Give the workload an account of its own and bind that",
                ja: "{id} は {binding} で権限を与えられた `default` で動く。アカウントを指定しない Namespace 内の全 Pod も同じ権限を持つ。専用の ServiceAccount を作り、それにバインドすること",
            ))
            .severity(Severity::High)
            .related(index, sekisho_text::Route::of("subjects"), phrase!(en: "bound here", ja: "ここでバインドされている")));
            return;
        }
        match api_token::of(cx, pod) {
            ApiToken::AskedFor(_) | ApiToken::ByDefault | ApiToken::Projected(_) => {
                let fault = Fault::at(route, phrase!(
                    en: "{id} runs as `default` with a token for the API server in it: whoever takes over the pod acts as the account that all pods share which name none. Give it an account of its own, without a token if it does not call the API",
                    ja: "{id} は `default` で動き、API サーバー用トークンを持つ。Pod を乗っ取った者は、アカウントを指定しない全 Pod が共有するアカウントとして行動できる。専用の ServiceAccount を与え、API を使わないならトークンをマウントしないこと",
                ));
                on.fail(match fix(cx, pod) {
                    Some(fix) => fault.fix(fix),
                    None => fault,
                });
            }
            ApiToken::None if matches!(known, Known::Unseen) => on.unknown(phrase!(
                en: "{id} runs as `default`, whose object is not among these files; whether it has an AWS role would be seen there",
                ja: "{id} は `default` で動くが、その ServiceAccount がファイルにない。AWS ロールの有無はそこで分かる",
            )),
            ApiToken::None => on.pass(),
            ApiToken::Undecided => on.unknown(phrase!(
                en: "{id} runs as `default`, whose object is not among these files; whether a token is mounted and a role given would be seen there",
                ja: "{id} は `default` で動くが、その ServiceAccount がファイルにない。トークンのマウントとロールの有無はそこで分かる",
            )),
        }
    }
}

/// An account of its own for a workload; a bare Pod cannot start before its account exists, so it only gives the token up.
fn fix(cx: &Context<'_>, pod: &Pod<'_>) -> Option<Fix> {
    if api_token::is_projected(pod) {
        return None;
    }
    let object = pod.object;
    if object.is("", "Pod") {
        return Some(
            Fix::risky(phrase!(en: "mount no token", ja: "トークンをマウントしない"))
                .set(pod.at("automountServiceAccountToken"), false),
        );
    }
    let name = object.name.as_str();
    // An account of that name may have rights that this workload must not get.
    let is_free = matches!(
        cx.service_accounts().named(object, name, true),
        Known::Absent
    );
    if name.is_empty() || name == "default" || !is_free {
        return None;
    }
    Some(
        Fix::risky(phrase!(
            en: "run it as a service account of its own, without rights and token",
            ja: "権限もトークンもない専用の ServiceAccount で動かす",
        ))
        .set(pod.at("serviceAccountName"), name)
        .set(pod.at("automountServiceAccountToken"), false)
        .new_object(account(object)),
    )
}

fn account(object: &Object) -> serde_json::Value {
    let mut metadata = json!({"name": object.name});
    if let (Some(namespace), Some(fields)) = (object.namespace.given(), metadata.as_object_mut()) {
        fields.insert("namespace".to_owned(), namespace.into());
    }
    json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata, "automountServiceAccountToken": false})
}
