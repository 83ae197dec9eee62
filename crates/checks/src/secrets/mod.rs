//! Where secret values stand, and how they arrive.

pub(crate) mod base64;
pub(crate) mod config_walk;
pub(crate) mod consumed;
pub(crate) mod credential_form;
pub(crate) mod credential_name;
pub(crate) mod external_secrets;
pub(crate) mod go_duration;
pub(crate) mod key_names;
pub(crate) mod placeholder;
pub(crate) mod running_text;
pub(crate) mod secret_value;

mod external_secret_refresh;
mod external_secrets_present;
mod plaintext_secret;
mod secret_env;
mod secret_env_from;
mod secret_in_config;
mod secret_store_scope;
mod secret_store_static_keys;

use crate::Check;

pub(crate) static CHECKS: &[&dyn Check] = &[
    &external_secret_refresh::ExternalSecretRefresh,
    &external_secrets_present::ExternalSecretsPresent,
    &plaintext_secret::PlaintextSecret,
    &secret_env::SecretEnv,
    &secret_env_from::SecretEnvFrom,
    &secret_in_config::SecretInConfig,
    &secret_store_scope::SecretStoreScope,
    &secret_store_static_keys::SecretStoreStaticKeys,
];
