use sekisho_model::{Fix, Resource, Seen, phrase};
use sekisho_terraform::Origin;

use super::told::{is_snapshot, unlisted};
use crate::hcl::BlockEdit;
use crate::{Check, Context, Fault, Level, Sheet, check};

check! {
    /// **What it shows.** No user of IAM has an active access key: pipelines, people and programs get credentials that end by
    /// themselves (OIDC, IAM Identity Center, roles).
    ///
    /// **Why it matters.** An access key is good until somebody deletes it, from anywhere. It lies in CI variables, laptops and logs,
    /// and a key that Terraform makes lies in its state too. Most break-ins into AWS accounts begin with one.
    ///
    /// **Bad**
    /// ```hcl
    /// resource "aws_iam_access_key" "ci" {
    ///   user = aws_iam_user.ci.name
    /// }
    /// ```
    ///
    /// **Good.** A role that the pipeline takes with its OIDC token (`aws_iam_openid_connect_provider`).
    ///
    /// **References.** <https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html>
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html>
    ///
    /// # 日本語
    /// **示すこと。** IAM ユーザーに有効なアクセスキーがないこと。パイプライン・人・プログラムは、自動的に失効する認証情報 (OIDC、IAM Identity Center、
    /// ロール) を使う。
    ///
    /// **理由。** アクセスキーは削除されるまで、どこからでも使える。CI の変数や端末、ログに残り、Terraform で作ればその state にも残る。
    /// AWS アカウントへの侵入の多くはアクセスキーの漏洩から始まる。
    ///
    /// **直し方。** パイプラインが OIDC トークンで引き受けるロールに置き換え、キーを無効にしてから削除する。
    LongLivedKey = "long-lived-key";
    control: "T4.1",
    severity: High,
    profile: Default,
    level: Level::Estate,
    fix: Risky,
    title: "Access key that does not end", "失効しないアクセスキー",
}

const KIND: &str = "aws_iam_access_key";

impl Check for LongLivedKey {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        unlisted(cx, sheet);
        for (index, key) in cx.estate.of_type(KIND) {
            let mut on = sheet.on_resource(index);
            match key.text("status").or_default("Active".to_owned()) {
                Seen::Set(status, origin) if status == "Active" => {
                    let mut fault = fault(cx, key, origin.as_ref());
                    if let Some(fix) = switched_off(cx, key) {
                        fault = fault.fix(fix);
                    }
                    on.fail(fault);
                }
                Seen::Set(..) | Seen::Unset => on.pass(),
                Seen::Unknown(why) => on.unknown(why),
            }
        }
        users(cx, sheet);
    }
}

/// Users of an account that have no key are proof, once their keys were listed.
fn users(cx: &Context<'_>, sheet: &mut Sheet<'_>) {
    for (index, user) in cx.estate.of_type("aws_iam_user") {
        if !is_snapshot(cx, user.stack) {
            continue;
        }
        let name = match user.text("name") {
            Seen::Set(name, _) => name,
            Seen::Unset | Seen::Unknown(_) => continue,
        };
        let has_key = cx.estate.of_type(KIND).any(|(_, key)| {
            key.stack == user.stack && matches!(key.text("user"), Seen::Set(own, _) if own == name)
        });
        if has_key {
            continue;
        }
        let mut on = sheet.on_resource(index);
        match cx.all_here(user.stack, KIND) {
            Ok(()) => on.pass(),
            Err(why) => on.unknown(why),
        }
    }
}

fn fault(cx: &Context<'_>, key: &Resource, origin: Option<&Origin>) -> Fault {
    let user = match (key.text("user"), key.reference("user")) {
        (Seen::Set(user, _), _) => format!("`{user}`"),
        (_, Some(reference)) => format!("`{}`", reference.target),
        _ => "?".to_owned(),
    };
    let message = phrase!(
        en: "the user {user} has an access key that is good until somebody deletes it; let whoever uses it take a role instead",
        ja: "ユーザー {user} に、削除されるまで使えるアクセスキーがある。使う側はロールを引き受ける形に置き換える",
    );
    Fault::of_value(cx.estate, key, origin, message)
}

/// An inactive key can be made active again when something still needed it.
fn switched_off(cx: &Context<'_>, key: &Resource) -> Option<Fix> {
    let fix = Fix::risky(phrase!(en: "Make the key inactive", ja: "キーを無効にする"));
    BlockEdit::of_resource(cx.estate, key)?
        .set("status", key.raw("status").as_ref(), "\"Inactive\"")?
        .done(fix)
}
