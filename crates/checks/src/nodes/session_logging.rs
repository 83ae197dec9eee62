use sekisho_model::{Phrase, Resource, Seen, Severity, phrase};

use crate::embedded::{Embedded, Field};
use crate::{Check, Context, Fault, Level, On, Sheet, check};

/// The document with the preferences of a region (Systems Manager User Guide, Session document schema).
const NAME: &str = "SSM-SessionManagerRunShell";

/// Where sessions are written to, each with the switch that demands encryption there.
const TARGETS: [(&str, &str); 2] = [
    ("cloudWatchLogGroupName", "cloudWatchEncryptionEnabled"),
    ("s3BucketName", "s3EncryptionEnabled"),
];

check! {
    /// **What it shows.** Where a cluster runs, the preferences of Session Manager (the document `SSM-SessionManagerRunShell`) send what is done in
    /// a session to a log group or a bucket that must be encrypted. Each configuration and each region is judged by itself.
    ///
    /// **Why it matters.** With SSH gone, Session Manager is the way onto a node. CloudTrail says only that a session began; what was typed
    /// is written down only if these preferences say so. Out of the box they name no place.
    ///
    /// **Bad**
    /// ```hcl
    /// resource "aws_ssm_document" "sessions" {
    ///   name            = "SSM-SessionManagerRunShell"
    ///   document_type   = "Session"
    ///   document_format = "JSON"
    ///   content = jsonencode({
    ///     schemaVersion = "1.0"
    ///     sessionType   = "Standard_Stream"
    ///     inputs        = { idleSessionTimeout = "20" }
    ///   })
    /// }
    /// ```
    ///
    /// **Good**
    /// ```hcl
    /// resource "aws_ssm_document" "sessions" {
    ///   name            = "SSM-SessionManagerRunShell"
    ///   document_type   = "Session"
    ///   document_format = "JSON"
    ///   content = jsonencode({
    ///     schemaVersion = "1.0"
    ///     sessionType   = "Standard_Stream"
    ///     inputs = {
    ///       cloudWatchLogGroupName      = "/ssm/sessions"
    ///       cloudWatchEncryptionEnabled = true
    ///     }
    ///   })
    /// }
    /// ```
    ///
    /// **References.** <https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-schema.html>
    /// <https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-logging.html>
    ///
    /// # 日本語
    /// **示すこと。** クラスタのあるところで、Session Manager の設定 (ドキュメント `SSM-SessionManagerRunShell`) が、セッションの操作内容を
    /// 暗号化必須のロググループまたはバケットに送ること。構成ごと、リージョンごとに判定する。
    ///
    /// **理由。** SSH をなくした後は Session Manager がノードに入る経路となる。CloudTrail に残るのはセッションの開始だけで、入力した内容は
    /// この設定がなければ記録されない。初期状態では送り先がない。
    ///
    /// **直し方。** `inputs` に `cloudWatchLogGroupName` と `cloudWatchEncryptionEnabled = true` (または `s3BucketName` と
    /// `s3EncryptionEnabled = true`) を書く。
    SessionLogging = "session-logging";
    control: "T1.8",
    severity: Medium,
    profile: Default,
    level: Level::Estate,
    fix: None,
    title: "Sessions on nodes are not recorded", "ノードのセッションが記録されない",
}

impl Check for SessionLogging {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        let mut told = vec![false; cx.estate.stacks().len()];
        for (index, document) in cx.estate.of_type("aws_ssm_document") {
            let mut on = sheet.on_resource(index);
            match document.text("name") {
                Seen::Set(name, _) if name == NAME => {}
                Seen::Set(..) | Seen::Unset => continue,
                Seen::Unknown(why) => {
                    on.unknown(why);
                    continue;
                }
            }
            judge(cx, document, &mut on);
            if let Some(told) = told.get_mut(document.stack) {
                *told = true;
            }
        }
        for (index, cluster) in cx.estate.of_type("aws_eks_cluster") {
            if let Some(told) = told.get_mut(cluster.stack)
                && !std::mem::replace(told, true)
            {
                absent(cx, cluster, &mut sheet.on_resource(index));
            }
        }
    }
}

fn judge(cx: &Context<'_>, document: &Resource, on: &mut On<'_>) {
    let content = document.raw("content").filter(|value| !value.is_null());
    let Some(content) = content else {
        return on.unknown(phrase!(
            en: "the document has no `content`",
            ja: "ドキュメントに `content` がない",
        ));
    };
    let read = match Embedded::read(&content) {
        Ok(read) => read,
        Err(why) => return on.unknown(why),
    };
    let given = TARGETS.map(|(target, switch)| {
        let name = ["inputs", target];
        let open = match read.field(&name) {
            Field::Unknown(why) if !read.is_given(&name) => Some(why),
            Field::Set(_) | Field::Unset | Field::Unknown(_) => None,
        };
        (target, switch, read.is_given(&name), open)
    });
    let address = &document.address;
    let mut tell = |message: Phrase, severity: Severity, key: &str| {
        let fault = Fault::of_value(cx.estate, document, content.origin(), message);
        on.fail(fault.severity(severity).key(key));
    };
    if given
        .iter()
        .all(|(_, _, given, open)| !given && open.is_none())
    {
        let message = phrase!(
            en: "`{address}` names neither a log group nor a bucket: what is done in a session on a node is not recorded",
            ja: "`{address}` にロググループもバケットもなく、ノードのセッションで行われた操作が記録されない",
        );
        return tell(message, Severity::Medium, "target");
    }
    let mut open = None;
    let mut is_logged = false;
    for (target, switch, given, why) in given {
        is_logged |= given;
        open = open.or(why);
        if !given {
            continue;
        }
        match read.switch(&["inputs", switch]) {
            Ok(Some(true)) => {}
            Err(why) => open = Some(why),
            Ok(Some(false) | None) => {
                let message = phrase!(
                    en: "`{address}` sends sessions to `{target}` without `{switch}`: they may be written where nothing is encrypted with a key of yours",
                    ja: "`{address}` はセッションを `{target}` に送るが `{switch}` が有効でなく、自分のキーで暗号化されていない場所に書かれうる",
                );
                tell(message, Severity::Low, switch);
            }
        }
    }
    match open {
        Some(why) => on.unknown(why),
        None if is_logged => on.pass(),
        None => {}
    }
}

/// No document of this name is here: Session Manager then writes nothing down.
fn absent(cx: &Context<'_>, cluster: &Resource, on: &mut On<'_>) {
    if let Err(why) = cx.all_here(cluster.stack, "aws_ssm_document") {
        return on.unknown(why);
    }
    let address = &cluster.address;
    let message = phrase!(
        en: "where `{address}` runs, Session Manager has no preferences (`{NAME}`): what is done in a session on a node is not recorded",
        ja: "`{address}` のある場所に Session Manager の設定 (`{NAME}`) がなく、ノードのセッションで行われた操作が記録されない",
    );
    on.fail(Fault::of_value(cx.estate, cluster, None, message).key("absent"));
}
