//! Functions of Rego that the engines lack, or answer differently from OPA.
#![expect(
    clippy::unnecessary_wraps,
    reason = "all functions that are handed to the engine have one form"
)]

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use regex::Regex;
use regorus::{Rc, Value};

use super::{format, go_pattern, term, text};

/// Where `external_data` gets its answers: Gatekeeper's providers
/// (<https://open-policy-agent.github.io/gatekeeper/website/docs/externaldata>).
pub trait ExternalData: Send + Sync {
    /// The response for a provider and its keys, in the form that the template sees:
    /// `{responses: [[key, value]], errors: [[key, error]], status_code, system_error}`.
    fn ask(&self, provider: &str, keys: &[String]) -> Result<serde_json::Value, String>;
}

/// A function that we answer.
pub(super) struct Function {
    pub(super) name: &'static str,
    pub(super) inner: &'static str,
    pub(super) arity: usize,
    /// Only Rego v0 has it.
    pub(super) old: bool,
    call: fn(&Host, &[Value]) -> Answer,
}

/// `None` is undefined: what a function answers to arguments that it does not take, as OPA without strict errors.
type Answer = Result<Option<Value>, String>;

macro_rules! function {
    ($name:literal, $inner:literal, $arity:literal, $call:expr) => {
        function!($name, $inner, $arity, $call, false)
    };
    ($name:literal, $inner:literal, $arity:literal, $call:expr, $old:literal) => {
        Function {
            name: $name,
            inner: $inner,
            arity: $arity,
            old: $old,
            call: $call,
        }
    };
}

/// All of them.
pub(super) static FUNCTIONS: [Function; 25] = [
    function!("sprintf", "sekisho_sprintf", 2, sprintf),
    function!("external_data", "sekisho_external_data", 1, external_data),
    function!("lower", "sekisho_lower", 1, |_, args| Ok(args
        .first()
        .and_then(text::lower))),
    function!("upper", "sekisho_upper", 1, |_, args| Ok(args
        .first()
        .and_then(text::upper))),
    function!("to_number", "sekisho_to_number", 1, |_, args| Ok(args
        .first()
        .and_then(text::to_number))),
    function!("json.marshal", "sekisho_json_marshal", 1, |_, args| Ok(
        args.first().map(text::json)
    )),
    function!("yaml.unmarshal", "sekisho_yaml_unmarshal", 1, |_, args| Ok(
        args.first().and_then(text::from_yaml)
    )),
    function!("yaml.is_valid", "sekisho_yaml_is_valid", 1, |_, args| {
        Ok(Some(
            args.first().and_then(text::from_yaml).is_some().into(),
        ))
    }),
    function!("strings.replace_n", "sekisho_replace_n", 2, |_, args| Ok(
        text::replace_n(args)
    )),
    function!("regex.match", "sekisho_regex_match", 2, matches),
    function!(
        "regex.is_valid",
        "sekisho_regex_is_valid",
        1,
        |host, args| { Ok(Some(host.pattern(args, 0).is_some().into())) }
    ),
    function!("regex.split", "sekisho_regex_split", 2, split),
    function!("regex.find_n", "sekisho_regex_find_n", 3, find_n),
    function!("regex.replace", "sekisho_regex_replace", 3, replace),
    function!("re_match", "sekisho_re_match", 2, matches, true),
    function!("any", "sekisho_any", 1, any, true),
    function!("all", "sekisho_all", 1, all, true),
    function!("set_diff", "sekisho_set_diff", 2, set_diff, true),
    function!("cast_array", "sekisho_cast_array", 1, cast_array, true),
    function!("cast_set", "sekisho_cast_set", 1, cast_set, true),
    function!(
        "cast_string",
        "sekisho_cast_string",
        1,
        |_, args| kept(args, |v| matches!(v, Value::String(_))),
        true
    ),
    function!(
        "cast_boolean",
        "sekisho_cast_boolean",
        1,
        |_, args| kept(args, |v| matches!(v, Value::Bool(_))),
        true
    ),
    function!(
        "cast_null",
        "sekisho_cast_null",
        1,
        |_, args| kept(args, |v| matches!(v, Value::Null)),
        true
    ),
    function!(
        "cast_object",
        "sekisho_cast_object",
        1,
        |_, args| kept(args, |v| matches!(v, Value::Object(_))),
        true
    ),
    function!(
        "regex.find_all_string_submatch_n",
        "sekisho_regex_submatch_n",
        3,
        submatch_n
    ),
];

pub(super) fn find(name: &str) -> Option<&'static Function> {
    FUNCTIONS.iter().find(|function| function.name == name)
}

/// What the functions need: where to ask, and the patterns that were compiled before.
#[derive(Default)]
pub(super) struct Host {
    pub(super) external: Option<Arc<dyn ExternalData>>,
    patterns: Mutex<HashMap<Rc<str>, Option<Regex>>>,
}

/// Patterns may come from the input; no more than this are kept.
const KEPT: usize = 256;

impl Host {
    pub(super) fn new(external: Option<Arc<dyn ExternalData>>) -> Self {
        Self {
            external,
            patterns: Mutex::default(),
        }
    }

    /// Answers a call by its inner name.
    pub(super) fn call(&self, inner: &str, args: &[Value]) -> Result<Value, String> {
        if args.contains(&Value::Undefined) {
            return Ok(Value::Undefined);
        }
        let function = FUNCTIONS
            .iter()
            .find(|function| function.inner == inner)
            .ok_or_else(|| format!("no function {inner}"))?;
        Ok((function.call)(self, args)?.unwrap_or(Value::Undefined))
    }

