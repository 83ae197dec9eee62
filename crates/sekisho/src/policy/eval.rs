//! `sekisho policy eval`: what a set of policies decides about objects and admission reviews.

use std::io::{self, Write};

use sekisho_model::Lang;
use sekisho_policy::admission::{Loaded, Options, PolicySet, Request, RequestError, World};
use sekisho_policy::gatekeeper::EnforcementPoint;
use sekisho_policy::vap::User;
use sekisho_policy::{Decision, PolicyKind, Remark};
use serde::Serialize;
use serde_json::Value;

use super::documents::{Item, Items, called, items};
use crate::args::{PolicyEvalArgs, PolicyFormat};
use crate::exit::{Exit, talk};
use crate::{language, output};

#[derive(Debug, Serialize)]
struct Evaluation {
    policies: Vec<PolicyRead>,
    decisions: Vec<Decided>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unread: Vec<Unread>,
}

/// One policy object: whether the server, or Gatekeeper, takes it.
#[derive(Debug, Serialize)]
struct PolicyRead {
    name: String,
    kind: String,
    file: String,
    accepted: bool,
    /// Empty when it is accepted.
    refusal: String,
    warnings: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Decided {
    file: String,
    object: String,
    allowed: bool,
    denials: Vec<Said>,
    warnings: Vec<Said>,
    /// What policies that are only tried would have said.
    dry_runs: Vec<Said>,
}

#[derive(Debug, Serialize)]
struct Said {
    policy: String,
    message: String,
    /// The policy could not be evaluated; the message says why.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    failed: bool,
}

#[derive(Debug, Serialize)]
struct Unread {
    file: String,
    reason: String,
}

pub(crate) fn run(args: &PolicyEvalArgs) -> anyhow::Result<Exit> {
    let policies = items(&args.policies)?;
    let asked = items(&args.paths)?;
    let progress = output::progress(false, "evaluating");
    let user = User {
        name: args.user.clone(),
        groups: args.groups.clone(),
        ..User::default()
    };
    let evaluation = evaluate(policies, asked, &user);
    progress.finish_and_clear();
    let write = |out: &mut dyn Write| match args.format {
        PolicyFormat::Human => evaluation.human(language::choose(args.lang), out),
        PolicyFormat::Json => output::json(&evaluation, out),
    };
    output::to(args.output.as_deref(), write)?;
    for one in &evaluation.unread {
        talk(&format!("unread: {}: {}", one.file, one.reason));
    }
    Ok(evaluation.exit())
}

fn evaluate(policies: Items, asked: Items, user: &User) -> Evaluation {
    let (files, objects): (Vec<String>, Vec<Value>) = policies
        .all
        .into_iter()
        .map(|item| (item.file, item.value))
        .unzip();
    let Loaded { set, read } = PolicySet::load(&objects, &Options::default());
    let world = World::of(&objects);
    let mut unread: Vec<Unread> = [policies.unread, asked.unread]
        .into_iter()
        .flatten()
        .map(|(file, reason)| Unread { file, reason })
        .collect();
    let mut decisions = Vec::new();
    for item in asked.all {
        match decide(&set, &world, item, user) {
            Ok(decided) => decisions.push(decided),
            Err(one) => unread.push(one),
        }
    }
    let policies = read.into_iter().filter_map(|one| {
        // A binding has no rules of its own: it is told when it is wrong.
        let is_binding = one.kind == "ValidatingAdmissionPolicyBinding";
        if is_binding && one.refusal.is_none() {
            return None;
        }
        let is_own = one.kind.starts_with("ValidatingAdmissionPolicy")
            || one.kind == "ConstraintTemplate"
            || one.kind == "ExpansionTemplate";
        Some(PolicyRead {
            name: if is_own {
                one.name
            } else {
                format!("{}/{}", one.kind, one.name)
            },
            kind: one.kind,
            file: files.get(one.index).cloned().unwrap_or_default(),
            accepted: one.refusal.is_none(),
            refusal: one.refusal.unwrap_or_default(),
            warnings: one.warnings,
        })
    });
    Evaluation {
        policies: policies.collect(),
        decisions,
        unread,
    }
}

fn decide(set: &PolicySet, world: &World, item: Item, user: &User) -> Result<Decided, Unread> {
    let Item { file, value } = item;
    let is_review = value.get("kind").and_then(Value::as_str) == Some("AdmissionReview");
    let request = if is_review {
        Request::of_review(&value)
    } else {
        Request::of_object(&value, world.plural(&value), user)
    };
    let request = match request {
        Ok(request) => request,
        // The server has the first word: no policy is asked about what it refuses.
        Err(RequestError::Refused(message)) => {
            let policy = "kube-apiserver".to_owned();
            let denial = Said {
                policy,
                message,
                failed: false,
            };
            return Ok(Decided {
                file,
                object: called(&value),
                allowed: false,
                denials: vec![denial],
                warnings: Vec::new(),
                dry_runs: Vec::new(),
            });
        }
        Err(RequestError::Malformed(reason)) => return Err(Unread { file, reason }),
    };
    let decision = set.decide(&request, world, EnforcementPoint::Webhook);
    let object = if request.object().is_null() {
        request.old_object()
    } else {
        request.object()
    };
    Ok(Decided {
        file,
        object: called(object),
        allowed: decision.allowed(),
        denials: said(&decision, &request, |decision| &decision.denials),
        warnings: said(&decision, &request, |decision| &decision.warnings),
        dry_runs: said(&decision, &request, |decision| &decision.dry_runs),
    })
}

fn said(decision: &Decision, request: &Request, which: fn(&Decision) -> &Vec<Remark>) -> Vec<Said> {
    let is_denial = std::ptr::eq(which(decision), &raw const decision.denials);
    let remarks = which(decision).iter();
    remarks
        .map(|remark| {
            let is_ours = remark.policy.engine == PolicyKind::Gatekeeper;
            Said {
                policy: match remark.policy.engine {
                    PolicyKind::Admission => remark.policy.name.clone(),
                    PolicyKind::Gatekeeper | PolicyKind::PodSecurity => remark.policy.to_string(),
                },
                // The server's own plugins refuse in its words.
                message: if is_denial && !is_ours {
                    request.forbidden(&remark.message)
                } else {
                    remark.message.clone()
                },
                failed: remark.failed,
            }
        })
        .collect()
}

impl Evaluation {
    fn exit(&self) -> Exit {
        let is_denied = self.decisions.iter().any(|decided| !decided.allowed);
        let is_open =
            !self.unread.is_empty() || self.policies.iter().any(|policy| !policy.accepted);
        match (is_denied, is_open) {
            (true, _) => Exit::Findings,
            (false, true) => Exit::Incomplete,
            (false, false) => Exit::Clean,
        }
    }

