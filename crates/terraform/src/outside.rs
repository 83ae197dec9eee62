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

    /// The texts of a folder that [`Outside::module_folder`] gave, or of one below it, when they are no user's own but stand
    /// in for a source that is not here. What a stand-in says has the call of the module as its place.
    fn stand_in(&self, folder: &str) -> Option<StandIn> {
        let _ = folder;
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

/// A module in other words than its authors': what matters of it. Inputs that it does not declare are passed over, outputs
/// that it does not declare are unknown, and so is each attribute of its managed resources that it does not write.
#[derive(Debug, Clone)]
pub struct StandIn {
    /// What the module is called to people: `terraform-aws-modules/eks/aws 20`.
    pub title: Arc<str>,
    /// Its texts, by the names of their files.
    pub texts: Vec<(&'static str, &'static str)>,
}

/// Knows nothing beyond the texts.
#[derive(Debug, Clone, Copy, Default)]
pub struct Nothing;

impl Outside for Nothing {}
