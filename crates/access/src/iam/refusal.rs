use sekisho_text::Route;

/// Why a policy document cannot be used; IAM would refuse it, too.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message} at `{route}`")]
pub struct DocumentError {
    /// Where.
    pub route: Route,
    /// What was expected.
    pub message: String,
}

impl DocumentError {
    pub(super) fn new(route: &Route, message: impl Into<String>) -> Self {
        Self {
            route: route.clone(),
            message: message.into(),
        }
    }
}
