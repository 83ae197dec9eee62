//! What came of a rehearsal, as JSON (`sekisho.rehearsal/v1`), for people, and for a pull request.

use std::collections::BTreeMap;
use std::io::{self, Write};

use sekisho_model::Lang;
use sekisho_policy::rehearsal::{Change, Difference, Exemption, Origin, Rehearsal};
use serde::Serialize;

use super::recordings::PassedOver;

#[derive(Debug, Serialize)]
pub(super) struct Report<'r> {
    version: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    change: Option<&'r str>,
    from: Policies,
    to: Policies,
    pub(super) window: &'r Option<(String, String)>,
    pub(super) requests: u64,
    pub(super) distinct: u64,
    pub(super) summary: Summary,
    differences: Vec<Told<'r>>,
    exceptions: Vec<Exception>,
    pub(super) undecided: Vec<Undecided<'r>>,
    passed_over: &'r BTreeMap<&'static str, u64>,
    pub(super) unread: Vec<Unread<'r>>,
}

#[derive(Debug, Serialize)]
struct Policies {
    policies: usize,
    refused: usize,
}

#[derive(Debug, Serialize)]
pub(super) struct Summary {
    pub(super) newly_denied: u64,
    pub(super) newly_failing: u64,
    newly_allowed: u64,
    message_changed: u64,
    newly_warned: u64,
}

#[derive(Debug, Serialize)]
struct Told<'r> {
    change: &'static str,
    origin: &'static str,
    namespace: &'r str,
    owner: Owned<'r>,
    kind: &'r str,
    users: Vec<&'r str>,
    policies: Vec<String>,
    count: u64,
    first_seen: Option<&'r str>,
    last_seen: Option<&'r str>,
    example: Example<'r>,
    #[serde(skip)]
    of: &'r Difference,
}

#[derive(Debug, Serialize)]
struct Owned<'r> {
    kind: &'r str,
    name: &'r str,
}

#[derive(Debug, Serialize)]
struct Example<'r> {
    name: &'r str,
    message: &'r str,
}

#[derive(Debug, Serialize)]
struct Exception {
    policy: String,
    place: &'static str,
    namespaces: Vec<String>,
    has_cluster_wide: bool,
    covers: u64,
}

#[derive(Debug, Serialize)]
pub(super) struct Undecided<'r> {
    namespace: &'r str,
    owner: Owned<'r>,
    policy: String,
    reason: &'r str,
}

#[derive(Debug, Serialize)]
pub(super) struct Unread<'r> {
    file: &'r str,
    reason: &'r str,
}

fn word(change: Change) -> &'static str {
    match change {
        Change::NewlyDenied => "newly-denied",
        Change::NewlyFailing => "newly-failing",
        Change::NewlyAllowed => "newly-allowed",
        Change::MessageChanged => "message-changed",
        Change::NewlyWarned => "newly-warned",
    }
}

fn title(change: Change, ja: bool) -> &'static str {
    match (change, ja) {
        (Change::NewlyDenied, false) => "Newly denied",
        (Change::NewlyDenied, true) => "新たに拒否",
        (Change::NewlyFailing, false) => "Newly denied, because a policy fails",
        (Change::NewlyFailing, true) => "ポリシーの評価失敗により新たに拒否",
        (Change::NewlyAllowed, false) => "Newly allowed",
        (Change::NewlyAllowed, true) => "新たに許可",
        (Change::MessageChanged, false) => "Denied for another reason",
        (Change::MessageChanged, true) => "拒否理由の変化",
        (Change::NewlyWarned, false) => "Newly warned, and allowed",
        (Change::NewlyWarned, true) => "新たに警告 (許可)",
    }
}

