use std::collections::BTreeSet;
use std::sync::Arc;

use sekisho_model::{Severity, Stack, phrase};
use sekisho_terraform::Origin;

use super::credentials::{Written, written, written_in};
use crate::secrets::credential_form::Form;
use crate::trail::regions::is_told;
use crate::{Check, Context, Fault, Level, Sheet, check};

check! {
    /// **What it shows.** A credential that is written out in Terraform: as the value of a secret or parameter, as a password of
    /// a database, in user data, in a `kubernetes_secret`, in the default of a variable or in any tfvars file. In a snapshot: one
    /// that the account shows in plain sight, as in the environment of a function.
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
    /// **示すこと。** Terraform にそのまま書かれた認証情報。シークレットやパラメーターの値、データベースのパスワード、ユーザーデータ、`kubernetes_secret`、変数のデフォルトや tfvars ファイルに書かれたもの。スナップショットでは、関数の環境変数のように、アカウントでそのまま見えるもの。
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
                let message = if is_told(cx, resource.stack) {
                    phrase!(
                        en: "`{name}` of `{address}` is {en} in plain sight: whoever may describe it in the account has it. Read it from Secrets Manager when it is used, and change it",
                        ja: "`{address}` の `{name}` に{ja}がそのまま見える。アカウントでこれを参照できる人は誰でも入手できる。使用時に Secrets Manager から読むようにし、値を変更すること",
                    )
                } else {
                    phrase!(
                        en: "`{name}` of `{address}` is {en}, written out: whoever reads the repository, a plan or the state has it. Let AWS make it or put it in by hand, and change it",
                        ja: "`{address}` の `{name}` に{ja}がそのまま書かれている。リポジトリ、plan、state を読める人は誰でも入手できる。AWS に生成させるか手で登録し、値を変更すること",
                    )
                };
                let fault = Fault::of_value(cx.estate, resource, origin, message);
                on.fail(fault.severity(severity(found.form)).key(name.as_str()));
            }
        }
        for stack in cx.estate.stacks() {
            variables(stack, &mut told, sheet);
        }
    }
}

/// Half of a key pair opens nothing by itself.
fn severity(form: Form) -> Severity {
    if form == Form::AwsAccessKeyId {
        Severity::Medium
    } else {
        Severity::High
    }
}

/// Values of variables that reach no resource here: they stand in the repository all the same.
fn variables(stack: &Stack, told: &mut BTreeSet<(Arc<str>, u32)>, sheet: &mut Sheet<'_>) {
    let values = stack.values.iter().map(|(name, value)| (name, value));
    for (variable, value) in stack.variables.iter().chain(values) {
        for credential in written_in(variable, &value.value) {
            let Some(origin) = &credential.origin else {
                continue;
            };
            let place = &origin.place;
            if !told.insert((Arc::clone(&place.file), place.span.start)) {
                continue;
            }
            let called = credential.found.called();
            let (en, ja) = (&called.en, &called.ja);
            let message = phrase!(
                en: "the value of the variable `{variable}` is {en}, written out: whoever reads the repository has it. Hand it in from outside (`TF_VAR_…`, a secret store), and change it",
                ja: "変数 `{variable}` の値に{ja}がそのまま書かれている。リポジトリを読める人は誰でも入手できる。外部 (`TF_VAR_…`、シークレットストア) から渡し、値を変更すること",
            );
            let severity = severity(credential.found.form);
            let fault = Fault::of_place(&origin.place, message).severity(severity);
            let key = format!("{} {variable} {}", place.file, credential.name);
            sheet.estate().fail(fault.key(key));
        }
    }
}
