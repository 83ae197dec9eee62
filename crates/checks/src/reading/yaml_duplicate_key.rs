use sekisho_model::{Object, Phrase, phrase};
use sekisho_text::{Route, Span};
use sekisho_yaml::Note;

use super::yaml_notes;
use crate::{Check, Context, Fault, Level, Sheet, check};

check! {
    /// **What it shows.** A key that stands twice in one map, keys of different types that become one and the same key, and a
    /// merge (`<<`) that replaces a key written before it.
    ///
    /// **Why it matters.** Only one of the values arrives in the cluster, and nobody is told: kubectl keeps the last one, many
    /// other readers the first, some refuse the file. A reviewer or a scanner that sees `privileged: false` above is passed by
    /// a `privileged: true` further down.
    ///
    /// **Bad**
    /// ```yaml
    /// securityContext:
    ///   privileged: false
    ///   runAsNonRoot: true
    ///   privileged: true
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// securityContext:
    ///   privileged: false
    ///   runAsNonRoot: true
    /// ```
    ///
    /// **References.** [YAML 1.2.2 §3.2.1.3, unique keys](https://yaml.org/spec/1.2.2/#3213-node-comparison) ·
    /// [Kubernetes: field validation](https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation)
    ///
    /// # 日本語
    /// **示すこと。** 一つのマップに同じキーが二度現れる箇所、型の違うキーが同じキーになる箇所、マージ (`<<`) が先に書かれたキーを上書きする箇所。
    ///
    /// **理由。** クラスタに届く値は一つだけで、警告も出ない。kubectl は最後の値を採るが、最初の値を採る処理系も、ファイルを拒否する処理系もある。上にある `privileged: false` を見たレビュアーやスキャナーは、下にある `privileged: true` を見逃す。
    ///
    /// **悪い例**
    /// ```yaml
    /// securityContext:
    ///   privileged: false
    ///   privileged: true
    /// ```
    ///
    /// **直し方。** 意図した値だけを残し、もう一方を消す。
    YamlDuplicateKey = "yaml-duplicate-key";
    control: "O1.2",
    severity: Medium,
    profile: Default,
    level: Level::Estate,
    fix: None,
    title: "A key hides another one", "同名のキーによる値の上書き",
}

impl Check for YamlDuplicateKey {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        for (index, notes) in yaml_notes::by_object(cx.estate) {
            let mut on = sheet.on(index);
            let mut is_clean = true;
            for note in notes {
                let object = cx.estate.objects().get(index);
                if let Some((message, span)) = object.and_then(|object| explained(cx, object, note))
                {
                    is_clean = false;
                    let fault = Fault::at(Route::root(), message).span(span);
                    on.fail(fault.key(note_key(note)));
                }
            }
            if is_clean {
                on.pass();
            }
        }
    }
}

fn explained(cx: &Context<'_>, object: &Object, note: &Note) -> Option<(Phrase, Span)> {
    let line = |span: &Span| {
        let file = cx.estate.files().get(object.source.as_ref()?.file)?;
        Some(file.lines.position(&file.text, span.start as usize).line)
    };
    let message = match note {
        Note::DuplicateKey { key, lost, .. } => {
            let line = line(lost)?;
            phrase!(
                en: "`{key}` stands twice in this map: kubectl sends the value written here and drops the one on line {line} in silence; keep the one that is meant",
                ja: "`{key}` が同じマップに二度書かれています。kubectl はここの値を送り、{line} 行目の値を黙って捨てます。意図した方だけを残してください"
            )
        }
        Note::CollidingKey { key, first, .. } => {
            let line = line(first)?;
            phrase!(
                en: "this key and the one on line {line} have different types in YAML and both become `{key}`: which value kubectl sends is left to chance; keep one",
                ja: "このキーと {line} 行目のキーは YAML では型が異なりますが、どちらも `{key}` になります。kubectl がどちらの値を送るかは不定です。一方だけを残してください"
            )
        }
        Note::MergeReplaces { key, lost, .. } => {
            let line = line(lost)?;
            phrase!(
                en: "this merge replaces `{key}` on line {line}: kubectl sends the merged value, other readers of YAML the written one; move the merge above the key or drop one of them",
                ja: "このマージは {line} 行目の `{key}` を上書きします。kubectl はマージされた値を送りますが、ほかの YAML 処理系は書かれた値を採ります。マージをキーより前に移すか、一方を消してください"
            )
        }
        _ => return None,
    };
    Some((message, note.span()))
}

/// The key, and which of its repetitions it is, so that two places of one object stay apart.
fn note_key(note: &Note) -> String {
    match note {
        Note::DuplicateKey { key, .. }
        | Note::CollidingKey { key, .. }
        | Note::MergeReplaces { key, .. } => key.clone(),
        _ => String::new(),
    }
}
