use unicode_segmentation::UnicodeSegmentation;

use super::digits::{general, scientific};
use super::{Function, Given, Param};
use crate::convert::{convert, to_text};
use crate::number::Number;
use crate::types::Type;
use crate::unknown::{Cause, Piece, Unknown};
use crate::value::{Content, Value};

const ALL_ARGUMENTS: Option<Param> = Some(Param::All);

pub(super) const ALL: &[Function] = &[
    Function {
        name: "format",
        params: &[Param::Text],
        required: 1,
        more: ALL_ARGUMENTS,
        gives: Param::Text,
        run: format,
    },
    Function {
        name: "formatlist",
        params: &[Param::Text],
        required: 1,
        more: ALL_ARGUMENTS,
        gives: Param::Texts,
        run: formatlist,
    },
];

fn format(given: &Given<'_>) -> Result<Value, String> {
    let arguments: Vec<&Value> = given.values.iter().skip(1).collect();
    rendered(given, &arguments)
}

/// Lists are walked together, anything else is repeated.
fn formatlist(given: &Given<'_>) -> Result<Value, String> {
    let arguments = given.values.get(1..).unwrap_or_default();
    let mut count = None;
    for argument in arguments {
        if let Some(unknown) = argument.as_unknown()
            && !unknown.of.is_primitive()
        {
            return Ok(Value::unknown_for(
                Type::list(Type::String),
                unknown.causes.clone(),
            ));
        }
        match (argument.items().map(<[Value]>::len), count) {
            (Some(length), None) => count = Some(length),
            (Some(length), Some(expected)) if length != expected => {
                return Err("the lists must be of the same length".to_owned());
            }
            _ => {}
        }
    }
    let mut results = Vec::new();
    for at in 0..count.unwrap_or(1) {
        let row: Vec<&Value> = arguments
            .iter()
            .map(|argument| {
                argument
                    .items()
                    .and_then(|items| items.get(at))
                    .unwrap_or(argument)
            })
            .collect();
        results.push(rendered(given, &row)?);
    }
    Ok(Value::list(Type::String, results))
}

/// One `%` sequence.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one flag of the sequence"
)]
#[derive(Debug, Default)]
struct Verb {
    mode: char,
    zero: bool,
    sharp: bool,
    plus: bool,
    minus: bool,
    space: bool,
    width: Option<usize>,
    precision: Option<usize>,
}

fn rendered(given: &Given<'_>, arguments: &[&Value]) -> Result<Value, String> {
    let mut rest = given.text(0).chars().peekable();
    let (mut text, mut pieces, mut causes) = (String::new(), Vec::new(), Vec::new());
    let (mut next, mut highest) = (0, 0);
    while let Some(found) = rest.next() {
        if found != '%' {
            text.push(found);
            continue;
        }
        if rest.next_if_eq(&'%').is_some() {
            text.push('%');
            continue;
        }
        let verb = verb(&mut rest, &mut next)?;
        let argument = arguments
            .get(next)
            .ok_or("there are not enough arguments")?;
        next += 1;
        highest = highest.max(next);
        given.check(
            verb.width
                .unwrap_or(0)
                .saturating_add(verb.precision.unwrap_or(0)),
        )?;
        if argument.is_wholly_known() {
            text.push_str(&one(&verb, argument)?);
        } else {
            unknown(argument, &mut text, &mut pieces, &mut causes);
        }
        given.check(text.len())?;
    }
    if highest < arguments.len() {
        return Err("there are more arguments than are used".to_owned());
    }
    if causes.is_empty() {
        return Ok(Value::string(&text));
    }
    if !text.is_empty() {
        pieces.push(Piece::Text(text.into()));
    }
    let unknown = Unknown::of_pieces(pieces, causes);
    Ok(Value::new(Content::Unknown(unknown.into())))
}

fn unknown(argument: &Value, text: &mut String, pieces: &mut Vec<Piece>, causes: &mut Vec<Cause>) {
    if !text.is_empty() {
        pieces.push(Piece::Text(std::mem::take(text).into()));
    }
    causes.extend(argument.causes());
    match argument.as_unknown() {
        Some(found) if !found.pieces.is_empty() => pieces.extend(found.pieces.iter().cloned()),
        _ => pieces.push(Piece::Unknown(argument.causes())),
    }
}

fn verb(
    rest: &mut std::iter::Peekable<std::str::Chars<'_>>,
    next: &mut usize,
) -> Result<Verb, String> {
    let mut verb = Verb::default();
    loop {
        match rest.peek() {
            Some('0') => verb.zero = true,
            Some('#') => verb.sharp = true,
            Some('+') => verb.plus = true,
            Some('-') => verb.minus = true,
            Some(' ') => verb.space = true,
            _ => break,
        }
        rest.next();
    }
    verb.width = number(rest);
    if rest.next_if_eq(&'.').is_some() {
        verb.precision = Some(number(rest).ok_or("a precision must follow the point")?);
    }
    if rest.next_if_eq(&'[').is_some() {
        let index = number(rest)
            .filter(|index| *index > 0)
            .ok_or("arguments are counted from 1")?;
        rest.next_if_eq(&']').ok_or("the index is not closed")?;
        *next = index - 1;
    }
    verb.mode = rest
        .next()
        .filter(char::is_ascii_alphabetic)
        .ok_or("a letter must follow the %")?;
    Ok(verb)
}

