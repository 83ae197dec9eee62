use std::collections::BTreeSet;
use std::sync::Arc;

use sekisho_model::{Severity, phrase};
use sekisho_terraform::Origin;

use super::credentials::{Written, written};
use crate::secrets::credential_form::Form;
use crate::{Check, Context, Fault, Level, Sheet, check};

check! {
    /// **What it shows.** A credential that is written out in Terraform: as the value of a secret or parameter, as a password of
    /// a database, in user data, in the default of a variable or in a tfvars file that reaches a resource.
    ///
    /// The value of `aws_secretsmanager_secret_version` and of a `SecureString` of `aws_ssm_parameter` counts as it is; anywhere
    /// else a credential is recognised by its form or its name, as `secret-in-config` does. Texts that are known only in part
    /// are looked at too. The message tells kind and length, never the value.
    ///
    /// **Why it matters.** The value stands in the repository, in its history, in every plan and in the state. Marking a variable
    /// as `sensitive` hides it from the screen only.
    ///
    /// **Bad**
    /// ```hcl
    /// resource "aws_secretsmanager_secret_version" "db" {
    ///   secret_id     = aws_secretsmanager_secret.db.id
    ///   secret_string = "example-Pa55w0rd"
    /// }
    /// ```
    ///
    /// **Good.** `manage_master_user_password` for databases, rotation that writes the first value, an ephemeral value in
    /// `secret_string_wo`, or a value that a person puts in.
    ///
    /// **References.** <https://developer.hashicorp.com/terraform/language/manage-sensitive-data> ·
    /// [MITRE ATT&CK T1552.001](https://attack.mitre.org/techniques/T1552/001/)
    ///
    /// # 日本語
    /// **示すこと。** Terraform にそのまま書かれた認証情報。シークレットやパラメーターの値、データベースのパスワード、ユーザーデータ、リソースに届く変数のデフォルトや tfvars ファイルに書かれたもの。
    ///
    /// `aws_secretsmanager_secret_version` と `aws_ssm_parameter` の `SecureString` の値はそれだけで数え、ほかは `secret-in-config` と同じく形式か名前から認識する。一部だけ分かる文字列も調べる。メッセージには種類と長さだけを示し、値は示さない。
    ///
    /// **理由。** 値はリポジトリとその履歴、すべての plan、state に残る。変数を `sensitive` にしても、画面に表示されなくなるだけである。
    ///
    /// **直し方。** データベースには `manage_master_user_password` を使い、そのほかはローテーションに最初の値を書かせるか、`secret_string_wo` に ephemeral な値を渡す。ここにあった値は変更する。
    SecretInTerraform = "secret-in-terraform";
    control: "T3.1",
    severity: High,
    profile: Default,
    level: Level::Estate,
    fix: None,
    title: "A credential stands in Terraform", "Terraform に書かれた認証情報",
}

impl Check for SecretInTerraform {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        // One value may reach many resources.
        let mut told = BTreeSet::new();
        let all = cx.estate.resources().iter().enumerate();
        for (index, resource) in all.filter(|(_, resource)| !resource.is_data) {
            let mut on = sheet.on_resource(index);
            let found = written(resource);
            if let Some(why) = found.unknown {
                on.unknown(why);
            } else if found.credentials.is_empty() {
                on.pass();
            }
            for credential in &found.credentials {
                let place = credential.origin.as_ref().map(|origin| &origin.place);
                let key = place.map(|place| (Arc::clone(&place.file), place.span.start));
                if key.is_some_and(|key| !told.insert(key)) {
                    on.fail_told_by(&["secret-in-terraform"]);
                    continue;
                }
                let origin: Option<&Origin> = credential.origin.as_ref();
                let Written { name, found, .. } = credential;
                let called = found.called();
                let (address, en, ja) = (&resource.address, &called.en, &called.ja);
                let message = phrase!(
                    en: "`{name}` of `{address}` is {en}, written out: whoever reads the repository, a plan or the state has it. Let AWS make it or put it in by hand, and change it",
                    ja: "`{address}` の `{name}` に{ja}がそのまま書かれている。リポジトリ、plan、state を読める人は誰でも入手できる。AWS に生成させるか手で登録し、値を変更すること",
                );
                // Half of a key pair opens nothing by itself.
                let severity = if found.form == Form::AwsAccessKeyId {
                    Severity::Medium
                } else {
                    Severity::High
                };
                let fault = Fault::of_value(cx.estate, resource, origin, message);
                on.fail(fault.severity(severity).key(name.as_str()));
            }
        }
    }
}
