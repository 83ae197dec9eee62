use sekisho_model::{Fix, Resource, Seen, phrase};

use crate::edge::writing::set;
use crate::secrets::credential_name::family;
use crate::{Check, Context, Fault, Level, On, check};

check! {
    /// **What it shows.** A parameter of Systems Manager whose name says that it is a password, token or key, and whose type is
    /// `String` or `StringList`.
    ///
    /// **Why it matters.** Only a `SecureString` is encrypted with a key whose policy decides who may read it. Any other is read by
    /// whoever has `ssm:GetParameter`, and its value stands in the history of the parameter, too.
    ///
    /// **Bad**
    /// ```hcl
    /// resource "aws_ssm_parameter" "db" {
    ///   name  = "/shop/db_password"
    ///   type  = "String"
    ///   value = var.db_password
    /// }
    /// ```
    ///
    /// **Good**
    /// ```hcl
    /// resource "aws_ssm_parameter" "db" {
    ///   name             = "/shop/db_password"
    ///   type             = "SecureString"
    ///   value_wo         = ephemeral.random_password.db.result
    ///   value_wo_version = 1
    /// }
    /// ```
    ///
    /// **References.** <https://docs.aws.amazon.com/systems-manager/latest/userguide/secure-string-parameter-kms-encryption.html>
    ///
    /// # 日本語
    /// **示すこと。** 名前がパスワード・トークン・鍵を示すのに、型が `String` または `StringList` である Systems Manager のパラメーター。
    ///
    /// **理由。** キーポリシーで読み手を制限できるのは、キーで暗号化される `SecureString` だけである。それ以外は `ssm:GetParameter` を持つ者なら誰でも読め、
    /// 値はパラメーターの履歴にも残る。
    ///
    /// **直し方。** 型を `SecureString` とし、これまでの値は変更する。
    PlainParameter = "plain-parameter";
    control: "T3.1",
    severity: Medium,
    profile: Default,
    level: Level::Resource(&["aws_ssm_parameter"]),
    fix: Risky,
    title: "A secret parameter that is not encrypted", "暗号化されていない Secret のパラメーター",
}

impl Check for PlainParameter {
    fn resource(&self, cx: &Context<'_>, parameter: &Resource, on: &mut On<'_>) {
        let name = match parameter.text("name") {
            Seen::Set(name, _) => name,
            // Of a name that is put together, the end says what it is; it may be the part that is known.
            Seen::Unknown(why) => match parameter
                .raw("name")
                .as_ref()
                .and_then(super::texts::text_of)
            {
                Some(known) => known,
                None => return on.unknown(why),
            },
            Seen::Unset => return,
        };
        if family(name.rsplit('/').next().unwrap_or(&name)).is_none() {
            return;
        }
        let (kind, origin) = match parameter.text("type") {
            Seen::Set(kind, origin) => (kind, origin),
            Seen::Unknown(why) => return on.unknown(why),
            Seen::Unset => return,
        };
        if kind == "SecureString" {
            return on.pass();
        }
        let address = &parameter.address;
        let message = phrase!(
            en: "`{address}` is a secret by its name and a `{kind}` by its type: whoever may get parameters reads it, without any right to a key; make it a `SecureString` and change its value",
            ja: "`{address}` は名前から Secret とみられるが、型は `{kind}` である。キーの権限がなくてもパラメーターを取得できる者なら誰でも読める。`SecureString` とし、値を変更すること",
        );
        let fault = Fault::of_value(cx.estate, parameter, origin.as_ref(), message);
        let title = phrase!(en: "Make it a SecureString", ja: "SecureString にする");
        on.fail(
            match set(cx.estate, parameter, "type", "\"SecureString\"") {
                Some(change) => fault.fix(Fix::risky(title).with(change)),
                None => fault,
            },
        );
    }
}
