use std::collections::BTreeMap;

use super::words::Piece;
use super::{Command, Word};

pub(super) fn known((name, word): (String, Word)) -> Option<(String, String)> {
    word.is_known.then_some((name, word.text))
}

/// Words with their variables filled in. One outside of quotes may become several words.
pub(super) fn expand(pieces: &[Piece], variables: &BTreeMap<String, String>) -> Vec<Word> {
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
pub(super) fn assignments(words: Vec<Word>) -> (Vec<(String, Word)>, Vec<Word>) {
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
pub(super) fn unwrapped(mut command: Command) -> Command {
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
