use super::context::{Context, Presence};

/// A text with its policy variables replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Filled {
    /// Complete.
    Text(String),
    /// A variable has no value and no default: the element matches nothing.
    Void,
    /// A variable's key is not known.
    Unknown(String),
}

/// Replaces `${key}` and `${key, 'default'}` (IAM User Guide, "Variables and tags"). Keys with several values have none
/// here. `${*}`, `${?}` and `${$}` are left for the pattern.
pub(super) fn fill(text: &str, context: &Context) -> Filled {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        filled.push_str(before);
        let Some((inside, behind)) = after.split_once('}') else {
            filled.push_str("${");
            rest = after;
            continue;
        };
        if matches!(inside, "*" | "?" | "$") {
            filled.push_str("${");
            filled.push_str(inside);
            filled.push('}');
            rest = behind;
            continue;
        }
        let (key, default) = match inside.split_once(',') {
            Some((key, default)) => (key.trim(), Some(default.trim().trim_matches('\''))),
            None => (inside.trim(), None),
        };
        match (context.get(key), default) {
            (Presence::Values(values), default) => match (values.as_slice(), default) {
                ([value], _) => filled.push_str(&literal(value)),
                (_, Some(default)) => filled.push_str(default),
                (_, None) => return Filled::Void,
            },
            (Presence::Absent, Some(default)) => filled.push_str(default),
            (Presence::Absent, None) => return Filled::Void,
            (Presence::Unknown, _) => return Filled::Unknown(key.to_owned()),
        }
        rest = behind;
    }
    filled.push_str(rest);
    Filled::Text(filled)
}

/// A value that came from the request is no pattern.
fn literal(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for letter in value.chars() {
        if matches!(letter, '*' | '?' | '$') {
            text.push_str("${");
            text.push(letter);
            text.push('}');
        } else {
            text.push(letter);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_filled_once() {
        let context = Context::closed()
            .with("aws:username", "a*")
            .with("aws:PrincipalTag/team", "shop");
        let text = |pattern| fill(pattern, &context);
        assert_eq!(
            text("x/${aws:username}"),
            Filled::Text("x/a${*}".to_owned())
        );
        assert_eq!(
            text("${AWS:PrincipalTag/team}-${*}"),
            Filled::Text("shop-${*}".to_owned())
        );
        assert_eq!(
            text("${aws:userid, 'nobody'}"),
            Filled::Text("nobody".to_owned())
        );
        assert_eq!(text("${aws:userid}"), Filled::Void);
        let open = Context::open();
        assert_eq!(
            fill("${aws:userid}", &open),
            Filled::Unknown("aws:userid".to_owned())
        );
    }
}
