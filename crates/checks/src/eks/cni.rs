//! The settings of the VPC CNI, as its add-on has them.

use sekisho_model::{Fix, Phrase, Resource, Seen};

use crate::embedded::Embedded;
use crate::hcl::BlockEdit;
use crate::network::agent::other_engines;
use crate::{Context, On};

/// The attribute with the settings.
pub(crate) const VALUES: &str = "configuration_values";

/// The switch of the policy engine; off unless set (`values.yaml` of the chart `aws-vpc-cni`).
pub(crate) const ENGINE: &[&str] = &["enableNetworkPolicy"];

/// True for the add-on `vpc-cni` of a cluster whose policies no other engine enforces, as far as is known.
pub(crate) fn is_judged(cx: &Context<'_>, addon: &Resource, on: &mut On<'_>) -> bool {
    match addon.text("addon_name") {
        Seen::Set(name, _) if name == "vpc-cni" => {}
        Seen::Set(..) | Seen::Unset => return false,
        Seen::Unknown(why) => {
            on.unknown(why);
            return false;
        }
    }
    other_engines(cx.estate).next().is_none() && !has_other_addon(cx, addon)
}

/// Engines that are sold as add-ons have names with their vendor: `isovalent_cilium-enterprise`, `tigera_calico`.
fn has_other_addon(cx: &Context<'_>, addon: &Resource) -> bool {
    let cluster = |of: &Resource| match of.text("cluster_name") {
        Seen::Set(name, _) => Some(name),
        Seen::Unset => None,
        Seen::Unknown(_) => of.reference("cluster_name").map(|to| to.target.to_string()),
    };
    let own = cluster(addon);
    cx.estate.of_type("aws_eks_addon").any(|(_, other)| {
        let is_engine = matches!(other.text("addon_name"), Seen::Set(name, _)
            if ["cilium", "calico", "tigera"].iter().any(|word| name.contains(word)));
        is_engine && other.stack == addon.stack && own.is_some() && cluster(other) == own
    })
}

/// The settings; `None` when there are none, which leaves all defaults.
pub(crate) fn settings(addon: &Resource) -> Result<Option<Embedded>, Phrase> {
    match addon.raw(VALUES).filter(|value| !value.is_null()) {
        Some(value) => Embedded::read(&value).map(Some),
        None => Ok(None),
    }
}

/// Settings for an add-on that has none yet.
pub(crate) fn given(cx: &Context<'_>, addon: &Resource, fix: Fix, settings: &str) -> Option<Fix> {
    addon.raw(VALUES).is_none().then_some(())?;
    BlockEdit::of_resource(cx.estate, addon)?
        .set(VALUES, None, settings)?
        .done(fix)
}
