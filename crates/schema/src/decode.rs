//! JSON into a Go struct and back, as far as it changes the value: unknown fields go, nulls go, scalars are normalised.
//!
//! Upstream: `sigs.k8s.io/json` (case-sensitive, strict errors collected) and the `UnmarshalJSON` methods of
//! apimachinery. The result is sparse: zero values of plain (not pointer) fields are absent; `encode` writes those that
//! Go would write.

use sekisho_text::{Route, Step};
use serde_json::{Map, Value};

use crate::meant;
use crate::moment;
use crate::note::{Note, NoteKind, Refusal};
use crate::quantity::Quantity;
use crate::types::{self, Field, Shape, Type};

/// The server keeps this many strict errors.
const STRICT_ERRORS: usize = 100;

/// Decoding stopped: a custom decoder failed.
pub(crate) struct Abort(Refusal);

/// A finished decoding.
pub(crate) struct Decoded {
    pub(crate) value: Map<String, Value>,
    pub(crate) notes: Vec<Note>,
}

struct Decoder {
    route: Route,
    shapes: Vec<(usize, &'static Shape)>,
    /// Field names from the root, with the embedded structs passed through, as Go prints them.
    stack: Vec<&'static str>,
    notes: Vec<Note>,
    first_error: Option<Refusal>,
}

/// Decodes an object of the struct `shape`.
pub(crate) fn decode(object: Map<String, Value>, shape: usize) -> Result<Decoded, Refusal> {
    let mut decoder = Decoder {
        route: Route::root(),
        shapes: Vec::new(),
        stack: Vec::new(),
        notes: Vec::new(),
        first_error: None,
    };
    match decoder.structure(object, types::shape(shape)) {
        Err(Abort(refusal)) => Err(refusal),
        Ok(value) => match decoder.first_error {
            Some(refusal) => Err(refusal),
            None => Ok(Decoded {
                value,
                notes: decoder.notes,
            }),
        },
    }
}

impl Decoder {
    fn structure(
        &mut self,
        object: Map<String, Value>,
        shape: &'static Shape,
    ) -> Result<Map<String, Value>, Abort> {
        let mut decoded = Map::new();
        self.shapes.push((self.route.steps().len(), shape));
        for (key, value) in object {
            let Some(field) = shape.field(&key) else {
                self.unknown(key);
                continue;
            };
            let depth = self.stack.len();
            self.stack.extend(&field.through);
            self.stack.push(field.name);
            self.route.push(Step::Key(field.name.into()));
            let value = self.value(value, &field.of)?;
            self.route.pop();
            self.stack.truncate(depth);
            if let Some(value) = value.filter(|value| is_kept(value, field)) {
                decoded.insert(key, value);
            }
        }
        self.shapes.pop();
        Ok(decoded)
    }

    /// `None` is Go's zero value.
    fn value(&mut self, value: Value, of: &Type) -> Result<Option<Value>, Abort> {
        if let Type::Pointer(inner) = of {
            if value.is_null() {
                return Ok(None);
            }
            return Ok(Some(
                self.value(value, inner)?.unwrap_or_else(|| zero(inner)),
            ));
        }
        match (of, value) {
            (Type::Raw, value) => Ok(Some(value)),
            (_, Value::Null) => Ok(None),
            (Type::Struct(number), Value::Object(object)) => Ok(Some(Value::Object(
                self.structure(object, types::shape(*number))?,
            ))),
            (Type::Map(inner, name), Value::Object(object)) => {
                // Overhead of runtime classes is no part of the rounding defaults.
                let defaulted = self
                    .shapes
                    .last()
                    .is_some_and(|(_, shape)| !shape.name.starts_with("node/"));
                let rounded = *name == Some("v1.ResourceList") && defaulted;
                let mut decoded = Map::new();
                for (key, value) in object {
                    self.route.push(Step::Key(key.clone().into()));
                    let mut value = self.value(value, inner)?.unwrap_or_else(|| zero(inner));
                    self.route.pop();
                    if rounded {
                        round_up(&mut value);
                    }
                    decoded.insert(key, value);
                }
                Ok(Some(Value::Object(decoded)))
            }
            (Type::List(inner, _), Value::Array(items)) => {
                let mut decoded = Vec::with_capacity(items.len());
                for (index, value) in items.into_iter().enumerate() {
                    self.route.push(Step::Index(index));
                    decoded.push(self.value(value, inner)?.unwrap_or_else(|| zero(inner)));
                    self.route.pop();
                }
                Ok(Some(Value::Array(decoded)))
            }
            (_, value) => self.scalar(value, of),
        }
    }

