//! Which AWS rights pods get, and how.

pub(crate) mod api_token;
pub(crate) mod aws_credentials;
pub(crate) mod node_roles;
pub(crate) mod role_arn;
pub(crate) mod service_accounts;

mod default_service_account;
mod service_account_token;
mod shared_workload_role;
mod static_aws_credentials;

use crate::Check;

pub(crate) static CHECKS: &[&dyn Check] = &[
    &default_service_account::DefaultServiceAccount,
    &service_account_token::ServiceAccountToken,
    &shared_workload_role::SharedWorkloadRole,
    &static_aws_credentials::StaticAwsCredentials,
];
