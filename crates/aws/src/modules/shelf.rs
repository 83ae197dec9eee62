use std::ops::RangeInclusive;

use super::{alb, eks, iam, security_group, vpc};

/// One well-known module with its submodules.
#[derive(Debug)]
pub(super) struct Shelf {
    /// `eks` in `terraform-aws-modules/eks/aws`.
    pub(super) name: &'static str,
    /// The major versions that are known, the oldest first.
    pub(super) majors: &'static [u64],
    pub(super) texts: &'static [Part],
}

/// One text of a stand-in.
#[derive(Debug)]
pub(super) struct Part {
    /// The submodules it is a part of; the empty one is the root module.
    pub(super) submodules: &'static [&'static str],
    /// The major versions it is a part of.
    pub(super) majors: RangeInclusive<u64>,
    pub(super) file: &'static str,
    pub(super) text: &'static str,
}

/// A text in `crates/aws/modules`.
macro_rules! text {
    ($submodules:expr, $majors:expr, $file:literal) => {
        $crate::modules::shelf::Part {
            submodules: &$submodules,
            majors: $majors,
            file: $file,
            text: include_str!(concat!("../../modules/", $file)),
        }
    };
}
pub(super) use text;

/// All that is known.
pub(super) const SHELVES: [&Shelf; 5] = [
    &alb::SHELF,
    &eks::SHELF,
    &iam::SHELF,
    &security_group::SHELF,
    &vpc::SHELF,
];

pub(super) fn shelf(name: &str) -> Option<&'static Shelf> {
    SHELVES.into_iter().find(|shelf| shelf.name == name)
}

impl Shelf {
    /// The files of one module of one major version.
    pub(super) fn texts(
        &self,
        submodule: &str,
        major: u64,
    ) -> impl Iterator<Item = (&'static str, &'static str)> {
        let fits = move |text: &&'static Part| {
            text.majors.contains(&major) && text.submodules.contains(&submodule)
        };
        let found = self.texts.iter().filter(fits);
        found.map(|text| {
            let name = text
                .file
                .rsplit_once('/')
                .map_or(text.file, |(_, name)| name);
            (name, text.text)
        })
    }
}
