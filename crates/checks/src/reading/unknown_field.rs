use sekisho_model::{Fix, Object, ReadNote, phrase};
use sekisho_text::{Route, Step};
use serde_json::Value;

use crate::{Check, Context, Fault, Level, On, check};

check! {
    /// **What it shows.** A field that the kind does not have: misspelt, in the wrong case, or on the wrong level. The API
    /// server drops it and stores the rest.
    ///
    /// **Why it matters.** What was meant to protect is not there, while the file says that it is: with
    /// `readOnlyRootFileSystem: true` (the real name has a small `s`) the root file system stays writable.
    ///
    /// **Bad**
    /// ```yaml
    /// containers:
    ///   - name: web
    ///     runAsNonRoot: true
    ///     securityContext:
    ///       readOnlyRootFileSystem: true
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// containers:
    ///   - name: web
    ///     securityContext:
    ///       runAsNonRoot: true
    ///       readOnlyRootFilesystem: true
    /// ```
    ///
    /// **References.** [Kubernetes: server-side field validation](https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation)
    ///
    /// # 日本語
    /// **示すこと。** その種類のオブジェクトに存在しないフィールド。つづりや大文字小文字の誤り、階層の誤りを含む。API サーバーはこれを捨て、残りだけを保存する。
    ///
    /// **理由。** ファイルには書いてあるのに、保護は働かない。`readOnlyRootFileSystem: true` (正しくは小文字の `s`) では、ルートファイルシステムは書き込み可能なままになる。
    ///
    /// **悪い例**
    /// ```yaml
    /// securityContext:
    ///   readOnlyRootFileSystem: true
    /// ```
    ///
    /// **良い例**
    /// ```yaml
    /// securityContext:
    ///   readOnlyRootFilesystem: true
    /// ```
    UnknownField = "unknown-field";
    control: "O1.2",
    severity: Medium,
    profile: Default,
    level: Level::Object(&[("*", "*")]),
    fix: Risky,
    title: "A field that does not exist", "存在しないフィールド",
}

/// Settings that take a protection away. Whoever wrote one in the wrong place gets no help to make it work.
const LOOSENING: [&str; 9] = [
    "privileged",
    "allowPrivilegeEscalation",
    "hostNetwork",
    "hostPID",
    "hostIPC",
    "hostPath",
    "hostPort",
    "hostUsers",
    "procMount",
];

impl Check for UnknownField {
    fn object(&self, cx: &Context<'_>, object: &Object, on: &mut On<'_>) {
        let is_refused = object
            .notes
            .iter()
            .any(|note| matches!(note, ReadNote::Refused { .. }));
        if is_refused || !sekisho_schema::is_served(&object.api_version, &object.kind) {
            return;
        }
        let mut is_clean = true;
        for note in &object.notes {
            let ReadNote::UnknownField { route, meant } = note else {
                continue;
            };
            is_clean = false;
            let Some(meant) = meant else {
                on.fail(Fault::at(route.clone(), phrase!(
                    en: "`{route}` does not exist: the API server drops it, and whatever it was meant to do is not done",
                    ja: "`{route}` というフィールドは存在せず、API サーバーに捨てられます。意図した設定は働きません"
                )));
                continue;
            };
            let fault = Fault::at(
                route.clone(),
                phrase!(
                    en: "`{route}` does not exist and is dropped by the API server; `{meant}` is probably meant, and is not set by this",
                    ja: "`{route}` というフィールドは存在せず、API サーバーに捨てられます。おそらく `{meant}` の誤りで、こちらは設定されていません"
                ),
            );
            on.fail(match mended(cx, object, route, meant) {
                Some(fix) => fault.fix(fix),
                None => fault,
            });
        }
        if is_clean {
            on.pass();
        }
    }
}

/// The same value under the name, or at the place, that was meant. It comes into force by that: a risk.
fn mended(cx: &Context<'_>, object: &Object, route: &Route, meant: &Route) -> Option<Fix> {
    let Some(Step::Key(name)) = meant.last() else {
        return None;
    };
    let source = object.source.as_ref()?;
    let document = cx
        .estate
        .files()
        .get(source.file)?
        .documents
        .get(source.document)?;
    let value = document.node_at(&source.base.join(route))?.to_json();
    let is_taken = document.node_at(&source.base.join(meant)).is_some();
    if is_taken || LOOSENING.contains(&name.as_ref()) && value != Value::Bool(false) {
        return None;
    }
    let fix = Fix::risky(phrase!(en: "Write it as `{meant}`", ja: "`{meant}` として書く"));
    Some(if route.parent() == meant.parent() {
        fix.rename(route.clone(), name.clone())
    } else {
        fix.remove(route.clone()).set(meant.clone(), value)
    })
}
