use sekisho_model::{Container, ContainerRole, Fields, Fix, Pod, phrase};
use serde_json::Value;

use super::surroundings::services_of;
use crate::{Check, Context, Fault, Level, On, check};

const PROBES: [&str; 3] = ["readinessProbe", "livenessProbe", "startupProbe"];
const HANDLERS: [&str; 4] = ["httpGet", "tcpSocket", "grpc", "exec"];

check! {
    /// **What it shows.** A container that a Service sends traffic to without a readiness probe; a liveness probe that asks the
    /// same as the readiness probe and gives up no later; and a probe that asks another host than the pod.
    ///
    /// **Why it matters.** Without readiness, a pod gets requests while it starts and after it has stopped answering. A
    /// liveness probe as impatient as readiness restarts a pod that is merely busy, so load turns into an outage. A probe of
    /// another host says nothing of the pod, and makes the kubelet send requests from the node to wherever it is told.
    ///
    /// **Bad**
    /// ```yaml
    /// readinessProbe: { httpGet: { path: /healthz, port: 8080 } }
    /// livenessProbe: { httpGet: { path: /healthz, port: 8080 } }
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// readinessProbe: { httpGet: { path: /ready, port: 8080 } }
    /// livenessProbe: { httpGet: { path: /healthz, port: 8080 }, failureThreshold: 10 }
    /// ```
    ///
    /// **References**
    /// - <https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/>
    /// - <https://kubernetes.io/docs/concepts/security/pod-security-standards/>
    ///
    /// # 日本語
    /// **示すこと。** Service からトラフィックを受けるのに readiness probe がないコンテナ。readiness probe と同じ内容を調べ、同じかより早く
    /// 失敗と判断する liveness probe。Pod 以外のホストを調べる probe。
    ///
    /// **理由。** readiness probe がないと、起動中や応答できなくなった後にもリクエストが届く。readiness と同じ早さで諦める liveness probe は、
    /// 混んでいるだけの Pod を再起動し、負荷を障害に変える。他のホストを調べる probe は Pod について何も示さず、kubelet に
    /// ノードから任意の宛先へリクエストを送らせる。
    ///
    /// **悪い例**
    /// ```yaml
    /// readinessProbe: { httpGet: { path: /healthz, port: 8080 } }
    /// livenessProbe: { httpGet: { path: /healthz, port: 8080 } }
    /// ```
    ///
    /// **良い例**
    /// ```yaml
    /// readinessProbe: { httpGet: { path: /ready, port: 8080 } }
    /// livenessProbe: { httpGet: { path: /healthz, port: 8080 }, failureThreshold: 10 }
    /// ```
    ///
    /// **参考**
    /// - <https://kubernetes.io/ja/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/>
    Probes = "probes";
    control: "T1.9",
    severity: Low,
    profile: All,
    level: Level::Container,
    fix: Safe,
    title: "Probes that do not tell the truth", "正しく判断できない probe",
}

impl Check for Probes {
    fn container(
        &self,
        cx: &Context<'_>,
        pod: &Pod<'_>,
        container: &Container<'_>,
        on: &mut On<'_>,
    ) {
        if !matches!(container.role, ContainerRole::Main | ContainerRole::Sidecar) {
            return;
        }
        let has_probe = PROBES
            .iter()
            .any(|probe| container.value.at(probe).is_some());
        let serves = serves(cx, pod, container);
        if !serves && !has_probe {
            return;
        }
        let before = on.count();
        let name = container.name();
        if serves && container.value.at("readinessProbe").is_none() {
            on.fail(Fault::at(
                container.at("readinessProbe"),
                phrase!(
                    en: "a Service sends traffic to container `{name}`, which has no readiness probe: it gets requests before it can answer them",
                    ja: "コンテナ `{name}` は Service からトラフィックを受けるが readiness probe がなく、応答できる前にリクエストが届く",
                ),
            ));
        }
        impatient(container, on);
        other_host(pod, container, on);
        if on.count() == before {
            on.pass();
        }
    }
}

/// Whether a port that a Service targets is declared by this container; in a pod of one container every port is its own.
fn serves(cx: &Context<'_>, pod: &Pod<'_>, container: &Container<'_>) -> bool {
    let is_single =
        pod.spec().items("containers").len() == 1 && container.role == ContainerRole::Main;
    let declared = container.value.items("ports");
    services_of(cx.surroundings().beside(pod.object), pod).any(|service| {
        let ports = service.object.value.items("spec.ports");
        is_single
            || ports.iter().any(|port| {
                let target = port.at("targetPort").or_else(|| port.at("port"));
                declared.iter().any(|own| match target {
                    Some(Value::String(name)) => own.text("name") == Some(name.as_str()),
                    Some(number) => own.at("containerPort") == Some(number),
                    None => false,
                })
            })
    })
}

/// Seconds until a probe that fails each time has failed for good.
fn patience(probe: &Value) -> i64 {
    let number = |field, default| probe.int(field).unwrap_or(default);
    number("periodSeconds", 10).saturating_mul(number("failureThreshold", 3))
}

fn impatient(container: &Container<'_>, on: &mut On<'_>) {
    let (Some(ready), Some(live)) = (
        container.value.at("readinessProbe"),
        container.value.at("livenessProbe"),
    ) else {
        return;
    };
    let same = HANDLERS
        .iter()
        .all(|handler| ready.at(handler) == live.at(handler));
    if !same || patience(live) > patience(ready) {
        return;
    }
    let name = container.name();
    let period = live.int("periodSeconds").unwrap_or(10).max(1);
    let failures = patience(ready).saturating_mul(3) / period + 1;
    let title = phrase!(en: "let liveness wait three times as long as readiness", ja: "liveness の猶予を readiness の 3 倍にする");
    let fix = Fix::safe(title).set(container.at("livenessProbe.failureThreshold"), failures);
    on.fail(
        Fault::at(
            container.at("livenessProbe"),
            phrase!(
                en: "the liveness probe of container `{name}` asks the same as its readiness probe and gives up no later: a busy pod is restarted instead of spared",
                ja: "コンテナ `{name}` の liveness probe は readiness probe と同じ内容を調べ、同じかより早く諦める。混んだ Pod が休む代わりに再起動される",
            ),
        )
        .fix(fix),
    );
}

fn other_host(pod: &Pod<'_>, container: &Container<'_>, on: &mut On<'_>) {
    let is_on_node = pod.spec().flag("hostNetwork") == Some(true);
    let name = container.name();
    for place in PROBES {
        for handler in ["httpGet", "tcpSocket"] {
            let Some(probe) = container.value.at(place).and_then(|it| it.at(handler)) else {
                continue;
            };
            let host = probe.text("host").unwrap_or("");
            // In the node's network the loopback address is the pod's own.
            let is_own = is_on_node && matches!(host, "127.0.0.1" | "::1" | "localhost");
            if host.is_empty() || is_own {
                continue;
            }
            let route = container.at(place).key(handler).key("host");
            let title = phrase!(en: "ask the pod itself", ja: "Pod 自身を調べる");
            on.fail(
                Fault::at(
                    route.clone(),
                    phrase!(
                        en: "the {place} of container `{name}` asks `{host}`, not the pod: the kubelet sends the request from the node, and the answer says nothing of the pod",
                        ja: "コンテナ `{name}` の {place} は Pod ではなく `{host}` を調べる。リクエストはノードの kubelet から送られ、Pod の状態は分からない",
                    ),
                )
                .fix(Fix::risky(title).remove(route)),
            );
        }
    }
}
