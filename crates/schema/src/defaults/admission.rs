//! Webhook configurations and admission policies. Upstream: `pkg/apis/admissionregistration/v1/defaults.go`.

use serde_json::json;

use crate::access::{Object, Write};

pub(super) fn set(object: &mut Object, shape: &str) -> bool {
    match shape {
        "admissionregistration/v1.ValidatingWebhook" => webhook(object),
        "admissionregistration/v1.MutatingWebhook" => {
            webhook(object);
            object.default_value("reinvocationPolicy", "Never");
        }
        "admissionregistration/v1.RuleWithOperations"
        | "admissionregistration/v1.NamedRuleWithOperations" => {
            object.default_value("scope", "*");
        }
        "admissionregistration/v1.ServiceReference" => object.default_value("port", 443),
        "admissionregistration/v1.ValidatingAdmissionPolicySpec"
        | "admissionregistration/v1.MutatingAdmissionPolicySpec" => {
            object.default_value("failurePolicy", "Fail");
        }
        "admissionregistration/v1.MatchResources" => matched(object),
        _ => return false,
    }
    true
}

fn webhook(webhook: &mut Object) {
    webhook.default_value("failurePolicy", "Fail");
    matched(webhook);
    webhook.default_value("timeoutSeconds", 10);
}

fn matched(object: &mut Object) {
    object.default_value("matchPolicy", "Equivalent");
    object.default_value("namespaceSelector", json!({}));
    object.default_value("objectSelector", json!({}));
}
