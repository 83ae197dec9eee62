//! `sprintf` as OPA has it: Go's `fmt.Sprintf` (go.dev/pkg/fmt) over numbers and texts; everything else is printed as Rego
//! first and is a text to the verb (OPA `v1/topdown/strings.go`, `builtinSprintf`).

use std::fmt::Write as _;

use num_bigint::BigInt;
use regorus::Value;

use super::term;

/// An argument as Go sees it.
enum Arg {
    Whole(BigInt),
    Real(f64),
    Text(String),
}

#[derive(Default, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "the flags of a verb of Go")]
struct Flags {
    plus: bool,
    minus: bool,
    sharp: bool,
    space: bool,
    zero: bool,
    width: Option<usize>,
    precision: Option<usize>,
}

/// Longer paddings are cut: Go allows a million, which is no message.
const WIDEST: usize = 1_000_000;

/// The formatted text. What is wrong with verbs and arguments stands in the text, as in Go; the error is for the binary
/// and hexadecimal forms of fractions, which are not here.
pub(super) fn sprintf(format: &str, args: &[Value]) -> Result<String, String> {
    let args: Vec<Arg> = args.iter().map(read).collect();
    let mut out = String::new();
    let mut rest = format.chars().peekable();
    let mut next = 0;
    let mut reordered = false;
    while let Some(c) = rest.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        let mut flags = Flags::default();
        while let Some(flag) = rest.next_if(|c| matches!(c, '+' | '-' | '#' | ' ' | '0')) {
            match flag {
                '+' => flags.plus = true,
                '-' => (flags.minus, flags.zero) = (true, false),
                '#' => flags.sharp = true,
                ' ' => flags.space = true,
                _ => flags.zero = !flags.minus,
            }
        }
        let plus = flags.plus;
        let mut good = index(&mut rest, &mut next, args.len(), &mut reordered);
        let mut after_index = good != Index::None;
        if rest.next_if_eq(&'*').is_some() {
            flags.width = star(&args, &mut next, &mut out, "%!(BADWIDTH)").map(|width| {
                if width < 0 {
                    (flags.minus, flags.zero) = (true, false);
                }
                usize::try_from(width.unsigned_abs()).unwrap_or(0)
            });
            after_index = false;
        } else {
            flags.width = digits(&mut rest);
            if after_index && flags.width.is_some() {
                good = Index::Bad;
            }
        }
        if rest.next_if_eq(&'.').is_some() {
            if after_index {
                good = Index::Bad;
            }
            let found = index(&mut rest, &mut next, args.len(), &mut reordered);
            after_index = found != Index::None;
            good = good.then(found);
            flags.precision = if rest.next_if_eq(&'*').is_some() {
                after_index = false;
                star(&args, &mut next, &mut out, "%!(BADPREC)").and_then(|precision| {
                    let kept = usize::try_from(precision).ok();
                    if kept.is_none() {
                        out.push_str("%!(BADPREC)");
                    }
                    kept
                })
            } else {
                Some(digits(&mut rest).unwrap_or(0))
            };
        }
        if !after_index {
            let found = index(&mut rest, &mut next, args.len(), &mut reordered);
            good = good.then(found);
        }
        match rest.next() {
            None => out.push_str("%!(NOVERB)"),
            Some('%') => out.push('%'),
            Some(verb) if good == Index::Bad => _ = write!(out, "%!{verb}(BADINDEX)"),
            Some(verb) => match args.get(next) {
                None => _ = write!(out, "%!{verb}(MISSING)"),
                Some(Arg::Real(_)) if matches!(verb, 'b' | 'x' | 'X') => {
                    return Err(format!(
                        "sprintf: `%{verb}` of a fraction is not known here"
                    ));
                }
                Some(arg) => {
                    next += 1;
                    // For `%+v` Go means more detail, which numbers and texts have not.
                    let long = matches!(arg, Arg::Whole(whole) if is_long(whole));
                    flags.plus = plus && (verb != 'v' || long);
                    out.push_str(&print(arg, verb, &flags));
                }
            },
        }
    }
    if !reordered && next < args.len() {
        let extra = args.iter().skip(next).map(|arg| {
            let value = print(arg, 'v', &Flags::default());
            format!("{}={value}", kind(arg))
        });
        _ = write!(out, "%!(EXTRA {})", extra.collect::<Vec<_>>().join(", "));
    }
    Ok(out)
}

#[derive(PartialEq, Clone, Copy)]
enum Index {
    None,
    Good,
    Bad,
}

impl Index {
    fn then(self, other: Self) -> Self {
        match (self, other) {
            (Self::Bad, _) | (_, Self::Bad) => Self::Bad,
            (Self::None, Self::None) => Self::None,
            _ => Self::Good,
        }
    }
}

type Rest<'a> = std::iter::Peekable<std::str::Chars<'a>>;

