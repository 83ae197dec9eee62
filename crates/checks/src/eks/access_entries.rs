use sekisho_model::{Phrase, Resource, Seen, phrase};
use sekisho_terraform::Piece;

use crate::{Check, Context, Fault, Level, On, check};

const POLICY: &str = "policy_arn";
const SCOPE: &str = "access_scope.type";
const NAMESPACES: &str = "access_scope.namespaces";

/// Policies whose holder, in the whole cluster or in `kube-system`, makes pods there, and so takes whatever runs there may do:
/// they give what `cluster-admin`, `admin` and `edit` give.
const POWERS: [&str; 3] = [
    "AmazonEKSClusterAdminPolicy",
    "AmazonEKSAdminPolicy",
    "AmazonEKSEditPolicy",
];

check! {
    /// **What it shows.** No access entry has a standing right to administer the whole cluster: none of `AmazonEKSClusterAdminPolicy`,
    /// `AmazonEKSAdminPolicy` and `AmazonEKSEditPolicy` is associated with scope `cluster`, or with namespaces that cover `kube-system`.
    ///
    /// **Why it matters.** Such a right stands outside of Kubernetes: no role and no binding shows it, and RBAC cannot take it back. Who gets
    /// hold of the AWS identity owns the cluster. Whoever may make pods in `kube-system` takes the rights of what runs there.
    ///
    /// **Bad**
    /// ```hcl
    /// resource "aws_eks_access_policy_association" "team" {
    ///   policy_arn = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
    ///   access_scope {
    ///     type = "cluster"
    ///   }
    /// }
    /// ```
    ///
    /// **Good**
    /// ```hcl
    /// resource "aws_eks_access_policy_association" "team" {
    ///   policy_arn = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSEditPolicy"
    ///   access_scope {
    ///     type       = "namespace"
    ///     namespaces = ["shop"]
    ///   }
    /// }
    /// ```
    ///
    /// A role for emergencies that has to keep this right is accepted by name, with owner and last day, in `sekisho.yaml`.
    ///
    /// **References.** <https://docs.aws.amazon.com/eks/latest/userguide/access-policies.html>
    ///
    /// # 日本語
    /// **示すこと。** クラスタ全体を管理する常設の権限を持つアクセスエントリがない。`AmazonEKSClusterAdminPolicy`・`AmazonEKSAdminPolicy`・
    /// `AmazonEKSEditPolicy` が、スコープ `cluster` でも、`kube-system` を含む Namespace 指定でも関連付けられていないこと。
    ///
    /// **理由。** この権限は Kubernetes の外にあり、Role にも RoleBinding にも現れず、RBAC では取り上げられない。その AWS アイデンティティを
    /// 得た者がクラスタを支配する。`kube-system` に Pod を作れる者は、そこで動くものの権限を得る。
    ///
    /// **直し方。** スコープを `namespace` とし、必要な Namespace を列挙する。緊急用に残すロールは、`sekisho.yaml` に名前・責任者・期限を付けて受容する。
    AccessEntries = "access-entries";
    control: "T1.11",
    severity: High,
    profile: Default,
    level: Level::Resource(&["aws_eks_access_policy_association"]),
    fix: None,
    title: "Standing administrator by access entry", "アクセスエントリによる常設の管理者",
}

impl Check for AccessEntries {
    fn resource(&self, cx: &Context<'_>, resource: &Resource, on: &mut On<'_>) {
        let power = match policy_name(resource) {
            Seen::Set(name, origin) => {
                let Some(power) = POWERS.into_iter().find(|power| *power == name) else {
                    return on.pass();
                };
                (power, origin)
            }
            Seen::Unset => return,
            Seen::Unknown(why) => return on.unknown(why),
        };
        let words = match reach(resource) {
            Ok(Some(words)) => words,
            Ok(None) => return on.pass(),
            Err(why) => return on.unknown(why),
        };
        let (power, origin) = power;
        let Phrase { en, ja } = words;
        let (who_en, who_ja) = principal(resource);
        let message = phrase!(
            en: "{who_en} holds `{power}` {en}: a standing administrator that no role and no binding shows",
            ja: "{who_ja}が{ja} `{power}` を持つ。Role にも RoleBinding にも現れない常設の管理者である",
        );
        on.fail(Fault::of_value(
            cx.estate,
            resource,
            origin.as_ref(),
            message,
        ));
    }
}

