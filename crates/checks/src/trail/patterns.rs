//! Event patterns of EventBridge: whether a rule takes an event, as far as the event is known.
//!
//! <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html>

use serde_json::Value;

/// Whether a pattern takes an event. A field that the event of this page does not name may hold anything: it takes part in
/// no refusal. `None` for what is no pattern.
pub(super) fn takes(pattern: &str, event: &Value) -> Option<bool> {
    let pattern: Value = serde_json::from_str(pattern).ok()?;
    pattern.is_object().then(|| all(&pattern, event))
}

/// Every field of a pattern must fit; of the patterns in `$or` one.
fn all(pattern: &Value, event: &Value) -> bool {
    let fields = pattern.as_object().into_iter().flatten();
    fields.into_iter().all(|(name, wanted)| {
        if name == "$or" {
            let parts = wanted.as_array().map_or(&[][..], Vec::as_slice);
            return parts.iter().any(|part| all(part, event));
        }
        let Some(own) = event.get(name) else {
            return true;
        };
        match wanted {
            Value::Object(_) => own.is_object() && all(wanted, own),
            Value::Array(any) => any.iter().any(|one| fits(one, own)),
            _ => false,
        }
    })
}

/// One alternative against a value; of a list of values, one has to fit.
fn fits(wanted: &Value, own: &Value) -> bool {
    if let Value::Array(items) = own {
        return items.iter().any(|item| fits(wanted, item));
    }
    let Value::Object(operators) = wanted else {
        return same(wanted, own);
    };
    operators
        .iter()
        .all(|(operator, operand)| match operator.as_str() {
            "exists" => operand.as_bool().unwrap_or(true),
            "anything-but" => !excepted(operand, own),
            "numeric" => own.as_f64().is_some_and(|number| in_range(operand, number)),
            _ => text_fits(operator, operand, own),
        })
}

fn same(wanted: &Value, own: &Value) -> bool {
    match (wanted.as_f64(), own.as_f64()) {
        (Some(wanted), Some(own)) => (wanted - own).abs() < f64::EPSILON,
        _ => wanted == own,
    }
}

/// What `anything-but` leaves out: values, or what an operator in it describes.
fn excepted(operand: &Value, own: &Value) -> bool {
    match operand {
        Value::Array(items) => items.iter().any(|item| same(item, own)),
        Value::Object(operators) => operators.iter().any(|(operator, operand)| match operand {
            Value::Array(items) => items.iter().any(|item| text_fits(operator, item, own)),
            one => text_fits(operator, one, own),
        }),
        one => same(one, own),
    }
}

fn text_fits(operator: &str, operand: &Value, own: &Value) -> bool {
    // `{"prefix": {"equals-ignore-case": "aws."}}`
    if let Some(inner) = operand.get("equals-ignore-case").and_then(Value::as_str) {
        let lower = |text: &str| Value::String(text.to_lowercase());
        let own = own.as_str().map_or(Value::Null, lower);
        return text_fits(operator, &lower(inner), &own);
    }
    let (Some(operand), Some(own)) = (operand.as_str(), own.as_str()) else {
        return false;
    };
    match operator {
        "prefix" => own.starts_with(operand),
        "suffix" => own.ends_with(operand),
        "equals-ignore-case" => own.to_lowercase() == operand.to_lowercase(),
        "wildcard" => wild(operand, own),
        // An operator that came later may fit.
        _ => true,
    }
}

/// Whether a text is what a pattern describes; stars stand for any characters.
pub(crate) fn wild(pattern: &str, text: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(mut left) = text.strip_prefix(start) else {
        return false;
    };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let end = parts.pop().unwrap_or("");
    for part in parts {
        match left.split_once(part) {
            Some((_, behind)) => left = behind,
            None => return false,
        }
    }
    left.ends_with(end)
}

/// `[">=", 4, "<", 9]`
fn in_range(operand: &Value, number: f64) -> bool {
    let parts = operand.as_array().map_or(&[][..], Vec::as_slice);
    parts.chunks(2).all(|pair| match pair {
        [Value::String(sign), limit] => {
            let limit = limit.as_f64().unwrap_or(f64::NAN);
            match sign.as_str() {
                "<" => number < limit,
                "<=" => number <= limit,
                ">" => number > limit,
                ">=" => number >= limit,
                "=" => (number - limit).abs() < f64::EPSILON,
                _ => false,
            }
        }
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::takes;

    #[test]
    fn patterns_take_what_they_name() {
        let event = serde_json::json!({
            "source": "aws.guardduty",
            "detail": { "severity": 8, "type": "Execution:Kubernetes/ExecInKubeSystemPod", "tags": ["a", "b"] },
        });
        for (pattern, expected) in [
            (r#"{"source": ["aws.guardduty"]}"#, true),
            (r#"{"source": ["aws.ec2", "aws.s3"]}"#, false),
            (
                r#"{"source": [{"prefix": "aws."}], "region": ["eu-west-1"]}"#,
                true,
            ),
            (
                r#"{"source": [{"anything-but": ["aws.guardduty"]}]}"#,
                false,
            ),
            (
                r#"{"source": [{"anything-but": {"prefix": "aws.g"}}]}"#,
                false,
            ),
            (
                r#"{"source": [{"anything-but": {"suffix": ".ec2"}}]}"#,
                true,
            ),
            (
                r#"{"source": [{"equals-ignore-case": "AWS.GuardDuty"}]}"#,
                true,
            ),
            (
                r#"{"source": [{"prefix": {"equals-ignore-case": "AWS."}}]}"#,
                true,
            ),
            (
                r#"{"detail": {"severity": [{"numeric": [">=", 7, "<", 9]}]}}"#,
                true,
            ),
            (
                r#"{"detail": {"severity": [{"numeric": [">", 8]}]}}"#,
                false,
            ),
            (r#"{"detail": {"severity": [8, 8.9]}}"#, true),
            (
                r#"{"detail": {"type": [{"wildcard": "*:Kubernetes/*"}]}}"#,
                true,
            ),
            (
                r#"{"detail": {"type": [{"wildcard": "*:EC2/*Pod"}]}}"#,
                false,
            ),
            (r#"{"detail": {"tags": ["b"]}}"#, true),
            (r#"{"detail": ["x"]}"#, false),
            (
                r#"{"$or": [{"source": ["x"]}, {"detail": {"severity": [8]}}]}"#,
                true,
            ),
            (r#"{"$or": [{"source": ["x"]}]}"#, false),
        ] {
            assert_eq!(takes(pattern, &event), Some(expected), "{pattern}");
        }
        assert_eq!(takes("[]", &event), None);
        assert_eq!(takes("{", &event), None);
    }
}
