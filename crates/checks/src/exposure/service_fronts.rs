//! The load balancers that Services make: who makes them, and from where they are reached.
//!
//! After the AWS Load Balancer Controller (`pkg/service/service_utils.go`, `model_build_load_balancer.go`) and the cloud
//! provider of AWS (`EnsureLoadBalancer`), whose default is a load balancer that faces the internet.

use sekisho_model::{Fields, Object, phrase};
use sekisho_text::Route;
use serde_json::Value;

use super::reach::{Reach, boolean};
use crate::Context;

const PREFIX: &str = "service.beta.kubernetes.io/";

/// An annotation of the load balancer, by what stands behind its prefix.
pub(crate) fn annotation<'o>(service: &'o Object, suffix: &str) -> Option<&'o str> {
    service.annotation(&format!("{PREFIX}{suffix}"))
}

/// Where such an annotation stands.
pub(crate) fn annotation_route(suffix: &str) -> Route {
    Route::of("metadata.annotations").key(format!("{PREFIX}{suffix}"))
}

/// Who makes the load balancer of a Service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Maker {
    /// The AWS Load Balancer Controller, or that of EKS Auto Mode.
    Controller,
    /// The controller where its webhook runs, the cloud provider of AWS where not.
    Either,
    /// A controller that is not known.
    Other(String),
}

/// Who makes a load balancer for this Service; `None` when nobody does.
pub(crate) fn maker(cx: &Context<'_>, service: &Object) -> Option<Maker> {
    let is_load_balancer = service.value.text("spec.type") == Some("LoadBalancer");
    if let Some(class) = service.value.text("spec.loadBalancerClass") {
        return is_load_balancer.then(|| match class {
            "service.k8s.aws/nlb" | "eks.amazonaws.com/nlb" => Maker::Controller,
            _ => Maker::Other(class.to_owned()),
        });
    }
    // The controller takes these whatever the type of the Service, unless ServiceTypeLoadBalancerOnly is switched on.
    let target = annotation(service, "aws-load-balancer-nlb-target-type");
    match annotation(service, "aws-load-balancer-type") {
        Some("nlb-ip") => return Some(Maker::Controller),
        Some("external") if matches!(target, Some("ip" | "instance")) || is_load_balancer => {
            return Some(Maker::Controller);
        }
        _ => {}
    }
    is_load_balancer.then(|| {
        if has_webhook(cx) {
            Maker::Controller
        } else {
            Maker::Either
        }
    })
}

/// The webhook of the controller gives every new Service of type LoadBalancer its class.
fn has_webhook(cx: &Context<'_>) -> bool {
    cx.estate
        .of_kind(
            "admissionregistration.k8s.io",
            "MutatingWebhookConfiguration",
        )
        .any(|(_, configuration)| {
            let webhooks = configuration.value.items("webhooks").iter();
            let mut names = webhooks.filter_map(|webhook| webhook.text("name"));
            names.any(|name| name == "mservice.elbv2.k8s.aws")
        })
}

/// From where the load balancer of a Service is reached; `None` when it makes none.
pub(crate) fn reach(cx: &Context<'_>, service: &Object) -> Option<Reach> {
    let internal = annotation(service, "aws-load-balancer-internal");
    // Any value but `false` means internal to the cloud provider.
    let by_provider = if internal.is_some_and(|value| !value.is_empty() && value != "false") {
        Reach::Internal
    } else {
        Reach::Public
    };
    Some(match maker(cx, service)? {
        Maker::Controller => by_controller(service, internal),
        Maker::Either if annotation(service, "aws-load-balancer-scheme").is_some() => {
            by_controller(service, internal)
        }
        Maker::Either => by_provider,
        Maker::Other(class) => Reach::Unsettled(phrase!(
            en: "what the load balancer class `{class}` makes of a Service is not known here",
            ja: "ロードバランサークラス `{class}` の動作は判定の対象外です"
        )),
    })
}

fn by_controller(service: &Object, internal: Option<&str>) -> Reach {
    match annotation(service, "aws-load-balancer-scheme") {
        Some("internet-facing") => Reach::Public,
        Some("internal") => Reach::Internal,
        Some(scheme) => Reach::Unsettled(phrase!(
            en: "the controller does not know the scheme `{scheme}`",
            ja: "コントローラーは `{scheme}` という scheme を認識しません"
        )),
        None => match internal.map(boolean) {
            None | Some(Some(true)) => Reach::Internal,
            Some(Some(false)) => Reach::Public,
            Some(None) => Reach::Unsettled(phrase!(
                en: "the controller cannot read the annotation `aws-load-balancer-internal`",
                ja: "コントローラーは `aws-load-balancer-internal` アノテーションを読めません"
            )),
        },
    }
}

/// The ports of a Service, with their index.
pub(crate) fn ports(service: &Object) -> impl Iterator<Item = (usize, &Value)> {
    service.value.items("spec.ports").iter().enumerate()
}
