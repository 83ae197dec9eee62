use std::collections::BTreeSet;
use std::sync::Arc;

use sekisho_model::{Estate, Phrase, Resource, Seen, Severity, phrase, why_unknown};
use sekisho_terraform::{Cause, Origin, Place, Value};

use super::texts::text_of;
use crate::secrets::credential_form::{Form, in_field, named};
use crate::secrets::secret_value::{Kind, kind};
use crate::{Check, Context, Fault, Level, On, Sheet, check};

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
        let mut told = BTreeSet::new();
        let all = cx.estate.resources().iter().enumerate();
        for (index, resource) in all.filter(|(_, resource)| !resource.is_data) {
            let mut walk = Walk {
                estate: cx.estate,
                resource,
                on: sheet.on_resource(index),
                told: &mut told,
                before: 0,
            };
            walk.before = walk.on.count();
            walk.stored();
            walk.visit("", &resource.values);
            if walk.on.count() == walk.before {
                walk.on.pass();
            }
        }
    }
}

struct Walk<'w> {
    estate: &'w Estate,
    resource: &'w Resource,
    on: On<'w>,
    /// Places that were told already: one value may reach many resources.
    told: &'w mut BTreeSet<(Arc<str>, u32)>,
    before: usize,
}

impl Walk<'_> {
    /// What is a secret by where it stands.
    fn stored(&mut self) {
        let name = match self.resource.kind.as_str() {
            "aws_secretsmanager_secret_version" => "secret_string",
            "aws_ssm_parameter" => match self.resource.text("type") {
                Seen::Set(kind, _) if kind == "SecureString" => "value",
                _ => return,
            },
            _ => return,
        };
        let Some(value) = self.resource.values.get(name) else {
            return;
        };
        if let Some(text) = value.as_str() {
            let is_secret = kind("", text.as_bytes().to_vec(), false) == Kind::Secret;
            if is_secret {
                let found = named(text).called();
                self.tell(name, &found, Severity::High, value.origin());
            }
            return;
        }
        // The value of a variable stands somewhere: that place is not among the files.
        let unknown = value.as_unknown().filter(|unknown| {
            let mut causes = unknown.causes.iter();
            causes.any(|cause| matches!(cause, Cause::Variable(_)))
        });
        if let Some(unknown) = unknown {
            self.on.unknown(why_unknown(unknown));
        }
    }

    fn visit(&mut self, name: &str, value: &Value) {
        if let Some(entries) = value.entries() {
            // `name` and `value` side by side: an environment variable, a setting of a chart.
            let title = value
                .get("name")
                .and_then(|name| name.as_str().map(str::to_owned));
            for (key, part) in entries {
                let key = match (&**key, &title) {
                    ("value", Some(title)) => title,
                    (key, _) => key,
                };
                self.visit(key, &value.inside(part));
            }
            return;
        }
        if let Some(items) = value.items() {
            for item in items {
                self.visit(name, &value.inside(item));
            }
            return;
        }
        let Some(text) = text_of(value) else {
            return;
        };
        let found = in_field(name, &text);
        let Some(first) = found.first() else {
            return;
        };
        // Half of a key pair opens nothing by itself.
        let is_half = found.iter().all(|one| one.form == Form::AwsAccessKeyId);
        let severity = if is_half {
            Severity::Medium
        } else {
            Severity::High
        };
        self.tell(name, &first.called(), severity, value.origin());
    }

    fn tell(&mut self, name: &str, called: &Phrase, severity: Severity, origin: Option<&Origin>) {
        let place = origin.map(|origin| &origin.place);
        let key = place.map(|Place { file, span }| (Arc::clone(file), span.start));
        if key.is_some_and(|key| !self.told.insert(key)) {
            if self.on.count() == self.before {
                self.on.fail_told_by(&["secret-in-terraform"]);
            }
            return;
        }
        let (address, en, ja) = (&self.resource.address, &called.en, &called.ja);
        let message = phrase!(
            en: "`{name}` of `{address}` is {en}, written out: whoever reads the repository, a plan or the state has it. Let AWS make it or put it in by hand, and change it",
            ja: "`{address}` の `{name}` に{ja}がそのまま書かれている。リポジトリ、plan、state を読める人は誰でも入手できる。AWS に生成させるか手で登録し、値を変更すること",
        );
        let fault = Fault::of_value(self.estate, self.resource, origin, message);
        self.on.fail(fault.severity(severity).key(name));
    }
}
