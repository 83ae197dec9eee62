use sekisho_model::{Fix, Phrase, Resource, Seen, phrase};

use crate::edge::writing::set;
use crate::{Check, Context, Fault, Level, On, check};

check! {
    /// **What it shows.** An ECR repository, made by Terraform, whose images are not scanned when they are pushed: neither by its
    /// own setting nor by the scanning configuration of the registry.
    ///
    /// **Why it matters.** What is not scanned at the door is found when it runs, or never. The registry's configuration goes
    /// before the repository's own setting: a repository that none of its filters matches is not scanned on push, whatever
    /// `scan_on_push` says. A filter without a star matches every name that holds it.
    ///
    /// **Bad**
    /// ```hcl
    /// image_scanning_configuration {
    ///   scan_on_push = false
    /// }
    /// ```
    ///
    /// **Good**
    /// ```hcl
    /// image_scanning_configuration {
    ///   scan_on_push = true
    /// }
    /// ```
    ///
    /// **References.** <https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning-filters.html>
    ///
    /// # 日本語
    /// **示すこと。** Terraform が作る ECR リポジトリで、自身の設定でもレジストリのスキャン設定でも、プッシュ時にイメージがスキャンされないもの。
    ///
    /// **理由。** 入口でスキャンされないものは、動き出してから見つかるか、見つからない。レジストリの設定はリポジトリ自身の設定に優先し、どのフィルターにも一致しないリポジトリは、`scan_on_push` にかかわらずプッシュ時にスキャンされない。星のないフィルターは、その語を含むすべての名前に一致する。
    ///
    /// **直し方。** `scan_on_push = true` とするか、レジストリのスキャン設定でフィルター `*` に `SCAN_ON_PUSH` を指定する。
    EcrScanOnPush = "ecr-scan-on-push";
    control: "T4.7",
    severity: Medium,
    profile: Default,
    level: Level::Resource(&["aws_ecr_repository"]),
    fix: Safe,
    title: "Images are not scanned on push", "プッシュ時にスキャンされないイメージ",
}

impl Check for EcrScanOnPush {
    fn resource(&self, cx: &Context<'_>, resource: &Resource, on: &mut On<'_>) {
        let configurations = cx.estate.of_type("aws_ecr_registry_scanning_configuration");
        let configuration = configurations
            .map(|(_, configuration)| configuration)
            .find(|configuration| configuration.stack == resource.stack);
        match configuration.map_or(Registry::Silent, |found| registry(found, resource)) {
            Registry::Scans => on.pass(),
            Registry::Unknown(why) => on.unknown(why),
            Registry::Silent => own(cx, resource, on),
            Registry::LeavesOut => {
                let name = &resource.address;
                let message = phrase!(
                    en: "no rule of the registry's scanning configuration has images of `{name}` scanned on push, and the repository's own setting does not count beside it",
                    ja: "レジストリのスキャン設定のどの規則も `{name}` をプッシュ時スキャンの対象とせず、リポジトリ自身の設定はこれがあると効かない",
                );
                let fault = Fault::of_value(cx.estate, resource, None, message);
                let text = phrase!(en: "the configuration of the registry", ja: "レジストリの設定");
                on.fail(match configuration {
                    Some(found) => fault.beside(cx.estate, found, text),
                    None => fault,
                });
            }
        }
    }
}

/// What the registry says of one repository.
enum Registry {
    Scans,
    LeavesOut,
    /// It has no rules: basic scanning then goes by each repository.
    Silent,
    Unknown(Phrase),
}

fn registry(configuration: &Resource, repository: &Resource) -> Registry {
    let (rules, unknown) = configuration.blocks("rule");
    let mut doubt = unknown;
    for rule in &rules {
        match rule.text("scan_frequency") {
            Seen::Set(frequency, _) if frequency == "MANUAL" => continue,
            Seen::Unknown(why) => doubt = Some(why),
            _ => {}
        }
        let (filters, unknown) = rule.blocks("repository_filter");
        doubt = doubt.or(unknown);
        for filter in &filters {
            match (filter.text("filter"), repository.text("name")) {
                (Seen::Set(filter, _), _) if filter == "*" => return Registry::Scans,
                (Seen::Set(filter, _), Seen::Set(name, _)) if matches(&filter, &name) => {
                    return Registry::Scans;
                }
                (Seen::Unknown(why), _) | (_, Seen::Unknown(why)) => doubt = Some(why),
                _ => {}
            }
        }
    }
    if let Some(why) = doubt {
        return Registry::Unknown(why);
    }
    let is_basic = matches!(configuration.text("scan_type"), Seen::Set(kind, _) if kind == "BASIC");
    if rules.is_empty() && is_basic {
        Registry::Silent
    } else {
        Registry::LeavesOut
    }
}

/// Stars stand for any characters; a filter without one matches wherever it stands in the name.
fn matches(filter: &str, name: &str) -> bool {
    if !filter.contains('*') {
        return name.contains(filter);
    }
    let mut rest = name;
    let mut parts = filter.split('*');
    match parts.next().and_then(|start| rest.strip_prefix(start)) {
        Some(behind) => rest = behind,
        None => return false,
    }
    let parts: Vec<&str> = parts.collect();
    let Some((end, middle)) = parts.split_last() else {
        return rest.is_empty();
    };
    for part in middle {
        match rest.split_once(part) {
            Some((_, behind)) => rest = behind,
            None => return false,
        }
    }
    rest.ends_with(end)
}

/// The repository's own setting, where the registry says nothing.
fn own(cx: &Context<'_>, resource: &Resource, on: &mut On<'_>) {
    let origin = match resource.flag("image_scanning_configuration.scan_on_push") {
        Seen::Set(true, _) => return on.pass(),
        Seen::Unknown(why) => return on.unknown(why),
        Seen::Set(false, origin) => origin,
        Seen::Unset => None,
    };
    if let Err(why) = cx.all_here(resource.stack, "aws_ecr_registry_scanning_configuration") {
        return on.unknown(why);
    }
    let name = &resource.address;
    let message = phrase!(
        en: "images of `{name}` are not scanned when they are pushed: set `scan_on_push = true`",
        ja: "`{name}` のイメージはプッシュ時にスキャンされない。`scan_on_push = true` とすること",
    );
    let fault = Fault::of_value(cx.estate, resource, origin.as_ref(), message);
    let (blocks, _) = resource.blocks("image_scanning_configuration");
    let change = blocks
        .first()
        .and_then(|block| set(cx.estate, block, "scan_on_push", "true"));
    let title = phrase!(en: "Scan on push", ja: "プッシュ時にスキャンする");
    on.fail(match change {
        Some(change) => fault.fix(Fix::safe(title).with(change)),
        None => fault,
    });
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn filters_match_as_the_registry_does() {
        let names = [
            "prod",
            "repo-prod",
            "prod-repo",
            "repo-prod-repo",
            "prodrepo",
        ];
        for (filter, hits) in [
            ("prod", [true, true, true, true, true]),
            ("*prod", [true, true, false, false, false]),
            ("prod*", [true, false, true, false, true]),
            ("*prod*", [true, true, true, true, true]),
            ("prod*repo", [false, false, true, false, true]),
        ] {
            assert_eq!(names.map(|name| matches(filter, name)), hits, "{filter}");
        }
    }
}
