use super::shelf::{Part, Shelf, text};

const SSH: &str = "modules/ssh";
const HTTP: &str = "modules/http-80";
const HTTPS: &str = "modules/https-443";

/// <https://registry.terraform.io/modules/terraform-aws-modules/security-group/aws>; 5 only asks for a newer provider.
pub(super) const SHELF: Shelf = Shelf {
    name: "security-group",
    majors: &[4, 5],
    texts: TEXTS,
};

const TEXTS: &[Part] = &[
    text!([""], 4..=5, "security_group/group.tf"),
    text!([""], 4..=5, "security_group/names.tf"),
    text!([""], 4..=5, "security_group/ingress.tf"),
    text!([""], 4..=5, "security_group/egress.tf"),
    text!([SSH, HTTP, HTTPS], 4..=5, "security_group/preset.tf"),
    text!([SSH], 4..=5, "security_group/preset_ssh.tf"),
    text!([HTTP], 4..=5, "security_group/preset_http_80.tf"),
    text!([HTTPS], 4..=5, "security_group/preset_https_443.tf"),
];
