//! The whole way of one object through the server.

use sekisho_text::{Route, Step};
use serde_json::{Map, Value};

use crate::note::{Note, Refusal};
use crate::removed::{self, RemovedVersion};
use crate::{decode, defaults, encode, prepare, types, validate};

/// An object as the server would store it.
#[derive(Debug, Clone, PartialEq)]
pub struct Stored {
    /// Defaults set, unknown fields dropped, quantities and empty fields normalised.
    pub value: Value,
    /// What the server did that its author may not have meant.
    pub notes: Vec<Note>,
}

/// What becomes of an object.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// The server stores it.
    Stored(Stored),
    /// The server answers with an error; never empty.
    Refused(Vec<Refusal>),
    /// No built-in kind; a custom resource, perhaps. The value comes back unchanged.
    UnknownKind(Value),
    /// A version of a built-in kind that the server does not serve. The value comes back unchanged.
    Removed(RemovedVersion, Value),
}

/// Puts one object (not a list) through decoding, defaulting, preparation and validation.
///
/// All routes in the answer name places in the sent object.
pub fn admit(object: Value) -> Outcome {
    let Value::Object(object) = object else {
        return Outcome::UnknownKind(object);
    };
    let text = |key: &str| {
        object
            .get(key)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let (api_version, kind) = (text("apiVersion"), text("kind"));
    let (group, version) = api_version.split_once('/').unwrap_or(("", &api_version));
    let Some(known) = types::kind(group, version, &kind) else {
        return match removed::removed(&api_version, &kind) {
            Some(removed) => Outcome::Removed(removed, Value::Object(object)),
            None => Outcome::UnknownKind(Value::Object(object)),
        };
    };
    match stored(object, group, &kind, known) {
        Ok(stored) => Outcome::Stored(stored),
        Err(refusals) => Outcome::Refused(refusals),
    }
}

fn stored(
    object: Map<String, Value>,
    group: &str,
    kind: &str,
    known: types::Kind,
) -> Result<Stored, Vec<Refusal>> {
    let decoded = decode::decode(object, known.shape).map_err(|refusal| vec![refusal])?;
    let (mut value, notes) = (decoded.value, decoded.notes);
    let shape = types::shape(known.shape);
    defaults::apply(&mut value, shape);
    prepare::prepare(&mut value, group, kind);
    let refusals = validate::validate(&value, group, kind, known.cluster_scoped);
    if !refusals.is_empty() {
        return Err(refusals);
    }
    encode::fill(&mut value, shape);
    Ok(Stored {
        value: Value::Object(value),
        notes,
    })
}

/// True when a place of the stored object was not in the sent one: the server set it.
pub fn is_default(sent: &Value, route: &Route) -> bool {
    let mut here = sent;
    for step in route.steps() {
        let next = match step {
            Step::Key(key) => here.get(key.as_ref()),
            Step::Index(index) => here.get(*index),
        };
        match next {
            Some(next) if !next.is_null() => here = next,
            _ => return true,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            ".{0,12}".prop_map(Value::from),
            "(1\\.5Gi|25%|http|Always|None|10.0.0.0/8|é/../b)".prop_map(Value::from),
        ];
        let key = "(spec|metadata|name|labels|template|containers|ports|port|env|volumes|secret|limits|rules|data|[a-zA-Z.]{0,8})";
        leaf.prop_recursive(8, 96, 6, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map(key, inner, 0..6)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    /// One of the names of the kind's fields, all the way down, with values that may fit.
    fn any_object() -> impl Strategy<Value = Value> {
        let kinds: Vec<_> = types::kinds().collect();
        (prop::sample::select(kinds), any_json(), any_json()).prop_map(|((group, version, kind), spec, rest)| {
            let api_version = types::api_version(group, version);
            let mut object = json!({"apiVersion": api_version, "kind": kind, "metadata": {"name": "a"}, "spec": spec});
            if let (Value::Object(object), Value::Object(rest)) = (&mut object, rest) {
                object.extend(rest.into_iter().filter(|(key, _)| key != "metadata"));
            }
            object
        })
    }

    proptest! {
        #[test]
        fn nothing_panics_and_what_is_stored_stays(object in any_object()) {
            match admit(object) {
                Outcome::Stored(first) => {
                    let again = admit(first.value.clone());
                    prop_assert_eq!(again, Outcome::Stored(Stored { value: first.value, notes: Vec::new() }));
                }
                Outcome::Refused(refusals) => prop_assert!(!refusals.is_empty()),
                other => prop_assert!(false, "{:?}", other),
            }
        }

        #[test]
        fn any_json_is_answered(value in any_json()) {
            let unchanged = admit(value.clone()) == Outcome::UnknownKind(value);
            prop_assert!(unchanged);
        }
    }

    #[test]
    fn places_the_server_filled_are_told() {
        let sent = json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"},
            "spec": {"hostNetwork": false, "containers": [{"name": "a", "image": "a:1", "securityContext": {"privileged": false}}]}});
        let Outcome::Stored(stored) = admit(sent.clone()) else {
            panic!("a good pod")
        };
        assert!(is_default(&sent, &Route::of("spec.dnsPolicy")));
        assert!(!is_default(
            &sent,
            &Route::of("spec.containers").index(0).at("image")
        ));
        let context = &stored.value["spec"]["containers"][0]["securityContext"];
        assert_eq!(
            context,
            &json!({"privileged": false}),
            "a pointer keeps its zero"
        );
        assert!(
            stored.value["spec"].get("hostNetwork").is_none(),
            "a plain field does not"
        );
    }

    #[test]
    fn an_unknown_field_is_dropped_with_the_field_it_stands_for() {
        let sent = json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"},
            "spec": {"HostNetwork": true, "containers": [{"name": "a", "image": "a:1", "privileged": true, "imagePulPolicy": "Never"}]}});
        let Outcome::Stored(stored) = admit(sent) else {
            panic!("a good pod")
        };
        let container = Route::of("spec.containers").index(0);
        let told: Vec<_> = stored
            .notes
            .into_iter()
            .map(|note| (note.warning, note.what))
            .collect();
        let unknown = |field: Route, slip| crate::NoteKind::UnknownField {
            meant: Some(crate::Meant { route: field, slip }),
        };
        assert_eq!(
            told,
            [
                (
                    "unknown field \"spec.HostNetwork\"".to_owned(),
                    unknown(Route::of("spec.hostNetwork"), crate::Slip::Case)
                ),
                (
                    "unknown field \"spec.containers[0].imagePulPolicy\"".to_owned(),
                    unknown(container.at("imagePullPolicy"), crate::Slip::Spelling)
                ),
                (
                    "unknown field \"spec.containers[0].privileged\"".to_owned(),
                    unknown(
                        container.at("securityContext.privileged"),
                        crate::Slip::Level
                    )
                ),
            ]
        );
    }
}
