use crate::Check;

/// The families, each a folder; `cargo xtask generate` keeps these lists.
static FAMILIES: &[&[&dyn Check]] = &[
    crate::exception::CHECKS,
    crate::exposure::CHECKS,
    crate::pipeline::CHECKS,
    crate::pod::CHECKS,
    crate::reading::CHECKS,
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
