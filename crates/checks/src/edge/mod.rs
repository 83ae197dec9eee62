//! Ways in from outside, of Terraform or of an AWS account: load balancers, gateways, distributions.

pub(crate) mod listeners;
pub(crate) mod load_balancers;
pub(crate) mod security_groups;
pub(crate) mod web_acl_rules;
pub(crate) mod writing;

mod alb_without_waf;
mod api_gateway_auth;
mod api_gateway_logs;
mod api_gateway_throttling;
mod api_gateway_waf;
mod cloudfront_logs;
mod cloudfront_origin_open;
mod cloudfront_origin_tls;
mod cloudfront_tls;
mod cloudfront_waf;
mod edge_open_addresses;
mod lb_access_logs;
mod listener_auth;
mod listener_tls;
mod nlb_without_waf;
mod shield_protection;
mod web_acl_blocks;
mod web_acl_logs;
mod web_acl_rate_limit;

use crate::Check;

pub(crate) static CHECKS: &[&dyn Check] = &[
    &alb_without_waf::AlbWithoutWaf,
    &api_gateway_auth::ApiGatewayAuth,
    &api_gateway_logs::ApiGatewayLogs,
    &api_gateway_throttling::ApiGatewayThrottling,
    &api_gateway_waf::ApiGatewayWaf,
    &cloudfront_logs::CloudfrontLogs,
    &cloudfront_origin_open::CloudfrontOriginOpen,
    &cloudfront_origin_tls::CloudfrontOriginTls,
    &cloudfront_tls::CloudfrontTls,
    &cloudfront_waf::CloudfrontWaf,
    &edge_open_addresses::EdgeOpenAddresses,
    &lb_access_logs::LbAccessLogs,
    &listener_auth::ListenerAuth,
    &listener_tls::ListenerTls,
    &nlb_without_waf::NlbWithoutWaf,
    &shield_protection::ShieldProtection,
    &web_acl_blocks::WebAclBlocks,
    &web_acl_logs::WebAclLogs,
    &web_acl_rate_limit::WebAclRateLimit,
];
