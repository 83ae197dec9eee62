use std::collections::BTreeSet;

use sekisho_model::{Fix, Object, ReadNote, phrase};
use sekisho_text::Route;
use sekisho_yaml::Value;

use crate::{Check, Context, Fault, Level, On, check};

check! {
    /// **What it shows.** An object that the API server would answer with an error: a value of the wrong type, a rule of
    /// validation that is broken, a kind that its built-in group does not have.
    ///
    /// **Why it matters.** It never reaches the cluster. A policy that is refused protects nothing, and a pipeline that goes on
    /// past one error leaves the old state behind the new files.
    ///
    /// **Bad**
    /// ```yaml
    /// env:
    ///   - name: PORT
    ///     value: 8080
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// env:
    ///   - name: PORT
    ///     value: "8080"
    /// ```
    ///
    /// **References.** [Kubernetes API concepts](https://kubernetes.io/docs/reference/using-api/api-concepts/)
    ///
    /// # 日本語
    /// **示すこと。** API サーバーがエラーで拒否するオブジェクト。値の型の誤り、検証規則への違反、組み込みの API グループに存在しない kind など。
    ///
    /// **理由。** そのオブジェクトはクラスタに届かない。拒否されたポリシーは何も守らず、エラーを無視して進むパイプラインでは、新しいファイルの陰に古い状態が残る。
    ///
    /// **悪い例**
    /// ```yaml
    /// env:
    ///   - name: PORT
    ///     value: 8080
    /// ```
    ///
    /// **良い例**
    /// ```yaml
    /// env:
    ///   - name: PORT
    ///     value: "8080"
    /// ```
    RefusedObject = "refused-object";
    control: "O1.2",
    severity: Medium,
    profile: Default,
    level: Level::Object(&[("*", "*")]),
    fix: Safe,
    title: "The API server would refuse it", "API サーバーに拒否されるオブジェクト",
}

impl Check for RefusedObject {
    fn object(&self, cx: &Context<'_>, object: &Object, on: &mut On<'_>) {
        let mut is_clean = true;
        let mut told = BTreeSet::new();
        let names_nothing = |reason: &str| reason.contains(": Not found: ");
        let has_other_cause = object
            .notes
            .iter()
            .any(|note| matches!(note, ReadNote::Refused { reason, .. } if !names_nothing(reason)));
        for note in &object.notes {
            match note {
                ReadNote::Refused { route, reason } => {
                    is_clean = false;
                    // A value that others default to (`port`, then `targetPort`) is wrong once.
                    let rule = reason
                        .split_once(": ")
                        .map_or(reason.as_str(), |(_, rule)| rule);
                    let is_repeated = !told.insert((route.parent(), rule));
                    // What is refused is not there for those who name it: a mount of a refused volume.
                    if is_repeated || has_other_cause && names_nothing(reason) {
                        continue;
                    }
                    let fault = Fault::at(
                        route.clone(),
                        phrase!(
                            en: "the API server would refuse this object: {reason}",
                            ja: "API サーバーはこのオブジェクトを拒否します: {reason}"
                        ),
                    );
                    // Two rules can be broken at one place.
                    let fault = fault.key(reason.clone());
                    on.fail(match quoted(cx, object, route, reason) {
                        Some(fix) => fault.fix(fix),
                        None => fault,
                    });
                }
                ReadNote::UnknownKind => {
                    is_clean = false;
                    let (kind, api_version) = (&object.kind, &object.api_version);
                    on.fail(Fault::at(Route::of("kind"), phrase!(
                        en: "`{api_version}` has no kind `{kind}`: the API server would refuse this object",
                        ja: "`{api_version}` に `{kind}` という kind はなく、API サーバーはこのオブジェクトを拒否します"
                    )));
                }
                _ => {}
            }
        }
        if is_clean && sekisho_schema::is_served(&object.api_version, &object.kind) {
            on.pass();
        }
    }
}

/// A number or boolean where the server wants a text: what is written, in quotes.
fn quoted(cx: &Context<'_>, object: &Object, route: &Route, reason: &str) -> Option<Fix> {
    if !reason.ends_with("of type string") {
        return None;
    }
    let source = object.source.as_ref()?;
    let file = cx.estate.files().get(source.file)?;
    let document = file.documents.get(source.document)?;
    let node = document.node_at(&source.base.join(route))?;
    let is_plain = matches!(
        node.value(),
        Value::Bool(_) | Value::Int(_) | Value::Unsigned(_) | Value::Float(_)
    );
    let written = node.span().slice(&file.text)?;
    let title = phrase!(en: "Quote it", ja: "引用符で囲む");
    is_plain.then(|| Fix::safe(title).set(route.clone(), written))
}
