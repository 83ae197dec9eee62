//! What the expressions of a policy may name.

use std::collections::BTreeMap;

use sekisho_cel::{Environment, Fields, Type};

/// The object type of `variables`.
pub(crate) const VARIABLES: &str = "kubernetes.variables";

/// Which optional variables there are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Optional {
    pub(crate) params: bool,
    pub(crate) authorizer: bool,
    pub(crate) variables: bool,
}

fn object(name: &str) -> Type {
    Type::Object(name.into())
}

fn fields(of: &[(&str, Type)]) -> Fields {
    of.iter()
        .map(|(name, of)| ((*name).to_owned(), of.clone()))
        .collect()
}

/// The environment, with the objects themselves of any type.
pub(crate) fn environment(optional: Optional) -> Environment {
    let mut environment = Environment::default();
    environment.variable("object", Type::Dyn);
    environment.variable("oldObject", Type::Dyn);
    environment.variable("request", object("kubernetes.AdmissionRequest"));
    environment.variable("namespaceObject", object("kubernetes.Namespace"));
    if optional.params {
        environment.variable("params", Type::Dyn);
    }
    if optional.authorizer {
        let named = |name: &str| Type::Named(name.into(), Vec::new());
        environment.variable("authorizer", named("kubernetes.authorization.Authorizer"));
        environment.variable(
            "authorizer.requestResource",
            named("kubernetes.authorization.ResourceCheck"),
        );
    }
    if optional.variables {
        environment.variable("variables", object(VARIABLES));
        environment.object(VARIABLES, BTreeMap::new());
    }
    request(&mut environment);
    namespace(&mut environment);
    environment
}

fn request(environment: &mut Environment) {
    let texts = Type::list(Type::Text);
    let of_kind = [
        ("group", Type::Text),
        ("version", Type::Text),
        ("kind", Type::Text),
    ];
    environment.object("kubernetes.GroupVersionKind", fields(&of_kind));
    let of_resource = [
        ("group", Type::Text),
        ("version", Type::Text),
        ("resource", Type::Text),
    ];
    environment.object("kubernetes.GroupVersionResource", fields(&of_resource));
    let of_user = [
        ("username", Type::Text),
        ("uid", Type::Text),
        ("groups", texts.clone()),
        ("extra", Type::map(Type::Text, texts)),
    ];
    environment.object("kubernetes.UserInfo", fields(&of_user));
    let (kind, resource) = (
        object("kubernetes.GroupVersionKind"),
        object("kubernetes.GroupVersionResource"),
    );
    let of_request = [
        ("kind", kind.clone()),
        ("resource", resource.clone()),
        ("subResource", Type::Text),
        ("requestKind", kind),
        ("requestResource", resource),
        ("requestSubResource", Type::Text),
        ("name", Type::Text),
        ("namespace", Type::Text),
        ("operation", Type::Text),
        ("userInfo", object("kubernetes.UserInfo")),
        ("dryRun", Type::Bool),
        ("options", Type::Dyn),
    ];
    environment.object("kubernetes.AdmissionRequest", fields(&of_request));
}

fn namespace(environment: &mut Environment) {
    let texts = Type::list(Type::Text);
    let labels = Type::map(Type::Text, Type::Text);
    environment.object(
        "kubernetes.NamespaceSpec",
        fields(&[("finalizers", texts.clone())]),
    );
    let of_condition = [
        ("status", Type::Text),
        ("type", Type::Text),
        ("lastTransitionTime", Type::Timestamp),
        ("message", Type::Text),
        ("reason", Type::Text),
    ];
    environment.object("kubernetes.NamespaceCondition", fields(&of_condition));
    let conditions = Type::list(object("kubernetes.NamespaceCondition"));
    environment.object(
        "kubernetes.NamespaceStatus",
        fields(&[("conditions", conditions), ("phase", Type::Text)]),
    );
    let of_metadata = [
        ("name", Type::Text),
        ("generateName", Type::Text),
        ("namespace", Type::Text),
        ("labels", labels.clone()),
        ("annotations", labels),
        ("UID", Type::Text),
        ("creationTimestamp", Type::Timestamp),
        ("deletionGracePeriodSeconds", Type::Int),
        ("deletionTimestamp", Type::Timestamp),
        ("generation", Type::Int),
        ("resourceVersion", Type::Text),
        ("finalizers", texts),
    ];
    environment.object("kubernetes.NamespaceMetadata", fields(&of_metadata));
    let of_namespace = [
        ("metadata", object("kubernetes.NamespaceMetadata")),
        ("spec", object("kubernetes.NamespaceSpec")),
        ("status", object("kubernetes.NamespaceStatus")),
    ];
    environment.object("kubernetes.Namespace", fields(&of_namespace));
}

/// The type that a variable has for the expressions after it: what the server's types cannot say is `dyn`.
pub(crate) fn variable_type(of: &Type) -> Type {
    match of {
        Type::List(item) => Type::list(variable_type(item)),
        Type::Map(key, value) => Type::map(variable_type(key), variable_type(value)),
        Type::Bool
        | Type::Bytes
        | Type::Double
        | Type::Duration
        | Type::Int
        | Type::Null
        | Type::Text
        | Type::Timestamp
        | Type::Uint => of.clone(),
        _ => Type::Dyn,
    }
}
