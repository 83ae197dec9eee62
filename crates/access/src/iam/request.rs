use super::context::Context;
use super::principal::Who;

/// One call to AWS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Who asks; `None` when nobody said.
    pub who: Option<Who>,
    /// `service:Action`.
    pub action: String,
    /// The resource's ARN; `None` asks about any resource.
    pub resource: Option<String>,
    /// The account of the resource; `None` when it is that of who asks.
    pub resource_account: Option<String>,
    /// The context keys.
    pub context: Context,
}
