use crate::Check;

/// The families, each a folder; `cargo xtask generate` keeps these lists.
static FAMILIES: &[&[&dyn Check]] = &[
    crate::admission::CHECKS,
    crate::delivery::CHECKS,
    crate::edge::CHECKS,
    crate::eks::CHECKS,
    crate::exception::CHECKS,
    crate::exposure::CHECKS,
    crate::iam::CHECKS,
    crate::identity::CHECKS,
    crate::image::CHECKS,
    crate::mesh::CHECKS,
    crate::network::CHECKS,
    crate::nodes::CHECKS,
    crate::pipeline::CHECKS,
    crate::pod::CHECKS,
    crate::rbac::CHECKS,
    crate::reading::CHECKS,
    crate::repository::CHECKS,
    crate::runtime::CHECKS,
    crate::secrets::CHECKS,
    crate::storage::CHECKS,
    crate::trail::CHECKS,
    crate::workload::CHECKS,
];

/// Every check, family by family.
pub fn all() -> impl Iterator<Item = &'static dyn Check> {
    FAMILIES.iter().flat_map(|family| family.iter().copied())
}

/// A check by its name.
pub fn by_id(id: &str) -> Option<&'static dyn Check> {
    all().find(|check| check.meta().id == id)
}
