use sekisho_access::iam::Tri;
use sekisho_model::{Fields, Job, Phrase, Pipeline, Resource, Severity, phrase};
use sekisho_text::Route;

use super::holders::named;
use super::holding::Holding;
use super::policy::Policy;
use super::powers::{Power, deploy, entries, push};
use super::trust::{Issuer, chosen, trusts};
use super::workload_role_powers::rules_iam;
use crate::deeds::aws::{Means, settled};
use crate::deeds::{Deed, JobDeeds, events};
use crate::identity::role_arn::{self, RoleArn};
use crate::links::Link;
use crate::{Check, Context, Fault, Level, On, Sheet, check};

check! {
    /// **What it shows.** The AWS role that a pipeline's job takes fits the job: a job that runs for pull requests, before any review,
    /// takes no role that pushes images or changes what runs; a job that neither pushes nor deploys takes none that may; and no
    /// job but one of infrastructure may change IAM. The way is shown: trigger, job, role, policy.
    ///
    /// **Why it matters.** What a job may do in AWS, every dependency of its build and everybody who can start it may do. A workflow
    /// looks harmless as long as nobody reads the role that it takes, and a role looks harmless as long as nobody reads who
    /// takes it.
    ///
    /// **Bad**
    /// ```yaml
    /// on: pull_request
    /// jobs:
    ///   test:
    ///     steps:
    ///       - uses: aws-actions/configure-aws-credentials@v5
    ///         with: { role-to-assume: "arn:aws:iam::111122223333:role/push" }
    /// ```
    ///
    /// **Good.** A role for tests that reads what the tests need; the role that pushes trusts the main branch or an environment alone.
    ///
    /// **References.** <https://docs.github.com/en/actions/reference/security/oidc>
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html>
    ///
    /// # 日本語
    /// **示すこと。** パイプラインの job が引き受ける AWS ロールが、その job に見合っていること。レビュー前のプルリクエストで動く job は、イメージのプッシュや
    /// 実行内容の変更ができるロールを引き受けない。どちらも行わない job はそのようなロールを持たない。インフラ用以外の job は IAM を変更できない。
    /// トリガー、job、ロール、ポリシーの経路を示す。
    ///
    /// **理由。** job が AWS でできることは、ビルドのすべての依存と、job を起動できるすべての者ができる。ワークフローだけを見てもロールの権限は
    /// 分からず、ロールだけを見ても誰が使うかは分からない。
    ///
    /// **直し方。** テスト用には必要なものだけを読めるロールを作り、プッシュ用のロールは main ブランチか environment だけを信頼する。
    PipelineRoleRights = "pipeline-role-rights";
    control: "T4.1",
    severity: High,
    profile: Default,
    level: Level::Estate,
    fix: None,
    title: "A job's role does not fit the job", "job に見合わない AWS ロール",
}

/// One role that a job takes.
struct Taken<'t, 'a> {
    pipeline: &'t Pipeline,
    job: &'t Job,
    own: &'t JobDeeds,
    route: &'t Route,
    index: usize,
    role: &'a Resource,
}

impl Check for PipelineRoleRights {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        let entries = entries(cx.estate, cx.links());
        for (index, pipeline) in cx.estate.pipelines().iter().enumerate() {
            let Some(deeds) = cx.deeds().get(index) else {
                continue;
            };
            for (job, own) in pipeline.jobs.iter().zip(&deeds.jobs) {
                // Of a called workflow its own jobs are looked at.
                if job.calls.is_some() || own.is_never {
                    continue;
                }
                for identity in &own.identities {
                    let Means::Role(text) = &identity.means else {
                        continue;
                    };
                    let mut on = sheet.on_pipeline(index);
                    match role(cx, &settled(pipeline, job, text)) {
                        Link::To(index, role) if !role.is_data => {
                            let route = &identity.route;
                            let taken = Taken {
                                pipeline,
                                job,
                                own,
                                route,
                                index,
                                role,
                            };
                            let grants = cx.grants().role(index);
                            let may = (push(grants), deploy(cx, &entries, index, role));
                            judge(cx, &taken, &may, &mut on);
                        }
                        Link::To(_, role) => {
                            let address = &role.address;
                            on.unknown(phrase!(
                                en: "`{address}` is only looked up here; an AWS snapshot tells what it may do",
                                ja: "`{address}` はここでは参照されるだけで、許可の内容は AWS スナップショットがあれば分かる",
                            ));
                        }
                        Link::Away(why) => on.unknown(why),
                    }
                }
            }
        }
    }
}

