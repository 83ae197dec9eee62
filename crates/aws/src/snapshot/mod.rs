//! A snapshot of an AWS account: a folder with the answers of `aws … describe|list|get`, as the AWS CLI prints them.
//!
//! ```text
//! sekisho-snapshot.json                        {"version": "sekisho.aws-snapshot/v1", "account": "111122223333", …}
//! eu-west-1/eks/list-clusters.json             an answer
//! eu-west-1/eks/describe-cluster/shop.json     an answer for one name; `/` and `:` in names are written %2F and %3A
//! eu-west-1/eks/list-addons/shop.error.json    {"error": "AccessDeniedException"}: the call was refused
//! global/iam/list-roles.json                   what has no region
//! ```
//!
//! The answers become the resources that Terraform would have made (see the crate's own words). What was refused, cut short or
//! not asked for is unknown, never absent: [`sekisho_model::Listing`] tells whether absence proves absence.

mod answers;
mod apigateway;
mod apigatewayv2;
mod autoscaling;
mod cloudfront;
mod deliveries;
mod ec2;
mod eks;
mod elbv2;
mod kms;
mod layout;
mod listeners;
mod logs;
mod made;
mod manifest;
mod names;
pub(crate) mod renaming;
pub(crate) mod shape;
mod shield;
mod ssm;
mod wafv2;

use std::collections::BTreeMap;
use std::sync::Arc;

use sekisho_model::{Place, Resource, Stack, Unread};
use sekisho_terraform::Cause;
use sekisho_yaml::Document;

pub use answers::{Answers, Heard};
pub use layout::{MANIFEST, is_manifest, snapshot_of};
pub use made::Made;
pub use manifest::VERSION;
pub use shape::Shape;

/// One file of a snapshot, read.
#[derive(Debug, Clone, Copy)]
pub struct Answer<'a> {
    /// Its path as people write it.
    pub path: &'a str,
    /// Its place among the files of the estate.
    pub file: usize,
    /// What it says; `None` when it could not be parsed.
    pub document: Option<&'a Document>,
    /// Its text.
    pub text: &'a str,
}

/// What a snapshot says.
#[derive(Debug, Default)]
pub struct Found {
    /// Its resources; [`Resource::stack`] counts from the first stack that was asked for.
    pub resources: Vec<Resource>,
    /// One stack for what has no region, and one for each region.
    pub stacks: Vec<Stack>,
    /// Files that say nothing that can be judged.
    pub unread: Vec<Unread>,
}

/// Services, each with what makes resources of its answers.
const TRANSLATIONS: [fn(&Answers, &mut Made<'_>); 13] = [
    apigateway::translate,
    apigatewayv2::translate,
    autoscaling::translate,
    cloudfront::translate,
    deliveries::translate,
    ec2::translate,
    eks::translate,
    elbv2::translate,
    kms::translate,
    logs::translate,
    shield::translate,
    ssm::translate,
    wafv2::translate,
];

/// Why something is not known that this call would have told.
fn unread(call: &str) -> Cause {
    Cause::Unread(Arc::from(call))
}

/// Reads the files below one folder. `root` is the folder, `files` are those below it, `first` the number of the first stack.
pub fn read(root: &str, files: &[Answer<'_>], first: usize, place: &Place) -> Found {
    let mut found = Found::default();
    let manifest = match manifest::read(root, files) {
        Ok(manifest) => manifest,
        Err(unread) => {
            found.unread.push(unread);
            return found;
        }
    };
    let place = Arc::new(Place {
        account: Some(manifest.account.clone()),
        ..place.clone()
    });
    let mut regions: BTreeMap<Option<String>, Answers> = BTreeMap::new();
    for file in files.iter().filter(|file| !is_manifest(file.path)) {
        let told = layout::place_of(root, file.path).and_then(|at| {
            let region = regions.entry(at.region.clone()).or_default();
            region.take(at, file)
        });
        if let Err(reason) = told {
            found.unread.push(Unread {
                path: file.path.to_owned(),
                position: None,
                reason,
            });
        }
    }
    for (number, (region, answers)) in regions.into_iter().enumerate() {
        let stack = Stack {
            path: root.to_owned(),
            account: Some(manifest.account.clone()),
            region,
            source: sekisho_model::SourceKind::Aws,
            ..Stack::of_terraform(root, first)
        };
        let mut made = Made::new(stack, first + number, &place, &manifest.partition, files);
        for translate in TRANSLATIONS {
            translate(&answers, &mut made);
        }
        let (stack, resources) = made.done();
        found.stacks.push(stack);
        found.resources.extend(resources);
    }
    found
}
