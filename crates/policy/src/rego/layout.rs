//! Repairs of text that OPA's parser and ours read differently. Each repair keeps OPA's reading.

use super::edit::Edit;
use super::fault::Fault;
use super::token::{Kind, Token};

/// Words after which a parenthesis or bracket begins a new value.
const KEYWORDS: [&str; 13] = [
    "not", "in", "with", "as", "some", "every", "if", "else", "contains", "default", "import",
    "package", "null",
];

/// A token with its nesting: how many brackets are open around it, and the innermost of them.
struct Placed<'a> {
    token: Token<'a>,
    depth: usize,
    inside: Option<char>,
}

/// The edits that make the text mean to our parser what it means to OPA's (v1/ast/parser.go).
pub(super) fn repairs(text: &str, tokens: &[Token<'_>]) -> Result<Vec<Edit>, Fault> {
    let placed = place(tokens);
    let mut edits = Vec::new();
    for pair in placed.windows(2) {
        if let [before, here] = pair {
            separate(text, before, here, &mut edits)?;
        }
    }
    let rules = Rules {
        text,
        placed: &placed,
    };
    rules.repeat_heads(&mut edits)?;
    rules.give_bodies(&mut edits);
    Ok(edits)
}

fn place<'a>(tokens: &[Token<'a>]) -> Vec<Placed<'a>> {
    let mut open: Vec<char> = Vec::new();
    tokens
        .iter()
        .map(|token| {
            let sign = match token.kind {
                Kind::Sign => token.text.chars().next(),
                _ => None,
            };
            if matches!(sign, Some(')' | ']' | '}')) {
                open.pop();
            }
            let placed = Placed {
                token: *token,
                depth: open.len(),
                inside: open.last().copied(),
            };
            if let Some(sign @ ('(' | '[' | '{')) = sign {
                open.push(sign);
            }
            placed
        })
        .collect()
}

/// A call or an index must follow its reference at once. On a new line it begins the next expression of a body; ours
/// would join the two lines.
fn separate(
    text: &str,
    before: &Placed<'_>,
    here: &Placed<'_>,
    edits: &mut Vec<Edit>,
) -> Result<(), Fault> {
    let ends_reference = match before.token.kind {
        Kind::Word => !KEYWORDS.contains(&before.token.text),
        Kind::Sign => matches!(before.token.text, "]" | ")" | "}"),
        Kind::Number | Kind::Text => false,
    };
    let opens = here.token.is("(") || here.token.is("[");
    if !ends_reference || !opens || before.token.end() == here.token.start {
        return Ok(());
    }
    let gap = text
        .get(before.token.end()..here.token.start)
        .unwrap_or_default();
    if gap.contains('\n') && here.inside == Some('{') {
        edits.push(Edit::insert(here.token.start, ";"));
        return Ok(());
    }
    // In the domain of a comprehension, `[x | …]`, a bracket after `|` follows a sign, so only true gaps come here.
    let what = format!(
        "`{}` must follow `{}` without a gap",
        here.token.text, before.token.text
    );
    Err(Fault::at(text, here.token.start, what))
}

struct Rules<'t, 'p> {
    text: &'t str,
    placed: &'p [Placed<'t>],
}

impl Rules<'_, '_> {
    /// `head { a } { b }` is two rules with one head. Ours drops the second body of a function and refuses that of a set.
    fn repeat_heads(&self, edits: &mut Vec<Edit>) -> Result<(), Fault> {
        let mut body: Option<usize> = None;
        let mut after_else = false;
        for (at, here) in self.placed.iter().enumerate() {
            if here.depth > 0 {
                continue;
            }
            if here.token.is("else") {
                after_else = true;
            } else if self.begins_rule(at) {
                after_else = false;
            }
            if !here.token.is("{") {
                continue;
            }
            let before = at.checked_sub(1).and_then(|at| self.placed.get(at));
            let chained = before.is_some_and(|before| before.token.is("}"));
            match (chained, body) {
                (true, Some(_)) if after_else => {
                    return Err(Fault::at(
                        self.text,
                        here.token.start,
                        "a further body after `else`",
                    ));
                }
                (true, Some(first)) => {
                    if let Some(head) = self.head(first) {
                        edits.push(Edit::insert(here.token.start, &format!("\u{20}{head} ")));
                    }
                }
                _ => body = self.is_body(at).then_some(at),
            }
        }
        Ok(())
    }