    fn scalar(&mut self, value: Value, of: &Type) -> Result<Option<Value>, Abort> {
        match (of, value) {
            (Type::Text(_), value @ Value::String(_)) | (Type::Bool, value @ Value::Bool(_)) => {
                Ok(Some(value))
            }
            (Type::Float, value @ Value::Number(_)) => Ok(Some(value)),
            (Type::Bytes, Value::String(text)) => {
                if let Some(at) = not_base64(&text) {
                    self.save(format!("illegal base64 data at input byte {at}"));
                }
                Ok(Some(Value::String(text.replace(['\r', '\n'], ""))))
            }
            (Type::Int32, Value::Number(number)) => {
                if number
                    .as_i64()
                    .and_then(|number| i32::try_from(number).ok())
                    .is_none()
                {
                    self.mismatch(&format!("number {number}"), of);
                }
                Ok(Some(Value::Number(number)))
            }
            (Type::Int64, Value::Number(number)) => {
                if number.as_i64().is_none() {
                    self.mismatch(&format!("number {number}"), of);
                }
                Ok(Some(Value::Number(number)))
            }
            (Type::Quantity, value) => {
                let text = match value {
                    Value::String(text) => text,
                    other => other.to_string(),
                };
                match Quantity::parse(text.trim()) {
                    Ok(quantity) => Ok(Some(Value::String(quantity.text()))),
                    Err(error) => Err(self.abort(error.to_string())),
                }
            }
            (Type::IntOrString, value) => self.int_or_string(value),
            (Type::Time | Type::MicroTime, value) => {
                let Value::String(text) = value else {
                    return Err(self.abort(self.mismatched(json_name(&value), "string")));
                };
                let moment = moment::normalised(&text, matches!(of, Type::MicroTime));
                moment
                    .map(|text| Some(Value::String(text)))
                    .map_err(|problem| self.abort(problem))
            }
            (of, value) => {
                self.mismatch(json_name(&value), of);
                Ok(None)
            }
        }
    }

    fn int_or_string(&self, value: Value) -> Result<Option<Value>, Abort> {
        let small = |value: &Value| {
            value
                .as_i64()
                .is_some_and(|number| i32::try_from(number).is_ok())
        };
        match value {
            Value::String(_) => Ok(Some(value)),
            value if small(&value) => Ok(Some(value)),
            Value::Number(number) => {
                Err(self.abort(self.mismatched(&format!("number {number}"), "int32")))
            }
            other => Err(self.abort(self.mismatched(json_name(&other), "int32"))),
        }
    }

    fn abort(&self, reason: String) -> Abort {
        Abort(Refusal {
            status: 400,
            route: self.route.clone(),
            reason,
        })
    }

    fn save(&mut self, reason: String) {
        if self.first_error.is_none() {
            self.first_error = Some(Refusal {
                status: 400,
                route: self.route.clone(),
                reason,
            });
        }
    }

    fn mismatch(&mut self, found: &str, wanted: &Type) {
        self.save(self.mismatched(found, &go_name(wanted)));
    }

    fn mismatched(&self, found: &str, wanted: &str) -> String {
        let outer = self.shapes.last().map_or("", |(_, shape)| shape.bare());
        let field = self.stack.join(".");
        format!(
            "json: cannot unmarshal {found} into Go struct field {outer}.{field} of type {wanted}"
        )
    }

