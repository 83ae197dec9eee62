//! What nodes of a group answer to metadata requests: as the template, the kind of AMI, or the nodes themselves tell.

use sekisho_model::{Resource, Seen, Severity, phrase};

use super::groups::{instances, starters, template};
use crate::absence::is_snapshot;
use crate::links::Link;
use crate::{Context, Fault, On};

/// With a launch template, that one tells; in a snapshot the nodes that run tell, too.
pub(crate) fn node_group(cx: &Context<'_>, group: &Resource, on: &mut On<'_>) {
    let given = match group.nested("launch_template") {
        Seen::Set(..) => template(cx.estate, cx.links(), group),
        Seen::Unknown(why) => return on.unknown(why),
        Seen::Unset => None,
    };
    if is_snapshot(cx.estate, group.stack) {
        return running(cx, group, given.as_ref(), on);
    }
    if given.is_some() {
        return;
    }
    by_image(cx, group, on);
}

/// What EKS sets by the kind of AMI.
fn by_image(cx: &Context<'_>, group: &Resource, on: &mut On<'_>) {
    match group.text("ami_type") {
        Seen::Set(kind, _) if kind.starts_with("AL2023_") => on.pass(),
        Seen::Set(kind, origin) if kind.starts_with("AL2_") => {
            let message = phrase!(
                en: "EKS starts `{kind}` nodes without a launch template with two hops and without tokens: pods can take the credentials of the node; give it a launch template with `metadata_options`, or AL2023",
                ja: "起動テンプレートのない `{kind}` ノードはトークン不要・2 ホップで起動され、Pod がノードの認証情報を取得できる。`metadata_options` 付きの起動テンプレートか AL2023 を使う",
            );
            on.fail(
                Fault::of_value(cx.estate, group, origin.as_ref(), message)
                    .severity(Severity::High),
            );
        }
        Seen::Set(kind, _) => on.unknown(phrase!(
            en: "what EKS sets for `{kind}` nodes is not written here; a launch template, or a snapshot with its instances, tells",
            ja: "`{kind}` ノードに EKS が設定する値はここに書かれていない。起動テンプレート、またはインスタンスを含むスナップショットで分かる",
        )),
        Seen::Unset => on.unknown(phrase!(
            en: "neither a launch template nor `ami_type` is set: what metadata answers depends on the AMI that EKS picks",
            ja: "起動テンプレートも `ami_type` もなく、メタデータの設定は EKS が選ぶ AMI による",
        )),
        Seen::Unknown(why) => on.unknown(why),
    }
}

/// True when it is known that pods get answers.
pub(crate) fn is_loose(resource: &Resource) -> bool {
    let options = match resource.nested("metadata_options") {
        Seen::Set(blocks, _) => blocks.into_iter().next(),
        Seen::Unset => return true,
        Seen::Unknown(_) => return false,
    };
    let Some(options) = options else {
        return true;
    };
    if matches!(options.text("http_endpoint"), Seen::Set(state, _) if state == "disabled") {
        return false;
    }
    let has_tokens = matches!(options.text("http_tokens"), Seen::Set(state, _) if state == "required")
        || matches!(options.text("http_tokens"), Seen::Unknown(_));
    let hops = match options.whole("http_put_response_hop_limit") {
        Seen::Set(hops, _) => hops,
        Seen::Unset | Seen::Unknown(_) => 1,
    };
    !has_tokens || hops > 1
}

/// True when a template says nothing of tokens or hops, so that something else decides.
pub(crate) fn leaves_open(options: Option<&Resource>) -> bool {
    let Some(options) = options else {
        return true;
    };
    let says = |name: &str, good: fn(&str) -> bool| match options.text(name) {
        Seen::Set(text, _) => good(&text),
        Seen::Unset | Seen::Unknown(_) => true,
    };
    let is_unset = |name: &str| matches!(options.get(name), Seen::Unset);
    (is_unset("http_tokens") || is_unset("http_put_response_hop_limit"))
        && says("http_endpoint", |state| state != "disabled")
        && says("http_tokens", |state| state == "required")
        && says("http_put_response_hop_limit", |hops| hops == "1")
}

/// True when a template itself says what lets pods in.
pub(crate) fn is_at_fault(template: &Resource) -> bool {
    let blocks = template.nested("metadata_options");
    let options = match &blocks {
        Seen::Set(blocks, _) => blocks.first(),
        Seen::Unset | Seen::Unknown(_) => None,
    };
    is_loose(template) && !leaves_open(options)
}

/// Whether no node that was started from this template of a snapshot answers pods; `None` when none is known.
pub(crate) fn shown_by_nodes(cx: &Context<'_>, resource: &Resource) -> Option<bool> {
    if resource.kind != "aws_launch_template" || !is_snapshot(cx.estate, resource.stack) {
        return None;
    }
    cx.all_here(resource.stack, "aws_instance").ok()?;
    let uses = |starter: &Resource| {
        let by = template(cx.estate, cx.links(), starter);
        matches!(by, Some(Link::To(_, by)) if std::ptr::eq(by, resource))
    };
    let starters = starters(cx.estate).filter(|(_, one)| one.stack == resource.stack && uses(one));
    let mut nodes = starters
        .flat_map(|(_, starter)| instances(cx.estate, starter))
        .peekable();
    nodes.peek()?;
    Some(nodes.all(|node| !is_loose(node)))
}

/// The nodes of a group that a snapshot shows. Where the template is at fault, that is told there.
fn running(cx: &Context<'_>, group: &Resource, given: Option<&Link<'_>>, on: &mut On<'_>) {
    let by_template = match given {
        Some(Link::To(_, template)) => is_at_fault(template),
        Some(Link::Away(why)) => {
            on.unknown(why.clone());
            false
        }
        None => false,
    };
    if by_template {
        return on.fail_told_by(&["instance-metadata"]);
    }
    let mut all = instances(cx.estate, group).peekable();
    if let Err(why) = cx.all_here(group.stack, "aws_instance") {
        on.unknown(why);
    } else if all.peek().is_none() {
        // The template tells, or EKS by the kind of AMI.
        return if given.is_none() {
            by_image(cx, group, on);
        };
    }
    let loose: Vec<&Resource> = all.filter(|one| is_loose(one)).collect();
    let [first, others @ ..] = loose.as_slice() else {
        return on.pass();
    };
    let more = others.len();
    let name = match first.text("id") {
        Seen::Set(id, _) => id,
        Seen::Unset | Seen::Unknown(_) => first.address.clone(),
    };
    let message = if more == 0 {
        phrase!(
            en: "the node `{name}` answers metadata requests of pods: without a token, or over two hops; pods can take the credentials of the node",
            ja: "ノード `{name}` のメタデータが、トークンなしで、または 2 ホップ以上先の Pod に応答する。Pod がノードの認証情報を取得できる",
        )
    } else {
        phrase!(
            en: "the node `{name}` and {more} more of the group answer metadata requests of pods: without a token, or over two hops; pods can take the credentials of the node",
            ja: "ノード `{name}` ほか同じグループの {more} 台のメタデータが、トークンなしで、または 2 ホップ以上先の Pod に応答する。Pod がノードの認証情報を取得できる",
        )
    };
    let options = first.raw("metadata_options");
    let origin = options.as_ref().and_then(|options| options.origin());
    let mut fault = Fault::of_value(cx.estate, first, origin, message);
    let address = &group.address;
    let text = phrase!(en: "nodes of `{address}`", ja: "`{address}` のノード");
    fault = fault.beside(cx.estate, group, text);
    on.fail(fault.key(name));
}
