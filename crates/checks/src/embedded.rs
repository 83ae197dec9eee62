//! JSON or YAML that stands as text in an attribute: the settings of an add-on, a document of Systems Manager.

use sekisho_model::{Phrase, because, phrase, reason_unknown};
use sekisho_terraform::{Cause, Piece, Value};
use serde_json::Value as Json;

/// Stands for what is not known inside of the text.
const HOLE: &str = "\u{1}";

/// Such a text, read.
#[derive(Debug)]
pub(crate) struct Embedded {
    json: Json,
    causes: Vec<Cause>,
}

/// What is known of a field.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Field {
    Set(Json),
    /// Missing, or null.
    Unset,
    Unknown(Phrase),
}

impl Embedded {
    /// Reads a text, which may be known only in parts; the phrase tells why it cannot be read.
    pub(crate) fn read(value: &Value) -> Result<Self, Phrase> {
        let (text, causes) = match (value.as_str(), value.as_unknown()) {
            (Some(text), _) => (text.to_owned(), Vec::new()),
            (None, Some(unknown)) if !unknown.pieces.is_empty() => {
                (pieced(&unknown.pieces), unknown.causes.clone())
            }
            _ => return Err(reason_unknown(value).unwrap_or_else(no_object)),
        };
        let json = parsed(&text).ok_or_else(|| match causes.as_slice() {
            [] => no_object(),
            causes => because(causes),
        })?;
        Ok(Self { json, causes })
    }

    /// A field, by the names on the way to it.
    pub(crate) fn field(&self, names: &[&str]) -> Field {
        let mut here = &self.json;
        for name in names {
            if self.is_open(here) {
                return Field::Unknown(because(&self.causes));
            }
            match here.get(name) {
                Some(next) => here = next,
                None => return Field::Unset,
            }
        }
        if self.is_open(here) {
            return Field::Unknown(because(&self.causes));
        }
        match here {
            Json::Null => Field::Unset,
            other => Field::Set(other.clone()),
        }
    }

    /// A text that is there, known or not: it will not be empty.
    pub(crate) fn is_given(&self, names: &[&str]) -> bool {
        match self.field(names) {
            Field::Set(Json::String(text)) => !text.is_empty(),
            Field::Set(_) | Field::Unset => false,
            // The name of a resource that is made here is not known yet, but it has one.
            Field::Unknown(_) => self
                .causes
                .iter()
                .all(|cause| matches!(cause, Cause::Reference(_) | Cause::AfterApply)),
        }
    }

    /// A switch: `true`, or `"true"` as add-ons take it. `None` when it is not set.
    pub(crate) fn switch(&self, names: &[&str]) -> Result<Option<bool>, Phrase> {
        match self.field(names) {
            Field::Unset => Ok(None),
            Field::Unknown(why) => Err(why),
            Field::Set(Json::Bool(flag)) => Ok(Some(flag)),
            Field::Set(Json::String(text)) => Ok(Some(text.eq_ignore_ascii_case("true"))),
            Field::Set(_) => Ok(Some(false)),
        }
    }

    fn is_open(&self, json: &Json) -> bool {
        !self.causes.is_empty() && json.as_str().is_some_and(|text| text.contains(HOLE))
    }
}

fn no_object() -> Phrase {
    phrase!(
        en: "the text is neither a JSON nor a YAML object",
        ja: "テキストが JSON/YAML のオブジェクトではない",
    )
}

fn parsed(text: &str) -> Option<Json> {
    if text.trim().is_empty() {
        return Some(Json::Object(serde_json::Map::new()));
    }
    let json = serde_json::from_str(text).ok();
    let json: Option<Json> = json.or_else(|| {
        let stream = sekisho_yaml::parse(text, &sekisho_yaml::Limits::default());
        let document = stream.documents.first()?;
        Some(document.to_json())
    });
    json.filter(Json::is_object)
}

/// The known parts, with a mark for each that is not. Outside of quotes a whole value is not known.
fn pieced(pieces: &[Piece]) -> String {
    let mut all = String::new();
    let mut quoted = false;
    for piece in pieces {
        match piece {
            Piece::Text(text) => {
                let mut escaped = false;
                for letter in text.chars() {
                    match letter {
                        _ if escaped => escaped = false,
                        '\\' => escaped = quoted,
                        '"' => quoted = !quoted,
                        _ => {}
                    }
                }
                all.push_str(text);
            }
            // As JSON writes the mark.
            Piece::Unknown(_) if quoted => all.push_str("\\u0001"),
            Piece::Unknown(_) => all.push_str("\"\\u0001\""),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use sekisho_terraform::Value;

    use super::{Embedded, Field};

    #[test]
    fn json_and_yaml_are_read() {
        for text in [
            r#"{"nodeAgent": {"logs": "true"}}"#,
            "nodeAgent:\n  logs: true\n",
        ] {
            let read = Embedded::read(&Value::string(text)).unwrap();
            assert_eq!(
                read.switch(&["nodeAgent", "logs"]),
                Ok(Some(true)),
                "{text}"
            );
            assert_eq!(read.switch(&["nodeAgent", "more"]), Ok(None));
        }
        let empty = Embedded::read(&Value::string(" ")).unwrap();
        assert_eq!(empty.field(&["any"]), Field::Unset);
        assert!(Embedded::read(&Value::string("[1]")).is_err());
    }
}
