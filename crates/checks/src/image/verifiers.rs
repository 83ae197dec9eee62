//! What in an estate verifies signatures of images at admission, and how far each reaches.

use globset::GlobBuilder;
use sekisho_model::{Fields, Fix, Object, Phrase, Selector, phrase};
use sekisho_text::Route;
use serde_json::{Value, json};

use crate::admission::exemptions::of_namespace_selector;
use crate::admission::system_namespaces::is_system;
use crate::admission::{gatekeeper, kyverno};
use crate::{Context, Fault};

/// How one object stands that speaks of signatures.
#[derive(Debug)]
pub(crate) enum Standing {
    /// It refuses what has no valid signature, for images that these patterns name.
    Enforced(Vec<String>),
    /// It does not, and this is why.
    Fault(Box<Fault>),
    /// It does not, and another check tells why.
    ToldBy(&'static [&'static str]),
    /// It cannot be told.
    Unknown(Phrase),
}

/// Every image.
const ALL: &str = "*";

/// The objects that verify signatures, each with how it stands.
pub(crate) fn standings(cx: &Context<'_>) -> Vec<(usize, Standing)> {
    let mut found = Vec::new();
    for (group, kind) in kyverno::KINDS {
        for (index, policy) in cx.estate.of_kind(group, kind) {
            let standing = match *group {
                "kyverno.io" => of_rules(cx, policy),
                "policies.kyverno.io" if kind.ends_with("ImageValidatingPolicy") => {
                    Some(of_image_policy(cx, policy))
                }
                "policies.kubewarden.io" => of_module(policy),
                _ => None,
            };
            found.extend(standing.map(|standing| (index, standing)));
        }
    }
    for (index, policy) in cx
        .estate
        .of_kind("policy.sigstore.dev", "ClusterImagePolicy")
    {
        found.push((index, of_sigstore(cx, policy)));
    }
    for (index, constraint) in cx.estate.of_group(gatekeeper::CONSTRAINTS) {
        found.extend(of_constraint(cx, constraint).map(|standing| (index, standing)));
    }
    found.extend(connaisseur(cx).map(|index| {
        let reason = Phrase::new(
            "whether Connaisseur's own configuration verifies every image: it is not judged here",
            "Connaisseur の設定が全イメージを検証しているか: ここでは判定しない",
        );
        (index, Standing::Unknown(reason))
    }));
    found
}

/// True when a pattern of Kyverno (`*` and `?` match anything) covers an image.
pub(crate) fn covers(pattern: &str, image: &str) -> bool {
    pattern == ALL
        || GlobBuilder::new(pattern)
            .literal_separator(false)
            .build()
            .is_ok_and(|glob| glob.compile_matcher().is_match(image))
}

fn of_rules(cx: &Context<'_>, policy: &Object) -> Option<Standing> {
    let rules = policy.value.items("spec.rules");
    let verifying = || {
        rules.iter().enumerate().flat_map(|(index, rule)| {
            let base = Route::of("spec.rules").index(index).key("verifyImages");
            let entries = rule.items("verifyImages").iter().enumerate();
            entries.map(move |(at, entry)| (rule, entry, base.index(at)))
        })
    };
    verifying().next()?;
    let judged = kyverno::judge(policy);
    if !judged.enforces || judged.weak.iter().any(|weak| weak.signatures) {
        return Some(Standing::ToldBy(&["constraint-not-enforced"]));
    }
    if fails_open(policy) {
        return Some(Standing::ToldBy(&["webhook-fails-open"]));
    }
    if policy.kind == "Policy" {
        return Some(one_namespace(policy));
    }
    let mut patterns = Vec::new();
    let mut fault = None;
    for (rule, entry, route) in verifying() {
        match weakness(cx, policy, rule, entry, &route) {
            Some(found) => fault = fault.or(Some(found)),
            None => patterns.extend(references(entry)),
        }
    }
    Some(match fault {
        Some(fault) if patterns.is_empty() => Standing::Fault(Box::new(fault)),
        _ => Standing::Enforced(patterns),
    })
}

