use super::words::{Piece, Token};
use super::{Fate, Options};

/// The deepest nesting of groups that is followed.
const MOST_GROUPS: usize = 64;

/// A command with the operator behind it, as it is written.
pub(super) struct Raw {
    pub(super) words: Vec<(Vec<Piece>, Vec<String>)>,
    pub(super) then: &'static str,
    /// The groups it stands in, by number.
    pub(super) groups: Vec<usize>,
    pub(super) is_condition: bool,
    pub(super) is_redirected: bool,
}

/// A group `( … )`, `{ … }`, `if … fi`, `for … done`: what stands behind it.
pub(super) struct Group {
    opener: &'static str,
    pub(super) then: &'static str,
    next: usize,
}

/// Commands and groups of a token list.
pub(super) fn structure(tokens: Vec<Token>) -> (Vec<Raw>, Vec<Group>) {
    let mut raws: Vec<Raw> = Vec::new();
    let mut groups: Vec<Group> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    let mut words = Vec::new();
    let mut is_condition = false;
    let mut is_redirected = false;
    let mut closed: Option<usize> = None;
    for token in tokens {
        match token {
            Token::Word(pieces, inner) => {
                let reserved = match pieces.as_slice() {
                    [Piece::Text(text)] if words.is_empty() => text.as_str(),
                    _ => "",
                };
                match reserved {
                    "if" | "while" | "until" | "elif" => {
                        is_condition = true;
                        if reserved != "elif" {
                            begin(
                                &mut groups,
                                &mut open,
                                if reserved == "if" { "if" } else { "do" },
                            );
                        }
                    }
                    "for" | "select" => {
                        begin(&mut groups, &mut open, "do");
                        words.push((pieces, inner));
                    }
                    "case" => {
                        begin(&mut groups, &mut open, "case");
                        words.push((pieces, inner));
                    }
                    "{" => begin(&mut groups, &mut open, "{"),
                    "then" | "do" | "else" => is_condition = false,
                    "!" => is_condition = true,
                    "fi" => closed = end(&groups, &mut open, "if"),
                    "done" => closed = end(&groups, &mut open, "do"),
                    "esac" => closed = end(&groups, &mut open, "case"),
                    "}" => closed = end(&groups, &mut open, "{"),
                    _ => words.push((pieces, inner)),
                }
            }
            Token::Output => is_redirected = true,
            Token::Operator("(") => begin(&mut groups, &mut open, "("),
            Token::Operator(operator) => {
                let is_redirected = std::mem::take(&mut is_redirected);
                let is_single_negation = is_condition && open.is_empty();
                if words.is_empty() {
                    if let Some(group) = closed.take().and_then(|group| groups.get_mut(group)) {
                        group.then = operator;
                        group.next = raws.len();
                    }
                } else {
                    raws.push(Raw {
                        words: std::mem::take(&mut words),
                        then: operator,
                        groups: open.clone(),
                        is_condition,
                        is_redirected,
                    });
                    if is_single_negation {
                        is_condition = false;
                    }
                }
                if operator == ")" {
                    closed = end(&groups, &mut open, "(");
                }
            }
        }
    }
    if !words.is_empty() {
        raws.push(Raw {
            words,
            then: ";",
            groups: open,
            is_condition,
            is_redirected,
        });
    }
    (raws, groups)
}

fn begin(groups: &mut Vec<Group>, open: &mut Vec<usize>, opener: &'static str) {
    if open.len() >= MOST_GROUPS {
        return;
    }
    open.push(groups.len());
    groups.push(Group {
        opener,
        then: ";",
        next: usize::MAX,
    });
}

fn end(groups: &[Group], open: &mut Vec<usize>, opener: &str) -> Option<usize> {
    let top = *open.last()?;
    (groups.get(top)?.opener == opener).then(|| open.pop())?
}

pub(super) fn fate(
    raws: &[Raw],
    groups: &[Group],
    index: usize,
    options: Options,
    looks_back: bool,
) -> Fate {
    let Some(raw) = raws.get(index) else {
        return Fate::Fails;
    };
    if raw.is_condition {
        return Fate::Unclear;
    }
    let mut fate = after(raws, raw.then, index + 1, options, looks_back, &raw.groups);
    for (depth, group) in raw.groups.iter().enumerate().rev() {
        if let Some(group) = groups.get(*group) {
            let outer = raw.groups.get(..depth).unwrap_or_default();
            let next = group.next.min(raws.len());
            if matches!(group.then, "||" | "|" | "&") {
                fate = fate.max(after(raws, group.then, next, options, looks_back, outer));
            }
        }
    }
    fate
}

/// What the operator behind a command makes of its failure; `next` is the command behind the operator.
fn after(
    raws: &[Raw],
    then: &str,
    next: usize,
    options: Options,
    looks_back: bool,
    groups: &[usize],
) -> Fate {
    match then {
        "|" if options.pipefail => {
            let mut next = next;
            while raws.get(next).is_some_and(|raw| raw.then == "|") {
                next += 1;
            }
            let behind = raws.get(next).map_or(";", |raw| raw.then);
            after(raws, behind, next + 1, options, looks_back, groups)
        }
        "&" | "|" => Fate::Ignored,
        "||" => {
            // `|| exit 1`, `|| { echo …; exit 1; }`
            let handler = raws
                .iter()
                .skip(next)
                .take_while(|raw| raw.groups.len() > groups.len());
            let mut handler: Vec<&Raw> = handler.collect();
            if handler.is_empty() {
                handler.extend(raws.get(next));
            }
            if handler.iter().any(|raw| gives_up(raw)) {
                Fate::Fails
            } else {
                Fate::Ignored
            }
        }
        "&&" => {
            let list = raws.iter().skip(next);
            let mut rest = list.skip_while(|raw| raw.then == "&&");
            let end = rest.next();
            match end.map(|raw| raw.then) {
                Some("||") => after(
                    raws,
                    "||",
                    raws.len() - rest.count(),
                    options,
                    looks_back,
                    groups,
                ),
                // `set -e` passes over a failure inside of the list; only at the end of the script does it count.
                _ if rest.next().is_none() => Fate::Fails,
                _ => Fate::Unclear,
            }
        }
        _ if options.errexit || next >= raws.len() => Fate::Fails,
        _ if looks_back => Fate::Unclear,
        _ => Fate::Ignored,
    }
}

fn gives_up(raw: &Raw) -> bool {
    let text = |index: usize| match raw.words.get(index).map(|(pieces, _)| pieces.as_slice()) {
        Some([Piece::Text(text)]) => Some(text.as_str()),
        Some(_) => Some("?"),
        None => None,
    };
    match text(0) {
        Some("false") => true,
        Some("exit" | "return") => text(1) != Some("0"),
        _ => false,
    }
}
