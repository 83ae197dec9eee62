//! Decisions of ValidatingAdmissionPolicies that the recording does not reach: parameters, conditions, failures, actions.

#![cfg(test)]

use sekisho_cel::{Check, Decision};
use sekisho_policy::vap::{
    AdmissionPolicy, Authorizer, ParamSource, PolicyBinding, Request, User, Verdict,
};
use serde_json::{Value, json};

/// Allows `get` to everybody.
struct Getting;

impl Authorizer for Getting {
    fn decide(&self, _user: &User, _check: &Check, verb: &str) -> Decision {
        Decision {
            is_allowed: verb == "get",
            reason: String::new(),
            error: None,
        }
    }
}

struct Limits(Vec<Value>);

impl ParamSource for Limits {
    fn is_namespaced(&self, _api_version: &str, kind: &str) -> Option<bool> {
        (kind == "ConfigMap").then_some(true)
    }

    fn objects(&self, _api_version: &str, _kind: &str, namespace: Option<&str>) -> Vec<&Value> {
        let within = |object: &&Value| object["metadata"]["namespace"].as_str() == namespace;
        self.0.iter().filter(within).collect()
    }
}

fn limit(name: &str, most: &str) -> Value {
    json!({"metadata": {"name": name, "namespace": "shop", "labels": {"use": "limit"}}, "data": {"most": most}})
}