    fn unknown(&mut self, key: String) {
        if self.notes.len() >= STRICT_ERRORS {
            return;
        }
        let path = strict_path(&self.route, &key);
        let meant = meant::find(&key, &self.route, &self.shapes);
        self.notes.push(Note {
            route: self.route.key(key),
            what: NoteKind::UnknownField { meant },
            warning: format!("unknown field \"{path}\""),
        });
    }
}

/// The path as strict decoding writes it: keys with dots, indexes in brackets, nothing quoted.
fn strict_path(route: &Route, key: &str) -> String {
    let mut path = String::new();
    for step in route.steps() {
        match step {
            Step::Index(index) => path.extend(["[", &index.to_string(), "]"]),
            Step::Key(key) => {
                if !path.is_empty() {
                    path.push('.');
                }
                path.push_str(key);
            }
        }
    }
    if path.is_empty() {
        key.to_owned()
    } else {
        format!("{path}.{key}")
    }
}

/// The name of a JSON value in Go's errors.
fn json_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// The name of a type in Go's errors.
fn go_name(of: &Type) -> String {
    match of {
        Type::Text(name) => name.unwrap_or("string").to_owned(),
        Type::Bool => "bool".to_owned(),
        Type::Int32 => "int32".to_owned(),
        Type::Int64 => "int64".to_owned(),
        Type::Float => "float64".to_owned(),
        Type::Quantity => "resource.Quantity".to_owned(),
        Type::IntOrString => "intstr.IntOrString".to_owned(),
        Type::Time => "v1.Time".to_owned(),
        Type::MicroTime => "v1.MicroTime".to_owned(),
        Type::Bytes => "[]uint8".to_owned(),
        Type::Raw => "runtime.RawExtension".to_owned(),
        Type::Struct(number) => types::shape(*number).printed().to_owned(),
        Type::Pointer(inner) => format!("*{}", go_name(inner)),
        Type::List(_, Some(name)) | Type::Map(_, Some(name)) => (*name).to_owned(),
        Type::List(inner, None) => format!("[]{}", go_name(inner)),
        Type::Map(inner, None) => format!("map[string]{}", go_name(inner)),
    }
}

/// Go's zero value inside a list, a map or behind a pointer.
fn zero(of: &Type) -> Value {
    match of {
        Type::Text(_) | Type::Bytes => Value::String(String::new()),
        Type::Bool => Value::Bool(false),
        Type::Int32 | Type::Int64 | Type::Float | Type::IntOrString => Value::from(0),
        Type::Quantity => Value::from("0"),
        Type::Struct(_) => Value::Object(Map::new()),
        Type::Time
        | Type::MicroTime
        | Type::Raw
        | Type::Pointer(_)
        | Type::List(..)
        | Type::Map(..) => Value::Null,
    }
}

/// True when a decoded value differs from an absent field.
fn is_kept(value: &Value, field: &Field) -> bool {
    match (&field.of, value) {
        (Type::Text(_) | Type::Bytes, Value::String(text)) => !text.is_empty(),
        (Type::Bool, Value::Bool(on)) => *on,
        (Type::Int32 | Type::Int64 | Type::Float | Type::IntOrString, Value::Number(number)) => {
            number.as_f64() != Some(0.0)
        }
        (Type::Raw, value) => !value.is_null(),
        _ => true,
    }
}

fn round_up(value: &mut Value) {
    if let Some(quantity) = value.as_str().and_then(|text| Quantity::parse(text).ok()) {
        *value = Value::String(quantity.rounded_to_milli().text());
    }
}

/// The offset of the first byte that is not standard, padded base64; line ends are skipped as Go skips them.
fn not_base64(text: &str) -> Option<usize> {
    let is_digit = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/';
    let mut digits = 0_usize;
    let mut padding = 0_usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'\r' | b'\n' => {}
            b'=' if digits % 4 >= 2 && digits % 4 + padding < 4 => padding += 1,
            byte if is_digit(byte) && padding == 0 => digits += 1,
            _ => return Some(at),
        }
    }
    let complete = if padding == 0 {
        digits.is_multiple_of(4)
    } else {
        (digits + padding).is_multiple_of(4)
    };
    (!complete).then_some(text.len())
}
