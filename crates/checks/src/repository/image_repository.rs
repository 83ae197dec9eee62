use std::collections::BTreeMap;

use sekisho_model::{Fix, Phrase, Resource, Seen, SourceKind, phrase};
use sekisho_terraform::Origin;

use super::ecr_host::EcrHost;
use super::mutability::{Mutability, fixed};
use super::scanning::Scanning;
use crate::image::reference::{Reference, Used, images};
use crate::{Check, Context, Fault, Level, Sheet, check};

check! {
    /// **What it shows.** The way from a workload to its ECR repository: workloads that pull by a tag that can be pushed again, and
    /// workloads whose images nothing scans when they are pushed. One finding for each repository, with every workload.
    ///
    /// The repository is found in a snapshot by account, region and name; in Terraform by its name, where nothing says that it is
    /// another account. Other registries are left to `untrusted-registry`.
    ///
    /// **Why it matters.** A tag in a manifest and a mutable repository are harmless apart. Together, whoever may push decides
    /// what these pods run after their next restart, and no change of a manifest shows it.
    ///
    /// **Bad**
    /// ```yaml
    /// image: 111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/cart:1.4 # `shop/cart` is MUTABLE
    /// ```
    ///
    /// **Good**
    /// ```yaml
    /// image: 111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/cart:1.4@sha256:5f0c…
    /// ```
    ///
    /// **References.** <https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html> ·
    /// [MITRE ATT&CK T1525](https://attack.mitre.org/techniques/T1525/)
    ///
    /// # 日本語
    /// **示すこと。** ワークロードから ECR リポジトリまでの経路。上書きできるタグで取得しているワークロードと、プッシュ時にスキャンされないイメージを
    /// 実行しているワークロードを示す。リポジトリごとに一件とし、該当するワークロードをすべて挙げる。
    ///
    /// リポジトリは、スナップショットではアカウント・リージョン・名前で、Terraform では (別アカウントと分かる場合を除き) 名前で特定する。
    /// ほかのレジストリは `untrusted-registry` が扱う。
    ///
    /// **理由。** マニフェストのタグ指定と可変のリポジトリは、別々なら害がない。重なると、プッシュできる者が次の再起動後に Pod で動くものを
    /// 決められ、マニフェストには何の変化も現れない。
    ///
    /// **直し方。** ダイジェストで指定するか、リポジトリのタグを不変にする。スキャンはレジストリの設定で有効にする。
    ImageRepository = "image-repository";
    control: "T4.7",
    severity: Medium,
    profile: Default,
    level: Level::Estate,
    fix: Risky,
    title: "What runs comes from a loose repository", "管理の緩いリポジトリから取得されるイメージ",
}

const REPOSITORY: &str = "aws_ecr_repository";

/// One image of a workload that is kept in a repository.
struct Pull<'a> {
    object: usize,
    used: Used<'a>,
    /// `None` when it is pulled by digest.
    tag: Option<String>,
}

impl Check for ImageRepository {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        let sources = [SourceKind::Terraform, SourceKind::Aws];
        if !sources.iter().any(|source| cx.estate.has(*source)) {
            return;
        }
        let mut pulls: BTreeMap<usize, Vec<Pull<'_>>> = BTreeMap::new();
        for (object, pod) in cx.workloads().all() {
            for used in images(pod) {
                let Some(reference) = Reference::read(used.image) else {
                    continue;
                };
                let Some(host) = EcrHost::read(&reference.host) else {
                    continue;
                };
                let tag = reference.tag.unwrap_or("latest").to_owned();
                let tag = reference.digest.is_none().then_some(tag);
                match find(cx, &host, &reference.path) {
                    Ok(repository) => pulls.entry(repository).or_default().push(Pull {
                        object: *object,
                        used,
                        tag,
                    }),
                    Err(why) => sheet.on(*object).unknown(why),
                }
            }
        }
        for (index, pulls) in &pulls {
            if let Some(repository) = cx.estate.resources().get(*index) {
                moved(cx, *index, repository, pulls, sheet);
                scanned(cx, *index, repository, pulls, sheet);
            }
        }
    }
}