impl<'r> Report<'r> {
    pub(super) fn of(
        rehearsal: &'r Rehearsal,
        [from, to]: [(usize, usize); 2],
        passed_over: &'r PassedOver,
        unread: &'r [(String, String)],
        change: Option<&'r str>,
    ) -> Self {
        let count = |change| rehearsal.count(change);
        let policies = |(policies, refused)| Policies { policies, refused };
        Self {
            version: "sekisho.rehearsal/v1",
            change,
            from: policies(from),
            to: policies(to),
            window: &rehearsal.window,
            requests: rehearsal.requests,
            distinct: rehearsal.distinct,
            summary: Summary {
                newly_denied: count(Change::NewlyDenied),
                newly_failing: count(Change::NewlyFailing),
                newly_allowed: count(Change::NewlyAllowed),
                message_changed: count(Change::MessageChanged),
                newly_warned: count(Change::NewlyWarned),
            },
            differences: rehearsal.differences.iter().map(told).collect(),
            exceptions: rehearsal.exemptions().into_iter().map(exception).collect(),
            undecided: rehearsal
                .undecided
                .iter()
                .map(|one| Undecided {
                    namespace: &one.namespace,
                    owner: Owned {
                        kind: &one.owner.kind,
                        name: &one.owner.name,
                    },
                    policy: one.policy.to_string(),
                    reason: &one.reason,
                })
                .collect(),
            passed_over: &passed_over.0,
            unread: unread
                .iter()
                .map(|(file, reason)| Unread { file, reason })
                .collect(),
        }
    }

    fn of_change(&self, change: Change) -> impl Iterator<Item = &Told<'r>> {
        self.differences
            .iter()
            .filter(move |one| one.of.change == change)
    }

    /// Each change with its owners, the smallest exceptions, and what was tried.
    pub(super) fn human(&self, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
        let ja = lang == Lang::Ja;
        if let Some(change) = self.change {
            writeln!(out, "{change}\n")?;
        }
        for change in Change::ALL {
            let mut any = false;
            for one in self.of_change(change) {
                if !any {
                    writeln!(out, "{}", title(change, ja))?;
                    any = true;
                }
                writeln!(out, "  {}", one.line(ja))?;
                writeln!(
                    out,
                    "      {}: {}",
                    one.policies.join(", "),
                    one.example.message
                )?;
            }
            if any {
                writeln!(out)?;
            }
        }
        if !self.exceptions.is_empty() {
            writeln!(
                out,
                "{}",
                if ja {
                    "何も新たに拒否しないための最小の例外"
                } else {
                    "The smallest exceptions with which nothing is newly denied"
                }
            )?;
            for one in &self.exceptions {
                writeln!(out, "  {}", one.line(ja))?;
            }
            writeln!(out)?;
        }
        for one in &self.undecided {
            let word = if ja { "不明" } else { "unknown" };
            writeln!(
                out,
                "{word}: {} {} {}: {}: {}",
                one.namespace, one.owner.kind, one.owner.name, one.policy, one.reason
            )?;
        }
        writeln!(out, "{}", self.tried(ja))
    }

    /// A table for a pull request.
    pub(super) fn markdown(&self, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
        let ja = lang == Lang::Ja;
        writeln!(out, "## {}\n", if ja { "リハーサル" } else { "Rehearsal" })?;
        if let Some(change) = self.change {
            writeln!(out, "`{}`\n", escape(change))?;
        }
        for change in Change::ALL {
            if self.of_change(change).next().is_none() {
                continue;
            }
            writeln!(out, "### {}\n", title(change, ja))?;
            if ja {
                writeln!(out, "| Namespace | 所有者 | 種類 | 件数 | ポリシー | 例 |")?;
            } else {
                writeln!(
                    out,
                    "| namespace | owner | kind | count | policy | example |"
                )?;
            }
            writeln!(out, "|---|---|---|---|---|---|")?;
            for one in self.of_change(change) {
                writeln!(
                    out,
                    "| {} | {} {} | {} | {} | {} | `{}`: {} |",
                    escape(one.namespace),
                    escape(one.owner.kind),
                    escape(one.owner.name),
                    escape(one.kind),
                    one.count,
                    escape(&one.policies.join(", ")),
                    escape(one.example.name),
                    escape(one.example.message),
                )?;
            }
            writeln!(out)?;
        }
        for one in &self.exceptions {
            writeln!(out, "- {}", escape(&one.line(ja)))?;
        }
        writeln!(out, "\n{}", escape(&self.tried(ja)))
    }

    fn tried(&self, ja: bool) -> String {
        let window = match self.window {
            Some((first, last)) => format!(" ({first} – {last})"),
            None => String::new(),
        };
        let (requests, distinct) = (self.requests, self.distinct);
        let (denied, failing) = (self.summary.newly_denied, self.summary.newly_failing);
        if ja {
            format!(
                "{requests} 件 (異なるもの {distinct} 件){window} を試行: 新たに拒否 {} 件、不明 {} 件",
                denied + failing,
                self.undecided.len()
            )
        } else {
            format!(
                "{requests} requests, {distinct} of them different{window}: {} newly denied, {} unknown",
                denied + failing,
                self.undecided.len()
            )
        }
    }
}

