use super::write::Step;

/// Reads a Gatekeeper location: `spec.containers[name: *].securityContext`, keys in quotes where they are no plain names
/// (`pkg/mutation/path/parser`). `None` when it is none.
pub(super) fn parse(text: &str) -> Option<Vec<Step>> {
    let mut rest = text.trim();
    let mut steps = Vec::new();
    loop {
        let (key, after) = word(rest)?;
        steps.push(Step::Key(key));
        rest = after.trim_start();
        if let Some(inside) = rest.strip_prefix('[') {
            let (field, after) = word(inside)?;
            let after = after.trim_start().strip_prefix(':')?;
            let (value, after) = match after.trim_start().strip_prefix('*') {
                Some(after) => ("*".to_owned(), after),
                None => word(after)?,
            };
            steps.push(Step::Each(field, value));
            rest = after.trim_start().strip_prefix(']')?.trim_start();
        }
        if rest.is_empty() {
            return Some(steps);
        }
        rest = rest.strip_prefix('.')?;
    }
}

/// A name, or a text in quotes, and what follows it.
fn word(text: &str) -> Option<(String, &str)> {
    let text = text.trim_start();
    if let Some(quote) = text.chars().next().filter(|c| matches!(c, '"' | '\'')) {
        let (inside, after) = text.strip_prefix(quote)?.split_once(quote)?;
        return (!inside.contains('\\')).then(|| (inside.to_owned(), after));
    }
    let end = text
        .find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '/')))
        .unwrap_or(text.len());
    let (name, after) = text.split_at_checked(end)?;
    (!name.is_empty()).then(|| (name.to_owned(), after))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: &str) -> Step {
        Step::Key(name.to_owned())
    }

    #[test]
    fn reads_locations() {
        let all = Step::Each("name".to_owned(), "*".to_owned());
        assert_eq!(
            parse("spec.containers[name: *].securityContext"),
            Some(vec![
                key("spec"),
                key("containers"),
                all,
                key("securityContext")
            ])
        );
        assert_eq!(
            parse(r#"metadata.labels."app.kubernetes.io/name""#),
            Some(vec![
                key("metadata"),
                key("labels"),
                key("app.kubernetes.io/name")
            ])
        );
        assert_eq!(parse("spec..containers"), None);
        assert_eq!(parse("spec.containers[name]"), None);
    }
}