/// The repository of an image, by its index in the estate; a snapshot knows it better than Terraform.
fn find(cx: &Context<'_>, host: &EcrHost<'_>, name: &str) -> Result<usize, Phrase> {
    let EcrHost { account, region } = host;
    let stack = |resource: &Resource| cx.estate.stacks().get(resource.stack);
    let is_named =
        |resource: &Resource| matches!(resource.text("name"), Seen::Set(own, _) if own == name);
    let mut planned = None;
    for (index, repository) in cx.estate.of_type(REPOSITORY) {
        let Some(stack) = stack(repository).filter(|_| is_named(repository)) else {
            continue;
        };
        let is_told = stack.source == SourceKind::Aws;
        let own = stack.account.as_ref().or(repository.place.account.as_ref());
        if is_told
            && own.is_some_and(|own| own == account)
            && stack.region.as_deref() == Some(region)
        {
            return Ok(index);
        }
        let is_elsewhere = own.is_some_and(|own| own != account)
            || matches!(repository.text("region"), Seen::Set(own, _) if own != *region);
        if !is_told && !is_elsewhere {
            planned = planned.or(Some(index));
        }
    }
    planned.ok_or_else(|| phrase!(
        en: "what the repository `{name}` of account {account} in `{region}` allows: it is not among the files; add a snapshot of that account",
        ja: "アカウント {account} の `{region}` にあるリポジトリ `{name}` の設定: ファイルの中にない。そのアカウントのスナップショットを加える",
    ))
}

/// Tags that are pulled and can be pushed again.
fn moved(
    cx: &Context<'_>,
    index: usize,
    repository: &Resource,
    pulls: &[Pull<'_>],
    sheet: &mut Sheet<'_>,
) {
    let mutability = Mutability::of(repository);
    let mut loose = Vec::new();
    let mut place = None;
    for pull in pulls {
        let mut on = sheet.on(pull.object);
        match pull.tag.as_ref().map(|tag| mutability.moves(tag)) {
            None | Some(Seen::Set(false, _) | Seen::Unset) => on.pass(),
            Some(Seen::Unknown(why)) => on.unknown(why),
            Some(Seen::Set(true, origin)) => {
                on.fail_told_by(&["image-repository"]);
                place = origin;
                loose.push(pull);
            }
        }
    }
    let Some(first) = loose.first() else {
        return;
    };
    let (name, image, more) = (&repository.address, first.used.image, loose.len() - 1);
    let (and_more, hoka) = others(more);
    let message = phrase!(
        en: "`{image}`{and_more} is pulled by a tag that can be pushed again in `{name}`: who may push there decides what runs after the next restart; name the digest, or make the tags immutable",
        ja: "`{image}`{hoka} は、`{name}` で上書きできるタグで取得される。そこにプッシュできる者が、次の再起動後に動くものを決められる。ダイジェストで指定するか、タグを不変にする",
    );
    let fault = shown(cx, repository, place.as_ref(), message, &loose).key("tags");
    let title = phrase!(en: "Make tags immutable", ja: "タグを不変にする");
    sheet
        .on_resource(index)
        .fail(match fixed(cx.estate, repository) {
            Some(change) => fault.fix(Fix::risky(title).with(change)),
            None => fault,
        });
}

/// Images that run and that nothing scanned.
fn scanned(
    cx: &Context<'_>,
    index: usize,
    repository: &Resource,
    pulls: &[Pull<'_>],
    sheet: &mut Sheet<'_>,
) {
    let origin = match Scanning::of(cx, repository) {
        Scanning::Scans => {
            return pulls.iter().for_each(|pull| sheet.on(pull.object).pass());
        }
        Scanning::Unknown(why) => {
            return pulls
                .iter()
                .for_each(|pull| sheet.on(pull.object).unknown(why.clone()));
        }
        Scanning::LeftOut(_) => None,
        Scanning::Off(origin) => origin,
    };
    let all: Vec<&Pull<'_>> = pulls.iter().collect();
    let Some(first) = all.first() else {
        return;
    };
    for pull in pulls {
        sheet.on(pull.object).fail_told_by(&["image-repository"]);
    }
    let (name, image, more) = (&repository.address, first.used.image, all.len() - 1);
    let (and_more, hoka) = others(more);
    let message = phrase!(
        en: "`{image}`{and_more} runs from `{name}`, where nothing is scanned on push: a known hole in it is found by nobody",
        ja: "`{image}`{hoka} は、プッシュ時にスキャンされない `{name}` から取得されて動く。既知の脆弱性があっても誰も気付かない",
    );
    let fault = shown(cx, repository, origin.as_ref(), message, &all);
    sheet.on_resource(index).fail(fault.key("scan"));
}

fn others(more: usize) -> (String, String) {
    match more {
        0 => (String::new(), String::new()),
        more => (format!(" (and {more} more)"), format!(" (ほか {more} 件)")),
    }
}

/// A fault of a repository, with the workloads that lead to it.
fn shown(
    cx: &Context<'_>,
    repository: &Resource,
    origin: Option<&Origin>,
    message: Phrase,
    pulls: &[&Pull<'_>],
) -> Fault {
    let fault = Fault::of_value(cx.estate, repository, origin, message);
    pulls.iter().fold(fault, |fault, pull| {
        let (en, ja) = (&pull.used.en, &pull.used.ja);
        let text = phrase!(en: "{en} runs it", ja: "{ja}が実行する");
        fault.related(pull.object, pull.used.route.clone(), text)
    })
}
