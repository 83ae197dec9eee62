//! The script that takes a snapshot: bash and the AWS CLI v2, made from the table of calls.
//!
//! Its fixed part is `frame.sh`; this makes the calls in it. The same table gives the same bytes.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::calls::{self, Call, Scope};
use crate::snapshot::VERSION;

const FRAME: &str = include_str!("frame.sh");

/// The script as a text. `regions` are asked when its `--regions` names none; empty means the region that the AWS CLI is set to.
///
/// A region that is not written as AWS writes it (`ap-northeast-1`) is returned as the error.
pub fn script(regions: &[String]) -> Result<String, String> {
    if let Some(wrong) = regions.iter().find(|region| !is_region(region)) {
        return Err(wrong.clone());
    }
    let calls = body(&calls::all().collect::<Vec<_>>());
    Ok(FRAME
        .replace("@REGIONS@", &regions.join(","))
        .replace("@VERSION@", VERSION)
        .replace("@CALLS@\n", &calls))
}

/// `ap-northeast-1`, `us-gov-west-1`.
fn is_region(text: &str) -> bool {
    let mut parts = text.split('-');
    let is_word =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase());
    let ends_in_number = text
        .bytes()
        .next_back()
        .is_some_and(|byte| byte.is_ascii_digit());
    text.len() < 32
        && ends_in_number
        && parts.next().is_some_and(is_word)
        && parts.next().is_some_and(is_word)
        && parts.all(|part| is_word(part) || part.bytes().all(|byte| byte.is_ascii_digit()))
}

/// One function for what has no region, and one that is called for each region.
fn body(calls: &[&Call]) -> String {
    let mut lists = Lists::default();
    let mut out = String::new();
    for (scope, name) in [
        (Scope::Global, "calls_of_account"),
        (Scope::Region, "calls_of_region"),
    ] {
        let mut own: Vec<&Call> = calls
            .iter()
            .copied()
            .filter(|call| call.scope == scope)
            .collect();
        // What lists names is asked before what is asked for each of them.
        own.sort_by_key(|call| call.each.len());
        out.push_str(name);
        out.push_str("() {\n    :\n");
        for call in own {
            for line in lines(call, calls, &mut lists) {
                _ = writeln!(out, "    {line}");
            }
        }
        out.push_str("}\n\n");
    }
    out
}

/// The number of each list of names, so that it is asked for once.
#[derive(Debug, Default)]
struct Lists(BTreeMap<String, usize>);

impl Lists {
    fn number(&mut self, key: String) -> usize {
        let next = self.0.len() + 1;
        *self.0.entry(key).or_insert(next)
    }
}

/// A call inside of its loops.
fn lines(call: &Call, calls: &[&Call], lists: &mut Lists) -> Vec<String> {
    let mut out = Vec::new();
    let mut paths = String::new();
    for (depth, each) in call.each.iter().enumerate() {
        let (service, operation) = each.listed_by;
        let Some(list) = listing(call, each.listed_by, calls) else {
            return Vec::new();
        };
        let place = match list.scope {
            Scope::Global => "global",
            Scope::Region => "\"$place\"",
        };
        let above: String = (1..=list.each.len())
            .map(|level| format!("/$path{level}"))
            .collect();
        let query = quoted(each.query);
        let arguments = arguments(list);
        let number = lists.number(format!("{place} {service} {operation} {arguments} {query}"));
        let (indent, level, descriptor) = ("    ".repeat(depth), depth + 1, depth + 3);
        out.push(format!(
            "{indent}names {number} {place} \"{above}\" {query} {service} {operation}{arguments}"
        ));
        out.push(format!(
            "{indent}while IFS= read -r name{level} <&{descriptor}; do"
        ));
        out.push(format!(
            "{indent}    encode \"$name{level}\"; path{level}=$encoded"
        ));
        _ = write!(paths, "/$path{level}");
    }
    let (service, operation) = (call.service, call.operation);
    let indent = "    ".repeat(call.each.len());
    out.push(format!(
        "{indent}ask \"{paths}\" {service} {operation}{}",
        arguments(call)
    ));
    for depth in (0..call.each.len()).rev() {
        let (indent, descriptor) = ("    ".repeat(depth), depth + 3);
        out.push(format!("{indent}done {descriptor}<\"$list\""));
    }
    out
}

