//! Well-known modules whose source is often absent, understood by their meaning: for each module and major version there
//! is a small stand-in in Terraform's own language, with the same inputs, defaults and outputs as far as they matter for
//! security, and the resources that the real module makes of them. The texts are in `crates/aws/modules`, whose README
//! says how to add one.

mod alb;
mod eks;
mod iam;
mod security_group;
mod shelf;
mod source;
mod versions;
mod vpc;

use std::fmt::Write as _;

use sekisho_terraform::{Outside, StandIn};

use shelf::{Shelf, shelf};
use source::Source;
use versions::{Majors, majors};

/// No path of a file begins like this.
const ROOT: &str = "\0modules/";

/// Gives the stand-ins to the evaluator of Terraform.
#[derive(Debug, Clone, Copy, Default)]
pub struct WellKnown;

impl Outside for WellKnown {
    fn module_folder(&self, source: &str, version: Option<&str>) -> Option<String> {
        match told(source, version) {
            Told::Known { folder, .. } => Some(folder),
            Told::Stranger | Told::Unknown(_) => None,
        }
    }

    fn stand_in(&self, folder: &str) -> Option<StandIn> {
        let rest = folder.strip_prefix(ROOT)?;
        let (name, rest) = rest.split_once('/')?;
        let (major, submodule) = rest.split_once('/').unwrap_or((rest, ""));
        let module = shelf(name)?;
        let major = major.parse().ok()?;
        let texts: Vec<_> = module.texts(submodule, major).collect();
        (!texts.is_empty()).then(|| StandIn {
            title: title(module, submodule, major).into(),
            texts,
        })
    }
}

/// What is known of a module by its source and the version that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// It is none of the well-known modules.
    Stranger,
    /// It is one of them, but there is no stand-in for it: why, as a sentence without its end.
    Unknown(String),
    /// There is a stand-in.
    Known {
        /// The folder that [`WellKnown`] gives for it.
        folder: String,
        /// When the version that will be taken is a guess: which one was taken and why, as a sentence without its end.
        guess: Option<String>,
    },
}

/// What is known of a module whose source is not here: `source` and `version` as a `module` block has them.
pub fn told(source: &str, version: Option<&str>) -> Told {
    let Some(source) = Source::read(source) else {
        return Told::Stranger;
    };
    let Some(shelf) = shelf(&source.name) else {
        return Told::Stranger;
    };
    let name = shelf.name;
    let asked = source.reference.as_deref().or(version);
    let (major, guess) = match majors(asked, shelf.majors) {
        Majors::Newest(major) => (major, None),
        Majors::Guess(major) => {
            let why = match asked {
                None => "no version is named".to_owned(),
                Some(asked) => format!("`{asked}` sets no upper bound"),
            };
            let guess = format!(
                "{why}, so `terraform-aws-modules/{name}/aws` is judged as major version {major}, the newest that is known"
            );
            (major, Some(guess))
        }
        Majors::None => {
            let asked = asked.unwrap_or_default();
            let mut why = format!(
                "of `terraform-aws-modules/{name}/aws`, `{asked}` is no version that is known without its source: known are the major versions"
            );
            for (index, major) in shelf.majors.iter().enumerate() {
                let separator = if index == 0 { "" } else { "," };
                let _ = write!(why, "{separator} {major}");
            }
            return Told::Unknown(why);
        }
    };
    if shelf.texts(&source.submodule, major).next().is_none() {
        let submodule = &source.submodule;
        let what = if submodule.is_empty() {
            "its root module".to_owned()
        } else {
            format!("`//{submodule}`")
        };
        return Told::Unknown(format!(
            "of `terraform-aws-modules/{name}/aws` {major}, {what} is not known without its source"
        ));
    }
    let below = if source.submodule.is_empty() {
        String::new()
    } else {
        format!("/{}", source.submodule)
    };
    Told::Known {
        folder: format!("{ROOT}{name}/{major}{below}"),
        guess,
    }
}

fn title(shelf: &Shelf, submodule: &str, major: u64) -> String {
    let name = shelf.name;
    if submodule.is_empty() {
        format!("terraform-aws-modules/{name}/aws {major}")
    } else {
        format!("terraform-aws-modules/{name}/aws//{submodule} {major}")
    }
}

#[cfg(test)]
mod tests;
