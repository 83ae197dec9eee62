use std::fmt;

use crate::value::{Content, Fields, Value};

impl fmt::Debug for Value {
    /// Secret values are not shown.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_sensitive() {
            return out.write_str("(sensitive)");
        }
        match self.content() {
            Content::Null(_) => out.write_str("null"),
            Content::Bool(value) => write!(out, "{value}"),
            Content::Number(number) => write!(out, "{number}"),
            Content::String(text) => write!(out, "{text:?}"),
            Content::Unknown(unknown) => {
                out.write_str("(unknown")?;
                unknown
                    .causes
                    .iter()
                    .try_for_each(|cause| write!(out, "; {cause}"))?;
                out.write_str(")")
            }
            Content::List(_, items) | Content::Set(_, items) | Content::Tuple(items) => {
                out.debug_list().entries(items.iter()).finish()
            }
            Content::Map(_, entries) => out.debug_map().entries(entries.iter()).finish(),
            Content::Object(fields) => fields.fmt(out),
        }
    }
}

impl fmt::Debug for Content {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        Value::new(self.clone()).fmt(out)
    }
}

impl fmt::Debug for Fields {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut map = out.debug_map();
        map.entries(self.named.iter());
        if let Some(rest) = &self.rest {
            map.entry(&"...", &rest.to_string());
        }
        map.finish()
    }
}
