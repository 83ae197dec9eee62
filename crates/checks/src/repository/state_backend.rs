use std::sync::Arc;

use sekisho_model::{Fix, Place, Resource, Severity, SourceKind, Stack, Written, phrase};

use super::backend::{Backend, Rule};
use super::credentials::written_in;
use super::in_state::secrets_of;
use crate::edge::writing::set;
use crate::{Check, Context, Fault, Level, Sheet, check};

check! {
    /// **What it shows.** Where Terraform keeps its state, and what is loose there: a file beside the code although secrets are in the
    /// state, a way over the network without TLS, credentials in the block itself, an open ACL, a key that is named and not used.
    ///
    /// S3 encrypts every object with a key of its own since January 2023, so `encrypt` unset is no plain text; it leaves to the bucket
    /// which key it is. `kms_key_id` counts only beside `encrypt = true`.
    ///
    /// **Why it matters.** The state holds every attribute of every resource, passwords and private keys among them, whatever is
    /// marked as sensitive. Who reads the state has the secrets.
    ///
    /// **Bad**
    /// ```hcl
    /// terraform {
    ///   backend "http" {
    ///     address = "http://state.example.com/shop"
    ///   }
    /// }
    /// ```
    ///
    /// **Good**
    /// ```hcl
    /// terraform {
    ///   backend "s3" {
    ///     bucket     = "shop-state"
    ///     key        = "shop.tfstate"
    ///     encrypt    = true
    ///     kms_key_id = "alias/state"
    ///   }
    /// }
    /// ```
    ///
    /// **References.** <https://developer.hashicorp.com/terraform/language/backend/s3> ·
    /// <https://developer.hashicorp.com/terraform/language/state/sensitive-data>
    ///
    /// # 日本語
    /// **示すこと。** Terraform の state の保存先と、その弱点。state に Secret があるのにコードの隣のファイルである、TLS のない通信路を使う、
    /// ブロックに認証情報が書かれている、ACL が公開である、指定したキーが使われない、など。
    ///
    /// S3 は 2023 年 1 月以降すべてのオブジェクトを自身のキーで暗号化するため、`encrypt` がなくても平文ではないが、どのキーになるかはバケット次第である。
    /// `kms_key_id` は `encrypt = true` と併用した場合にだけ効く。
    ///
    /// **理由。** state は、sensitive の指定にかかわらず、パスワードや秘密鍵を含む全リソースの全属性を持つ。state を読める者は Secret を手に入れる。
    ///
    /// **直し方。** `s3` バックエンドで `encrypt = true` と `kms_key_id` を指定し、認証情報は環境変数やロールで渡す。
    StateBackend = "state-backend";
    control: "T3.1",
    severity: Medium,
    profile: Default,
    level: Level::Estate,
    fix: Safe,
    title: "The state of Terraform is kept loosely", "Terraform の state の保存先の不備",
}

impl Check for StateBackend {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        for (number, stack) in cx.estate.stacks().iter().enumerate() {
            // A plan does not say where its state is kept, and a snapshot has none.
            let is_file = cx.estate.file_named(&stack.path).is_some();
            if stack.source != SourceKind::Terraform || is_file {
                continue;
            }
            let blocks: Vec<Backend> = stack
                .settings
                .iter()
                .flat_map(|settings| Backend::all(&as_resource(number, settings)))
                .collect();
            if blocks.is_empty() {
                undeclared(cx, number, stack, sheet);
            }
            for backend in &blocks {
                judge(cx, number, stack, backend, sheet);
            }
        }
    }
}

/// A `terraform` block, to be asked as a resource is.
fn as_resource(stack: usize, settings: &Written) -> Resource {
    Resource {
        address: "terraform".to_owned(),
        kind: "terraform".to_owned(),
        is_data: false,
        values: settings.value.clone(),
        file: settings.file,
        span: settings.span,
        stack,
        place: Arc::new(Place::default()),
    }
}

/// Without a backend the state is a file; but a module for others has none either.
fn undeclared(cx: &Context<'_>, number: usize, stack: &Stack, sheet: &mut Sheet<'_>) {
    let Some((index, name)) = secrets_of(cx, number) else {
        return;
    };
    let Some(resource) = cx.estate.resources().get(index) else {
        return;
    };
    let address = &resource.address;
    if !cx.complete() {
        return sheet.on_resource(index).unknown(phrase!(
            en: "where the state with `{name}` of `{address}` is kept: no backend is declared; say `estate.complete: true` when nothing else declares it",
            ja: "`{address}` の `{name}` を含む state の保存先: バックエンドの宣言がない。ほかに宣言がなければ `estate.complete: true` とする",
        ));
    }
    let message = phrase!(
        en: "no backend is declared, so that the state is a file on the machine that applies; `{name}` of `{address}` stands in it",
        ja: "バックエンドの宣言がなく、state は適用するマシンのファイルになる。そこに `{address}` の `{name}` が残る",
    );
    let fault = Fault::of_value(cx.estate, resource, None, message);
    sheet
        .estate()
        .fail(fault.key(format!("{} none", stack.path)));
}

fn judge(cx: &Context<'_>, number: usize, stack: &Stack, backend: &Backend, sheet: &mut Sheet<'_>) {
    let mut on = sheet.estate();
    let before = on.count();
    let key = |rule: &str| format!("{} {} {rule}", stack.path, backend.name);
    for credential in written_in("", &backend.block.values) {
        let Some(origin) = &credential.origin else {
            continue;
        };
        let called = credential.found.called();
        let (name, kind, en, ja) = (&credential.name, &backend.name, &called.en, &called.ja);
        let message = phrase!(
            en: "`{name}` of the backend `{kind}` is {en}, written out: it opens the state, which holds every secret; hand it in by the environment or a role, and change it",
            ja: "バックエンド `{kind}` の `{name}` に{ja}がそのまま書かれている。これで全 Secret を含む state を開ける。環境変数かロールで渡し、値を変更すること",
        );
        let fault = Fault::of_place(&origin.place, message).severity(Severity::High);
        on.fail(fault.key(key(name)));
    }
    for rule in backend.rules() {
        match rule {
            Rule::Unknown(why) => on.unknown(why),
            Rule::Broken(broken) => {
                let mut fault = Fault::of_value(
                    cx.estate,
                    &backend.block,
                    broken.origin.as_ref(),
                    broken.message,
                );
                fault = fault.severity(broken.severity).key(key(broken.name));
                if let Some((name, text)) = broken.set
                    && let Some(change) = set(cx.estate, &backend.block, name, text)
                {
                    let title =
                        phrase!(en: "Set `{name} = {text}`", ja: "`{name} = {text}` とする");
                    fault = fault.fix(Fix::safe(title).with(change));
                }
                on.fail(fault);
            }
        }
    }
    if backend.name == "local" {
        match secrets_of(cx, number) {
            Some((index, name)) => {
                let resource = cx.estate.resources().get(index);
                let address = resource.map_or("?", |resource| resource.address.as_str());
                let message = phrase!(
                    en: "the state is a file beside the code, and `{name}` of `{address}` stands in it; keep it where access is controlled",
                    ja: "state はコードの隣のファイルであり、`{address}` の `{name}` が残る。アクセスを制御できる場所に保存すること",
                );
                let mut fault = Fault::of_value(cx.estate, &backend.block, None, message);
                if let Some(resource) = resource {
                    let text = phrase!(en: "a secret of the state", ja: "state に残る Secret");
                    fault = fault.beside(cx.estate, resource, text);
                }
                on.fail(fault.key(key("local")));
            }
            None => on.pass(),
        }
    } else if on.count() == before {
        on.pass();
    }
}