    /// Whether the brace opens a body and not an object or set.
    fn is_body(&self, at: usize) -> bool {
        let before = at.checked_sub(1).and_then(|at| self.placed.get(at));
        before.is_some_and(|before| match before.token.kind {
            Kind::Sign => matches!(before.token.text, ")" | "]" | "}"),
            Kind::Word => !matches!(before.token.text, "in" | "contains" | "import" | "package"),
            Kind::Number | Kind::Text => true,
        })
    }

    /// The text of the head whose first body opens at this token, on one line and without comments.
    fn head(&self, body: usize) -> Option<String> {
        let start = (0..body).rev().find(|at| self.begins_rule(*at))?;
        let words = self.placed.get(start..body)?;
        let mut head = String::new();
        let mut end = words.first()?.token.start;
        for word in words {
            if word.token.start > end {
                head.push(' ');
            }
            head.push_str(word.token.text);
            end = word.token.end();
        }
        Some(head)
    }

    fn begins_rule(&self, at: usize) -> bool {
        let Some(here) = self.placed.get(at) else {
            return false;
        };
        if here.depth > 0 || here.token.kind != Kind::Word {
            return false;
        }
        let Some(before) = at.checked_sub(1).and_then(|at| self.placed.get(at)) else {
            return true;
        };
        let gap = self
            .text
            .get(before.token.end()..here.token.start)
            .unwrap_or_default();
        let goes_on =
            before.token.kind == Kind::Sign && !matches!(before.token.text, "}" | ")" | "]");
        let joins = matches!(
            here.token.text,
            "if" | "else" | "contains" | "in" | "as" | "with"
        );
        !goes_on && !joins && (gap.contains('\n') || before.token.is("}"))
    }

    /// `f("a", _)` without a body is true. One of our two engines takes it as undefined.
    fn give_bodies(&self, edits: &mut Vec<Edit>) {
        for (at, here) in self.placed.iter().enumerate() {
            let plain = self.begins_rule(at) && !KEYWORDS.contains(&here.token.text);
            let opens = self
                .placed
                .get(at + 1)
                .is_some_and(|next| next.token.is("("));
            if !plain || !opens {
                continue;
            }
            let close = self
                .placed
                .iter()
                .enumerate()
                .skip(at + 1)
                .find(|(_, close)| close.depth == 0 && close.token.is(")"));
            let Some((close, end)) = close else { continue };
            let ends = self.placed.get(close + 1).is_none() || self.begins_rule(close + 1);
            if ends {
                edits.push(Edit::insert(end.token.end(), " = true"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::edit::apply;
    use super::super::token::tokens;
    use super::repairs;

    fn repaired(text: &str) -> String {
        apply(text, repairs(text, &tokens(text).unwrap()).unwrap())
    }

    #[test]
    fn a_parenthesis_on_a_new_line_begins_the_next_expression() {
        assert_eq!(
            repaired("p {\n a := input.b\n (a + 1) > 2\n}"),
            "p {\n a := input.b\n ;(a + 1) > 2\n}"
        );
    }

    #[test]
    fn chained_bodies_repeat_the_head() {
        assert_eq!(
            repaired("f(x) = {\"a\": x} { x == 1 } { x == 2 }"),
            "f(x) = {\"a\": x} { x == 1 }  f(x) = {\"a\": x} { x == 2 }"
        );
        assert_eq!(
            repaired("violation[{\"msg\": m}] {\n a\n}\n{\n b\n}"),
            "violation[{\"msg\": m}] {\n a\n}\n violation[{\"msg\": m}] {\n b\n}"
        );
    }

    #[test]
    fn a_function_without_a_body_is_true() {
        assert_eq!(
            repaired("f(\"a\", _)\nf(\"b\", x) { x }\n"),
            "f(\"a\", _) = true\nf(\"b\", x) { x }\n"
        );
    }

    #[test]
    fn a_gap_before_a_call_is_refused() {
        let text = "p { count (input.a) > 1 }";
        let fault = repairs(text, &tokens(text).unwrap()).unwrap_err();
        assert_eq!(
            fault.to_string(),
            "1:11: `(` must follow `count` without a gap"
        );
    }
}
