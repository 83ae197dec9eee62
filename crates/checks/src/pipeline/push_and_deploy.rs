use std::collections::BTreeMap;

use sekisho_model::{Fields, Job, Pipeline, phrase};
use sekisho_text::Route;

use crate::deeds::aws::{Means, settled};
use crate::deeds::{Deed, JobDeeds};
use crate::{Check, Context, Fault, Level, Sheet, check};

check! {
    /// **What it shows.** Whatever pushes images cannot deploy: no job does both, and no AWS role is taken by jobs that push and by
    /// jobs that deploy.
    ///
    /// **Why it matters.** Pushing an image and deciding that it runs are the two halves of taking over production. One bad
    /// dependency in a build that holds both needs nothing else.
    ///
    /// **Bad**
    /// ```yaml
    /// jobs:
    ///   release:
    ///     steps:
    ///       - run: docker push "$IMAGE"
    ///       - run: kubectl set image deployment/shop shop="$IMAGE"
    /// ```
    ///
    /// **Good.** Two jobs with a role each, or Argo CD, which deploys what a reviewed commit names:
    /// ```yaml
    /// jobs:
    ///   push:   # role shop-push: ECR only
    ///   deploy: # role shop-deploy: no ECR
    ///     needs: push
    /// ```
    ///
    /// **References.** [MITRE ATT&CK T1195 Supply Chain Compromise](https://attack.mitre.org/techniques/T1195/)
    ///
    /// # 日本語
    /// **示すこと。** イメージを push する主体がデプロイできないこと。両方を行う job がなく、push する job とデプロイする job が同じ AWS ロールを使わないこと。
    ///
    /// **理由。** イメージの push と、それを動かす決定は、本番を乗っ取る手順の両半分である。両方を持つビルドに悪意ある依存が 1 つ入れば、それで足りてしまう。
    ///
    /// **直し方。** job とロールを分ける。または、レビュー済みのコミットに従って Argo CD がデプロイする形にする。
    PushAndDeploy = "push-and-deploy";
    control: "T4.1",
    severity: High,
    profile: Default,
    level: Level::Estate,
    fix: None,
    title: "One hand pushes and deploys", "push とデプロイを同じ主体が行う",
}

/// A job that pushes or deploys, with a role that it takes.
struct Hand<'a> {
    pipeline: usize,
    job: &'a Job,
    environment: Option<String>,
    route: Route,
}

#[derive(Default)]
struct Role<'a> {
    pushes: Vec<Hand<'a>>,
    deploys: Vec<Hand<'a>>,
}

impl Check for PushAndDeploy {
    fn estate(&self, cx: &Context<'_>, sheet: &mut Sheet<'_>) {
        let mut roles: BTreeMap<(String, String), Role<'_>> = BTreeMap::new();
        for (index, pipeline) in cx.estate.pipelines().iter().enumerate() {
            let Some(deeds) = cx.deeds().get(index) else {
                continue;
            };
            for (job, own) in pipeline.jobs.iter().zip(&deeds.jobs) {
                // Of a called workflow its own jobs are looked at, not their sum.
                if job.calls.is_some() {
                    continue;
                }
                let (push, deploy) = (own.first(Deed::PushesImage), own.first(Deed::Deploys));
                if let (Some(push), Some(deploy)) = (push, deploy) {
                    let (id, pushes, deploys) = (&job.id, &push.tool, &deploy.tool);
                    sheet.on_pipeline(index).fail(Fault::at(deploy.route.clone(), phrase!(
                        en: "job `{id}` pushes an image (`{pushes}`) and deploys (`{deploys}`): whoever gets into its build ships what they like; split it into two jobs with a role each",
                        ja: "job `{id}` はイメージの push (`{pushes}`) とデプロイ (`{deploys}`) の両方を行い、ビルドに侵入した者が任意のものを出荷できます。ロールの異なる 2 つの job に分けてください"
                    )).key(id.clone()));
                } else if push.is_some() || deploy.is_some() {
                    sheet.on_pipeline(index).pass();
                    for (name, route) in roles_of(pipeline, job, own) {
                        let hand = Hand {
                            pipeline: index,
                            job,
                            environment: environment(job),
                            route,
                        };
                        let role = roles.entry((pipeline.root.clone(), name)).or_default();
                        if push.is_some() {
                            role.pushes.push(hand);
                        } else {
                            role.deploys.push(hand);
                        }
                    }
                }
            }
        }
        for ((_, name), role) in &roles {
            shared(name, role, sheet);
        }
    }
}

fn shared(name: &str, role: &Role<'_>, sheet: &mut Sheet<'_>) {
    let Some(push) = role.pushes.first() else {
        return;
    };
    for deploy in &role.deploys {
        // The same expression may give another role in another environment.
        let is_same = !name.contains('$')
            || role
                .pushes
                .iter()
                .any(|push| push.environment == deploy.environment);
        let mut on = sheet.on_pipeline(deploy.pipeline);
        if !is_same {
            on.unknown(phrase!(
                en: "`{name}` may be the same role where images are pushed and where they are deployed; write the roles out, or name the variables apart",
                ja: "push とデプロイで `{name}` が同じロールを指す可能性がある。ロールを直接書くか、変数名を分ける"
            ));
            continue;
        }
        let (pushes, deploys) = (&push.job.id, &deploy.job.id);
        on.fail(Fault::at(deploy.route.clone(), phrase!(
            en: "job `{deploys}` deploys with the role `{name}`, with which job `{pushes}` pushes images: whoever gets into the build deploys; give each a role of its own",
            ja: "job `{deploys}` は、job `{pushes}` がイメージを push するのと同じロール `{name}` でデプロイします。ビルドに侵入した者がデプロイもできます。ロールを分けてください"
        )).key(name));
    }
}

/// The roles that a job takes, variables filled in.
fn roles_of(pipeline: &Pipeline, job: &Job, own: &JobDeeds) -> Vec<(String, Route)> {
    let taken = own
        .identities
        .iter()
        .filter_map(|identity| match &identity.means {
            Means::Role(role) => Some((settled(pipeline, job, role), identity.route.clone())),
            Means::Key(key) if key.contains('$') => {
                Some((settled(pipeline, job, key), identity.route.clone()))
            }
            Means::Key(_) => None,
        });
    taken.filter(|(name, _)| !name.is_empty()).collect()
}

fn environment(job: &Job) -> Option<String> {
    let name = job
        .value
        .text("environment")
        .or_else(|| job.value.text("environment.name"));
    name.map(str::to_owned)
}