fn references(entry: &Value) -> Vec<String> {
    let listed = entry.items("imageReferences").iter();
    let old = entry.key("image").into_iter();
    listed
        .chain(old)
        .filter_map(|image| image.as_str().map(str::to_owned))
        .collect()
}

fn fails_open(policy: &Object) -> bool {
    policy
        .value
        .text("spec.webhookConfiguration.failurePolicy")
        .or_else(|| policy.value.text("spec.failurePolicy"))
        == Some("Ignore")
}

fn one_namespace(policy: &Object) -> Standing {
    let name = &policy.name;
    let namespace = policy.namespace.given().unwrap_or("?").to_owned();
    Standing::Fault(Box::new(Fault::at(
        Route::of("kind"),
        phrase!(en: "policy `{name}` verifies signatures in the namespace `{namespace}` alone; use the kind for the whole cluster",
                ja: "ポリシー `{name}` は Namespace `{namespace}` だけで署名を検証している。クラスタ全体に効く種別を使う"),
    )))
}

fn weakness(
    cx: &Context<'_>,
    policy: &Object,
    rule: &Value,
    entry: &Value,
    route: &Route,
) -> Option<Fault> {
    let (name, rule_name) = (&policy.name, rule.text("name").unwrap_or(""));
    if entry.flag("required") == Some(false) {
        let field = route.key("required");
        let title = phrase!(en: "require a signature", ja: "署名を必須にする");
        return Some(
            Fault::at(
                field.clone(),
                phrase!(en: "rule `{rule_name}` of `{name}` does not require a signature (`required: false`): an image that was never verified is admitted",
                        ja: "`{name}` のルール `{rule_name}` は署名を必須としておらず (`required: false`)、未検証のイメージが受け入れられる"),
            )
            .fix(Fix::risky(title).set(field, true)),
        );
    }
    let verifies = [
        "attestors",
        "attestations",
        "key",
        "roots",
        "subject",
        "issuer",
    ]
    .iter()
    .any(|field| match entry.key(field) {
        Some(Value::Array(items)) => !items.is_empty(),
        Some(Value::String(text)) => !text.is_empty(),
        _ => false,
    });
    if !verifies {
        return Some(Fault::at(
            route.key("attestors"),
            phrase!(en: "rule `{rule_name}` of `{name}` names nobody whose signature counts, so nothing is verified",
                    ja: "`{name}` のルール `{rule_name}` には署名者 (attestors) の指定がなく、何も検証されない"),
        ));
    }
    let open = narrowed(cx, rule)?;
    Some(Fault::at(
        route.clone(),
        phrase!(en: "rule `{rule_name}` of `{name}` verifies only some namespaces ({open}): unsigned images run in the others",
                ja: "`{name}` のルール `{rule_name}` が検証するのは一部の Namespace だけ ({open}) であり、他では未署名のイメージが動く"),
    ))
}

/// How a rule's match or exclusion leaves namespaces out.
fn narrowed(cx: &Context<'_>, rule: &Value) -> Option<String> {
    let filters = |field: &str| {
        let block = rule.key(field).unwrap_or(&Value::Null);
        let listed = ["any", "all"]
            .into_iter()
            .flat_map(|list| block.items(list));
        let listed = listed.filter_map(|filter| filter.key("resources"));
        listed.chain(block.key("resources")).collect::<Vec<_>>()
    };
    let texts = |resources: &Value| -> Vec<String> {
        let names = resources.items("namespaces").iter();
        names
            .filter_map(|name| name.as_str().map(str::to_owned))
            .collect()
    };
    let matched = filters("match");
    let everything = |resources: &&Value| {
        let names = texts(resources);
        (names.is_empty() || names.iter().any(|name| name == "*"))
            && resources.key("namespaceSelector").is_none()
            && resources.key("selector").is_none()
            && resources.key("names").is_none()
    };
    if !matched.is_empty() && !matched.iter().any(everything) {
        return Some(String::from("match"));
    }
    filters("exclude").into_iter().find_map(|resources| {
        let open: Vec<String> = texts(resources)
            .into_iter()
            .filter(|name| !is_system(cx, name) && name != "kyverno")
            .collect();
        let by_label =
            resources.key("namespaceSelector").is_some() || resources.key("selector").is_some();
        if !open.is_empty() {
            Some(format!("exclude: {}", open.join(", ")))
        } else if by_label {
            Some(String::from("exclude"))
        } else {
            None
        }
    })
}

