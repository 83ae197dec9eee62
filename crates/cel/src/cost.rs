//! What a call costs when it runs.
//!
//! cel-go `interpreter/runtimecost.go` with the estimator of k8s.io/apiserver `pkg/cel/library/cost.go`: the numbers are
//! part of what the API server promises, because limits depend on them.

use crate::library::size;
use crate::named;
use crate::value::{Thing, Value};

const LIST: u64 = 10;

/// Size as far as cost is concerned; 1 for what has none.
fn sized(value: Option<&Value<'_>>) -> u64 {
    match value {
        Some(Value::Optional(Some(inner))) => sized(Some(inner)),
        Some(value) => size(value).map_or(1, |size| u64::try_from(size).unwrap_or(u64::MAX)),
        None => 1,
    }
}

/// The cost of reading so many letters once: a tenth of them, rounded up.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the server computes with doubles"
)]
fn share(letters: u64, factor: f64) -> u64 {
    (letters as f64 * factor).ceil() as u64
}

fn read(letters: u64) -> u64 {
    share(letters, 0.1)
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the server computes with doubles"
)]
fn traversal(value: &Value<'_>) -> u64 {
    match value {
        Value::Text(text) => (text.as_str().len() as f64 * 0.1) as u64,
        Value::Bytes(bytes) => (bytes.len() as f64 * 0.1) as u64,
        Value::List(list) => list.iter().map(|item| traversal(&item)).sum(),
        Value::Map(map) => map
            .entries()
            .iter()
            .map(|(key, value)| traversal(key) + traversal(value))
            .sum(),
        _ => 1,
    }
}

/// The cost of a list that a call makes.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the server computes with doubles"
)]
fn making(factor: f64, size: u64) -> u64 {
    (size as f64 * factor) as u64 + 1 + LIST
}

fn comparing(list: Option<&Value<'_>>) -> u64 {
    let length = sized(list);
    let is_text = match list {
        Some(Value::List(list)) => matches!(list.get(0), Some(Value::Text(_) | Value::Bytes(_))),
        _ => false,
    };
    making(
        if is_text { 2.1 } else { 2.0 },
        length.saturating_mul(length),
    )
}

fn matching(text: u64, pattern: u64) -> u64 {
    read(text.saturating_add(1)).saturating_mul(share(pattern, 0.25))
}

/// The cost of one call. The overload is empty when it was decided only now.
pub(crate) fn of_call(
    function: &str,
    overload: &str,
    args: &[Value<'_>],
    result: Option<&Value<'_>>,
) -> u64 {
    by_overload(overload, args, result)
        .or_else(|| by_function(function, overload, args, result))
        .unwrap_or_else(|| standard(overload, args))
}

/// The lists and sets of cel-go's extensions.
#[expect(
    clippy::cast_precision_loss,
    reason = "the server computes with doubles"
)]
fn by_overload(overload: &str, args: &[Value<'_>], result: Option<&Value<'_>>) -> Option<u64> {
    let pair = || sized(args.first()).saturating_mul(sized(args.get(1)));
    Some(match overload {
        "list_slice" | "lists_range" | "list_reverse" => making(1.0, sized(result)),
        "list_flatten" => making(1.0, sized(args.first())),
        "list_flatten_int" => match args.get(1) {
            Some(Value::Int(depth)) => making(*depth as f64, sized(args.first())),
            _ => 1,
        },
        "list_distinct" => comparing(args.first()),
        "list_sets_contains_list" | "list_sets_intersects_list" => pair() + 1,
        "list_sets_equivalent_list" => pair().saturating_mul(2) + 1,
        _ if overload.starts_with("list_") && overload.ends_with("_sort") => {
            comparing(args.first())
        }
        _ if overload.starts_with("list_") && overload.ends_with("_sortByAssociatedKeys") => {
            comparing(args.get(1))
        }
        _ => return None,
    })
}

/// The functions of the Kubernetes library.
fn by_function(
    function: &str,
    overload: &str,
    args: &[Value<'_>],
    result: Option<&Value<'_>>,
) -> Option<u64> {
    let (first, second) = (sized(args.first()), sized(args.get(1)));
    Some(match function {
        "check" => 350_000,
        "serviceAccount"
        | "path"
        | "group"
        | "resource"
        | "subresource"
        | "namespace"
        | "name"
        | "allowed"
        | "reason"
        | "error"
        | "errored"
        | "masked"
        | "prefixLength"
        | "family"
        | "isUnspecified"
        | "isLoopback"
        | "isLinkLocalMulticast"
        | "isLinkLocalUnicast"
        | "isGlobalUnicast"
        | "format.named"
        | "sign"
        | "asInteger"
        | "isInteger"
        | "asApproximateFloat"
        | "isGreaterThan"
        | "isLessThan"
        | "compareTo"
        | "add"
        | "sub"
        | "major"
        | "minor"
        | "patch"
        | "getScheme"
        | "getHostname"
        | "getHost"
        | "getPort"
        | "getEscapedPath"
        | "getQuery" => 1,
        "fieldSelector" | "labelSelector" => LIST + read(second) + share(second.div_ceil(2), 50.0),
        "isSorted" | "sum" | "max" | "min" | "indexOf" | "lastIndexOf" => {
            args.first().map_or(0, traversal)
        }
        "ip" if overload == "cidr_ip" => 1,
        "ip" | "url" | "lowerAscii" | "upperAscii" | "substring" | "trim" | "cidr" | "isIP"
        | "isCIDR" | "quantity" | "isQuantity" | "semver" | "isSemver" => read(first),
        "replace" | "split" | "ip.isCanonical" => share(first, 0.2),
        "join" => share(sized(result), 0.2),
        "find" | "findAll" => matching(first, second),
        "containsIP" => {
            let parse = if overload == "cidr_contains_ip_string" {
                read(second)
            } else {
                0
            };
            share(first * 2, 0.1) + parse
        }
        "containsCIDR" => {
            let parse = if overload == "cidr_contains_cidr_string" {
                read(second)
            } else {
                0
            };
            share(first * 2, 0.1) + read(first) + 1 + parse
        }
        "validate" => match args.first() {
            Some(Value::Thing(Thing::Format(name))) => {
                let pattern = named::FORMATS
                    .iter()
                    .find(|(known, _)| known == name)
                    .map_or(0, |(_, length)| *length);
                matching(second, pattern)
            }
            _ => return None,
        },
        "_==_" if matches!(args.first(), Some(Value::Thing(_))) => 1,
        _ => return None,
    })
}

/// The standard library.
fn standard(overload: &str, args: &[Value<'_>]) -> u64 {
    let (first, second) = (sized(args.first()), sized(args.get(1)));
    match overload {
        "starts_with_string" | "ends_with_string" | "string_to_bytes" | "bytes_to_string"
        | "strings_quote" | "string_format" => read(first),
        "in_list" => second,
        "less_string"
        | "greater_string"
        | "less_equals_string"
        | "greater_equals_string"
        | "less_bytes"
        | "greater_bytes"
        | "less_equals_bytes"
        | "greater_equals_bytes"
        | "equals"
        | "not_equals" => read(first.min(second)),
        "add_string" | "add_bytes" => read(first.saturating_add(second)),
        "matches_string" => matching(first, second),
        "contains_string" => read(first).saturating_mul(read(second)),
        _ => 1,
    }
}
