//! Load balancers, of Terraform or of an AWS account.

use sekisho_model::{Phrase, Resource, Seen};

use crate::{Context, Sheet};

/// Both names of the resource.
pub(crate) static TYPES: &[&str] = &["aws_lb", "aws_alb"];

/// Who can reach a load balancer. `internal` is false unless it is set.
pub(crate) enum Reach {
    Internal,
    Public,
    Unknown(Phrase),
}

pub(crate) fn reach(balancer: &Resource) -> Reach {
    match balancer.flag("internal") {
        Seen::Set(true, _) => Reach::Internal,
        Seen::Set(false, _) | Seen::Unset => Reach::Public,
        Seen::Unknown(why) => Reach::Unknown(why),
    }
}

/// `load_balancer_type` is `application` unless it is set.
pub(crate) fn kind(balancer: &Resource) -> Seen<String> {
    balancer
        .text("load_balancer_type")
        .or_default("application".to_owned())
}

/// Visits every Application Load Balancer that the internet reaches; for one of which that is not known, says so.
pub(crate) fn public_applications(
    cx: &Context<'_>,
    sheet: &mut Sheet<'_>,
    mut look: impl FnMut(&mut Sheet<'_>, usize, &Resource),
) {
    for (index, balancer) in TYPES.iter().flat_map(|kind| cx.estate.of_type(kind)) {
        match kind(balancer) {
            Seen::Set(kind, _) if kind != "application" => continue,
            Seen::Unknown(why) => {
                sheet.on_resource(index).unknown(why);
                continue;
            }
            _ => {}
        }
        match reach(balancer) {
            Reach::Internal => {}
            Reach::Public => look(sheet, index, balancer),
            Reach::Unknown(why) => sheet.on_resource(index).unknown(why),
        }
    }
}