impl Told<'_> {
    fn line(&self, ja: bool) -> String {
        let namespace = if self.namespace.is_empty() {
            String::new()
        } else {
            format!("{} ", self.namespace)
        };
        let owner = format!("{} {}", self.owner.kind, self.owner.name);
        let what = match (self.of.origin, ja) {
            (Origin::Recorded, _) => String::new(),
            (Origin::Inventory, false) if self.kind == "Pod" => {
                ": it runs, and a reschedule would refuse it".to_owned()
            }
            (Origin::Inventory, true) if self.kind == "Pod" => {
                ": 実行中。再スケジュールで拒否される".to_owned()
            }
            (Origin::Inventory, false) => ": it is there".to_owned(),
            (Origin::Inventory, true) => ": 既にある".to_owned(),
            (Origin::Template, false) => ": the pods that its template makes".to_owned(),
            (Origin::Template, true) => ": テンプレートが作る Pod".to_owned(),
        };
        let is_self = self.owner.kind == self.kind;
        let kind = if is_self {
            String::new()
        } else {
            format!(" ({})", self.kind)
        };
        let users = if self.users.is_empty() {
            String::new()
        } else {
            format!(", {}", self.users.join(", "))
        };
        format!("{namespace}{owner}{kind} ×{}{users}{what}", self.count)
    }
}

impl Exception {
    fn line(&self, ja: bool) -> String {
        let (policy, place) = (&self.policy, self.place);
        let namespaces = self.namespaces.join(", ");
        let more = match (self.has_cluster_wide, ja) {
            (false, _) => "",
            (true, false) => {
                "; cluster-wide objects are denied as well, which no namespace excepts"
            }
            (true, true) => "。クラスタ全体のオブジェクトも拒否され、Namespace では除外できない",
        };
        if ja {
            format!(
                "{policy}: `{place}` で除外する Namespace: {namespaces} ({} 件){more}",
                self.covers
            )
        } else {
            format!(
                "{policy}: leave out by `{place}`: {namespaces} ({} requests){more}",
                self.covers
            )
        }
    }
}

fn told(of: &Difference) -> Told<'_> {
    Told {
        change: word(of.change),
        origin: match of.origin {
            Origin::Recorded => "recorded",
            Origin::Inventory => "inventory",
            Origin::Template => "template",
        },
        namespace: &of.namespace,
        owner: Owned {
            kind: &of.owner.kind,
            name: &of.owner.name,
        },
        kind: &of.kind,
        users: of.users.iter().map(String::as_str).collect(),
        policies: of.policies.iter().map(ToString::to_string).collect(),
        count: of.count,
        first_seen: of.seen.as_ref().map(|(first, _)| first.as_str()),
        last_seen: of.seen.as_ref().map(|(_, last)| last.as_str()),
        example: Example {
            name: &of.example.0,
            message: &of.example.1,
        },
        of,
    }
}

fn exception(of: Exemption) -> Exception {
    Exception {
        policy: of.policy.to_string(),
        place: of.place(),
        namespaces: of.namespaces,
        has_cluster_wide: of.has_cluster_wide,
        covers: of.covers,
    }
}

fn escape(text: &str) -> String {
    text.replace('|', "\\|")
        .replace(['\n', '\r'], " ")
        .replace('<', "&lt;")
}
