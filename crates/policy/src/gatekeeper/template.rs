use std::sync::Arc;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{object, schema};
use crate::rego::{ExternalData, Fault, Limits, Program, Source, Version};
use crate::vap::AdmissionPolicy;

/// Gatekeeper's one target.
const TARGET: &str = "admission.k8s.gatekeeper.sh";

/// Why a template is refused. Its constraints then judge nothing, which the caller must not take for a pass.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// No ConstraintTemplate that Gatekeeper would take.
    #[error("{0}")]
    Invalid(String),
    /// Code that OPA would refuse, or that we would not evaluate as OPA does; with the place in the code.
    #[error("in the Rego of the template: {0}")]
    Code(#[from] Fault),
    /// CEL that does not compile, with the place in the code.
    #[error("in the CEL of the template: {0}")]
    Expression(String),
    /// Code in a language that is not here.
    #[error("the template has neither Rego nor CEL: {0} is not evaluated here")]
    Language(String),
}

/// What evaluates the code of a template.
#[derive(Debug)]
pub(super) enum Engine {
    /// Rego.
    Rego(Box<Program>),
    /// CEL (`K8sNativeValidation`).
    Native(Box<AdmissionPolicy>),
}

/// A ConstraintTemplate (`templates.gatekeeper.sh`), compiled.
#[derive(Debug)]
pub(super) struct Template {
    /// The kind of its constraints.
    pub(super) kind: String,
    pub(super) engine: Engine,
    /// Of its code.
    pub(super) digest: [u8; 32],
    /// The operations it is for at admission; empty for all.
    operations: Vec<String>,
    parameters: Option<Value>,
}

impl Template {
    pub(super) fn read(
        value: &Value,
        limits: Limits,
        external: Option<Arc<dyn ExternalData>>,
    ) -> Result<Self, TemplateError> {
        let invalid = |why: &str| TemplateError::Invalid(why.to_owned());
        let (group, version) = object::group_version(value);
        if group != "templates.gatekeeper.sh" || object::kind(value) != "ConstraintTemplate" {
            return Err(invalid("this is no ConstraintTemplate"));
        }
        if !matches!(version, "v1" | "v1beta1" | "v1alpha1") {
            return Err(TemplateError::Invalid(format!(
                "the version `{version}` of ConstraintTemplate is not known"
            )));
        }
        let spec = value
            .get("spec")
            .ok_or_else(|| invalid("the template has no spec"))?;
        let crd = spec.get("crd").and_then(|crd| crd.get("spec"));
        let kind = crd
            .and_then(|crd| crd.get("names")?.get("kind")?.as_str())
            .filter(|kind| !kind.is_empty())
            .ok_or_else(|| invalid("spec.crd.spec.names.kind is not set"))?;
        if object::name(value) != kind.to_lowercase() {
            return Err(TemplateError::Invalid(format!(
                "the template's name `{}` must be `{}`, the kind in small letters",
                object::name(value),
                kind.to_lowercase()
            )));
        }
        let targets = spec.get("targets").and_then(Value::as_array);
        let Some([target]) = targets.map(Vec::as_slice) else {
            return Err(invalid("a template must have exactly one target"));
        };
        if target.get("target").and_then(Value::as_str) != Some(TARGET) {
            return Err(TemplateError::Invalid(format!(
                "the target must be `{TARGET}`"
            )));
        }
        let parameters = parameters(crd.and_then(|crd| crd.get("validation")), version)?;
        Ok(Self {
            kind: kind.to_owned(),
            digest: Sha256::digest(target.to_string()).into(),
            engine: match native(target) {
                // Gatekeeper prefers CEL where a template has both.
                Some(source) => Engine::Native(Box::new(
                    AdmissionPolicy::of_template(kind, source)
                        .map_err(TemplateError::Expression)?,
                )),
                None => Engine::Rego(Box::new(Program::compile(
                    &source(target)?,
                    limits,
                    external,
                )?)),
            },
            operations: object::texts(target.get("operations"), "operations")
                .map_err(TemplateError::Invalid)?,
            parameters,
        })
    }

    /// Whether it is for this operation at admission.
    pub(super) fn is_for(&self, operation: &str) -> bool {
        self.operations.is_empty()
            || self
                .operations
                .iter()
                .any(|own| own == operation || own == "*")
    }