/// `[3]`: the number of the next argument, from 1.
fn index(rest: &mut Rest<'_>, next: &mut usize, count: usize, reordered: &mut bool) -> Index {
    if rest.peek() != Some(&'[') {
        return Index::None;
    }
    *reordered = true;
    let mut ahead = rest.clone();
    ahead.next();
    let inside: String = ahead.by_ref().take_while(|c| *c != ']').collect();
    let closed = rest.clone().any(|c| c == ']');
    if !closed {
        rest.next();
        return Index::Bad;
    }
    *rest = ahead;
    match inside.parse::<usize>() {
        Ok(number) if number >= 1 && number <= count => {
            *next = number - 1;
            Index::Good
        }
        _ => Index::Bad,
    }
}

fn digits(rest: &mut Rest<'_>) -> Option<usize> {
    let mut number: Option<usize> = None;
    while let Some(digit) = rest.next_if(char::is_ascii_digit) {
        let digit = digit.to_digit(10).unwrap_or(0) as usize;
        number = Some((number.unwrap_or(0) * 10 + digit).min(WIDEST));
    }
    number
}

fn star(args: &[Arg], next: &mut usize, out: &mut String, bad: &str) -> Option<i64> {
    let found = match args.get(*next) {
        Some(Arg::Whole(whole)) => i64::try_from(whole).ok(),
        _ => None,
    };
    *next += 1;
    let kept = found.filter(|number| number.unsigned_abs() <= WIDEST as u64);
    if kept.is_none() {
        out.push_str(bad);
    }
    kept
}

fn read(value: &Value) -> Arg {
    match value {
        Value::String(text) => Arg::Text(text.to_string()),
        Value::Number(number) if number.is_integer() => {
            match number.format_decimal().parse::<BigInt>() {
                Ok(whole) => Arg::Whole(whole),
                Err(_) => Arg::Text(term::print(value)),
            }
        }
        Value::Number(number) => match number.as_f64() {
            Some(real) => Arg::Real(real),
            None => Arg::Text(term::print(value)),
        },
        other => Arg::Text(term::print(other)),
    }
}

fn is_long(whole: &BigInt) -> bool {
    i64::try_from(whole).is_err()
}

fn kind(arg: &Arg) -> &'static str {
    match arg {
        Arg::Whole(whole) if is_long(whole) => "*big.Int",
        Arg::Whole(_) => "int",
        Arg::Real(_) => "float64",
        Arg::Text(_) => "string",
    }
}

fn print(arg: &Arg, verb: char, flags: &Flags) -> String {
    match (arg, verb) {
        (_, 'T') => pad(kind(arg), flags, false),
        (Arg::Whole(whole), _) => whole_number(whole, verb, flags),
        (Arg::Real(real), _) => real_number(*real, verb, flags),
        (Arg::Text(text), 'v' | 's') if !(flags.sharp && verb == 'v') => {
            pad(&cut(text, flags), flags, flags.zero)
        }
        (Arg::Text(text), 'q' | 'v') => pad(&quote(&cut(text, flags)), flags, flags.zero),
        (Arg::Text(text), 'x' | 'X') => {
            let taken = flags.precision.unwrap_or(usize::MAX);
            let bytes = text.bytes().take(taken);
            let hex: String = bytes
                .map(|byte| {
                    if verb == 'x' {
                        format!("{byte:02x}")
                    } else {
                        format!("{byte:02X}")
                    }
                })
                .collect();
            let prefix = if flags.sharp && !hex.is_empty() {
                format!("0{verb}")
            } else {
                String::new()
            };
            let hex = prefix + &hex;
            pad(&hex, flags, flags.zero)
        }
        _ => bad(arg, verb, flags),
    }
}

/// A verb that does not fit: the value is printed by the same flags.
fn bad(arg: &Arg, verb: char, flags: &Flags) -> String {
    let value = print(arg, 'v', flags);
    match arg {
        Arg::Whole(whole) if is_long(whole) => format!("%!{verb}(big.Int={value})"),
        _ => format!("%!{verb}({}={value})", kind(arg)),
    }
}

fn cut(text: &str, flags: &Flags) -> String {
    match flags.precision {
        Some(most) => text.chars().take(most).collect(),
        None => text.to_owned(),
    }
}

/// Pads to the width, counted in characters.
fn pad(text: &str, flags: &Flags, zero: bool) -> String {
    let missing = flags
        .width
        .unwrap_or(0)
        .saturating_sub(text.chars().count());
    if flags.minus {
        return format!("{text}{}", " ".repeat(missing));
    }
    let with = if zero { "0" } else { " " };
    format!("{}{text}", with.repeat(missing))
}

fn signed(negative: bool, digits: &str, flags: &Flags) -> String {
    let sign = match (negative, flags.plus, flags.space) {
        (true, _, _) => "-",
        (false, true, _) => "+",
        (false, false, true) => " ",
        _ => "",
    };
    let missing = match flags.width {
        Some(width) if flags.zero && flags.precision.is_none() => {
            width.saturating_sub(sign.len() + digits.len())
        }
        _ => 0,
    };
    pad(
        &format!("{sign}{}{digits}", "0".repeat(missing)),
        flags,
        false,
    )
}