/// The call that lists names for another one: of its own scope where there are two.
fn listing<'a>(call: &Call, named: (&str, &str), calls: &[&'a Call]) -> Option<&'a Call> {
    let mut found = calls
        .iter()
        .copied()
        .filter(|list| (list.service, list.operation) == named);
    let first = found.clone().next();
    found.find(|list| list.scope == call.scope).or(first)
}

/// The names that a call is made for, and its further arguments. `=` keeps a name that begins with `-` a value.
fn arguments(call: &Call) -> String {
    let mut out = String::new();
    let named = call.each.iter().enumerate();
    // A level without a flag is said by the name below it.
    for (depth, each) in named.filter(|(_, each)| !each.flag.is_empty()) {
        _ = write!(out, " {}=\"$name{}\"", each.flag, depth + 1);
    }
    for argument in call.arguments {
        _ = write!(out, " {}", quoted(argument));
    }
    out
}

/// A word for the shell.
fn quoted(word: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./=:,".contains(&byte);
    if !word.is_empty() && word.bytes().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calls::Each;

    const CLUSTERS: Call = Call {
        service: "eks",
        operation: "list-clusters",
        scope: Scope::Region,
        each: &[],
        arguments: &[],
        actions: &["eks:ListClusters"],
    };
    const CLUSTER: Each = Each {
        flag: "--cluster-name",
        listed_by: ("eks", "list-clusters"),
        query: "clusters[]",
    };
    const GROUPS: Call = Call {
        operation: "list-nodegroups",
        each: &[CLUSTER],
        ..CLUSTERS
    };
    const GROUP: Call = Call {
        operation: "describe-nodegroup",
        each: &[
            CLUSTER,
            Each {
                flag: "--nodegroup-name",
                listed_by: ("eks", "list-nodegroups"),
                query: "nodegroups[?a=='b']",
            },
        ],
        ..CLUSTERS
    };

    #[test]
    fn a_call_is_made_for_each_name_of_each_level() {
        let made = lines(&GROUP, &[&GROUP, &GROUPS, &CLUSTERS], &mut Lists::default());
        let wanted = r#"names 1 "$place" "" 'clusters[]' eks list-clusters
while IFS= read -r name1 <&3; do
    encode "$name1"; path1=$encoded
    names 2 "$place" "/$path1" 'nodegroups[?a=='\''b'\'']' eks list-nodegroups --cluster-name="$name1"
    while IFS= read -r name2 <&4; do
        encode "$name2"; path2=$encoded
        ask "/$path1/$path2" eks describe-nodegroup --cluster-name="$name1" --nodegroup-name="$name2"
    done 4<"$list"
done 3<"$list""#;
        assert_eq!(made.join("\n"), wanted);
    }

    #[test]
    fn lists_are_asked_before_what_needs_them() {
        let text = body(&[&GROUP, &GROUPS, &CLUSTERS]);
        let at = |operation: &str| text.find(&format!("eks {operation}")).unwrap();
        assert!(at("list-clusters") < at("list-nodegroups"));
        assert!(text.find("ask \"\" eks list-clusters").unwrap() < text.find("names 1").unwrap());
    }

    #[test]
    fn nothing_but_a_region_is_taken_as_one() {
        for wrong in [
            "",
            "a;b-1",
            "$(x)-1",
            "eu",
            "eu-west",
            "Eu-west-1",
            "eu-west-1,us",
        ] {
            assert!(script(&[wrong.to_owned()]).is_err(), "{wrong}");
        }
        let text = script(&["ap-northeast-1".into(), "us-gov-west-1".into()]).unwrap();
        assert!(text.contains("regions='ap-northeast-1,us-gov-west-1'"));
        assert_eq!(
            text,
            script(&["ap-northeast-1".into(), "us-gov-west-1".into()]).unwrap()
        );
        for part in ["@REGIONS@", "@VERSION@", "@CALLS@"] {
            assert!(!text.contains(part), "{part}");
        }
    }

    #[test]
    fn a_secret_value_is_never_asked_for() {
        let text = script(&[]).unwrap();
        for secret in [
            "get-secret-value",
            "get-parameter",
            "decrypt",
            "get-login-password",
            "get-authorization-token",
            "get-password-data",
            "get-session-token",
            "get-federation-token",
            "get-random-password",
            "get-api-key",
            "--include-values",
            "describe-user-pool-client",
            "get-object ",
            "get-token",
            "userData",
            "get-caller-identity-token",
        ] {
            assert!(!text.contains(secret), "{secret}");
        }
    }
}
