use sekisho_model::{Fields, Object, phrase};
use sekisho_text::Route;
use serde_json::Value;

use super::reach::{Reach, items};
use super::service_fronts::{annotation, annotation_route, reach};
use crate::network::addresses::AddressSet;
use crate::{Check, Context, Fault, Level, On, check};

check! {
    /// **What it shows.** A Service whose load balancer faces the internet and takes connections from every address.
    ///
    /// **Why it matters.** A Network Load Balancer has neither WAF nor login; the list of addresses is all that stands in front of
    /// the pods. Ranges that only together cover the internet, such as `0.0.0.0/1` and `128.0.0.0/1`, are no list.
    ///
    /// **Bad**
    /// ```yaml
    /// spec:
    ///   type: LoadBalancer
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// spec:
    ///   type: LoadBalancer
    ///   loadBalancerSourceRanges: [203.0.113.0/24]
    /// ```
    ///
    /// **References.** [AWS Load Balancer Controller: access control](https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/service/annotations/#access-control)
    ///
    /// # 日本語
    /// **示すこと。** インターネット向けのロードバランサーを作り、すべてのアドレスからの接続を受け付ける Service。
    ///
    /// **理由。** Network Load Balancer には WAF も認証もなく、Pod の前にあるのはアドレスの一覧だけである。`0.0.0.0/1` と `128.0.0.0/1` のように合わせて全体を覆う範囲では、制限にならない。
    ///
    /// **良い例**
    /// ```yaml
    /// spec:
    ///   type: LoadBalancer
    ///   loadBalancerSourceRanges: [203.0.113.0/24]
    /// ```
    ServiceOpenAddresses = "service-open-addresses";
    control: "T5.2",
    severity: Medium,
    profile: Default,
    level: Level::Object(&[("", "Service")]),
    fix: None,
    title: "A public Service open to every address", "すべてのアドレスに開いた公開 Service",
}

impl Check for ServiceOpenAddresses {
    fn object(&self, cx: &Context<'_>, service: &Object, on: &mut On<'_>) {
        match reach(cx, service) {
            None | Some(Reach::Internal) => {}
            Some(Reach::Unsettled(reason)) => on.unknown(reason),
            Some(Reach::Public) => judge(service, on),
        }
    }
}

fn judge(service: &Object, on: &mut On<'_>) {
    for suffix in [
        "aws-load-balancer-security-groups",
        "aws-load-balancer-security-group-prefix-lists",
    ] {
        if let Some(named) = annotation(service, suffix) {
            on.unknown(phrase!(
                en: "`{named}` decides which addresses may connect; Terraform or the AWS account would tell",
                ja: "接続できるアドレスは `{named}` 次第です。Terraform か AWS アカウントの情報があれば判定できます"
            ));
            return;
        }
    }
    let of_spec: Vec<&str> = service
        .value
        .items("spec.loadBalancerSourceRanges")
        .iter()
        .filter_map(Value::as_str)
        .map(str::trim)
        .collect();
    let suffix = "load-balancer-source-ranges";
    let (ranges, route) = if of_spec.is_empty() {
        let text = annotation(service, suffix);
        let ranges = text.map(|text| items(text).collect()).unwrap_or_default();
        (ranges, annotation_route(suffix))
    } else {
        (of_spec, Route::of("spec.loadBalancerSourceRanges"))
    };
    if ranges.is_empty() {
        on.fail(Fault::at(Route::of("spec.loadBalancerSourceRanges"), phrase!(
            en: "without `loadBalancerSourceRanges` every address of the internet may connect to this load balancer, which has neither WAF nor login; list the addresses of known callers",
            ja: "`loadBalancerSourceRanges` がないため、WAF も認証もないこのロードバランサーに、インターネットのどのアドレスからも接続できます。既知の呼び出し元だけを列挙してください"
        )));
        return;
    }
    let listed = ranges.join(", ");
    if AddressSet::of_cidrs(ranges).covers_internet() {
        on.fail(Fault::at(route, phrase!(
            en: "`{listed}` covers the whole internet: every address may connect to this load balancer, which has neither WAF nor login; list the addresses of known callers",
            ja: "`{listed}` はインターネット全体を覆っており、WAF も認証もないこのロードバランサーに、どのアドレスからも接続できます。既知の呼び出し元だけを列挙してください"
        )));
    } else {
        on.pass();
    }
}
