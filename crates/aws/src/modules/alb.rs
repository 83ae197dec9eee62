use super::shelf::{Part, Shelf, text};

/// <https://registry.terraform.io/modules/terraform-aws-modules/alb/aws>; 9 made maps of the lists of listeners, 10 names
/// actions otherwise (its `UPGRADE-9.0.md` and `UPGRADE-10.0.md`).
pub(super) const SHELF: Shelf = Shelf {
    name: "alb",
    majors: &[8, 9, 10],
    texts: TEXTS,
};

const TEXTS: &[Part] = &[
    text!([""], 8..=10, "alb/balancer.tf"),
    text!([""], 8..=8, "alb/v8.tf"),
    text!([""], 9..=10, "alb/v9_to_10.tf"),
    text!([""], 9..=9, "alb/rules_9.tf"),
    text!([""], 10..=10, "alb/rules_10.tf"),
];