    fn pattern(&self, args: &[Value], at: usize) -> Option<Regex> {
        let pattern = text(args, at)?;
        let mut patterns = self.patterns.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = patterns.get(pattern) {
            return known.clone();
        }
        let compiled = go_pattern::compile(pattern);
        if patterns.len() >= KEPT {
            patterns.clear();
        }
        patterns.insert(Rc::clone(pattern), compiled.clone());
        compiled
    }
}

fn external_data(host: &Host, args: &[Value]) -> Answer {
    let request = args.first().map(term::to_json).unwrap_or_default();
    let provider = request.get("provider").and_then(serde_json::Value::as_str);
    let keys: Option<Vec<String>> = request
        .get("keys")
        .and_then(serde_json::Value::as_array)
        .and_then(|keys| {
            keys.iter()
                .map(|key| key.as_str().map(str::to_owned))
                .collect()
        });
    let (Some(provider), Some(keys)) = (provider, keys) else {
        return Ok(None);
    };
    let external = host
        .external
        .as_ref()
        .ok_or_else(|| format!("nobody answers for the provider `{provider}`"))?;
    external
        .ask(provider, &keys)
        .map(|answer| Some(Value::from(answer)))
}

fn kept(args: &[Value], is: fn(&Value) -> bool) -> Answer {
    Ok(args.first().filter(|value| is(value)).cloned())
}

fn text(args: &[Value], at: usize) -> Option<&Rc<str>> {
    args.get(at)?.as_string().ok()
}

fn sprintf(_: &Host, args: &[Value]) -> Answer {
    let (Some(form), Some(values)) = (
        text(args, 0),
        args.get(1).and_then(|list| list.as_array().ok()),
    ) else {
        return Ok(None);
    };
    Ok(Some(Value::from(format::sprintf(form, &values.to_vec())?)))
}

fn matches(host: &Host, args: &[Value]) -> Answer {
    let (Some(pattern), Some(text)) = (host.pattern(args, 0), text(args, 1)) else {
        return Ok(None);
    };
    Ok(Some(pattern.is_match(text).into()))
}

fn texts<'a>(parts: impl Iterator<Item = &'a str>) -> Value {
    Value::from(parts.map(Value::from).collect::<Vec<_>>())
}

fn split(host: &Host, args: &[Value]) -> Answer {
    let (Some(pattern), Some(text)) = (host.pattern(args, 0), text(args, 1)) else {
        return Ok(None);
    };
    Ok(Some(texts(pattern.split(text))))
}

fn most(args: &[Value], at: usize) -> Option<usize> {
    let number = args.get(at)?.as_i64().ok()?;
    Some(usize::try_from(number).unwrap_or(usize::MAX))
}

fn find_n(host: &Host, args: &[Value]) -> Answer {
    let (Some(pattern), Some(text), Some(most)) =
        (host.pattern(args, 0), text(args, 1), most(args, 2))
    else {
        return Ok(None);
    };
    Ok(Some(texts(
        pattern
            .find_iter(text)
            .take(most)
            .map(|found| found.as_str()),
    )))
}

fn submatch_n(host: &Host, args: &[Value]) -> Answer {
    let (Some(pattern), Some(text), Some(most)) =
        (host.pattern(args, 0), text(args, 1), most(args, 2))
    else {
        return Ok(None);
    };
    let found = pattern.captures_iter(text).take(most).map(|groups| {
        texts(
            groups
                .iter()
                .map(|group| group.map_or("", |group| group.as_str())),
        )
    });
    Ok(Some(Value::from(found.collect::<Vec<_>>())))
}

fn replace(host: &Host, args: &[Value]) -> Answer {
    let (Some(text), Some(pattern), Some(with)) =
        (text(args, 0), host.pattern(args, 1), text(args, 2))
    else {
        return Ok(None);
    };
    Ok(Some(Value::from(
        pattern.replace_all(text, with.as_ref()).into_owned(),
    )))
}

fn members(value: Option<&Value>) -> Option<Vec<&Value>> {
    match value? {
        Value::Array(items) => Some(items.iter().collect()),
        Value::Set(items) => Some(items.iter().collect()),
        _ => None,
    }
}

fn any(_: &Host, args: &[Value]) -> Answer {
    let members = members(args.first());
    Ok(members.map(|members| {
        members
            .into_iter()
            .any(|item| *item == Value::Bool(true))
            .into()
    }))
}

fn all(_: &Host, args: &[Value]) -> Answer {
    let members = members(args.first());
    Ok(members.map(|members| {
        members
            .into_iter()
            .all(|item| *item == Value::Bool(true))
            .into()
    }))
}

fn set_diff(_: &Host, args: &[Value]) -> Answer {
    let left = args.first().and_then(|left| left.as_set().ok());
    let right = args.get(1).and_then(|right| right.as_set().ok());
    Ok(left
        .zip(right)
        .map(|(left, right)| left.difference(right).into_value()))
}

fn cast_array(_: &Host, args: &[Value]) -> Answer {
    Ok(match args.first() {
        Some(Value::Array(items)) => Some(Value::Array(items.clone())),
        Some(Value::Set(items)) => Some(Value::from(
            items.iter_sorted().cloned().collect::<Vec<_>>(),
        )),
        _ => None,
    })
}

fn cast_set(_: &Host, args: &[Value]) -> Answer {
    let Some(members) = members(args.first()) else {
        return Ok(None);
    };
    let mut set = Value::new_set();
    if let Ok(inside) = set.as_set_mut() {
        for member in members {
            inside.insert(member.clone());
        }
    }
    Ok(Some(set))
}
