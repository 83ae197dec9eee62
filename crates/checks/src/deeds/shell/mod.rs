//! Shell scripts as the commands in them, with what becomes of a command's failure.

mod words;

use std::collections::BTreeMap;

use words::{Piece, Token, tokens};

/// The longest script that is read, in bytes.
const LONGEST: usize = 256 * 1024;
/// The most commands of one script.
const MOST: usize = 5_000;
/// Scripts in scripts: `bash -c "$(…)"`.
const DEEPEST: usize = 4;

/// The deepest nesting of groups that is followed.
const MOST_GROUPS: usize = 64;

/// What becomes of a command's failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fate {
    /// The script ends, and fails.
    Fails,
    /// It hangs on what the script does with it.
    Unclear,
    /// The script goes on and succeeds.
    Ignored,
}

/// A word of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    /// Its text; what is not known stands as it is written.
    pub(crate) text: String,
    /// True when the text is all there is.
    pub(crate) is_known: bool,
}

/// One command with its words; wrappers such as `sudo` and `timeout` are taken away.
#[derive(Debug, Clone)]
pub(crate) struct Command {
    pub(crate) words: Vec<Word>,
    pub(crate) fate: Fate,
    /// Variables that are set for it, here or earlier.
    pub(crate) variables: BTreeMap<String, String>,
    /// Where its output goes.
    pub(crate) output: Output,
}

/// Where the output of a command goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Output {
    /// Into the log.
    Log,
    /// Into the next command.
    Pipe,
    /// Into a file or a variable.
    Elsewhere,
}

impl Command {
    /// The program, without its folder.
    pub(crate) fn program(&self) -> &str {
        let first = self.words.first().map_or("", |word| word.text.as_str());
        first.rsplit('/').next().unwrap_or(first)
    }

    /// The texts of all words behind the program.
    pub(crate) fn arguments(&self) -> impl Iterator<Item = &str> {
        self.words.iter().skip(1).map(|word| word.text.as_str())
    }

    /// Behind the program, the words that are no options.
    pub(crate) fn plain(&self) -> impl Iterator<Item = &str> {
        self.arguments().filter(|word| !word.starts_with('-'))
    }

    /// True when an option is given: `--atomic`, `--atomic=true`, not `--atomic=false`.
    pub(crate) fn has(&self, option: &str) -> bool {
        self.arguments().any(|word| {
            word == option
                || word
                    .strip_prefix(option)
                    .and_then(|rest| rest.strip_prefix('='))
                    .is_some_and(|value| value != "false")
        })
    }

    /// The value of an option: `--exit-code 1` or `--exit-code=1`; the last one counts.
    pub(crate) fn value(&self, option: &str) -> Option<&Word> {
        let mut found = None;
        for (index, word) in self.words.iter().enumerate().skip(1) {
            if word.text == option {
                found = self.words.get(index + 1);
            }
        }
        found
    }

    /// The same, also when it is written with `=`.
    pub(crate) fn option(&self, option: &str) -> Option<String> {
        let joined = self
            .arguments()
            .filter_map(|word| word.strip_prefix(option)?.strip_prefix('='))
            .last();
        joined
            .map(str::to_owned)
            .or_else(|| Some(self.value(option)?.text.clone()))
    }

    /// The same command without its first words.
    pub(crate) fn without(&self, count: usize) -> Self {
        Self {
            words: self.words.iter().skip(count).cloned().collect(),
            ..self.clone()
        }
    }
}

/// How the shell that runs a script was started.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Options {
    /// `-e`: the first failure ends it.
    pub(crate) errexit: bool,
    /// `-o pipefail`: a failure anywhere in a pipe counts.
    pub(crate) pipefail: bool,
}

/// The commands of a script, those of substitutions and inner shells included.
pub(crate) fn commands(
    script: &str,
    options: Options,
    variables: &BTreeMap<String, String>,
) -> Vec<Command> {
    let mut all = Vec::new();
    read(script, options, variables, 0, &mut all);
    all
}

/// A command with the operator behind it, as it is written.
struct Raw {
    words: Vec<(Vec<Piece>, Vec<String>)>,
    then: &'static str,
    /// The groups it stands in, by number.
    groups: Vec<usize>,
    is_condition: bool,
    is_redirected: bool,
}

/// A group `( … )`, `{ … }`, `if … fi`, `for … done`: what stands behind it.
struct Group {
    opener: &'static str,
    then: &'static str,
    next: usize,
}

