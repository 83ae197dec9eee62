//! Shell scripts as the commands in them, with what becomes of a command's failure.

mod expand;
mod flow;
mod words;

use std::collections::BTreeMap;

use expand::{assignments, expand, known, unwrapped};
use flow::{fate, structure};
use words::tokens;

/// The longest script that is read, in bytes.
const LONGEST: usize = 256 * 1024;
/// The most commands of one script.
const MOST: usize = 5_000;
/// Scripts in scripts: `bash -c "$(…)"`.
const DEEPEST: usize = 4;

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

#[cfg(test)]
mod tests;
