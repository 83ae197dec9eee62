//! What of a configuration is a secret and stands in its state.
//!
//! <https://developer.hashicorp.com/terraform/language/state/sensitive-data>

use sekisho_model::Resource;

use crate::Context;

/// Types, each with the attribute by which a secret gets into the state. `_wo` attributes stay out.
const HOLDERS: [(&str, &str); 12] = [
    ("aws_db_instance", "password"),
    ("aws_docdb_cluster", "master_password"),
    ("aws_elasticache_replication_group", "auth_token"),
    ("aws_iam_access_key", "secret"),
    ("aws_rds_cluster", "master_password"),
    ("aws_redshift_cluster", "master_password"),
    ("aws_secretsmanager_secret_version", "secret_string"),
    ("aws_ssm_parameter", "value"),
    ("kubernetes_secret", "data"),
    ("kubernetes_secret_v1", "data"),
    ("random_password", "result"),
    ("tls_private_key", "private_key_pem"),
];

/// Attributes that the provider makes itself, so that they are in the state without being written.
const MADE: [&str; 3] = ["secret", "result", "private_key_pem"];

/// The secret attribute that a resource brings into the state.
pub(super) fn secret_of(resource: &Resource) -> Option<&'static str> {
    if resource.is_data {
        // What is looked up stands in the state as well.
        let names = [
            ("aws_secretsmanager_secret_version", "secret_string"),
            ("aws_ssm_parameter", "value"),
        ];
        let found = names.iter().find(|(kind, _)| *kind == resource.kind);
        return found.map(|(_, name)| *name).filter(|_| !is_plain(resource));
    }
    let holders = HOLDERS.iter().filter(|(kind, _)| *kind == resource.kind);
    let mut holders = holders.map(|(_, name)| *name);
    holders
        .find(|name| {
            let is_written = resource
                .values
                .get(name)
                .is_some_and(|value| !value.is_null());
            MADE.contains(name) || is_written
        })
        .filter(|_| !is_plain(resource))
}

/// A parameter of another type than `SecureString` is no secret by its type; `secret-in-terraform` looks at its text.
fn is_plain(resource: &Resource) -> bool {
    let kind = resource.values.get("type");
    let kind = kind.as_ref().and_then(|kind| kind.as_str());
    resource.kind == "aws_ssm_parameter" && !resource.is_data && kind != Some("SecureString")
}

/// The first resource of a stack that brings a secret into the state, with the attribute.
pub(super) fn secrets_of(cx: &Context<'_>, stack: usize) -> Option<(usize, &'static str)> {
    let resources = cx.estate.resources().iter().enumerate();
    let mut own = resources.filter(|(_, resource)| resource.stack == stack);
    own.find_map(|(index, resource)| Some((index, secret_of(resource)?)))
}