fn read(
    script: &str,
    mut options: Options,
    variables: &BTreeMap<String, String>,
    depth: usize,
    all: &mut Vec<Command>,
) {
    if script.len() > LONGEST || depth > DEEPEST {
        return;
    }
    let (mut raws, groups) = structure(tokens(script));
    raws.truncate(MOST);
    let looks_back = script.contains("$?") || script.contains("PIPESTATUS");
    let mut variables = variables.clone();
    for (index, raw) in raws.iter().enumerate() {
        if all.len() >= MOST {
            return;
        }
        let words: Vec<Word> = raw
            .words
            .iter()
            .flat_map(|(pieces, _)| expand(pieces, &variables))
            .collect();
        let fate = fate(&raws, &groups, index, options, looks_back);
        let (assigned, words) = assignments(words);
        let is_assignment = words.is_empty();
        for inner in raw.words.iter().flat_map(|(_, inner)| inner) {
            let from = all.len();
            read(inner, options, &variables, depth + 1, all);
            for command in all
                .iter_mut()
                .skip(from)
                .filter(|command| command.output == Output::Log)
            {
                command.output = Output::Elsewhere;
            }
            // The status of a substitution counts only when nothing but an assignment is done with it.
            let status = if is_assignment { fate } else { Fate::Ignored };
            worsen(all, from, status);
        }
        if is_assignment {
            variables.extend(assigned.into_iter().filter_map(known));
            continue;
        }
        let mut own = variables.clone();
        own.extend(assigned.into_iter().filter_map(known));
        let command = unwrapped(Command {
            words,
            fate,
            variables: own,
            output: match raw.then {
                _ if raw.is_redirected => Output::Elsewhere,
                "|" => Output::Pipe,
                _ => Output::Log,
            },
        });
        match command.program() {
            "set" => change(&mut options, &command),
            "export" | "declare" | "readonly" | "local" => {
                let (assigned, _) = assignments(
                    command
                        .words
                        .iter()
                        .skip(1)
                        .filter(|word| !word.text.starts_with('-'))
                        .cloned()
                        .collect(),
                );
                variables.extend(assigned.into_iter().filter_map(known));
            }
            "bash" | "sh" | "dash" | "zsh" | "ash" | "eval" => {
                inner_shell(&command, options, depth, all);
            }
            _ => {}
        }
        all.push(command);
    }
}

fn known((name, word): (String, Word)) -> Option<(String, String)> {
    word.is_known.then_some((name, word.text))
}

fn worsen(all: &mut [Command], from: usize, fate: Fate) {
    for command in all.iter_mut().skip(from) {
        command.fate = command.fate.max(fate);
    }
}

/// `bash -ec "…"` and `eval "…"`.
fn inner_shell(command: &Command, options: Options, depth: usize, all: &mut Vec<Command>) {
    let from = all.len();
    if command.program() == "eval" {
        let script: Vec<&str> = command.arguments().collect();
        read(
            &script.join(" "),
            options,
            &command.variables,
            depth + 1,
            all,
        );
    } else {
        let mut arguments = command.arguments();
        let mut inner = Options {
            errexit: false,
            pipefail: false,
        };
        while let Some(flag) = arguments
            .next()
            .filter(|word| word.starts_with('-') || *word == "pipefail")
        {
            let letters = if flag.starts_with("--") { "" } else { flag };
            inner.errexit |= letters.contains('e');
            inner.pipefail |= flag == "pipefail";
            if letters.contains('c') {
                if let Some(script) = arguments.next() {
                    read(script, inner, &command.variables, depth + 1, all);
                }
                break;
            }
        }
    }
    worsen(all, from, command.fate);
}

/// `set -euo pipefail`, `set +e`.
fn change(options: &mut Options, command: &Command) {
    for word in command.arguments() {
        let on = word.starts_with('-');
        if (on || word.starts_with('+')) && !word.starts_with("--") {
            if word.contains('e') {
                options.errexit = on;
            }
            options.pipefail &= on || !word.contains('o');
        }
        if word == "pipefail" {
            options.pipefail = !command
                .arguments()
                .any(|word| word.starts_with('+') && word.contains('o'));
        }
        if word == "errexit" {
            options.errexit = !command
                .arguments()
                .any(|word| word.starts_with('+') && word.contains('o'));
        }
    }
}

/// Words with their variables filled in. One outside of quotes may become several words.
fn expand(pieces: &[Piece], variables: &BTreeMap<String, String>) -> Vec<Word> {
    let mut words = vec![Word {
        text: String::new(),
        is_known: true,
    }];
    let mut is_empty_variable = pieces.len() == 1;
    for piece in pieces {
        let Some(word) = words.last_mut() else {
            break;
        };
        match piece {
            Piece::Text(text) => {
                word.text.push_str(text);
                is_empty_variable = false;
            }
            Piece::Opaque(text) => {
                word.text.push_str(text);
                word.is_known = false;
                is_empty_variable = false;
            }
            Piece::Variable(name, quoted) => match variables.get(name) {
                Some(value) if *quoted => {
                    word.text.push_str(value);
                    is_empty_variable = false;
                }
                Some(value) => {
                    let mut parts = value.split_whitespace();
                    if let Some(first) = parts.next() {
                        word.text.push_str(first);
                        is_empty_variable = false;
                    }
                    words.extend(parts.map(|part| Word {
                        text: part.to_owned(),
                        is_known: true,
                    }));
                }
                None => {
                    word.text.push('$');
                    word.text.push_str(name);
                    word.is_known = false;
                    is_empty_variable = false;
                }
            },
        }
    }
    if is_empty_variable && !pieces.is_empty() {
        words.clear();
    }
    words
}