fn whole_number(whole: &BigInt, verb: char, flags: &Flags) -> String {
    let (radix, prefix) = match verb {
        'd' | 'v' => (10, ""),
        's' if is_long(whole) => (10, ""),
        'b' => (2, "0b"),
        'o' => (8, "0"),
        'O' => (8, "0o"),
        'x' => (16, "0x"),
        'X' => (16, "0X"),
        'c' | 'q' | 'U' if !is_long(whole) => return character(whole, verb, flags),
        _ => return bad(&Arg::Whole(whole.clone()), verb, flags),
    };
    let negative = whole.sign() == num_bigint::Sign::Minus;
    let mut digits = whole.magnitude().to_str_radix(radix);
    if verb == 'X' {
        digits.make_ascii_uppercase();
    }
    if let Some(least) = flags.precision {
        if least == 0 && digits == "0" {
            digits.clear();
        }
        digits = format!("{}{digits}", "0".repeat(least.saturating_sub(digits.len())));
    }
    if (flags.sharp && verb != 'v') || verb == 'O' {
        digits.insert_str(0, prefix);
    }
    signed(negative, &digits, flags)
}

fn character(whole: &BigInt, verb: char, flags: &Flags) -> String {
    let code = u32::try_from(whole).ok();
    let found = code.and_then(char::from_u32).unwrap_or('\u{FFFD}');
    let text = match verb {
        'c' => found.to_string(),
        'q' if found == '\'' => "'\\''".to_owned(),
        'q' if found == '"' => "'\"'".to_owned(),
        'q' => quote(&found.to_string()).replace('"', "'"),
        _ => {
            // Go takes the bits of a negative number as they are.
            let bits = i64::try_from(whole).unwrap_or(0).cast_unsigned();
            let digits = format!("{bits:X}");
            let code = format!(
                "U+{}{digits}",
                "0".repeat(4_usize.saturating_sub(digits.len()))
            );
            if flags.sharp {
                format!("{code} '{found}'")
            } else {
                code
            }
        }
    };
    pad(&text, flags, flags.zero && verb != 'U')
}

fn real_number(real: f64, verb: char, flags: &Flags) -> String {
    let size = real.abs();
    let digits = match verb {
        'f' | 'F' => format!("{size:.*}", flags.precision.unwrap_or(6)),
        'e' | 'E' => scientific(&format!("{size:.*e}", flags.precision.unwrap_or(6))),
        'g' | 'G' | 'v' => general(size, flags.precision),
        _ => return bad(&Arg::Real(real), verb, flags),
    };
    let digits = if verb.is_ascii_uppercase() {
        digits.to_uppercase()
    } else {
        digits
    };
    let mut flags = flags.clone();
    flags.precision = None;
    signed(real.is_sign_negative(), &digits, &flags)
}

/// `1.5e7` as Go writes it: `1.5e+07`.
fn scientific(text: &str) -> String {
    let (digits, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let (sign, exponent) = match exponent.strip_prefix('-') {
        Some(exponent) => ('-', exponent),
        None => ('+', exponent),
    };
    format!("{digits}e{sign}{exponent:0>2}")
}

/// The shorter of plain and scientific, by the rule of `strconv.FormatFloat` for `g`.
fn general(size: f64, precision: Option<usize>) -> String {
    let exact = match precision {
        None => format!("{size:e}"),
        Some(digits) => format!("{size:.*e}", digits.max(1) - 1),
    };
    let (digits, exponent) = exact.split_once('e').unwrap_or((&exact, "0"));
    let digits = match digits.split_once('.') {
        Some(_) => digits.trim_end_matches('0').trim_end_matches('.'),
        None => digits,
    };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let count =
        i32::try_from(digits.chars().filter(char::is_ascii_digit).count()).unwrap_or(i32::MAX);
    let most = match precision {
        None => 6,
        Some(given) => {
            let given = i32::try_from(given.max(1)).unwrap_or(i32::MAX);
            if given > count && count > exponent {
                count
            } else {
                given
            }
        }
    };
    let most = if precision.is_none() {
        most
    } else {
        most.max(exponent.min(0))
    };
    if exponent < -4 || exponent >= most {
        return scientific(&format!("{digits}e{exponent}"));
    }
    let places = usize::try_from((count - 1 - exponent).max(0)).unwrap_or(0);
    format!("{size:.places$}")
}

/// `strconv.Quote`.
fn quote(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{7}' => out.push_str("\\a"),
            '\u{8}' => out.push_str("\\b"),
            '\u{C}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{B}' => out.push_str("\\v"),
            c if c < ' ' || c == '\u{7F}' => _ = write!(out, "\\x{:02x}", u32::from(c)),
            c if c.is_control() => _ = write!(out, "\\u{:04x}", u32::from(c)),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
