use sekisho_model::{Fields, Fix, Object, phrase};
use sekisho_text::Route;
use serde_json::{Value, json};

use super::agent::{self, Flag};
use crate::mesh::config::MeshConfig;
use crate::mesh::members::{Membership, MeshOfPlace};
use crate::{Check, Context, Fault, Level, Sheet, check};

const FLAG: &str = "enable-policy-event-logs";

check! {
    /// **What it shows.** A refused connection leaves a trace: the VPC CNI's agent logs the decisions of NetworkPolicies
    /// (on Auto Mode: the NodeClass does), and the sidecars of the mesh write access logs.
    ///
    /// **Why it matters.** Both are off by default. Without them nobody sees an attacker trying doors, and nobody can say
    /// which policy broke a connection, so that policies are switched off instead of mended.
    ///
    /// **Bad.** `--enable-policy-event-logs=false`, or a MeshConfig with `accessLogFile: ""` and no Telemetry.
    ///
    /// **Good.**
    /// ```yaml
    /// kind: Telemetry
    /// metadata: { name: access-logs, namespace: istio-system }
    /// spec: { accessLogging: [{ providers: [{ name: envoy }] }] }
    /// ```
    ///
    /// **References.** [EKS: Troubleshooting network policies](https://docs.aws.amazon.com/eks/latest/userguide/network-policies-troubleshooting.html)
    /// · [Istio: Envoy Access Logs](https://istio.io/latest/docs/tasks/observability/logs/access-log/)
    ///
    /// # 日本語
    /// **示すこと。** 拒否された接続が証跡を残すこと。VPC CNI のエージェント (Auto Mode では NodeClass) が NetworkPolicy の判定を記録し、
    /// メッシュのサイドカーがアクセスログを出力すること。
    ///
    /// **理由。** どちらも既定で無効である。なければ攻撃者の探索に誰も気付けず、通信断の原因となったポリシーも特定できないため、
    /// ポリシーは直される代わりに外される。
    ///
    /// **悪い例。** `--enable-policy-event-logs=false`、または `accessLogFile: ""` で Telemetry もない MeshConfig。
    ///
    /// **良い例。** ルート Namespace の Telemetry で `accessLogging` を有効にする。
    DenialEvidence = "denial-evidence";
    control: "T2.5",
    severity: Medium,
    profile: Default,
    level: Level::Estate,
    fix: Safe,
    title: "Denied connections leave no evidence", "通信拒否の証跡が残らない",
}

impl Check for DenialEvidence {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        policy_logs(cx, sheet);
        for class in cx.estate.of_kind("eks.amazonaws.com", "NodeClass") {
            auto_mode(class, sheet);
        }
        for (place, mesh) in cx.mesh().places() {
            let has_sidecars = cx.workloads().all().iter().any(|(index, pod)| {
                pod.object.place == *place && cx.mesh().membership(*index) == Membership::Sidecar
            });
            if has_sidecars {
                let configs = cx.mesh().configs.iter();
                access_logs(
                    cx,
                    mesh,
                    &configs
                        .filter(|config| config.object.place == *place)
                        .collect::<Vec<_>>(),
                    sheet,
                );
            }
        }
        for (index, telemetry) in cx.estate.of_kind("telemetry.istio.io", "Telemetry") {
            if cx.mesh().root(&telemetry.place) != telemetry.namespace {
                silenced(index, telemetry, sheet);
            }
        }
    }
}

fn policy_logs(cx: &Context<'_>, sheet: &mut Sheet<'_>) {
    for agent in agent::all(cx.estate) {
        let mut on = sheet.on(agent.index);
        let Some(container) = &agent.container else {
            on.fail_told_by(&["policy-engine-off"]);
            continue;
        };
        let flag = Flag::read(container, FLAG);
        if flag.is_on {
            on.pass();
        } else if Flag::read(container, "enable-network-policy").is_on {
            on.fail(
                Fault::at(
                    flag.route.clone(),
                    phrase!(
                        en: "`--{FLAG}` is off: a connection that a NetworkPolicy refuses leaves no trace.",
                        ja: "`--{FLAG}` が無効であり、NetworkPolicy が拒否した接続の記録が残らない。",
                    ),
                )
                .fix(flag.switch_on(Fix::safe(agent::switch_title(FLAG)), FLAG)),
            );
        } else {
            on.fail_told_by(&["policy-engine-off"]);
        }
    }
}