/// The name of the policy: it follows the last slash, whatever is not known before it (the partition, for one).
fn policy_name(resource: &Resource) -> Seen<String> {
    let after_slash = |text: &str| text.rsplit_once('/').map(|(_, name)| name.to_owned());
    match resource.text(POLICY) {
        Seen::Set(arn, origin) => Seen::Set(after_slash(&arn).unwrap_or(arn), origin),
        Seen::Unset => Seen::Unset,
        Seen::Unknown(why) => {
            let value = resource.raw(POLICY);
            let unknown = value.as_ref().and_then(|value| value.as_unknown());
            let last = unknown.and_then(|unknown| unknown.pieces.last());
            match last {
                Some(Piece::Text(text)) => after_slash(text).map_or(Seen::Unknown(why), |name| {
                    Seen::Set(
                        name,
                        value.as_ref().and_then(|value| value.origin().cloned()),
                    )
                }),
                _ => Seen::Unknown(why),
            }
        }
    }
}

fn principal(resource: &Resource) -> (String, String) {
    if let Seen::Set(arn, _) = resource.text("principal_arn") {
        return (format!("`{arn}`"), format!("`{arn}` "));
    }
    match resource.reference("principal_arn") {
        Some(reference) => {
            let target = reference.target;
            (format!("`{target}`"), format!("`{target}` "))
        }
        None => ("an AWS identity".into(), "AWS アイデンティティ".into()),
    }
}

/// Where the policy holds, when that is everywhere or where the platform itself runs. EKS takes wildcards in the names of
/// namespaces.
fn reach(resource: &Resource) -> Result<Option<Phrase>, Phrase> {
    match resource.text(SCOPE) {
        Seen::Unknown(why) => return Err(why),
        Seen::Set(scope, _) if scope == "cluster" => {
            return Ok(Some(Phrase::new("in the whole cluster", "クラスタ全体で")));
        }
        Seen::Set(..) | Seen::Unset => {}
    }
    let unknown = match resource.texts(NAMESPACES) {
        Seen::Unknown(why) => Some(why),
        Seen::Set(..) | Seen::Unset => None,
    };
    let list = resource.raw(NAMESPACES);
    let names = list.as_ref().and_then(|list| list.items());
    for name in names.into_iter().flatten().filter_map(|name| name.as_str()) {
        if !name.is_empty() && name.bytes().all(|byte| byte == b'*') {
            return Ok(Some(phrase!(
                en: "in every namespace (`{name}`)",
                ja: "すべての Namespace (`{name}`) で",
            )));
        }
        if matches(name, "kube-system") {
            return Ok(Some(phrase!(
                en: "in `kube-system` (`{name}`)",
                ja: "`kube-system` (`{name}`) で",
            )));
        }
    }
    unknown.map_or(Ok(None), Err)
}

/// `*` stands for any characters.
fn matches(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = name.strip_prefix(first) else {
        return false;
    };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else {
        return rest.is_empty();
    };
    for part in parts {
        let Some((_, after)) = rest.split_once(part) else {
            return false;
        };
        rest = after;
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_star_is_any_run_of_characters() {
        for pattern in [
            "kube-system",
            "kube-*",
            "*system",
            "*be-*st*",
            "kube-system*",
            "**",
        ] {
            assert!(matches(pattern, "kube-system"), "{pattern}");
        }
        for pattern in [
            "",
            "kube",
            "*kube",
            "kube-*-system",
            "kube-system-*",
            "system*",
        ] {
            assert!(!matches(pattern, "kube-system"), "{pattern}");
        }
    }
}
