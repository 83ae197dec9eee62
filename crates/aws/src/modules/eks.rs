use super::shelf::{Part, Shelf, text};

const MANAGED: &str = "modules/eks-managed-node-group";
const SELF: &str = "modules/self-managed-node-group";
const FARGATE: &str = "modules/fargate-profile";
const KARPENTER: &str = "modules/karpenter";

/// <https://registry.terraform.io/modules/terraform-aws-modules/eks/aws>; what changed between the major versions stands in
/// its `docs/UPGRADE-*.md`.
pub(super) const SHELF: Shelf = Shelf {
    name: "eks",
    majors: &[18, 19, 20, 21],
    texts: TEXTS,
};

const TEXTS: &[Part] = &[
    text!([""], 18..=21, "eks/cluster.tf"),
    text!([""], 18..=21, "eks/keys.tf"),
    text!([""], 18..=21, "eks/roles.tf"),
    text!([""], 18..=21, "eks/groups.tf"),
    text!([""], 18..=21, "eks/node_groups.tf"),
    text!([""], 18..=21, "eks/outputs.tf"),
    text!([""], 18..=20, "eks/inputs_18_to_20.tf"),
    text!([""], 18..=20, "eks/defaults_18_to_20.tf"),
    text!([""], 18..=18, "eks/v18.tf"),
    text!([""], 18..=18, "eks/id_18.tf"),
    text!([""], 19..=20, "eks/encryption_19_to_20.tf"),
    text!([""], 18..=19, "eks/access_18_to_19.tf"),
    text!([""], 20..=21, "eks/access_20_to_21.tf"),
    text!([""], 20..=20, "eks/compute_20.tf"),
    text!([""], 21..=21, "eks/v21.tf"),
    text!([""], 21..=21, "eks/defaults_21.tf"),
    text!(["kms"], 18..=21, "eks/kms.tf"),
    text!([MANAGED], 18..=21, "eks/managed/group.tf"),
    text!([MANAGED], 18..=21, "eks/managed/wiring.tf"),
    text!([MANAGED], 18..=20, "eks/managed/v18_to_20.tf"),
    text!([MANAGED], 21..=21, "eks/managed/v21.tf"),
    text!([SELF], 18..=21, "eks/self/group.tf"),
    text!([SELF], 18..=20, "eks/self/v18_to_20.tf"),
    text!([SELF], 21..=21, "eks/self/v21.tf"),
    text!([SELF], 20..=21, "eks/self/entry_20_to_21.tf"),
    text!([MANAGED, SELF], 18..=21, "eks/launch_template.tf"),
    text!([MANAGED, SELF], 18..=20, "eks/metadata_18_to_20.tf"),
    text!([MANAGED, SELF], 21..=21, "eks/metadata_21.tf"),
    text!([MANAGED, SELF], 18..=18, "eks/group_18.tf"),
    text!([MANAGED, SELF], 19..=20, "eks/group_19_to_20.tf"),
    text!([MANAGED, SELF], 21..=21, "eks/group_21.tf"),
    text!([FARGATE], 18..=21, "eks/fargate/profile.tf"),
    text!([MANAGED, SELF, FARGATE], 18..=21, "eks/node_role.tf"),
    text!([KARPENTER], 18..=21, "eks/karpenter/common.tf"),
    text!([KARPENTER], 18..=19, "eks/karpenter/v18_to_19.tf"),
    text!([KARPENTER], 20..=21, "eks/karpenter/v20_to_21.tf"),
    text!([KARPENTER], 20..=20, "eks/karpenter/pull_20.tf"),
    text!([KARPENTER], 21..=21, "eks/karpenter/pull_21.tf"),
];
