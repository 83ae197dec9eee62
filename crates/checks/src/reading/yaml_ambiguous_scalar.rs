use sekisho_model::{Object, Phrase, Severity, phrase};
use sekisho_text::{Route, Span};
use sekisho_yaml::Note;

use super::yaml_notes;
use crate::{Check, Context, Fault, Level, Sheet, check};

check! {
    /// **What it shows.** A value without quotes that kubectl and readers of YAML 1.2 take for different things: `yes` is
    /// `true` to the one and a text to the other, `0644` is 420 or 644.
    ///
    /// **Why it matters.** kubectl still reads YAML 1.1. A scanner, a policy test or an editor that reads YAML 1.2 sees another
    /// object than the one that is deployed, so `privileged: yes` can slip past it.
    ///
    /// **Bad**
    /// ```yaml
    /// securityContext:
    ///   privileged: yes
    /// ```
    ///
    /// **Good.** Write `true` or `false`, quote what is meant as text, and write file modes in decimal or as `0o644`:
    /// ```yaml
    /// securityContext:
    ///   privileged: true
    /// ```
    ///
    /// **References.** [YAML 1.2.2 §10.3, core schema](https://yaml.org/spec/1.2.2/#103-core-schema) ·
    /// [YAML 1.1: boolean type](https://yaml.org/type/bool.html)
    ///
    /// # 日本語
    /// **示すこと。** 引用符がなく、kubectl と YAML 1.2 の処理系で読み方が変わる値。`yes` は一方では `true`、他方では文字列になり、`0644` は 420 にも 644 にもなる。
    ///
    /// **理由。** kubectl はいまも YAML 1.1 の規則で読む。YAML 1.2 で読むスキャナー、ポリシーテスト、エディターは、実際にデプロイされるものとは別のオブジェクトを見ることになり、`privileged: yes` を見逃しうる。
    ///
    /// **直し方。** 真偽値は `true`/`false` と書き、文字列は引用符で囲む。ファイルモードは十進数で書く。
    YamlAmbiguousScalar = "yaml-ambiguous-scalar";
    control: "O1.2",
    severity: Low,
    profile: Default,
    level: Level::Estate,
    fix: None,
    title: "A value reads differently elsewhere", "処理系により読み方が変わる値",
}

impl Check for YamlAmbiguousScalar {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        for (index, notes) in yaml_notes::by_object(cx.estate) {
            let mut on = sheet.on(index);
            let mut is_clean = true;
            for note in notes {
                let Note::Ambiguous {
                    span,
                    kubectl,
                    core,
                } = note
                else {
                    continue;
                };
                is_clean = false;
                let Some(object) = cx.estate.objects().get(index) else {
                    continue;
                };
                let written = written(cx, object, *span);
                let mut fault = Fault::at(Route::root(), explained(object, written, kubectl, core))
                    .span(*span)
                    .key(format!("{kubectl} {core}"));
                if matches!(kubectl.as_str(), "true" | "false") {
                    fault = fault.severity(Severity::Medium);
                }
                on.fail(fault);
            }
            if is_clean {
                on.pass();
            }
        }
    }
}

fn written<'c>(cx: &'c Context<'_>, object: &Object, span: Span) -> &'c str {
    object
        .source
        .as_ref()
        .and_then(|source| cx.estate.files().get(source.file))
        .and_then(|file| span.slice(&file.text))
        .unwrap_or_default()
}

/// Short values are shown; longer numbers, and everything in a Secret, may be a secret.
fn explained(object: &Object, written: &str, kubectl: &str, core: &str) -> Phrase {
    let is_harmless = matches!(kubectl, "true" | "false" | "null") || written.len() <= 5;
    if is_harmless && !object.is("", "Secret") {
        phrase!(
            en: "`{written}` is {kubectl} to kubectl and {core} to a reader of YAML 1.2, so a scanner may judge another object than the one deployed; quote a text, write a number or boolean plainly",
            ja: "`{written}` は kubectl では {kubectl}、YAML 1.2 の処理系では {core} と読まれ、スキャナーが実際とは別のオブジェクトを判定しえます。文字列は引用符で囲み、数値や真偽値は誤解のない形で書いてください"
        )
    } else {
        phrase!(
            en: "kubectl and a reader of YAML 1.2 take this value for different things, so a scanner may judge another object than the one deployed; quote a text, write a number plainly",
            ja: "この値は kubectl と YAML 1.2 の処理系で読み方が異なり、スキャナーが実際とは別のオブジェクトを判定しえます。文字列は引用符で囲み、数値は誤解のない形で書いてください"
        )
    }
}