/// Leading `NAME=value` words, and the rest.
fn assignments(words: Vec<Word>) -> (Vec<(String, Word)>, Vec<Word>) {
    let mut assigned = Vec::new();
    let mut rest = words.into_iter().peekable();
    while let Some(word) = rest.peek() {
        let Some((name, value)) = word.text.split_once('=') else {
            break;
        };
        let is_name = !name.is_empty()
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            && !name
                .bytes()
                .next()
                .is_some_and(|byte| byte.is_ascii_digit());
        if !is_name {
            break;
        }
        assigned.push((
            name.to_owned(),
            Word {
                text: value.to_owned(),
                is_known: word.is_known,
            },
        ));
        rest.next();
    }
    (assigned, rest.collect())
}

/// Takes away what only runs another command.
fn unwrapped(mut command: Command) -> Command {
    for _ in 0..8 {
        let skip = match command.program() {
            "sudo" | "env" | "time" | "exec" | "command" | "nohup" | "nice" | "xargs"
            | "stdbuf" | "builtin" => options_before(&command, 1),
            "timeout" => options_before(&command, 1) + 1,
            _ => break,
        };
        if skip >= command.words.len() {
            break;
        }
        let rest = command.without(skip);
        let (assigned, words) = assignments(rest.words);
        command.words = words;
        command
            .variables
            .extend(assigned.into_iter().filter_map(known));
    }
    command
}

/// The number of words up to the first that is no option; the values of options that take one are passed over.
fn options_before(command: &Command, from: usize) -> usize {
    let mut at = from;
    while let Some(word) = command
        .words
        .get(at)
        .filter(|word| word.text.starts_with('-'))
    {
        let takes = matches!(
            word.text.as_str(),
            "-u" | "-g" | "-k" | "-s" | "-n" | "-I" | "-P" | "-L" | "--signal" | "--kill-after"
        );
        at += if takes { 2 } else { 1 };
    }
    at
}

/// Commands and groups of a token list.
fn structure(tokens: Vec<Token>) -> (Vec<Raw>, Vec<Group>) {
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

fn fate(raws: &[Raw], groups: &[Group], index: usize, options: Options, looks_back: bool) -> Fate {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(script: &str, errexit: bool, pipefail: bool) -> Vec<(String, Fate)> {
        commands(script, Options { errexit, pipefail }, &BTreeMap::new())
            .into_iter()
            .map(|command| {
                let words: Vec<String> =
                    command.words.iter().map(|word| word.text.clone()).collect();
                (words.join(" "), command.fate)
            })
            .collect()
    }

    fn fate_of(script: &str) -> Fate {
        let all = seen(script, true, false);
        all.iter()
            .find(|(words, _)| words.starts_with("scan"))
            .unwrap()
            .1
    }

    #[test]
    fn words_are_those_of_the_shell() {
        let script = "IMAGE='a b' sudo -E docker push \"x:$TAG\" \\\n  --quiet > log 2>&1 # end\ncat <<'EOF' | kubectl apply -f -\nrm -rf /\nEOF\n";
        let words: Vec<String> = seen(script, true, false)
            .into_iter()
            .map(|(words, _)| words)
            .collect();
        assert_eq!(
            words,
            ["docker push x:$TAG --quiet", "cat", "kubectl apply -f -"]
        );
    }

    #[test]
    fn variables_are_filled_in_where_they_are_known() {
        let all = seen("A='b c'\nx $A \"$A\" ${{ github.sha }} $D", true, false);
        assert_eq!(all[0].0, "x b c b c ${{ github.sha }} $D");
    }

    #[test]
    fn a_failure_is_followed_to_its_end() {
        for (script, fate) in [
            ("scan x\necho done", Fate::Fails),
            ("scan x || true\necho", Fate::Ignored),
            ("scan x || exit 1", Fate::Fails),
            ("scan x || { echo bad; exit 1; }\necho", Fate::Fails),
            ("scan x || { echo bad; }\necho", Fate::Ignored),
            ("(scan x) || :", Fate::Ignored),
            ("scan x | tee out", Fate::Ignored),
            ("set -o pipefail\nscan x | tee out", Fate::Fails),
            ("set +e\nscan x\necho", Fate::Ignored),
            ("set +e\nscan x\nrc=$?\nexit $rc", Fate::Unclear),
            ("scan x && push y", Fate::Fails),
            ("scan x && push y\necho", Fate::Unclear),
            ("if scan x; then echo; fi", Fate::Unclear),
            ("scan x &\necho", Fate::Ignored),
            ("echo $(scan x)", Fate::Ignored),
            ("A=$(scan x)\necho", Fate::Fails),
            ("bash -c 'scan x; echo'", Fate::Ignored),
            ("bash -ec 'scan x; echo'", Fate::Fails),
            ("timeout 5m scan x", Fate::Fails),
            ("for i in a b; do scan $i; done || true", Fate::Ignored),
        ] {
            assert_eq!(fate_of(script), fate, "{script}");
        }
    }

    #[test]
    fn hostile_scripts_end() {
        let deep = "$(".repeat(20_000);
        seen(&deep, true, false);
        seen(&"((".repeat(20_000), true, false);
        seen("\"${{ ' `", true, false);
    }
}
