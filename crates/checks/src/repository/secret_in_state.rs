use sekisho_model::{Phrase, Resource, Severity, SourceKind, phrase};
use sekisho_terraform::Value;

use super::credentials::written;
use super::in_state::secret_of;
use crate::secrets::credential_name::family;
use crate::secrets::secret_value::{Kind, kind, stored};
use crate::{Check, Context, Fault, Level, On, Sheet, check};

check! {
    /// **What it shows.** A secret that Terraform handles, so that its value stands in the state: a Secret of Kubernetes that Terraform
    /// makes, a value of Secrets Manager or SSM that it writes or looks up, a password of a database. What is written through
    /// `…_wo` attributes or made by AWS (`manage_master_user_password`) stays out of the state.
    ///
    /// **Why it matters.** The state has every value in plain text, with another circle of readers than the secret store: whoever
    /// may plan. A Secret that Terraform makes is also one that no rotation reaches: the cluster keeps the old value until the
    /// next apply. Where the state is kept is told by `state-backend`.
    ///
    /// **Bad**
    /// ```hcl
    /// resource "kubernetes_secret" "db" {
    ///   data = {
    ///     password = data.aws_secretsmanager_secret_version.db.secret_string
    ///   }
    /// }
    /// ```
    ///
    /// **Good.** An `ExternalSecret` that names the secret of Secrets Manager; in Terraform `secret_string_wo` with an ephemeral
    /// value.
    ///
    /// **References.** <https://developer.hashicorp.com/terraform/language/manage-sensitive-data/write-only> ·
    /// [MITRE ATT&CK T1552.001](https://attack.mitre.org/techniques/T1552/001/)
    ///
    /// # 日本語
    /// **示すこと。** Terraform が扱うために値が state に残る Secret。Terraform が作る Kubernetes の Secret、書き込みまたは参照する
    /// Secrets Manager・SSM の値、データベースのパスワードなど。`…_wo` 属性で書かれたものや AWS が生成するもの
    /// (`manage_master_user_password`) は state に残らない。
    ///
    /// **理由。** state は全値を平文で持ち、読める者もシークレットストアと異なる (plan できる者すべて)。Terraform が作る Secret には
    /// ローテーションも届かず、次の apply までクラスタは古い値を持ち続ける。state の保存先は `state-backend` が示す。
    ///
    /// **直し方。** Kubernetes へは `ExternalSecret` で同期し、Terraform では ephemeral な値を `secret_string_wo` に渡す。
    SecretInState = "secret-in-state";
    control: "T3.1",
    severity: Low,
    profile: Default,
    level: Level::Estate,
    fix: None,
    title: "A secret stands in the state of Terraform", "Terraform の state に残る Secret",
}

/// What has a value in it by its type; a generator (`random_password`) is told by what takes its value.
const HOLDERS: [&str; 7] = [
    "aws_db_instance",
    "aws_docdb_cluster",
    "aws_elasticache_replication_group",
    "aws_rds_cluster",
    "aws_redshift_cluster",
    "aws_secretsmanager_secret_version",
    "aws_ssm_parameter",
];

impl Check for SecretInState {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        for (index, resource) in cx.estate.resources().iter().enumerate() {
            let stack = cx.estate.stacks().get(resource.stack);
            let is_planned = stack.is_some_and(|stack| stack.source == SourceKind::Terraform);
            if !is_planned {
                continue;
            }
            let kind = resource.kind.as_str();
            let mut on = sheet.on_resource(index);
            // What is written out stands in the state as well: the graver finding tells it.
            if !resource.is_data && !written(resource).credentials.is_empty() {
                on.fail_told_by(&["secret-in-terraform"]);
                continue;
            }
            match kind {
                "kubernetes_secret" | "kubernetes_secret_v1" if !resource.is_data => {
                    of_kubernetes(cx, resource, &mut on);
                }
                _ if resource.is_data => looked_up(cx, resource, &mut on),
                _ if HOLDERS.contains(&kind) => held(cx, resource, &mut on),
                _ => {}
            }
        }
    }
}

/// A Secret of the cluster: its entries are secrets unless they are seen to be none.
fn of_kubernetes(cx: &Context<'_>, resource: &Resource, on: &mut On<'_>) {
    let entries = ["data", "binary_data"].iter().find_map(|name| {
        let data = resource.values.get(name).filter(|data| !data.is_null())?;
        holds_secret(&data, *name == "binary_data").then_some(data)
    });
    let Some(data) = entries else {
        return on.pass();
    };
    let name = &resource.address;
    let message = phrase!(
        en: "Terraform makes the Secret `{name}`, so that its values stand in the state and no rotation reaches the cluster; let External Secrets make it",
        ja: "Terraform が Secret `{name}` を作るため、値が state に残り、ローテーションもクラスタに届かない。External Secrets に作らせること",
    );
    let fault = Fault::of_value(cx.estate, resource, data.origin(), message);
    on.fail(fault.severity(Severity::Medium));
}

fn holds_secret(data: &Value, is_binary: bool) -> bool {
    let Some(entries) = data.entries() else {
        // A map that is not known as a whole comes from somewhere else.
        return data.as_unknown().is_some();
    };
    entries.iter().any(|(key, value)| match value.as_str() {
        Some(text) if is_binary => kind(key, stored(text), false) == Kind::Secret,
        Some(text) => kind(key, text.as_bytes().to_vec(), false) == Kind::Secret,
        None => value.as_unknown().is_some(),
    })
}

/// A data source that brings the value itself.
fn looked_up(cx: &Context<'_>, resource: &Resource, on: &mut On<'_>) {
    let Some(attribute) = secret_of(resource) else {
        return;
    };
    // Most parameters are settings, and those of AWS (`/aws/service/…`) are public: the name has to say that it is a secret.
    if resource.kind == "aws_ssm_parameter" {
        let name = resource.values.get("name");
        let name = name.as_ref().and_then(Value::as_str).unwrap_or_default();
        if family(name).is_none() {
            return;
        }
    }
    let name = &resource.address;
    let message = phrase!(
        en: "`{name}` is looked up, so that `{attribute}` stands in the state in plain text; use an ephemeral resource, or let the workload read it",
        ja: "`{name}` の参照により `{attribute}` が平文で state に残る。ephemeral リソースを使うか、ワークロード自身に読ませること",
    );
    tell(cx, resource, message, on);
}

fn held(cx: &Context<'_>, resource: &Resource, on: &mut On<'_>) {
    let Some(attribute) = secret_of(resource) else {
        let is_parameter = resource.kind == "aws_ssm_parameter";
        let writes_only = resource.values.get("value_wo").is_some();
        if !is_parameter || writes_only {
            on.pass();
        }
        return;
    };
    let name = &resource.address;
    let message = phrase!(
        en: "`{attribute}` of `{name}` stands in the state in plain text; write it through `{attribute}_wo`, or let AWS make it",
        ja: "`{name}` の `{attribute}` が平文で state に残る。`{attribute}_wo` で渡すか、AWS に生成させること",
    );
    tell(cx, resource, message, on);
}

fn tell(cx: &Context<'_>, resource: &Resource, message: Phrase, on: &mut On<'_>) {
    on.fail(Fault::of_value(cx.estate, resource, None, message));
}
