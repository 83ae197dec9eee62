use super::shelf::{Part, Shelf, text};

/// <https://registry.terraform.io/modules/terraform-aws-modules/vpc/aws>; the defaults changed in 4 (its `UPGRADE-4.0.md`).
pub(super) const SHELF: Shelf = Shelf {
    name: "vpc",
    majors: &[3, 4, 5, 6],
    texts: TEXTS,
};

const TEXTS: &[Part] = &[
    text!([""], 3..=6, "vpc/network.tf"),
    text!([""], 3..=6, "vpc/subnets.tf"),
    text!([""], 3..=6, "vpc/routes.tf"),
    text!([""], 3..=6, "vpc/default_group.tf"),
    text!([""], 3..=6, "vpc/flow_log.tf"),
    text!([""], 3..=3, "vpc/v3.tf"),
    text!([""], 4..=6, "vpc/v4_to_6.tf"),
];
