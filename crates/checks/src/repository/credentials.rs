//! Credentials that are written out in the values of a resource.

use sekisho_model::{Phrase, Resource, Seen, Stack, why_unknown};
use sekisho_terraform::{Cause, Origin, Value};

use super::texts::text_of;
use crate::secrets::base64::decode_text;
use crate::secrets::credential_form::{Credential, Form, in_field, in_text, named};
use crate::secrets::secret_value::{Kind, kind, stored};

/// The types of the provider `kubernetes` that make a Secret.
const SECRETS: [&str; 2] = ["kubernetes_secret", "kubernetes_secret_v1"];

/// One of them.
pub(crate) struct Written {
    /// The attribute, or the name that stands beside the value.
    pub(crate) name: String,
    pub(crate) found: Credential,
    pub(crate) origin: Option<Origin>,
}

/// All of a resource.
#[derive(Default)]
pub(crate) struct Found {
    pub(crate) credentials: Vec<Written>,
    /// Why the value of a secret is not known, when it stands outside of the files.
    pub(crate) unknown: Option<Phrase>,
}

/// Looks at every text of a resource.
pub(crate) fn written(resource: &Resource) -> Found {
    let mut found = Found::default();
    found.stored(resource);
    found.visit("", &resource.values);
    found
}

/// Looks at every text of a value that is no resource: a variable, the block of a backend.
pub(crate) fn written_in(name: &str, value: &Value) -> Vec<Written> {
    let mut found = Found::default();
    found.visit(name, value);
    found.credentials
}

/// All of a configuration that no resource tells: its variables, files of variables, and the backend.
pub(crate) fn in_stack(stack: &Stack) -> Vec<Written> {
    let variables = stack.variables.iter();
    let values = stack.values.iter().map(|(name, value)| (name, value));
    let named = variables.chain(values);
    let mut found: Vec<Written> = named
        .flat_map(|(name, written)| written_in(name, &written.value))
        .collect();
    let settings = stack.settings.iter();
    found.extend(settings.flat_map(|written| written_in("", &written.value)));
    found
}

impl Found {
    /// What is a secret by where it stands.
    fn stored(&mut self, resource: &Resource) {
        if SECRETS.contains(&resource.kind.as_str()) {
            return self.of_kubernetes(resource);
        }
        let name = match resource.kind.as_str() {
            "aws_secretsmanager_secret_version" => "secret_string",
            "aws_ssm_parameter" => match resource.text("type") {
                Seen::Set(kind, _) if kind == "SecureString" => "value",
                _ => return,
            },
            _ => return,
        };
        let Some(value) = resource.values.get(name) else {
            return;
        };
        if let Some(text) = value.as_str() {
            if kind("", text.as_bytes().to_vec(), false) == Kind::Secret {
                self.add(name, named(text), &value);
            }
            return;
        }
        // The value of a variable stands somewhere: that place is not among the files.
        let unknown = value.as_unknown().filter(|unknown| {
            let mut causes = unknown.causes.iter();
            causes.any(|cause| matches!(cause, Cause::Variable(_)))
        });
        self.unknown = unknown.map(why_unknown);
    }

    /// Every entry of a Secret that Terraform makes, judged by its key as in a manifest. `binary_data` is base64.
    fn of_kubernetes(&mut self, resource: &Resource) {
        for (name, is_binary) in [("data", false), ("binary_data", true)] {
            let Some(data) = resource.values.get(name) else {
                continue;
            };
            for (key, value) in data.entries().into_iter().flatten() {
                let value = data.inside(value);
                let Some(text) = value.as_str() else {
                    continue;
                };
                let bytes = if is_binary {
                    stored(text)
                } else {
                    text.as_bytes().to_vec()
                };
                if kind(key, bytes, false) == Kind::Secret {
                    self.add(key, named(text), &value);
                }
            }
        }
    }

    fn visit(&mut self, name: &str, value: &Value) {
        if let Some(entries) = value.entries() {
            // `name` and `value` side by side: an environment variable, a setting of a chart.
            let title = value.get("name");
            let title = title.as_ref().and_then(Value::as_str);
            for (key, part) in entries {
                let key = match (&**key, title) {
                    ("value", Some(title)) => title,
                    (key, _) => key,
                };
                self.visit(key, &value.inside(part));
            }
        } else if let Some(items) = value.items() {
            for item in items {
                self.visit(name, &value.inside(item));
            }
        } else if let Some(text) = text_of(value) {
            let mut found = in_field(name, &text);
            // A script for new nodes is often given as base64; what is in it counts as written there.
            if found.is_empty() && name.starts_with("user_data") {
                found = decode_text(&text).map_or_else(Vec::new, |script| in_text(&script));
            }
            // Half of a key pair counts only where nothing graver stands beside it.
            let whole = found.iter().find(|one| one.form != Form::AwsAccessKeyId);
            if let Some(first) = whole.or(found.first()) {
                self.add(name, *first, value);
            }
        }
    }

    /// Each place once.
    fn add(&mut self, name: &str, found: Credential, value: &Value) {
        let origin = value.origin();
        let place = origin.map(|origin| &origin.place);
        let is_known = self.credentials.iter().any(|known| {
            known.origin.as_ref().map(|origin| &origin.place) == place && place.is_some()
        });
        if !is_known {
            self.credentials.push(Written {
                name: name.to_owned(),
                found,
                origin: origin.cloned(),
            });
        }
    }
}
