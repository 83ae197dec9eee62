use regex::{Regex, RegexBuilder};

/// Compiles a pattern of Go's RE2 syntax. Classes such as `\d` are ASCII there and Unicode in Rust, and brackets inside
/// of a class mean something else; all other syntax is the same.
pub(super) fn compile(pattern: &str) -> Result<Regex, String> {
    if pattern.len() > 10_000 {
        return Err("the pattern is too long".to_owned());
    }
    let translated = translate(pattern);
    let built = RegexBuilder::new(&translated)
        .size_limit(1 << 22)
        .dfa_size_limit(1 << 22)
        .nest_limit(100)
        .build();
    built.map_err(|_| "this is no regular expression".to_owned())
}

fn translate(pattern: &str) -> String {
    let mut translated = String::new();
    let mut rest = pattern.chars().peekable();
    let mut in_class = false;
    let mut class_begins = false;
    while let Some(found) = rest.next() {
        let first = std::mem::take(&mut class_begins);
        match found {
            '\\' => match rest.next() {
                Some('Q') => {
                    let mut literal = String::new();
                    while let Some(next) = rest.next() {
                        if next == '\\' && rest.next_if_eq(&'E').is_some() {
                            break;
                        }
                        literal.push(next);
                    }
                    translated.push_str(&regex::escape(&literal));
                }
                Some(next) => translated.push_str(&escape(next, in_class)),
                None => translated.push('\\'),
            },
            '[' if in_class && rest.peek() == Some(&':') => translated.push('['),
            '[' if in_class => translated.push_str("\\["),
            '[' => {
                (in_class, class_begins) = (true, true);
                translated.push('[');
                if rest.next_if_eq(&'^').is_some() {
                    translated.push('^');
                }
            }
            ']' if in_class && first => translated.push_str("\\]"),
            ']' if in_class => {
                // The end of `[:alpha:]` is not the end of the class.
                in_class = translated.ends_with(':')
                    && translated
                        .rfind("[:")
                        .is_some_and(|at| !translated.get(at..).unwrap_or_default().contains(']'));
                translated.push(']');
            }
            '&' | '~' if in_class => {
                translated.push('\\');
                translated.push(found);
            }
            other => translated.push(other),
        }
    }
    translated
}

fn escape(letter: char, in_class: bool) -> String {
    let class = |inside: &str| {
        if in_class {
            inside.to_owned()
        } else {
            format!("[{inside}]")
        }
    };
    match letter {
        'd' => class("0-9"),
        'w' => class("0-9A-Za-z_"),
        's' => class("\\t\\n\\x0C\\r "),
        'D' => "[^0-9]".to_owned(),
        'W' => "[^0-9A-Za-z_]".to_owned(),
        'S' => "[^\\t\\n\\x0C\\r ]".to_owned(),
        'b' | 'B' if !in_class => format!("(?-u:\\{letter})"),
        other => format!("\\{other}"),
    }
}

#[cfg(test)]
mod tests {
    use super::compile;

    #[test]
    fn classes_are_those_of_go() {
        let matches = |pattern: &str, text: &str| compile(pattern).unwrap().is_match(text);
        assert!(!matches("^\\d$", "٣"));
        assert!(matches("^[\\w-]+$", "a-b"));
        assert!(matches("^[[:alpha:]\\d]+$", "ab1"));
        assert!(matches("^[[]$", "["));
        assert!(matches("^\\Qa.b\\E$", "a.b"));
        assert!(compile("(?=a)").is_err());
    }
}