fn of_image_policy(cx: &Context<'_>, policy: &Object) -> Standing {
    if !kyverno::judge(policy).enforces {
        return Standing::ToldBy(&["constraint-not-enforced"]);
    }
    if fails_open(policy) {
        return Standing::ToldBy(&["webhook-fails-open"]);
    }
    if policy.kind.starts_with("Namespaced") {
        return one_namespace(policy);
    }
    let field = "spec.matchConstraints.namespaceSelector";
    let selector = policy.value.at(field).unwrap_or(&Value::Null);
    let route = Route::of("spec.matchConstraints.namespaceSelector");
    if let Some(gap) = of_namespace_selector(cx, selector, route, None, &[], true) {
        let name = &policy.name;
        let (en, ja) = (gap.how.en, gap.how.ja);
        return Standing::Fault(Box::new(Fault::at(
            gap.route,
            phrase!(en: "policy `{name}` verifies signatures, but {en}", ja: "ポリシー `{name}` は署名を検証するが、{ja}"),
        )));
    }
    let listed = policy.value.items("spec.matchImageReferences");
    if listed.is_empty() {
        return Standing::Enforced(vec![ALL.to_owned()]);
    }
    let globs = listed.iter().filter_map(|entry| entry.text("glob"));
    Standing::Enforced(globs.map(str::to_owned).collect())
}

fn of_module(policy: &Object) -> Option<Standing> {
    let module = policy.value.text("spec.module")?;
    if !module.contains("verify-image-signatures") {
        return None;
    }
    if !kyverno::judge(policy).enforces {
        return Some(Standing::ToldBy(&["constraint-not-enforced"]));
    }
    let signatures = policy.value.items("spec.settings.signatures").iter();
    let patterns = signatures.filter_map(|entry| entry.text("image").map(str::to_owned));
    Some(if policy.kind.starts_with("Cluster") {
        Standing::Enforced(patterns.collect())
    } else {
        one_namespace(policy)
    })
}

