//! Names and values inside of longer texts: configuration files, scripts, command lines.

/// Every `name = value`, `name: value` and `--name value` of a text, in order. Lines that are comments are left out.
pub(crate) fn assignments(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.lines()
        .filter(|line| {
            let line = line.trim_start();
            !line.starts_with('#') && !line.starts_with("//") && !line.starts_with(';')
        })
        .flat_map(|line| Assignments {
            rest: line,
            after: ' ',
        })
}

struct Assignments<'a> {
    rest: &'a str,
    after: char,
}

impl<'a> Iterator for Assignments<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let start = self.rest.find(is_of_name)?;
            let before = self
                .rest
                .get(..start)?
                .chars()
                .next_back()
                .unwrap_or(self.after);
            let from = self.rest.get(start..)?;
            let end = from.find(|c| !is_of_name(c)).unwrap_or(from.len());
            let (name, behind) = from.split_at_checked(end)?;
            self.after = name.chars().next_back().unwrap_or(' ');
            self.rest = behind;
            if let Some((value, rest)) = value_behind(name, behind, before) {
                // The value may hold assignments of its own: `JAVA_OPTS=-Ddb.password=…`.
                self.rest = if value.contains(['=', ':']) {
                    behind
                } else {
                    rest
                };
                return Some((name.trim_start_matches('-'), value));
            }
        }
    }
}

fn is_of_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.')
}

/// The value that is assigned to a name, and the text behind it.
fn value_behind<'a>(name: &str, behind: &'a str, before: char) -> Option<(&'a str, &'a str)> {
    let quote = |c: char| matches!(c, '"' | '\'' | '`');
    let unquoted = match behind.chars().next() {
        Some(c) if quote(c) && c == before => behind.strip_prefix(c)?,
        _ => behind,
    };
    let trimmed = unquoted.trim_start_matches([' ', '\t']);
    if trimmed.starts_with("==") {
        return None;
    }
    let value = [":=", "=>", "=", ":"]
        .iter()
        .find_map(|sign| trimmed.strip_prefix(sign))
        .or_else(|| {
            // An option and its value; the names of redis.conf too.
            let is_option = name.starts_with("--") || matches!(name, "requirepass" | "masterauth");
            (is_option && trimmed.len() < unquoted.len()).then_some(trimmed)
        })?;
    let value = value.trim_start_matches([' ', '\t']);
    let first = value.chars().next()?;
    if quote(first) {
        let inside = value.strip_prefix(first)?;
        return inside.split_once(first);
    }
    let end = value
        .find(|c: char| {
            c.is_whitespace() || matches!(c, ',' | ';' | '&' | '}' | ')' | '"' | '\'' | '`')
        })
        .unwrap_or(value.len());
    value
        .split_at_checked(end)
        .filter(|(value, _)| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::assignments;

    #[track_caller]
    fn has(text: &str, name: &str, value: &str) {
        let all: Vec<_> = assignments(text).collect();
        assert!(all.contains(&(name, value)), "{all:?}");
    }

    #[test]
    fn every_way_to_assign() {
        has("password: a1b2", "password", "a1b2");
        has("  \"password\": \"a b\",", "password", "a b");
        has("DB_PASSWORD='a1b2'", "DB_PASSWORD", "a1b2");
        has("host=db user=shop password=a1b2", "password", "a1b2");
        has("mysql --password a1b2 -h db", "password", "a1b2");
        has("mysql --password=a1b2", "password", "a1b2");
        has(
            "JAVA_OPTS=-Dspring.datasource.password=a1b2",
            "Dspring.datasource.password",
            "a1b2",
        );
        has("requirepass a1b2", "requirepass", "a1b2");
        has("Server=db;User Id=sa;Password=a1b2;", "Password", "a1b2");
        has(
            "jdbc:mysql://db/shop?user=shop&password=a1b2&ssl=true",
            "password",
            "a1b2",
        );
        has("password => 'a1b2'", "password", "a1b2");
    }

    #[test]
    fn what_assigns_nothing() {
        assert_eq!(assignments("# password: a1b2").count(), 0);
        assert_eq!(assignments("if password == a1b2").count(), 0);
        assert_eq!(assignments("the password a1b2").count(), 0);
    }

    proptest! {
        #[test]
        fn ends_on_any_text(text in "(?s).{0,200}") {
            let _ = assignments(&text).count();
        }

        #[test]
        fn finds_what_is_assigned(name in "[a-z]{1,8}", value in "[a-z0-9]{1,20}", sign in "[:=]") {
            let text = format!("x {name}{sign}{value} y");
            let found = assignments(&text).any(|pair| pair == (name.as_str(), value.as_str()));
            prop_assert!(found);
        }
    }
}