fn auto_mode((index, class): (usize, &Object), sheet: &mut Sheet<'_>) {
    let mut on = sheet.on(index);
    if class.value.text("spec.networkPolicyEventLogs") == Some("Enabled") {
        on.pass();
        return;
    }
    let route = Route::of("spec.networkPolicyEventLogs");
    let title =
        phrase!(en: "Log the decisions of NetworkPolicies", ja: "NetworkPolicy の判定を記録する");
    on.fail(
        Fault::at(
            route.clone(),
            phrase!(
                en: "`networkPolicyEventLogs` is not `Enabled`: on these nodes a connection that a NetworkPolicy refuses leaves no trace.",
                ja: "`networkPolicyEventLogs` が `Enabled` でないため、これらのノードでは NetworkPolicy が拒否した接続の記録が残らない。",
            ),
        )
        .fix(Fix::safe(title).set(route, "Enabled")),
    );
}

/// Whether the mesh of a place logs: a file in MeshConfig, a default provider, or a Telemetry of the root namespace.
fn access_logs(
    cx: &Context<'_>,
    mesh: &MeshOfPlace,
    configs: &[&MeshConfig<'_>],
    sheet: &mut Sheet<'_>,
) {
    let Some(config) = configs.first() else {
        sheet.estate().unknown(phrase!(
            en: "whether sidecars write access logs stands in MeshConfig, which is not in the files",
            ja: "サイドカーがアクセスログを出力するかは、ファイルにない MeshConfig による",
        ));
        return;
    };
    let by_config = config
        .value
        .text("accessLogFile")
        .is_some_and(|file| !file.is_empty())
        || !config
            .value
            .items("defaultProviders.accessLogging")
            .is_empty();
    let in_root = |telemetry: &Object| {
        telemetry.place == config.object.place
            && telemetry.namespace.given() == Some(mesh.root.as_str())
            && telemetry.value.at("spec.selector").is_none()
    };
    let telemetries: Vec<(usize, &Object)> = cx
        .estate
        .of_kind("telemetry.istio.io", "Telemetry")
        .filter(|(_, telemetry)| in_root(telemetry))
        .collect();
    let says = |telemetry: &Object| {
        let entries = telemetry.value.items("spec.accessLogging");
        (!entries.is_empty()).then(|| {
            entries
                .iter()
                .any(|entry| entry.flag("disabled") != Some(true))
        })
    };
    let mut spoken = telemetries
        .iter()
        .filter_map(|(index, telemetry)| Some((*index, says(telemetry)?)));
    match (spoken.next(), by_config) {
        (Some((index, true)), _) => sheet.on(index).pass(),
        (Some((index, false)), _) => {
            sheet.on(index).fail(Fault::at(
                Route::of("spec.accessLogging"),
                phrase!(
                    en: "This Telemetry switches access logs off for the whole mesh: a request that the mesh refuses leaves no trace.",
                    ja: "この Telemetry はメッシュ全体のアクセスログを無効にしており、メッシュが拒否した要求の記録が残らない。",
                ),
            ));
        }
        (None, true) => sheet.on(config.index).pass(),
        (None, false) if cx.complete() => {
            let title = phrase!(en: "Write access logs everywhere in the mesh", ja: "メッシュ全体でアクセスログを出力する");
            let telemetry = json!({
                "apiVersion": "telemetry.istio.io/v1",
                "kind": "Telemetry",
                "metadata": {"name": "access-logs", "namespace": mesh.root},
                "spec": {"accessLogging": [{"providers": [{"name": "envoy"}]}]},
            });
            sheet.on(config.index).fail(
                Fault::at(
                    config.route.clone(),
                    phrase!(
                        en: "MeshConfig names no access log (`accessLogFile`), and no Telemetry does: a request that the mesh refuses leaves no trace.",
                        ja: "MeshConfig にアクセスログ (`accessLogFile`) の指定がなく、Telemetry もないため、メッシュが拒否した要求の記録が残らない。",
                    ),
                )
                .fix(Fix::safe(title).new_object(telemetry)),
            );
        }
        (None, false) => sheet.on(config.index).unknown(phrase!(
            en: "a Telemetry that switches access logs on may stand in other files",
            ja: "アクセスログを有効にする Telemetry が他のファイルにある可能性がある",
        )),
    }
}

/// A Telemetry below the root that takes the logs of a namespace or workload away.
fn silenced(index: usize, telemetry: &Object, sheet: &mut Sheet<'_>) {
    for (number, entry) in telemetry
        .value
        .items("spec.accessLogging")
        .iter()
        .enumerate()
    {
        if entry.flag("disabled") == Some(true) {
            let route = Route::of("spec.accessLogging")
                .index(number)
                .key("disabled");
            let title = phrase!(en: "Keep the access logs", ja: "アクセスログを残す");
            sheet.on(index).fail(
                Fault::at(
                    route.clone(),
                    phrase!(
                        en: "This Telemetry takes the access logs of its workloads away: what they refuse leaves no trace.",
                        ja: "この Telemetry は対象ワークロードのアクセスログを無効にしており、拒否の記録が残らない。",
                    ),
                )
                .fix(Fix::safe(title).set(route, Value::Bool(false))),
            );
        }
    }
}
