//! The table of calls: which answers of AWS a snapshot holds, how each is asked for, and which right that needs.
//!
//! Adding a call is one entry in the file of its service, and the translation of its answer in [`crate::snapshot`].

mod apigateway;
mod apigatewayv2;
mod autoscaling;
mod cloudfront;
mod deliveries;
mod ec2;
mod eks;
mod elbv2;
mod kms;
mod logs;
mod shield;
mod ssm;
mod wafv2;

/// Where a call is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Once in every region of the snapshot.
    Region,
    /// Once for the account: the service has no regions, or this call of it has none. Its folder is `global`.
    Global,
}

/// One read-only call of the AWS CLI.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Call {
    /// The CLI's name of the service: `eks`.
    pub service: &'static str,
    /// The CLI's name of the operation: `describe-cluster`.
    pub operation: &'static str,
    /// Where it is made.
    pub scope: Scope,
    /// What it is made for, outermost first: once for each cluster, and in it for each node group. Empty: once.
    pub each: &'static [Each],
    /// Further arguments, as they stand on the command line.
    pub arguments: &'static [&'static str],
    /// IAM actions it needs (Service Authorization Reference).
    pub actions: &'static [&'static str],
}

/// One level of what a call is repeated for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Each {
    /// The flag that takes the name: `--cluster-name`. Empty: the call takes only the name of the level below, which says it.
    pub flag: &'static str,
    /// Service and operation whose answer lists the names. Made for the levels above it.
    pub listed_by: (&'static str, &'static str),
    /// The JMESPath query that picks the names out of that answer: `clusters[]`.
    pub query: &'static str,
}

/// Every call of the table, by service.
pub fn all() -> impl Iterator<Item = &'static Call> {
    [
        apigateway::CALLS,
        apigatewayv2::CALLS,
        autoscaling::CALLS,
        cloudfront::CALLS,
        deliveries::CALLS,
        ec2::CALLS,
        eks::CALLS,
        elbv2::CALLS,
        kms::CALLS,
        logs::CALLS,
        shield::CALLS,
        ssm::CALLS,
        wafv2::CALLS,
    ]
    .into_iter()
    .flatten()
}

/// The call of this service and operation. AWS WAF has the same call for a region and for CloudFront: then the region's.
pub fn find(service: &str, operation: &str) -> Option<&'static Call> {
    all().find(|call| call.service == service && call.operation == operation)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_is_a_call_of_the_table_made_for_the_levels_above() {
        for call in all() {
            for (depth, each) in call.each.iter().enumerate() {
                let (service, operation) = each.listed_by;
                let list = find(service, operation).unwrap_or_else(|| {
                    panic!("{} {operation} is not in the table", call.operation)
                });
                assert!(
                    list.each.len() <= depth,
                    "{operation} needs more than is known"
                );
            }
        }
    }

    #[test]
    fn a_call_only_reads() {
        for call in all() {
            let verb = call.operation.split('-').next().unwrap();
            assert!(
                ["describe", "get", "list", "batch"].contains(&verb),
                "{}",
                call.operation
            );
            assert!(
                !call.actions.is_empty(),
                "{} names no right",
                call.operation
            );
        }
    }
}