/// Sigstore's policy controller refuses images that no policy names, but looks only into namespaces that its webhook selects.
fn of_sigstore(cx: &Context<'_>, policy: &Object) -> Standing {
    let name = &policy.name;
    let fault = |route: Route, message| Standing::Fault(Box::new(Fault::at(route, message)));
    // `SetDefaults` (v1beta1): no mode means `enforce`.
    if policy.value.text("spec.mode") == Some("warn") {
        let field = Route::of("spec.mode");
        let title = phrase!(en: "let `{name}` refuse", ja: "`{name}` に拒否させる");
        let message = phrase!(en: "ClusterImagePolicy `{name}` only warns: images without a valid signature are admitted",
                              ja: "ClusterImagePolicy `{name}` は警告のみで、有効な署名のないイメージが受け入れられる");
        let fix = Fix::risky(title).set(field.clone(), "enforce");
        return Standing::Fault(Box::new(Fault::at(field, message).fix(fix)));
    }
    let authorities = policy.value.items("spec.authorities");
    let passes = |authority: &Value| authority.text("static.action") == Some("pass");
    if authorities.iter().any(passes) {
        return fault(
            Route::of("spec.authorities"),
            phrase!(en: "ClusterImagePolicy `{name}` passes its images without looking (`static: pass`)",
                    ja: "ClusterImagePolicy `{name}` は検証せずに受け入れる (`static: pass`)"),
        );
    }
    let lenient = cx
        .estate
        .of_kind("", "ConfigMap")
        .filter(|(_, map)| map.name == "config-policy-controller" && map.place == policy.place)
        .find_map(|(_, map)| map.value.key("data")?.key("no-match-policy")?.as_str());
    if let Some(lenient) = lenient.filter(|policy| *policy != "deny") {
        return fault(
            Route::of("spec.images"),
            phrase!(en: "the policy controller admits images that no ClusterImagePolicy names (`no-match-policy: {lenient}`)",
                    ja: "policy-controller は、どの ClusterImagePolicy にも一致しないイメージを受け入れる (`no-match-policy: {lenient}`)"),
        );
    }
    let (selector, is_known) = sigstore_selector(cx, policy);
    let Some(selector) = selector else {
        return Standing::ToldBy(&["webhook-exempts-widely"]);
    };
    let mut any = false;
    let mut open: Vec<&str> = Vec::new();
    for (_, namespace) in cx.estate.of_kind("", "Namespace") {
        if namespace.place != policy.place
            || is_system(cx, &namespace.name)
            || namespace.name == "cosign-system"
        {
            continue;
        }
        any = true;
        if !selector.matches(namespace.value.entries("metadata.labels")) {
            open.push(&namespace.name);
        }
    }
    if !any {
        return Standing::Unknown(Phrase::new(
            "which namespaces the policy controller looks into: neither Namespaces nor its webhook's selection can be compared",
            "policy-controller の対象 Namespace: Namespace がファイルになく、Webhook の選択条件と照合できない",
        ));
    }
    if open.is_empty() {
        return Standing::Enforced(vec![ALL.to_owned()]);
    }
    if is_known {
        return Standing::ToldBy(&["webhook-exempts-widely"]);
    }
    let open = open.join("`, `");
    fault(
        Route::of("metadata.name"),
        phrase!(en: "ClusterImagePolicy `{name}` does not reach the namespaces `{open}`: the policy controller looks only where the label `policy.sigstore.dev/include: \"true\"` stands",
                ja: "ClusterImagePolicy `{name}` は Namespace `{open}` に効かない。policy-controller が見るのはラベル `policy.sigstore.dev/include: \"true\"` のある Namespace だけである"),
    )
}

/// The namespaces that the controller's webhook selects, and whether the estate says so itself.
fn sigstore_selector(cx: &Context<'_>, policy: &Object) -> (Option<Selector>, bool) {
    let group = crate::admission::bindings::GROUP;
    let written = cx
        .estate
        .of_kind(group, "ValidatingWebhookConfiguration")
        .filter(|(_, object)| object.place == policy.place)
        .flat_map(|(_, object)| object.value.items("webhooks"))
        .find(|webhook| webhook.text("name") == Some("policy.sigstore.dev"));
    if let Some(webhook) = written {
        let selector = webhook.key("namespaceSelector").unwrap_or(&Value::Null);
        return (Selector::read(selector), true);
    }
    let usual = json!({"matchExpressions": [{"key": "policy.sigstore.dev/include", "operator": "In", "values": ["true"]}]});
    (Selector::read(&usual), false)
}

/// Gatekeeper asks Ratify, or another provider, through external data.
fn of_constraint(cx: &Context<'_>, constraint: &Object) -> Option<Standing> {
    let name = constraint.kind.to_lowercase();
    let template = cx
        .estate
        .named(
            &constraint.place,
            "templates.gatekeeper.sh",
            "ConstraintTemplate",
            None,
            &name,
        )
        .next()?
        .1;
    let text = template.value.at("spec")?.to_string().to_lowercase();
    let asks = text.contains("external_data")
        && ["ratify", "cosign", "notation", "notary"]
            .iter()
            .any(|word| text.contains(word));
    if !asks {
        return None;
    }
    Some(if gatekeeper::weak(constraint).is_some() {
        Standing::ToldBy(&["constraint-not-enforced"])
    } else {
        Standing::Enforced(vec![ALL.to_owned()])
    })
}

fn connaisseur(cx: &Context<'_>) -> Option<usize> {
    let pods = cx.workloads().all().iter();
    pods.filter(|(_, pod)| {
        pod.containers()
            .iter()
            .any(|container| container.repository().ends_with("/connaisseur"))
    })
    .map(|(index, _)| *index)
    .next()
}
