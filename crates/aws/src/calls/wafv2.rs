use super::{Call, Each, Scope};

const WEB_ACL: Each = Each {
    flag: "--arn",
    listed_by: ("wafv2", "list-web-acls"),
    query: "WebACLs[].ARN",
};

const RULE_GROUP: Each = Each {
    flag: "--arn",
    listed_by: ("wafv2", "list-rule-groups"),
    query: "RuleGroups[].ARN",
};

/// Web ACLs of a region, and those of CloudFront, which are asked for where what has no region is (us-east-1).
const REGIONAL: &[&str] = &["--scope", "REGIONAL", "--limit", "100"];
const CLOUDFRONT: &[&str] = &["--scope", "CLOUDFRONT", "--limit", "100"];

/// AWS WAF.
pub(super) static CALLS: &[Call] = &[
    list("list-web-acls", Scope::Region, &["wafv2:ListWebACLs"]),
    list("list-rule-groups", Scope::Region, &["wafv2:ListRuleGroups"]),
    list(
        "list-logging-configurations",
        Scope::Region,
        &["wafv2:ListLoggingConfigurations"],
    ),
    one(
        "get-web-acl",
        Scope::Region,
        &[WEB_ACL],
        &["wafv2:GetWebACL"],
    ),
    one(
        "get-rule-group",
        Scope::Region,
        &[RULE_GROUP],
        &["wafv2:GetRuleGroup"],
    ),
    // Load balancers; a stage of API Gateway names its web ACL itself, and so does a distribution.
    one(
        "list-resources-for-web-acl",
        Scope::Region,
        &[Each {
            flag: "--web-acl-arn",
            ..WEB_ACL
        }],
        &["wafv2:ListResourcesForWebACL"],
    ),
    list("list-web-acls", Scope::Global, &["wafv2:ListWebACLs"]),
    list("list-rule-groups", Scope::Global, &["wafv2:ListRuleGroups"]),
    list(
        "list-logging-configurations",
        Scope::Global,
        &["wafv2:ListLoggingConfigurations"],
    ),
    one(
        "get-web-acl",
        Scope::Global,
        &[WEB_ACL],
        &["wafv2:GetWebACL"],
    ),
    one(
        "get-rule-group",
        Scope::Global,
        &[RULE_GROUP],
        &["wafv2:GetRuleGroup"],
    ),
];

const fn list(operation: &'static str, scope: Scope, actions: &'static [&'static str]) -> Call {
    Call {
        service: "wafv2",
        operation,
        scope,
        each: &[],
        arguments: match scope {
            Scope::Region => REGIONAL,
            Scope::Global => CLOUDFRONT,
        },
        actions,
    }
}

const fn one(
    operation: &'static str,
    scope: Scope,
    each: &'static [Each],
    actions: &'static [&'static str],
) -> Call {
    Call {
        service: "wafv2",
        operation,
        scope,
        each,
        arguments: &[],
        actions,
    }
}