    /// Refused policies, then each object that a policy speaks of, then the count.
    fn human(&self, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
        let ja = lang == Lang::Ja;
        for policy in self.policies.iter().filter(|policy| !policy.accepted) {
            let word = if ja {
                "拒否された policy"
            } else {
                "refused policy"
            };
            writeln!(out, "{word} {}: {}", policy.name, policy.refusal)?;
        }
        for policy in &self.policies {
            for warning in &policy.warnings {
                let word = if ja { "警告" } else { "warning" };
                writeln!(out, "{word} {}: {warning}", policy.name)?;
            }
        }
        let is_told = |decided: &&Decided| {
            !decided.denials.is_empty()
                || !decided.warnings.is_empty()
                || !decided.dry_runs.is_empty()
        };
        for decided in self.decisions.iter().filter(is_told) {
            let word = match (decided.allowed, ja) {
                (true, false) => "allowed",
                (true, true) => "許可",
                (false, false) => "DENIED",
                (false, true) => "拒否",
            };
            writeln!(out, "{word} {} ({})", decided.object, decided.file)?;
            let words = [
                (&decided.denials, if ja { "拒否" } else { "denied by" }),
                (&decided.warnings, if ja { "警告" } else { "warned by" }),
                (
                    &decided.dry_runs,
                    if ja { "試行" } else { "would be denied by" },
                ),
            ];
            for (all, word) in words {
                for one in all {
                    writeln!(out, "    {word} {}: {}", one.policy, one.message)?;
                }
            }
        }
        let denied = self
            .decisions
            .iter()
            .filter(|decided| !decided.allowed)
            .count();
        let (all, policies) = (self.decisions.len(), self.policies.len());
        if ja {
            writeln!(
                out,
                "{all} 件を {policies} 個の policy で評価: 拒否 {denied} 件"
            )
        } else {
            writeln!(
                out,
                "{all} evaluated against {policies} policies: {denied} denied"
            )
        }
    }
}
