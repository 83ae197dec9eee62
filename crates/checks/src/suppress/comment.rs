use super::date::{self, Day};

/// What an inline exception says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ignore {
    pub(super) checks: Vec<String>,
    pub(super) reason: String,
    pub(super) owner: String,
    pub(super) until: String,
    pub(super) last_day: Day,
}

/// Reads the text of a comment. `None`: it is not meant for us. `Err`: it is, but cannot be read; says what is missing.
pub(super) fn parse(comment: &str) -> Option<Result<Ignore, String>> {
    let rest = comment
        .trim_start_matches(['#', '/'])
        .trim()
        .strip_prefix("sekisho:")?;
    Some(parse_ignore(rest.trim()))
}

fn parse_ignore(text: &str) -> Result<Ignore, String> {
    let rest = text
        .strip_prefix("ignore[")
        .ok_or("only `ignore[CHECK]` may follow `sekisho:`")?;
    let (names, mut rest) = rest
        .split_once(']')
        .ok_or("the `[` after `ignore` is not closed")?;
    let checks: Vec<String> = names
        .split(',')
        .map(|name| name.trim().to_owned())
        .filter(|name| !name.is_empty())
        .collect();
    if checks.is_empty() {
        return Err("no check is named in `ignore[…]`".to_owned());
    }
    let (mut reason, mut owner, mut until) = (None, None, None);
    while !rest.trim().is_empty() {
        let (name, value, after) = field(rest.trim_start())?;
        let slot = match name {
            "reason" => &mut reason,
            "owner" => &mut owner,
            "until" => &mut until,
            _ => {
                return Err(format!(
                    "`{name}` is not known; use reason, owner and until"
                ));
            }
        };
        if slot.replace(value.to_owned()).is_some() {
            return Err(format!("`{name}` stands twice"));
        }
        rest = after;
    }
    let given = |value: Option<String>, name: &str| {
        value
            .filter(|value| !value.trim().is_empty())
            .ok_or_else(|| format!("`{name}` is missing"))
    };
    let until = given(until, "until")?;
    let last_day = date::parse(&until)
        .ok_or_else(|| format!("`until={until}` is no day; write it as 2027-01-31"))?;
    Ok(Ignore {
        checks,
        reason: given(reason, "reason")?,
        owner: given(owner, "owner")?,
        until,
        last_day,
    })
}

/// One `name=value` or `name="value"`, and the text behind it.
fn field(text: &str) -> Result<(&str, &str, &str), String> {
    let (name, rest) = text
        .split_once('=')
        .ok_or_else(|| format!("`{}` is no `name=value`", text.trim()))?;
    if let Some(quoted) = rest.strip_prefix('"') {
        let (value, after) = quoted
            .split_once('"')
            .ok_or_else(|| format!("the text of `{name}` has no closing quote"))?;
        return Ok((name.trim(), value, after));
    }
    let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
    let (value, after) = rest.split_at(end);
    Ok((name.trim(), value, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_exception_is_read() {
        let text = r#"# sekisho: ignore[a, b] reason="x = y" owner=team until=2027-01-31"#;
        let ignore = parse(text).unwrap().unwrap();
        assert_eq!(ignore.checks, ["a", "b"]);
        assert_eq!(ignore.reason, "x = y");
        assert_eq!(ignore.owner, "team");
    }

    #[test]
    fn every_part_is_demanded() {
        for bad in [
            "sekisho: ignore[a]",
            "sekisho: ignore[]",
            "sekisho: ignore[a",
            "sekisho: off",
            r#"sekisho: ignore[a] reason="x" owner="y" until=2027-13-01"#,
            r#"sekisho: ignore[a] reason="x" until=2027-01-31"#,
            r#"sekisho: ignore[a] reason="" owner="y" until=2027-01-31"#,
            r#"sekisho: ignore[a] reason="x owner="y" until=2027-01-31"#,
        ] {
            assert!(parse(bad).unwrap().is_err(), "{bad}");
        }
        assert!(parse("# just a note").is_none());
    }
}
