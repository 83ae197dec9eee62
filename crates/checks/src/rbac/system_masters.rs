use std::collections::BTreeSet;

use sekisho_access::rbac::{SUPERUSERS, Subject};
use sekisho_model::{Fields, Fix, Namespace, Object, phrase};
use sekisho_text::Route;
use serde_json::Value;

use super::narrowing;
use crate::{Check, Context, Fault, Level, On, check};

check! {
    /// **What it shows.** Bindings that name the group `system:masters`, and entries of aws-auth that put AWS identities
    /// into it. Being named in `administrators` does not help: it stays a finding.
    ///
    /// **Why it matters.** The API server allows this group everything before it asks RBAC, admission by authorization or
    /// anybody else. No binding gives that right, so none can take it back: a member stays one until the credential ends.
    /// aws-auth is where EKS clusters hand it out. A binding for the group adds nothing, and shows that somebody counts
    /// on its members.
    ///
    /// **Bad**
    /// ```yaml
    /// kind: ConfigMap
    /// metadata: { name: aws-auth, namespace: kube-system }
    /// data:
    ///   mapRoles: |
    ///     - rolearn: arn:aws:iam::111122223333:role/ops
    ///       username: ops
    ///       groups: [system:masters]
    /// ```
    ///
    /// **Good.** map identities to groups of your own with the rights they need, or use EKS access entries with a scoped
    /// access policy.
    ///
    /// **References.** [Amazon EKS: Grant IAM users access to Kubernetes with a
    /// ConfigMap](https://docs.aws.amazon.com/eks/latest/userguide/auth-configmap.html), [Kubernetes: Role Based Access
    /// Control Good Practices](https://kubernetes.io/docs/concepts/security/rbac-good-practices/)
    ///
    /// # 日本語
    /// **示すこと。** `system:masters` グループを指すバインディングと、AWS の ID をこのグループに入れる aws-auth の項目。`administrators` に登録しても検出対象のままである。
    ///
    /// **理由。** API サーバーは RBAC などに問う前に、このグループにすべてを許可する。バインディングで与えられる権限ではないため、取り消すこともできず、認証情報が失効するまで続く。EKS では aws-auth がその付与に使われる。このグループへのバインディングは何も加えないが、メンバーの存在を前提にしていることを示す。
    ///
    /// **悪い例**
    /// ```yaml
    /// kind: ConfigMap
    /// metadata: { name: aws-auth, namespace: kube-system }
    /// data:
    ///   mapRoles: |
    ///     - rolearn: arn:aws:iam::111122223333:role/ops
    ///       username: ops
    ///       groups: [system:masters]
    /// ```
    ///
    /// **良い例。** 必要な権限だけを持つ独自のグループに対応付けるか、範囲を限定したアクセスポリシーと EKS アクセスエントリを使う。
    SystemMasters = "system-masters";
    control: "T1.11",
    severity: Critical,
    profile: Default,
    level: Level::Object(&[
        ("rbac.authorization.k8s.io", "ClusterRoleBinding"),
        ("rbac.authorization.k8s.io", "RoleBinding"),
        ("", "ConfigMap"),
    ]),
    fix: Safe,
    title: "system:masters is used", "system:masters の使用",
}

impl Check for SystemMasters {
    fn object(&self, cx: &Context<'_>, object: &Object, on: &mut On<'_>) {
        if object.kind == "ConfigMap" {
            aws_auth(object, on);
        } else {
            binding(cx, on);
        }
    }
}

fn binding(cx: &Context<'_>, on: &mut On<'_>) {
    let Some(index) = on.object() else {
        return;
    };
    let Some((binding, _)) = cx.rights().of_binding(index) else {
        return;
    };
    let named: BTreeSet<usize> = binding
        .subjects
        .iter()
        .filter(|one| matches!(&one.subject, Subject::Group(name) if name == SUPERUSERS))
        .map(|one| one.index)
        .collect();
    let Some(first) = named.first() else {
        return on.pass();
    };
    let message = phrase!(
        en: "this binding names the group `system:masters`, whom the API server allows everything without any binding; bind a group of your own",
        ja: "`system:masters` グループを指している。このグループにはバインディングなしですべてが許可される。独自のグループに付与する",
    );
    let mut fault = Fault::at(Route::of("subjects").index(*first), message);
    if let Some(rest) = narrowing::without_subjects(cx, index, &named) {
        // Its members lose nothing by it.
        let title = phrase!(en: "leave `system:masters` out of the binding", ja: "バインディングから `system:masters` を外す");
        fault = fault.fix(Fix::safe(title).set(Route::of("subjects"), rest));
    }
    on.fail(fault);
}

fn aws_auth(object: &Object, on: &mut On<'_>) {
    let is_elsewhere = matches!(&object.namespace, Namespace::Given(name) if name != "kube-system");
    if object.name != "aws-auth" || is_elsewhere {
        return;
    }
    let mut is_clean = true;
    for (field, key) in [("mapRoles", "rolearn"), ("mapUsers", "userarn")] {
        let Some(text) = object
            .value
            .key("data")
            .and_then(|data| data.key(field)?.as_str())
        else {
            continue;
        };
        let Some(entries) = entries(text) else {
            on.unknown(phrase!(
                en: "`{field}` of aws-auth is no list that can be read",
                ja: "aws-auth の `{field}` は読み取れるリストではない",
            ));
            is_clean = false;
            continue;
        };
        let masters: Vec<&str> = entries
            .iter()
            .filter(|entry| is_master(entry))
            .map(|entry| word(entry, key).and_then(Value::as_str).unwrap_or("?"))
            .collect();
        if masters.is_empty() {
            continue;
        }
        is_clean = false;
        let who = masters.join("`, `");
        let message = phrase!(
            en: "`{who}` is put into `system:masters`: everything is allowed, and no RBAC can limit it. Use an EKS access entry, or a group of your own",
            ja: "`{who}` を `system:masters` に入れている。すべてが許可され、RBAC では制限できない。EKS アクセスエントリか独自のグループを使う",
        );
        on.fail(Fault::at(Route::of("data").key(field), message));
    }
    if is_clean {
        on.pass();
    }
}

/// The entries of one map; none when the text is something else, which the authenticator refuses as well.
fn entries(text: &str) -> Option<Vec<Value>> {
    let stream = sekisho_yaml::parse(text, &sekisho_yaml::Limits::default());
    if !stream.errors.is_empty() {
        return None;
    }
    match stream
        .documents
        .first()
        .map(sekisho_yaml::Document::to_json)
    {
        None | Some(Value::Null) => Some(Vec::new()),
        Some(Value::Array(entries)) => Some(entries),
        Some(_) => None,
    }
}

fn is_master(entry: &Value) -> bool {
    word(entry, "groups")
        .and_then(Value::as_array)
        .is_some_and(|groups| groups.iter().any(|group| group == SUPERUSERS))
}

/// A field in any case: the authenticator reads the text as JSON into Go, which does not look at case.
fn word<'a>(entry: &'a Value, name: &str) -> Option<&'a Value> {
    entry
        .as_object()?
        .iter()
        .find(|(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, value)| value)
}
