use std::collections::BTreeMap;
use std::sync::Arc;

use crate::types::{Field, Type};

/// The type that values of all these types can become, if there is one (cty `convert.UnifyUnsafe`).
pub(crate) fn unify(types: &[Type]) -> Option<Type> {
    let first = types.first()?;
    if types.iter().all(|other| other == first) {
        return Some(first.clone());
    }
    let settled: Vec<&Type> = types.iter().filter(|of| **of != Type::Dynamic).collect();
    let objects: Vec<&Arc<BTreeMap<Arc<str>, Field>>> =
        settled.iter().filter_map(|of| as_object(of)).collect();
    let tuples: Vec<&Arc<Vec<Type>>> = settled.iter().filter_map(|of| as_tuple(of)).collect();
    if !objects.is_empty() && !tuples.is_empty() {
        return None;
    }
    if !objects.is_empty() && objects.len() == settled.len() {
        return unify_objects(&objects);
    }
    if !tuples.is_empty() && tuples.len() == settled.len() {
        return unify_tuples(&tuples);
    }
    let fits = |wanted: &Type, safe: bool| {
        types.iter().all(|of| {
            of == wanted || (*of == Type::Dynamic && !safe) || convertible(of, wanted, safe)
        })
    };
    for safe in [true, false] {
        if let Some(wanted) = settled.iter().find(|wanted| fits(wanted, safe)) {
            return Some((*wanted).clone());
        }
    }
    types.contains(&Type::Dynamic).then_some(Type::Dynamic)
}

fn as_object(of: &Type) -> Option<&Arc<BTreeMap<Arc<str>, Field>>> {
    if let Type::Object(fields) = of {
        Some(fields)
    } else {
        None
    }
}

fn as_tuple(of: &Type) -> Option<&Arc<Vec<Type>>> {
    if let Type::Tuple(items) = of {
        Some(items)
    } else {
        None
    }
}

fn unify_objects(objects: &[&Arc<BTreeMap<Arc<str>, Field>>]) -> Option<Type> {
    let (first, rest) = objects.split_first()?;
    if rest.iter().any(|other| !other.keys().eq(first.keys())) {
        let all: Vec<Type> = objects
            .iter()
            .flat_map(|fields| fields.values().map(|field| field.of.clone()))
            .collect();
        let of = unify(&all)?;
        let fits = all.iter().all(|from| convertible(from, &of, false));
        return fits.then(|| Type::map(of));
    }
    let mut fields = Vec::new();
    for name in first.keys() {
        let across: Vec<Type> = objects
            .iter()
            .filter_map(|fields| fields.get(name))
            .map(|field| field.of.clone())
            .collect();
        fields.push((Arc::clone(name), unify(&across)?));
    }
    Some(Type::object(fields))
}

fn unify_tuples(tuples: &[&Arc<Vec<Type>>]) -> Option<Type> {
    let (first, rest) = tuples.split_first()?;
    if rest.iter().any(|other| other.len() != first.len()) {
        let all: Vec<Type> = tuples
            .iter()
            .flat_map(|items| items.iter().cloned())
            .collect();
        let of = unify(&all)?;
        let fits = all.iter().all(|from| convertible(from, &of, false));
        return fits.then(|| Type::list(of));
    }
    let mut items = Vec::new();
    for at in 0..first.len() {
        let across: Vec<Type> = tuples
            .iter()
            .filter_map(|items| items.get(at).cloned())
            .collect();
        items.push(unify(&across)?);
    }
    Some(Type::Tuple(Arc::new(items)))
}

/// True when a value of one type may become one of the other; `safe` when it always does (cty `getConversionKnown`).
pub(crate) fn convertible(from: &Type, to: &Type, safe: bool) -> bool {
    match (from, to) {
        (_, Type::Dynamic) => true,
        (Type::Dynamic, _) => !safe,
        (one, other) if one == other => true,
        (Type::Bool | Type::Number, Type::String) => true,
        (Type::String, Type::Bool | Type::Number) => !safe,
        (Type::List(from) | Type::Set(from), Type::List(to) | Type::Set(to))
        | (Type::Map(from), Type::Map(to)) => convertible(from, to, safe),
        (Type::Tuple(items), Type::List(to) | Type::Set(to)) => {
            items.iter().all(|from| convertible(from, to, safe))
        }
        (Type::Tuple(from), Type::Tuple(to)) => {
            from.len() == to.len()
                && from
                    .iter()
                    .zip(to.iter())
                    .all(|(from, to)| convertible(from, to, safe))
        }
        (Type::List(from), Type::Tuple(to)) => {
            !safe && to.iter().all(|to| convertible(from, to, safe))
        }
        (Type::Object(fields), Type::Map(to)) => fields
            .values()
            .all(|field| convertible(&field.of, to, safe)),
        (Type::Map(from), Type::Object(fields)) => {
            !safe
                && fields
                    .values()
                    .all(|field| convertible(from, &field.of, safe))
        }
        (Type::Object(from), Type::Object(to)) => {
            to.iter().all(|(name, field)| match from.get(name) {
                Some(found) => convertible(&found.of, &field.of, safe),
                None => field.optional,
            })
        }
        _ => false,
    }
}
