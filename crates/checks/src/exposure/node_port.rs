use sekisho_model::{Fields, Fix, Object, phrase};
use sekisho_text::Route;

use super::service_fronts::{annotation, ports};
use crate::{Check, Context, Fault, Level, On, check};

check! {
    /// **What it shows.** A Service of type NodePort: it opens a port on every node of the cluster.
    ///
    /// **Why it matters.** Whoever reaches a node reaches the Service: past the load balancer, its WAF, its login and its logs.
    /// Whether the node can be reached hangs on security groups that are kept elsewhere, and often on one that is open for the
    /// whole range 30000 to 32767.
    ///
    /// **Bad**
    /// ```yaml
    /// kind: Service
    /// spec:
    ///   type: NodePort
    /// ```
    ///
    /// **Good.** A ClusterIP; an Application Load Balancer reaches it with `target-type: ip`:
    /// ```yaml
    /// kind: Service
    /// spec:
    ///   type: ClusterIP
    /// ```
    ///
    /// **References.** [Kubernetes: type NodePort](https://kubernetes.io/docs/concepts/services-networking/service/#type-nodeport)
    ///
    /// # 日本語
    /// **示すこと。** type が NodePort の Service。クラスタのすべてのノードでポートが開く。
    ///
    /// **理由。** ノードに到達できれば Service にも到達でき、ロードバランサー、WAF、認証、アクセスログをすべて迂回できる。ノードに到達できるかは別の場所で管理されるセキュリティグループ次第で、30000–32767 がまとめて開いていることも多い。
    ///
    /// **直し方。** ClusterIP にする。Application Load Balancer からは `target-type: ip` で到達できる。
    NodePort = "node-port";
    control: "T5.1",
    severity: Medium,
    profile: Default,
    level: Level::Object(&[("", "Service")]),
    fix: Risky,
    title: "A port open on every node", "全ノードで開くポート",
}

impl Check for NodePort {
    fn object(&self, cx: &Context<'_>, service: &Object, on: &mut On<'_>) {
        match service.value.text("spec.type") {
            Some("ClusterIP") => on.pass(),
            Some("NodePort") => on.fail(opened(cx, service)),
            _ => {}
        }
    }
}

fn opened(cx: &Context<'_>, service: &Object) -> Fault {
    let numbers: Vec<String> = ports(service)
        .filter_map(|(_, port)| port.int("nodePort"))
        .map(|port| port.to_string())
        .collect();
    let numbers = if numbers.is_empty() {
        "30000-32767".to_owned()
    } else {
        numbers.join(", ")
    };
    let route = Route::of("spec.type");
    let is_target = cx.ingresses().needs_node_port(service)
        || annotation(service, "aws-load-balancer-nlb-target-type") == Some("instance");
    if is_target {
        return Fault::at(
            route,
            phrase!(
                en: "this Service opens a port ({numbers}) on every node, and its load balancer sends there: who reaches a node goes round WAF and login; give the load balancer `target-type: ip`, then make this a ClusterIP",
                ja: "この Service は全ノードでポート ({numbers}) を開き、ロードバランサーもそこへ転送しています。ノードに到達できれば WAF と認証を迂回できます。ロードバランサーを `target-type: ip` にしてから ClusterIP に変更してください"
            ),
        );
    }
    let mut fix = Fix::risky(phrase!(en: "Make it a ClusterIP", ja: "ClusterIP にする"))
        .set(route.clone(), "ClusterIP");
    for (index, port) in ports(service) {
        if port.int("nodePort").is_some_and(|port| port != 0) {
            fix = fix.remove(Route::of("spec.ports").index(index).at("nodePort"));
        }
    }
    // The API server takes these only for Services that are reached from outside.
    for field in ["externalTrafficPolicy", "healthCheckNodePort"] {
        let route = Route::of("spec").key(field);
        if is_written(cx, service, &route) {
            fix = fix.remove(route);
        }
    }
    Fault::at(route, phrase!(
        en: "this Service opens a port ({numbers}) on every node: who reaches a node goes round the load balancer, its WAF and its login",
        ja: "この Service は全ノードでポート ({numbers}) を開きます。ノードに到達できれば、ロードバランサーとその WAF、認証を迂回できます"
    ))
    .fix(fix)
}

fn is_written(cx: &Context<'_>, service: &Object, route: &Route) -> bool {
    cx.estate
        .locate(service, route)
        .is_some_and(|location| !location.absent)
}