fn policy(mut spec: Value) -> Value {
    let rule = json!({"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]});
    if spec.get("matchConstraints").is_none() {
        spec["matchConstraints"] = json!({"resourceRules": [rule]});
    }
    json!({"metadata": {"name": "p"}, "spec": spec})
}

fn judged(spec: Value, bound: Value) -> Verdict {
    let policy = AdmissionPolicy::compile(&policy(spec)).unwrap();
    let mut bound = bound;
    bound["policyName"] = json!("p");
    if bound.get("validationActions").is_none() {
        bound["validationActions"] = json!(["Deny"]);
    }
    let binding = PolicyBinding::read(&json!({"metadata": {"name": "b"}, "spec": bound})).unwrap();
    let object = json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web", "labels": {"app": "web"}}, "spec": {"n": 3}});
    let namespace = json!({"metadata": {"name": "shop", "labels": {"env": "prod"}}});
    let user = User::default();
    let request = Request {
        group: "",
        version: "v1",
        kind: "Pod",
        resource: "pods",
        subresource: "",
        name: "web",
        namespace: "shop",
        operation: "CREATE",
        user: &user,
        dry_run: false,
        options: &Value::Null,
        object: &object,
        old_object: &Value::Null,
        namespace_object: &namespace,
    };
    let limits = Limits(vec![limit("few", "2"), limit("many", "9")]);
    binding_checked(&binding);
    policy.judge(&binding, &request, &limits, &Getting)
}

fn binding_checked(binding: &PolicyBinding) {
    assert_eq!((binding.name(), binding.policy()), ("b", "p"));
}

fn messages(verdict: &Verdict) -> Vec<&str> {
    let start = "ValidatingAdmissionPolicy 'p' with binding 'b' denied request: ";
    let denials = verdict.denials.iter();
    denials
        .map(|denial| denial.message.strip_prefix(start).unwrap())
        .collect()
}

fn limited() -> Value {
    json!({
        "paramKind": {"apiVersion": "v1", "kind": "ConfigMap"},
        "validations": [{"expression": "object.spec.n <= int(params.data.most)", "messageExpression": "'at most ' + params.data.most"}],
    })
}

#[test]
fn parameters_come_by_name_and_by_selector() {
    let by_name = |name: &str| {
        judged(
            limited(),
            json!({"paramRef": {"name": name, "parameterNotFoundAction": "Deny"}}),
        )
    };
    assert_eq!(messages(&by_name("few")), ["at most 2"]);
    assert!(by_name("many").allows());
    assert_eq!(
        messages(&by_name("gone")),
        [
            "failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction"
        ]
    );
    let lenient = json!({"paramRef": {"name": "gone", "parameterNotFoundAction": "Allow"}});
    assert!(judged(limited(), lenient).allows());
    let selected = json!({"paramRef": {"selector": {"matchLabels": {"use": "limit"}}}});
    assert_eq!(messages(&judged(limited(), selected)), ["at most 2"]);
    let elsewhere = json!({"paramRef": {"name": "few", "namespace": "other", "parameterNotFoundAction": "Deny"}});
    assert_eq!(judged(limited(), elsewhere).denials.len(), 1);
    let without = judged(limited(), json!({}));
    assert!(without.denials[0].failed && without.denials[0].message.ends_with("no such key: data"));
}

#[test]
fn one_false_condition_decides_and_an_error_follows_the_failure_policy() {
    let with = |conditions: Value, failure: &str| {
        let spec = json!({"failurePolicy": failure, "matchConditions": conditions, "validations": [{"expression": "false"}]});
        judged(spec, json!({}))
    };
    let holds = json!({"name": "a", "expression": "object.spec.n == 3"});
    let fails = json!({"name": "b", "expression": "object.spec.n == 4"});
    let breaks = json!({"name": "c", "expression": "object.spec.gone == 4"});
    assert_eq!(
        messages(&with(json!([holds]), "Fail")),
        ["failed expression: false"]
    );
    assert!(with(json!([holds, fails]), "Fail").allows());
    assert!(with(json!([breaks, fails]), "Fail").allows());
    let broken = with(json!([breaks, holds]), "Fail");
    assert_eq!(
        messages(&broken),
        ["expression 'object.spec.gone == 4' resulted in error: no such key: gone"]
    );
    assert!(with(json!([breaks, holds]), "Ignore").allows());
}

#[test]
fn an_error_of_a_validation_follows_the_failure_policy() {
    let with = |failure: &str| {
        judged(
            json!({"failurePolicy": failure, "validations": [{"expression": "object.gone == 1"}]}),
            json!({}),
        )
    };
    assert_eq!(
        messages(&with("Fail")),
        ["expression 'object.gone == 1' resulted in error: no such key: gone"]
    );
    assert!(with("Ignore").allows());
}

#[test]
fn a_message_falls_back() {
    let with = |made: &str, fixed: &str| {
        let validation =
            json!({"expression": "false", "messageExpression": made, "message": fixed});
        let verdict = judged(json!({"validations": [validation]}), json!({}));
        messages(&verdict)[0].to_owned()
    };
    assert_eq!(with("' made '", "fixed"), "made");
    assert_eq!(with("'  '", "fixed"), "fixed");
    assert_eq!(with("'two\\nlines'", "fixed"), "fixed");
    assert_eq!(with("string(object.gone)", "fixed").as_str(), "fixed");
    let long = format!("'{}'", "x".repeat(5 * 1024 + 1));
    assert_eq!(with(&long, " fixed "), "fixed");
    assert_eq!(with(&long, ""), "failed expression: false");
}

#[test]
fn actions_of_the_binding_decide_what_a_failure_does() {
    let spec =
        json!({"validations": [{"expression": "false", "message": "no", "reason": "Forbidden"}]});
    let told = judged(
        spec.clone(),
        json!({"validationActions": ["Warn", "Audit"]}),
    );
    assert!(told.allows());
    assert_eq!(
        told.warnings[0].0,
        "Validation failed for ValidatingAdmissionPolicy 'p' with binding 'b': no"
    );
    assert_eq!(
        told.audit[0].key,
        "validation.policy.admission.k8s.io/validation_failure"
    );
    let denied = judged(spec, json!({}));
    assert_eq!(denied.denials[0].reason, "Forbidden");
}

#[test]
fn annotations_are_kept_and_their_errors_refuse() {
    let with = |value: &str| {
        let note = json!({"key": "n", "valueExpression": value});
        judged(
            json!({"validations": [{"expression": "true"}], "auditAnnotations": [note]}),
            json!({"validationActions": ["Audit"]}),
        )
    };
    let kept = with("'replicas ' + string(object.spec.n)");
    assert_eq!(
        (kept.audit[0].key.as_str(), kept.audit[0].value.as_str()),
        ("p/n", "replicas 3")
    );
    assert!(with("null").audit.is_empty());
    assert_eq!(with("string(object.gone)").denials.len(), 1);
}

#[test]
fn a_policy_is_about_what_its_rules_name() {
    let with = |constraints: Value| {
        judged(
            json!({"matchConstraints": constraints, "validations": [{"expression": "false"}]}),
            json!({}),
        )
    };
    let rule = |key: &str, value: Value| {
        let mut rule = json!({"apiGroups": [""], "apiVersions": ["v1"], "operations": ["*"], "resources": ["pods"]});
        rule[key] = value;
        rule
    };
    let about = |rule: Value| !with(json!({"resourceRules": [rule]})).allows();
    assert!(about(rule("operations", json!(["CREATE"]))));
    assert!(!about(rule("operations", json!(["UPDATE", "DELETE"]))));
    assert!(!about(rule("resources", json!(["pods/status"]))));
    assert!(about(rule("resources", json!(["*/*"]))));
    assert!(!about(rule("apiGroups", json!(["apps"]))));
    assert!(!about(rule("scope", json!("Cluster"))));
    assert!(!about(rule("resourceNames", json!(["other"]))));
    let all = rule("scope", json!("*"));
    let selected = |key: &str, labels: Value| {
        with(json!({"resourceRules": [all], key: {"matchLabels": labels}}))
    };
    assert!(!selected("namespaceSelector", json!({"env": "prod"})).allows());
    assert!(selected("namespaceSelector", json!({"env": "test"})).allows());
    assert!(!selected("objectSelector", json!({"app": "web"})).allows());
    assert!(selected("objectSelector", json!({"app": "cart"})).allows());
    assert!(with(json!({"resourceRules": [all], "excludeResourceRules": [all]})).allows());
}

#[test]
fn an_object_in_another_version_is_left_open() {
    let rule = json!({"apiGroups": ["autoscaling"], "apiVersions": ["v1"], "operations": ["*"], "resources": ["horizontalpodautoscalers"]});
    let ask = |policy: &str| {
        let spec = json!({"matchConstraints": {"matchPolicy": policy, "resourceRules": [rule]}, "validations": [{"expression": "false"}]});
        let object = json!({"metadata": {"name": "web"}});
        let user = User::default();
        let request = Request {
            group: "autoscaling",
            version: "v2",
            kind: "HorizontalPodAutoscaler",
            resource: "horizontalpodautoscalers",
            subresource: "",
            name: "web",
            namespace: "shop",
            operation: "CREATE",
            user: &user,
            dry_run: false,
            options: &Value::Null,
            object: &object,
            old_object: &Value::Null,
            namespace_object: &Value::Null,
        };
        let bound = json!({"metadata": {"name": "b"}, "spec": {"policyName": "p", "validationActions": ["Deny"]}});
        let compiled = AdmissionPolicy::compile(&policy_of(&spec)).unwrap();
        compiled.judge(
            &PolicyBinding::read(&bound).unwrap(),
            &request,
            &Limits(Vec::new()),
            &Getting,
        )
    };
    let open = ask("Equivalent");
    assert!(open.unknown.is_some() && !open.allows());
    assert!(ask("Exact").allows());
}

fn policy_of(spec: &Value) -> Value {
    json!({"metadata": {"name": "p"}, "spec": spec})
}

#[test]
fn cost_is_limited_and_rights_cost_most() {
    let asking = "authorizer.group('').resource('pods').namespace('shop').check('get').allowed()";
    let twice = format!("{asking} && {asking}");
    let thrice = format!("{twice} && {asking}");
    let with = |source: &str| judged(json!({"validations": [{"expression": source}]}), json!({}));
    assert!(with(&twice).allows());
    assert!(
        messages(&with(&thrice))[0]
            .ends_with("resulted in error: operation cancelled: actual cost limit exceeded")
    );
    let many: Vec<Value> = (0..15).map(|_| json!({"expression": twice})).collect();
    assert_eq!(
        messages(&judged(json!({"validations": many}), json!({}))),
        [
            "validation failed due to running out of cost budget, no further validation rules will be run"
        ]
    );
    assert!(!with("authorizer.requestResource.check('delete').allowed()").allows());
}

#[test]
fn a_variable_is_computed_once_for_all_validations() {
    let asked = "authorizer.group('').resource('pods').check('get').allowed()";
    let many: Vec<Value> = (0..40)
        .map(|_| json!({"expression": "variables.may"}))
        .collect();
    let spec = json!({"variables": [{"name": "may", "expression": asked}], "validations": many});
    assert!(judged(spec, json!({})).allows());
}

#[test]
fn what_the_server_refuses_is_refused() {
    let refusal = |spec: Value| AdmissionPolicy::compile(&policy(spec)).unwrap_err();
    let validation = |source: &str| json!({"validations": [{"expression": source}]});
    let start = "ValidatingAdmissionPolicy.admissionregistration.k8s.io \"p\" is invalid: ";
    assert_eq!(
        refusal(validation("object.spec")),
        format!(
            "{start}spec.validations[0].expression: Invalid value: \"object.spec\": must evaluate to bool but got dyn"
        )
    );
    assert!(refusal(validation("params.a == 1")).contains("undeclared reference to 'params'"));
    assert!(refusal(validation("variables.x == 1")).contains("undefined field 'x'"));
    assert!(refusal(validation("")).contains("Required value"));
    let rights = json!({"validations": [{"expression": "true", "messageExpression": "string(authorizer.path('/x').check('get').allowed())"}]});
    assert!(refusal(rights).contains("undeclared reference to 'authorizer'"));
    let two = json!({"validations": [{"expression": "1"}, {"expression": "2"}]});
    assert!(refusal(two).contains("is invalid: [spec.validations[0].expression"));
    let later = json!({"variables": [{"name": "a", "expression": "variables.b"}, {"name": "b", "expression": "1"}], "validations": [{"expression": "true"}]});
    assert!(refusal(later).contains("spec.variables[0].expression"));
}