    /// The schema of its constraints' `spec`.
    pub(super) fn schema(&self) -> Value {
        let star = "^\\*?[-:a-z0-9]*\\*?$";
        let texts = json!({"type": "array", "items": {"type": "string"}});
        let names = json!({"type": "array", "items": {"type": "string", "pattern": star}});
        let selector = json!({"type": "object", "properties": {
            "matchLabels": {"type": "object", "additionalProperties": {"type": "string"}},
            "matchExpressions": {"type": "array", "items": {"type": "object", "required": ["key", "operator"], "properties": {
                "key": {"type": "string"}, "operator": {"type": "string"}, "values": texts}}}}});
        let mut properties = json!({
            "enforcementAction": {"type": "string", "default": "deny"},
            "scopedEnforcementActions": {"type": "array", "items": {"type": "object", "properties": {
                "action": {"type": "string"},
                "enforcementPoints": {"type": "array", "items": {"type": "object", "properties": {"name": {"type": "string"}}}}}}},
            "match": {"type": "object", "properties": {
                "kinds": {"type": "array", "items": {"type": "object", "properties": {"apiGroups": texts, "kinds": texts}}},
                "scope": {"type": "string"},
                "namespaces": names,
                "excludedNamespaces": names,
                "labelSelector": selector,
                "namespaceSelector": selector,
                "name": {"type": "string", "pattern": star},
                "source": {"type": "string", "enum": ["All", "Generated", "Original"]}}},
        });
        if let (Some(parameters), Some(fields)) = (&self.parameters, properties.as_object_mut()) {
            fields.insert("parameters".to_owned(), parameters.clone());
        }
        json!({"type": "object", "properties": properties})
    }
}

/// The schema of parameters; none when the template gives none.
fn parameters(validation: Option<&Value>, version: &str) -> Result<Option<Value>, TemplateError> {
    let validation = validation.filter(|validation| !validation.is_null());
    let legacy = validation
        .and_then(|validation| validation.get("legacySchema")?.as_bool())
        .unwrap_or(version != "v1");
    let given = validation.and_then(|validation| validation.get("openAPIV3Schema"));
    let schema = match (given.filter(|given| !given.is_null()), legacy) {
        (None, false) => return Ok(None),
        (None, true) => schema::opened(&json!({})),
        (Some(given), true) => schema::opened(given),
        (Some(given), false) => given.clone(),
    };
    schema::check(&schema, "spec.parameters").map_err(TemplateError::Invalid)?;
    Ok(Some(schema))
}

/// The code of the engine `K8sNativeValidation`.
fn native(target: &Value) -> Option<&Value> {
    let entries = target.get("code")?.as_array()?;
    let is_native =
        |entry: &&Value| entry.get("engine").and_then(Value::as_str) == Some("K8sNativeValidation");
    entries.iter().find(is_native)?.get("source")
}

/// `rego` and `libs`, or the entry of `code` whose engine is Rego; the plain ones win.
fn source(target: &Value) -> Result<Source, TemplateError> {
    let entries = target.get("code").and_then(Value::as_array);
    let engine = |entry: &Value| {
        entry
            .get("engine")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let plain = target
        .get("rego")
        .and_then(Value::as_str)
        .filter(|rego| !rego.is_empty());
    let (from, version) = if plain.is_some() {
        (target, Version::V0)
    } else {
        let found = entries
            .into_iter()
            .flatten()
            .find(|entry| engine(entry) == "Rego");
        let Some(found) = found.and_then(|entry| entry.get("source")) else {
            let engines: Vec<String> = entries.into_iter().flatten().map(engine).collect();
            let what = if engines.is_empty() {
                "nothing".to_owned()
            } else {
                engines.join(", ")
            };
            return Err(TemplateError::Language(what));
        };
        let version = match found.get("version").and_then(Value::as_str) {
            Some("v1") => Version::V1,
            _ => Version::V0,
        };
        (found, version)
    };
    let rego = from
        .get("rego")
        .and_then(Value::as_str)
        .ok_or_else(|| TemplateError::Invalid("the code has no `rego`".to_owned()))?;
    Ok(Source {
        version,
        rego: rego.to_owned(),
        libs: object::texts(from.get("libs"), "libs").map_err(TemplateError::Invalid)?,
    })
}
