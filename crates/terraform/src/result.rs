use std::collections::BTreeMap;
use std::sync::Arc;

use crate::address::{Address, ModuleStep};
use crate::origin::Place;
use crate::problem::Problem;
use crate::value::Value;

/// Everything a configuration or a plan says about what will be.
#[derive(Debug, Clone, Default)]
pub struct Configuration {
    /// Instances of resources and data sources, in the order of their addresses.
    pub resources: Vec<Resource>,
    /// Instances of module calls, in the order of their addresses.
    pub modules: Vec<ModuleCall>,
    /// Configurations of providers.
    pub providers: Vec<Provider>,
    /// `terraform` blocks: required versions and providers, the backend.
    pub settings: Vec<Settings>,
    /// Outputs of the root module.
    pub outputs: BTreeMap<Arc<str>, Value>,
    /// Variables of the root module with the values they have.
    pub variables: BTreeMap<Arc<str>, Value>,
    /// What could not be read or evaluated.
    pub problems: Vec<Problem>,
}

/// One instance of a resource or data source.
#[derive(Debug, Clone)]
pub struct Resource {
    /// Its address; the key [`crate::Key::Unknown`] stands for all instances when their number is not known.
    pub address: Address,
    /// Its block, or the plan's entry.
    pub place: Place,
    /// Its attributes as an object. A nested block is an attribute too: a tuple with one object for each block, in
    /// which an unknown value stands for any number of blocks. An attribute that is not set is absent, or null.
    pub values: Value,
    /// The provider configuration it names: `aws.tokyo`; `None` for the default one.
    pub provider: Option<Arc<str>>,
    /// Names its block mentions, those of `depends_on` included: `aws_vpc.a.id`, `var.b`, `module.c.d`.
    pub mentions: Vec<Arc<str>>,
}

/// One instance of a module call.
#[derive(Debug, Clone)]
pub struct ModuleCall {
    /// Its address.
    pub address: Address,
    /// Its block.
    pub place: Place,
    /// `source` as written.
    pub source: Arc<str>,
    /// `version` as written.
    pub version: Option<Arc<str>>,
    /// The values of its arguments, as an object.
    pub inputs: Value,
    /// The folder it was expanded from; `None` when its source was not among the texts.
    pub folder: Option<Arc<str>>,
}

/// One configuration of a provider.
#[derive(Debug, Clone)]
pub struct Provider {
    /// The module it stands in.
    pub module: Vec<ModuleStep>,
    /// Its local name: `aws`.
    pub name: Arc<str>,
    /// Its alias, if it has one.
    pub alias: Option<Arc<str>>,
    /// Its block.
    pub place: Place,
    /// Its arguments, as an object.
    pub values: Value,
}

/// One `terraform` block.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The module it stands in.
    pub module: Vec<ModuleStep>,
    /// The block.
    pub place: Place,
    /// Its arguments, as an object; a block with a label (`backend "s3"`) has the label as `_label`.
    pub values: Value,
}

impl Configuration {
    /// The resource or data source at this address, as it is written: `module.a["b"].aws_vpc.c[0]`.
    pub fn resource(&self, address: &str) -> Option<&Resource> {
        self.resources
            .iter()
            .find(|resource| resource.address.to_string() == address)
    }

    /// All instances of this type.
    pub fn of_type<'c>(&'c self, kind: &'c str) -> impl Iterator<Item = &'c Resource> {
        self.resources
            .iter()
            .filter(move |resource| resource.address.kind.as_ref() == kind)
    }
}
