use std::collections::BTreeMap;
use std::sync::Arc;

use crate::address::Address;
use crate::value::Value;

/// What a caller knows that the texts do not say: providers and the sources of modules.
pub trait Outside {
    /// Attributes that follow from the configuration of a data source, such as the document of an
    /// `aws_iam_policy_document`. `config` is what the block says, as in [`crate::Resource::values`].
    fn data_source(&self, address: &Address, config: &Value) -> BTreeMap<Arc<str>, Value> {
        let _ = (address, config);
        BTreeMap::new()
    }

    /// Attributes that follow from the configuration of a managed resource although they are not set in it.
    fn managed(&self, address: &Address, config: &Value) -> BTreeMap<Arc<str>, Value> {
        let _ = (address, config);
        BTreeMap::new()
    }

    /// The folder among the texts that holds a module's source, when neither a relative path nor `modules.json` says it.
    fn module_folder(&self, source: &str, version: Option<&str>) -> Option<String> {
        let _ = (source, version);
        None
    }

    /// Outputs of a module whose source is not among the texts.
    fn module_outputs(
        &self,
        address: &Address,
        source: &str,
        inputs: &Value,
    ) -> BTreeMap<Arc<str>, Value> {
        let _ = (address, source, inputs);
        BTreeMap::new()
    }
}

/// Knows nothing beyond the texts.
#[derive(Debug, Clone, Copy, Default)]
pub struct Nothing;

impl Outside for Nothing {}
