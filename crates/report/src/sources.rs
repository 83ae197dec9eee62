use std::collections::BTreeMap;

use sekisho_model::{Lang, SourceKind};

use crate::Report;

/// What was read, by source: `235 objects, 61 Terraform resources, 80 AWS resources (111122223333: eu-west-1) in 52 files`.
pub(crate) fn line(report: &Report<'_>) -> String {
    let is_ja = report.lang == Lang::Ja;
    let estate = report.estate;
    let count = |source: SourceKind| {
        let own = |stack: usize| estate.stacks().get(stack).map(|stack| stack.source);
        let all = estate.resources().iter();
        all.filter(|one| !one.is_data && own(one.stack) == Some(source))
            .count()
    };
    let (objects, files) = (report.summary.objects, report.summary.files);
    let mut parts = vec![if is_ja {
        format!("オブジェクト {objects} 個")
    } else {
        format!("{objects} objects")
    }];
    if estate.has(SourceKind::Terraform) {
        let resources = count(SourceKind::Terraform);
        parts.push(if is_ja {
            format!("Terraform のリソース {resources} 個")
        } else {
            format!("{resources} Terraform resources")
        });
    }
    if estate.has(SourceKind::Aws) {
        let (resources, accounts) = (count(SourceKind::Aws), accounts(report));
        parts.push(if is_ja {
            format!("AWS のリソース {resources} 個 ({accounts})")
        } else {
            format!("{resources} AWS resources ({accounts})")
        });
    }
    if is_ja {
        format!("{files} ファイル、{}", parts.join("、"))
    } else {
        format!("{} in {files} files", parts.join(", "))
    }
}

/// The accounts of the snapshots with their regions.
fn accounts(report: &Report<'_>) -> String {
    let mut regions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for stack in report.estate.stacks() {
        if stack.source == SourceKind::Aws {
            let account = stack.account.as_deref().unwrap_or("?");
            let known = regions.entry(account).or_default();
            known.extend(stack.region.as_deref());
        }
    }
    let one = |(account, regions): (&str, Vec<&str>)| match regions.as_slice() {
        [] => account.to_owned(),
        regions => format!("{account}: {}", regions.join(", ")),
    };
    let all: Vec<String> = regions.into_iter().map(one).collect();
    all.join("; ")
}
