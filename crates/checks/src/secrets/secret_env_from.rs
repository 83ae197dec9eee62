use std::collections::BTreeSet;

use sekisho_model::{Container, Fields, Fix, Pod, phrase};
use serde_json::{Value, json};

use super::key_names::Keys;
use crate::{Check, Context, Fault, Level, On, check};

check! {
    /// **What it shows.** A container that takes a whole Secret into its environment (`envFrom.secretRef`).
    ///
    /// **Why it matters.** Every key of the Secret becomes a variable, those that are added later too, whether the program needs them or
    /// not. Who may change the Secret chooses variables such as `LD_PRELOAD`, `NODE_OPTIONS` or `HTTPS_PROXY`, and with them the code that runs. And
    /// all of it stands in `/proc`, in crash dumps and in every child process.
    ///
    /// **Bad**
    /// ```yaml
    /// envFrom:
    ///   - secretRef: {name: database}
    /// ```
    ///
    /// **Good.** A mounted file; or, as the exception, the keys that are needed, by name.
    ///
    /// **References**
    /// - <https://kubernetes.io/docs/concepts/security/secrets-good-practices/>
    ///
    /// # 日本語
    /// **示すこと。** Secret 全体を環境に取り込む (`envFrom.secretRef`) コンテナ。
    ///
    /// **理由。** Secret のすべてのキーが、後から追加されたものも含め、必要かどうかにかかわらず環境変数になる。Secret を変更できる人は `LD_PRELOAD`、`NODE_OPTIONS`、`HTTPS_PROXY` などの変数を選べ、実行されるコードまで選べる。値はすべて `/proc`、クラッシュダンプ、子プロセスに現れる。
    ///
    /// **直し方。** Secret をファイルとしてマウントする。例外として環境変数を使う場合は、必要なキーだけを名前で指定する。
    SecretEnvFrom = "secret-env-from";
    control: "T3.5",
    severity: Medium,
    profile: Default,
    level: Level::Container,
    fix: Safe,
    title: "A whole Secret is taken into the environment", "Secret 全体の環境変数への展開",
}

impl Check for SecretEnvFrom {
    fn container(
        &self,
        cx: &Context<'_>,
        pod: &Pod<'_>,
        container: &Container<'_>,
        on: &mut On<'_>,
    ) {
        let sources = container.value.items("envFrom");
        let mut taken = sources.iter().enumerate().filter_map(|(index, source)| {
            Some((
                index,
                source,
                source.at("secretRef")?.text("name").unwrap_or_default(),
            ))
        });
        let Some((first, source, _)) = taken.next() else {
            on.pass();
            return;
        };
        let others = taken.clone().count();
        let names: Vec<String> = std::iter::once((
            first,
            source,
            source.text("secretRef.name").unwrap_or_default(),
        ))
        .chain(taken)
        .map(|(_, _, name)| format!("`{name}`"))
        .collect();
        let (container_name, names) = (container.name(), names.join(", "));
        let route = container.at("envFrom").index(first).key("secretRef");
        let fault = Fault::at(
            route,
            phrase!(
                en: "container `{container_name}` takes the whole of Secret {names} into its environment: every key, later ones included, and whoever changes the Secret sets variables such as LD_PRELOAD. Mount it, or name the keys that are needed",
                ja: "コンテナ `{container_name}` は Secret {names} 全体を環境変数に取り込む。今後追加されるキーも含まれ、Secret を変更できる人は LD_PRELOAD などの変数も設定できる。マウントするか、必要なキーだけを指定すること",
            ),
        );
        // A variable of `env` goes before all of `envFrom`, as the last source goes before the others.
        let is_last = first + 1 == sources.len();
        on.fail(
            match fix(cx, pod, container, source).filter(|_| others == 0 && is_last) {
                Some(fix) if sources.len() == 1 => fault.fix(fix.remove(container.at("envFrom"))),
                Some(fix) => fault.fix(fix.remove(container.at("envFrom").index(first))),
                None => fault,
            },
        );
    }
}

/// The same variables, each by its key: only when all keys of the Secret are known.
fn fix(cx: &Context<'_>, pod: &Pod<'_>, container: &Container<'_>, source: &Value) -> Option<Fix> {
    let secret = source.text("secretRef.name")?;
    let Keys::Exactly(keys) = cx.key_names().of_secret(pod.object, secret)? else {
        return None;
    };
    let prefix = source.text("prefix").unwrap_or_default();
    let given = container.value.items("env");
    let own: BTreeSet<&str> = given
        .iter()
        .filter_map(|variable| variable.text("name"))
        .collect();
    // `$(NAME)` in a variable of the list sees only what stands before it; envFrom stands before all.
    let refers = given.iter().any(|variable| {
        variable
            .text("value")
            .is_some_and(|value| value.contains("$("))
    });
    let is_variable = |name: &str| {
        name.chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
            && !name.starts_with(|c: char| c.is_ascii_digit())
    };
    if keys.is_empty()
        || refers
        || !keys
            .iter()
            .all(|key| is_variable(&format!("{prefix}{key}")))
    {
        return None;
    }
    let mut fix = Fix::safe(phrase!(
        en: "name the keys of `{secret}` that are variables today",
        ja: "現在変数になっている `{secret}` のキーを名前で指定する",
    ));
    let variables = keys
        .iter()
        .map(|key| (format!("{prefix}{key}"), key))
        .filter(|(name, _)| !own.contains(name.as_str()));
    let variables = variables.map(|(name, key)| {
        let mut reference = json!({"name": secret, "key": key});
        if let (Some(true), Some(fields)) =
            (source.flag("secretRef.optional"), reference.as_object_mut())
        {
            fields.insert("optional".to_owned(), true.into());
        }
        json!({"name": name, "valueFrom": {"secretKeyRef": reference}})
    });
    if given.is_empty() {
        let all: Vec<Value> = variables.collect();
        return Some(fix.set(container.at("env"), all));
    }
    for variable in variables {
        fix = fix.append(container.at("env"), variable);
    }
    Some(fix)
}
