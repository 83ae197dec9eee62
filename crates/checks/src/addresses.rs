//! Resources of Terraform by their addresses: how one that names another is joined to it.

use std::collections::BTreeMap;

use sekisho_model::{Estate, Resource};
use sekisho_terraform::Reference;

/// Every resource and data source, by configuration and address.
#[derive(Debug)]
pub(crate) struct Addresses<'a> {
    by_address: BTreeMap<(usize, &'a str), (usize, &'a Resource)>,
}

impl<'a> Addresses<'a> {
    pub(crate) fn of(estate: &'a Estate) -> Self {
        let resources = estate.resources().iter().enumerate();
        let by_address = resources
            .map(|(index, resource)| {
                (
                    (resource.stack, resource.address.as_str()),
                    (index, resource),
                )
            })
            .collect();
        Self { by_address }
    }

    /// The resource behind a reference from the same configuration, with its index in the estate.
    pub(crate) fn at(&self, stack: usize, reference: &Reference) -> Option<(usize, &'a Resource)> {
        let address = reference.target.to_string();
        self.by_address.get(&(stack, address.as_str())).copied()
    }
}
