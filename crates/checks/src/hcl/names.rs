//! What the blocks of a module call each other.

use sekisho_model::{Estate, Resource};

/// What another block of the same module calls a resource: `aws_lb.shop`. None where there are several of it.
pub(crate) fn called<'r>(resource: &'r Resource, by: &Resource) -> Option<&'r str> {
    let module = |address: &str| Some(address.rsplitn(3, '.').nth(2)?.to_owned());
    let is_near = resource.stack == by.stack && module(&resource.address) == module(&by.address);
    let name = match resource.address.rfind(&format!("{}.", resource.kind)) {
        Some(at) if is_near => resource.address.get(at..)?,
        _ => return None,
    };
    (!name.contains('[')).then_some(name)
}

/// The one resource of a type that stands beside another and fits, as it is called there.
pub(crate) fn only<'e>(
    estate: &'e Estate,
    kind: &str,
    beside: &Resource,
    fits: impl Fn(&Resource) -> bool,
) -> Option<&'e str> {
    let mut all = estate
        .of_type(kind)
        .map(|(_, resource)| resource)
        .filter(|resource| resource.stack == beside.stack && fits(resource));
    match (all.next(), all.next()) {
        (Some(one), None) => called(one, beside),
        _ => None,
    }
}
