use super::shelf::{Part, Shelf, text};

const IRSA_5: &str = "modules/iam-role-for-service-accounts-eks";
const IRSA_6: &str = "modules/iam-role-for-service-accounts";
const ROLE: &str = "modules/iam-role";
const POLICY: &str = "modules/iam-policy";

/// <https://registry.terraform.io/modules/terraform-aws-modules/iam/aws>; 6 joined the modules of roles into one (its
/// `docs/UPGRADE-6.0.md`).
pub(super) const SHELF: Shelf = Shelf {
    name: "iam",
    majors: &[5, 6],
    texts: TEXTS,
};

const TEXTS: &[Part] = &[
    text!([IRSA_5], 5..=5, "iam/irsa_v5.tf"),
    text!([IRSA_6], 6..=6, "iam/irsa_v6.tf"),
    text!([IRSA_5], 5..=5, "iam/irsa_trust.tf"),
    text!([IRSA_6], 6..=6, "iam/irsa_trust.tf"),
    text!([IRSA_5], 5..=5, "iam/irsa_addons.tf"),
    text!([IRSA_6], 6..=6, "iam/irsa_addons.tf"),
    text!([IRSA_6], 6..=6, "iam/statements_v6.tf"),
    text!([IRSA_6, ROLE], 6..=6, "iam/inline_v6.tf"),
    text!([ROLE], 6..=6, "iam/role_v6.tf"),
    text!(
        ["modules/iam-assumable-role"],
        5..=5,
        "iam/assumable_role_v5.tf"
    ),
    text!(
        ["modules/iam-assumable-role-with-oidc"],
        5..=5,
        "iam/oidc_role_v5.tf"
    ),
    text!(
        ["modules/iam-github-oidc-role"],
        5..=5,
        "iam/github_role_v5.tf"
    ),
    text!(
        ["modules/iam-github-oidc-provider"],
        5..=5,
        "iam/provider.tf"
    ),
    text!(["modules/iam-oidc-provider"], 6..=6, "iam/provider.tf"),
    text!([POLICY], 5..=6, "iam/policy.tf"),
    text!([POLICY], 5..=5, "iam/policy_v5.tf"),
    text!([POLICY], 6..=6, "iam/policy_v6.tf"),
];
