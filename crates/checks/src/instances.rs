//! What `count` and `for_each` make of one block is told once: findings that differ only in the key of an instance.

use std::collections::BTreeMap;

use sekisho_model::{Finding, Instance, Subject};

/// Joins findings about instances of one block, at one place, in the same words and accepted or not in the same way. The
/// first stays, with the others as its [`Instance`]s. Comes after exceptions, which may cover some of them only.
pub fn join(findings: &mut Vec<Finding>) {
    let mut firsts = BTreeMap::new();
    let mut kept: Vec<Finding> = Vec::with_capacity(findings.len());
    for finding in findings.drain(..) {
        let Some((key, address)) = sameness(&finding) else {
            kept.push(finding);
            continue;
        };
        let first = *firsts.entry(key).or_insert(kept.len());
        match kept.get_mut(first) {
            Some(first) => first.instances.push(Instance {
                address,
                fingerprint: finding.fingerprint,
            }),
            None => kept.push(finding),
        }
    }
    *findings = kept;
}

/// What the findings of all instances have in common, and the address of this one; `None` for what is no instance.
fn sameness(finding: &Finding) -> Option<(impl Ord + use<>, String)> {
    let Subject::Resource(address, _) = &finding.subject else {
        return None;
    };
    let block = keyless(address);
    let at = finding.location.as_ref()?;
    (block != *address).then(|| {
        let accepted = finding.suppressed.as_ref();
        let key = (
            (finding.check, finding.severity),
            (at.file, at.span),
            block,
            keyless(&finding.message.en),
            accepted.map(|accepted| accepted.reason.en.to_string()),
        );
        (key, address.clone())
    })
}

/// A text without the keys of instances: `aws_subnet.node["b"]` and `aws_subnet.node[1]` become `aws_subnet.node`.
fn keyless(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('[') {
        out.push_str(before);
        let is_name =
            before.ends_with(|last: char| last.is_ascii_alphanumeric() || "_-".contains(last));
        rest = if let Some(behind) = key(behind).filter(|_| is_name) {
            behind
        } else {
            out.push('[');
            behind
        };
    }
    out.push_str(rest);
    out
}

/// What follows the key that a text begins with.
fn key(text: &str) -> Option<&str> {
    let Some(quoted) = text.strip_prefix('"') else {
        let (digits, behind) = text.split_once(']')?;
        let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        return (is_number || digits == "?").then_some(behind);
    };
    let mut escaped = false;
    let end = quoted.find(|letter| {
        let closes = letter == '"' && !escaped;
        escaped = letter == '\\' && !escaped;
        closes
    })?;
    quoted.get(end + 1..)?.strip_prefix(']')
}

#[cfg(test)]
mod tests {
    use super::keyless;

    #[test]
    fn keys_are_left_out_and_nothing_else() {
        for (with, without) in [
            (r#"module.a["x]"].aws_subnet.b[0]"#, "module.a.aws_subnet.b"),
            (r#"a["q\"]"].b"#, "a.b"),
            ("see [1] and `x[?]`", "see [1] and `x`"),
            ("ports[a]", "ports[a]"),
            ("open[", "open["),
        ] {
            assert_eq!(keyless(with), without);
        }
    }
}
