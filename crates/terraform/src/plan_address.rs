use std::sync::Arc;

use sekisho_yaml::{Node, Value as Json};

use crate::address::{Key, ModuleStep};

/// The key of an instance, as a plan writes it.
pub(crate) fn key(index: Node<'_>) -> Option<Key> {
    match index.value() {
        Json::String(name) => Some(Key::Name(Arc::from(name))),
        Json::Int(at) => u64::try_from(at).ok().map(Key::Index),
        Json::Unsigned(at) => Some(Key::Index(at)),
        _ => None,
    }
}

/// The last step of a module's address: `module.a["x"].module.b[0]`.
pub(crate) fn last_step(address: &str) -> Option<ModuleStep> {
    let (mut start, mut quoted, mut escaped) = (0, false, false);
    for (at, byte) in address.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'm' if !quoted
                && address
                    .get(at..)
                    .is_some_and(|rest| rest.starts_with("module."))
                && (at == 0 || address.as_bytes().get(at - 1) == Some(&b'.'))
                // `module.module` is a module of that name.
                && (at == 0 || at != start + "module.".len()) =>
            {
                start = at;
            }
            _ => {}
        }
    }
    let step = address.get(start..)?.strip_prefix("module.")?;
    let (name, key) = match step.split_once('[') {
        Some((name, rest)) => (name, Some(rest.strip_suffix(']')?)),
        None => (step, None),
    };
    let key = match key {
        Some(key) if key.starts_with('"') => Some(Key::Name(Arc::from(
            serde_json::from_str::<String>(key).ok()?,
        ))),
        Some(key) => Some(Key::Index(key.parse().ok()?)),
        None => None,
    };
    Some(ModuleStep {
        name: Arc::from(name),
        key,
    })
}
