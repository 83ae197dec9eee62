use sekisho_model::{Fix, Object, phrase};
use sekisho_text::Route;

use super::reach::Reach;
use super::service_fronts::{Maker, annotation, annotation_route, maker, reach};
use crate::{Check, Context, Fault, Level, On, check};

check! {
    /// **What it shows.** A Service that makes a load balancer of its own facing the internet.
    ///
    /// **Why it matters.** A Network or Classic Load Balancer has no WAF: what arrives there goes round the one at the Ingress,
    /// round its login and its address list. The cloud provider of AWS makes it public unless
    /// `aws-load-balancer-internal` says otherwise; the AWS Load Balancer Controller when the scheme says so. The
    /// controller takes the annotation `aws-load-balancer-type: external` on a Service of any type.
    ///
    /// **Bad**
    /// ```yaml
    /// kind: Service
    /// spec:
    ///   type: LoadBalancer
    /// ```
    ///
    /// **Good.** A ClusterIP behind an Ingress with a WAF, or an internal load balancer:
    /// ```yaml
    /// metadata:
    ///   annotations:
    ///     service.beta.kubernetes.io/aws-load-balancer-scheme: internal
    /// ```
    ///
    /// **References.** [AWS Load Balancer Controller: Service annotations](https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/service/annotations/) ·
    /// [MITRE ATT&CK T1190](https://attack.mitre.org/techniques/T1190/)
    ///
    /// # 日本語
    /// **示すこと。** インターネット向けのロードバランサーを独自に作る Service。
    ///
    /// **理由。** Network Load Balancer や Classic Load Balancer には WAF が付かない。そこに届くリクエストは、Ingress の WAF も認証もアドレス制限も迂回する。AWS のクラウドプロバイダーは `aws-load-balancer-internal` がない限り公開し、AWS Load Balancer Controller は scheme の指定で公開する。後者は `aws-load-balancer-type: external` があれば、どの type の Service にもロードバランサーを作る。
    ///
    /// **直し方。** WAF の付いた Ingress の背後に ClusterIP で置くか、内部向けロードバランサーにする。
    ServiceExposed = "service-exposed";
    control: "T5.1",
    severity: High,
    profile: Default,
    level: Level::Object(&[("", "Service")]),
    fix: Risky,
    title: "A Service faces the internet past the WAF", "WAF を迂回してインターネットに面する Service",
}

impl Check for ServiceExposed {
    fn object(&self, cx: &Context<'_>, service: &Object, on: &mut On<'_>) {
        match reach(cx, service) {
            None => {}
            Some(Reach::Internal) => on.pass(),
            Some(Reach::Unsettled(reason)) => on.unknown(reason),
            Some(Reach::Public) => on.fail(exposed(cx, service)),
        }
    }
}

fn exposed(cx: &Context<'_>, service: &Object) -> Fault {
    let scheme = annotation(service, "aws-load-balancer-scheme");
    let is_eithers = maker(cx, service) == Some(Maker::Either);
    let (route, message) = if scheme.is_some() {
        (
            annotation_route("aws-load-balancer-scheme"),
            phrase!(
                en: "this Service makes a load balancer of its own that faces the internet: no WAF stands before it; put it behind an Ingress that has one, or make it internal",
                ja: "この Service はインターネット向けロードバランサーを独自に作り、その前には WAF がありません。WAF のある Ingress の背後に置くか、内部向けにしてください"
            ),
        )
    } else if annotation(service, "aws-load-balancer-internal").is_some() {
        (
            annotation_route("aws-load-balancer-internal"),
            phrase!(
                en: "`aws-load-balancer-internal` does not say internal: this Service makes a load balancer that faces the internet, without a WAF",
                ja: "`aws-load-balancer-internal` の値では内部向けにならず、この Service は WAF のないインターネット向けロードバランサーを作ります"
            ),
        )
    } else {
        (
            Route::of("spec.type"),
            phrase!(
                en: "nothing here says internal, and the default of the AWS cloud provider is a load balancer that faces the internet, without a WAF; put it behind the Ingress, or say `aws-load-balancer-internal: \"true\"`",
                ja: "内部向けの指定がなく、AWS クラウドプロバイダーの既定では WAF のないインターネット向けロードバランサーが作られます。Ingress の背後に置くか、`aws-load-balancer-internal: \"true\"` を指定してください"
            ),
        )
    };
    let title = phrase!(en: "Make it internal", ja: "内部向けにする");
    let mut fix = Fix::risky(title);
    if !is_eithers || scheme.is_some() {
        fix = fix.set(annotation_route("aws-load-balancer-scheme"), "internal");
    }
    if is_eithers {
        // The cloud provider does not know the scheme.
        fix = fix.set(annotation_route("aws-load-balancer-internal"), "true");
    }
    Fault::at(route, message).fix(fix)
}
