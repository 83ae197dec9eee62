//! Credentials that are written out in the values of a resource.

use sekisho_model::{Phrase, Resource, Seen, why_unknown};
use sekisho_terraform::{Cause, Origin, Value};

use super::texts::text_of;
use crate::secrets::credential_form::{Credential, Form, in_field, named};
use crate::secrets::secret_value::{Kind, kind};

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

impl Found {
    /// What is a secret by where it stands.
    fn stored(&mut self, resource: &Resource) {
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
            let found = in_field(name, &text);
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