fn number(rest: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Option<usize> {
    let mut number: Option<usize> = None;
    while let Some(digit) = rest.peek().and_then(|digit| digit.to_digit(10)) {
        rest.next();
        number = Some(
            number
                .unwrap_or(0)
                .saturating_mul(10)
                .saturating_add(usize::try_from(digit).unwrap_or(0)),
        );
    }
    number
}

fn one(verb: &Verb, argument: &Value) -> Result<String, String> {
    if argument.is_null() && verb.mode != 'v' {
        return Err("null cannot be formatted".to_owned());
    }
    let as_number = || {
        convert(argument, &Type::Number)
            .ok()
            .and_then(|value| value.as_number().cloned())
            .ok_or_else(|| format!("%{} needs a number", verb.mode))
    };
    match verb.mode {
        'v' => Ok(padded(verb, &plain(verb, argument))),
        't' => {
            let flag = convert(argument, &Type::Bool)?;
            Ok(flag.as_bool().unwrap_or_default().to_string())
        }
        's' | 'q' => {
            let found = to_text(argument)?;
            let cut: String = match verb.precision {
                Some(precision) if precision > 0 => found.graphemes(true).take(precision).collect(),
                _ => found.to_string(),
            };
            let written = if verb.mode == 'q' {
                super::to_json(&Value::string(&cut)).unwrap_or_default()
            } else {
                cut
            };
            Ok(padded(verb, &written))
        }
        'b' | 'd' | 'o' | 'x' | 'X' => integer(verb, &as_number()?),
        'e' | 'E' | 'f' | 'g' | 'G' => Ok(float(verb, &as_number()?)),
        other => Err(format!("%{other} is no format")),
    }
}

fn plain(verb: &Verb, argument: &Value) -> String {
    match argument.content() {
        Content::String(text) if !verb.sharp => text.to_string(),
        Content::Number(number) if !verb.sharp => general(number, None, 'e'),
        _ => super::to_json(argument).unwrap_or_default(),
    }
}

/// Width counts what a reader sees as one character.
fn padded(verb: &Verb, text: &str) -> String {
    let missing = verb
        .width
        .unwrap_or(0)
        .saturating_sub(text.graphemes(true).count());
    let pad = if verb.zero { "0" } else { " " }.repeat(missing);
    if verb.minus {
        format!("{text}{pad}")
    } else {
        format!("{pad}{text}")
    }
}

/// Go's formatting of whole numbers.
fn integer(verb: &Verb, number: &Number) -> Result<String, String> {
    let value = number
        .to_big()
        .ok_or_else(|| format!("%{} needs a whole number", verb.mode))?;
    let magnitude = value.magnitude();
    let (radix, prefix) = match verb.mode {
        'b' => (2, "0b"),
        'o' => (8, "0"),
        'x' => (16, "0x"),
        'X' => (16, "0X"),
        _ => (10, ""),
    };
    let mut digits = magnitude.to_str_radix(radix);
    if verb.mode == 'X' {
        digits = digits.to_uppercase();
    }
    if let Some(precision) = verb.precision {
        digits = format!("{digits:0>precision$}");
    }
    let prefix = if verb.sharp { prefix } else { "" };
    let zero = verb.zero && verb.precision.is_none();
    Ok(signed(verb, number.is_negative(), prefix, &digits, zero))
}

fn signed(verb: &Verb, negative: bool, prefix: &str, digits: &str, zero: bool) -> String {
    let sign = match (negative, verb.plus, verb.space) {
        (true, ..) => "-",
        (false, true, _) => "+",
        (false, false, true) => " ",
        _ => "",
    };
    let missing = verb
        .width
        .unwrap_or(0)
        .saturating_sub(sign.len() + prefix.len() + digits.len());
    match (verb.minus, zero) {
        (true, _) => format!("{sign}{prefix}{digits}{}", " ".repeat(missing)),
        (false, true) => format!("{sign}{prefix}{}{digits}", "0".repeat(missing)),
        (false, false) => format!("{}{sign}{prefix}{digits}", " ".repeat(missing)),
    }
}

fn float(verb: &Verb, number: &Number) -> String {
    let magnitude = if number.is_negative() {
        number.negated()
    } else {
        number.clone()
    };
    let digits = match verb.mode {
        'f' => magnitude.fixed(verb.precision.unwrap_or(6)),
        'e' | 'E' => scientific(&magnitude, Some(verb.precision.unwrap_or(6) + 1), verb.mode),
        'G' => general(&magnitude, verb.precision, 'E'),
        _ => general(&magnitude, verb.precision, 'e'),
    };
    signed(verb, number.is_negative(), "", &digits, verb.zero)
}