/// The role that a job names. Its account is often a variable; its name is enough when only one role has it.
fn role<'a>(cx: &Context<'a>, text: &str) -> Link<'a> {
    if let Some(parsed) = role_arn::parse(text) {
        return named(cx, text, parsed);
    }
    let name = text
        .rsplit_once(":role/")
        .map(|(_, path)| path.rsplit('/').next().unwrap_or(path));
    match name.filter(|name| !name.is_empty() && !name.contains('$')) {
        Some(name) => named(cx, text, RoleArn { account: "", name }),
        None => Link::Away(phrase!(
            en: "which role `{text}` is stands in the settings of the repository; write its ARN out",
            ja: "`{text}` がどのロールかはリポジトリの設定にある。ARN を直接書けば分かる",
        )),
    }
}

fn judge<'a>(
    cx: &Context<'a>,
    taken: &Taken<'_, 'a>,
    may: &(Power<'a>, Power<'a>),
    on: &mut On<'_>,
) {
    let address = &taken.role.address;
    let id = &taken.job.id;
    let (rights, open) = rights(may);
    let is_reviewed = if takes_reviews(taken) {
        trusts_reviews(cx, taken)
    } else {
        Ok(false)
    };
    let is_reviewed = match is_reviewed {
        Ok(is_reviewed) => is_reviewed,
        Err(why) => return on.unknown(why),
    };
    if let Some((by, en, ja)) = rights.first().copied()
        && is_reviewed
    {
        let message = phrase!(
            en: "job `{id}` runs for pull requests and takes `{address}`, which may {en}: whoever opens one does so before any review",
            ja: "job `{id}` はプルリクエストで動き、{ja}できる `{address}` を引き受ける。プルリクエストを開く者がレビュー前に実行できる",
        );
        return on.fail(fault(cx, taken, by, message).key(format!("review {id} {address}")));
    }
    let is_infrastructure = taken
        .own
        .done
        .iter()
        .any(crate::deeds::Done::is_infrastructure);
    let holding = Holding::of(cx, taken.index, taken.role);
    let (rules, unsure) = rules_iam(&holding);
    if let Some((action, by)) = rules
        && !is_infrastructure
    {
        let message = phrase!(
            en: "job `{id}` takes `{address}`, which may do `{action}`: whoever gets into the job has every right in the account; give it a role for what it does",
            ja: "job `{id}` が引き受ける `{address}` は `{action}` を実行でき、job に侵入した者がアカウントのすべての権限を得る。作業に必要なロールを与える",
        );
        return on.fail(fault(cx, taken, by, message).key(format!("iam {id} {address}")));
    }
    let is_idle = does_neither(taken.own);
    if let Some((by, en, ja)) = rights.first().copied()
        && is_idle
    {
        let message = phrase!(
            en: "job `{id}` neither pushes images nor deploys, and takes `{address}`, which may {en}",
            ja: "job `{id}` はイメージのプッシュもデプロイも行わないが、{ja}できる `{address}` を引き受ける",
        );
        let fault = fault(cx, taken, by, message).severity(Severity::Medium);
        return on.fail(fault.key(format!("idle {id} {address}")));
    }
    // A job that ships after review may have such rights; whether both are in one role is another check's.
    match open.filter(|_| is_reviewed || is_idle).or(unsure) {
        Some(why) => on.unknown(why),
        None => on.pass(),
    }
}

/// What gives a right to change what runs, in words.
type Right<'a> = (&'a Resource, &'static str, &'static str);

