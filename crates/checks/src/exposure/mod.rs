//! Ways in from outside: Ingresses, load balancers, gateways.

pub(crate) mod account;
pub(crate) mod alb;
pub(crate) mod envoy_limits;
pub(crate) mod gateway_listeners;
pub(crate) mod ingresses;
pub(crate) mod nginx_redirect;
pub(crate) mod reach;
pub(crate) mod service_fronts;
pub(crate) mod web_acl;

mod api_rate_limit;
mod external_ips;
mod gateway_tls;
mod ingress_auth;
mod ingress_drift;
mod ingress_logs;
mod ingress_open_addresses;
mod ingress_tls;
mod ingress_waf;
mod node_port;
mod service_exposed;
mod service_open_addresses;
mod service_tls;

use crate::Check;

pub(crate) static CHECKS: &[&dyn Check] = &[
    &api_rate_limit::ApiRateLimit,
    &external_ips::ExternalIps,
    &gateway_tls::GatewayTls,
    &ingress_auth::IngressAuth,
    &ingress_drift::IngressDrift,
    &ingress_logs::IngressLogs,
    &ingress_open_addresses::IngressOpenAddresses,
    &ingress_tls::IngressTls,
    &ingress_waf::IngressWaf,
    &node_port::NodePort,
    &service_exposed::ServiceExposed,
    &service_open_addresses::ServiceOpenAddresses,
    &service_tls::ServiceTls,
];
