use sekisho_text::Route;

/// Something in a given object that keeps part of it from being judged, or that the API server would refuse.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Problem {
    /// The caller's key of the object.
    pub object: usize,
    /// The place inside the object.
    pub at: Route,
    /// What is wrong.
    pub kind: ProblemKind,
}

/// What is wrong with a place in an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, thiserror::Error)]
pub enum ProblemKind {
    /// A value is not of the type the API has there; what it would have granted is not counted.
    #[error("not the type that the API has here")]
    WrongType,
    /// The object has no name, so no binding can refer to it.
    #[error("no name")]
    NoName,
    /// Several roles have this kind, namespace and name; the rules of all of them count, since the one applied last is not known.
    #[error(
        "another object has the same kind, namespace and name; the rules of all of them are counted"
    )]
    SameName,
    /// A subject kind that RBAC does not know; it matches nobody.
    #[error("a subject of this kind matches nobody")]
    UnknownSubjectKind,
    /// A service account without a namespace in a ClusterRoleBinding; it matches nobody.
    #[error("a service account without a namespace matches nobody in a ClusterRoleBinding")]
    SubjectWithoutNamespace,
    /// A subject without a name; it matches nobody.
    #[error("a subject without a name matches nobody")]
    SubjectWithoutName,
    /// An `apiGroup` that the API server refuses for this kind of subject; the authorizer does not look at it, so the subject counts.
    #[error("the API server refuses this apiGroup here")]
    WrongApiGroup,
    /// A label selector that is not valid; the controller leaves the role's written rules as they are.
    #[error("not a valid label selector: the written rules stay")]
    BadSelector,
}