fn rights<'a>(may: &(Power<'a>, Power<'a>)) -> (Vec<Right<'a>>, Option<Phrase>) {
    let mut rights = Vec::new();
    let mut open = None;
    for (power, en, ja) in [
        (&may.0, "push images", "イメージをプッシュ"),
        (&may.1, "change what runs", "実行内容を変更"),
    ] {
        match power {
            Power::By(by) => rights.extend(by.first().map(|by| (*by, en, ja))),
            Power::None => {}
            Power::Open(why) => open = Some(why.clone()),
        }
    }
    (rights, open)
}

/// Whether the job, with the step that takes the role, runs for a pull request that nobody has reviewed.
fn takes_reviews(taken: &Taken<'_, '_>) -> bool {
    let is_started = events(taken.pipeline)
        .iter()
        .any(|event| event == "pull_request");
    let place = taken.route.to_string();
    let steps = taken.job.steps.iter();
    let mut step = steps.filter(|step| place.starts_with(&format!("{}.", step.route)));
    let conditions = [Some(&taken.job.value), step.next().map(|step| &step.value)];
    let is_excluded = conditions.into_iter().flatten().any(|value| {
        let text = value.text("if").unwrap_or_default();
        let names_event = text.contains("github.event_name") && !text.contains("'pull_request'");
        // `github.ref` of a pull request is `refs/pull/…`.
        let names_branch = text.contains("github.ref") && text.contains("==");
        let not_review = text.contains("github.event_name != 'pull_request'");
        (names_event || names_branch || not_review) && !text.contains("||")
    });
    is_started && !is_excluded
}

/// Whether the role takes the token of such a run. Its subject is that of the environment, where the job has one (GitHub,
/// "OpenID Connect reference").
fn trusts_reviews(cx: &Context<'_>, taken: &Taken<'_, '_>) -> Result<bool, Phrase> {
    let Some(value) = taken
        .role
        .raw("assume_role_policy")
        .filter(|value| !value.is_null())
    else {
        return Ok(false);
    };
    let policy = Policy::of(cx.links(), taken.role, &value)?;
    let environment = taken.job.value.text("environment");
    let environment = environment.or_else(|| taken.job.value.text("environment.name"));
    let end = environment.map_or_else(
        || "pull_request".to_owned(),
        |name| format!("environment:{name}"),
    );
    for trust in trusts(cx.links(), taken.role, &policy) {
        if trust.issuer != Some(Issuer::GitHub) {
            continue;
        }
        let mut repositories: Vec<String> = trust
            .named()
            .iter()
            .filter_map(|pattern| {
                let path = pattern.strip_prefix("repo:")?;
                Some(chosen(path.split(':').next().unwrap_or(path)))
            })
            .collect();
        repositories.push("zq9/zq9".to_owned());
        for repository in repositories {
            match trust.takes(&format!("repo:{repository}:{end}")) {
                Tri::Yes => return Ok(true),
                Tri::No => {}
                Tri::Unknown(keys) => {
                    let keys: Vec<String> = keys.into_iter().collect();
                    let keys = keys.join(", ");
                    return Err(phrase!(
                        en: "whether a pull request can take the role depends on {keys}",
                        ja: "プルリクエストがロールを引き受けられるかは {keys} による",
                    ));
                }
            }
        }
    }
    Ok(false)
}

/// True when all of a job was read, and nothing of it pushes or deploys.
fn does_neither(own: &JobDeeds) -> bool {
    let ships = own.done.iter().any(|done| {
        matches!(
            done.deed,
            Deed::PushesImage
                | Deed::Deploys
                | Deed::RollsBack
                | Deed::MayShip
                | Deed::PushesCommits
                | Deed::EditsManifests
        )
    });
    !ships && own.gaps.is_empty()
}

fn fault(cx: &Context<'_>, taken: &Taken<'_, '_>, by: &Resource, message: Phrase) -> Fault {
    let fault = Fault::at(taken.route.clone(), message);
    let fault = fault.beside(
        cx.estate,
        taken.role,
        phrase!(en: "the role", ja: "そのロール"),
    );
    fault.beside(
        cx.estate,
        by,
        phrase!(en: "gives it the right", ja: "権限を与えている"),
    )
}
