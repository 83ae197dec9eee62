use super::Resolved;
use super::number::is_decimal_float;

/// What the core schema of YAML 1.2 (chapter 10.3) makes of a plain scalar.
pub(crate) fn core_reading(text: &str) -> Resolved {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Resolved::Null,
        "true" | "True" | "TRUE" => return Resolved::Bool(true),
        "false" | "False" | "FALSE" => return Resolved::Bool(false),
        ".nan" | ".NaN" | ".NAN" => return Resolved::Float(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => {
            return Resolved::Float(f64::INFINITY);
        }
        "-.inf" | "-.Inf" | "-.INF" => return Resolved::Float(f64::NEG_INFINITY),
        _ => {}
    }
    let prefixed = match (text.strip_prefix("0o"), text.strip_prefix("0x")) {
        (Some(digits), _) => Some((digits, 8)),
        (_, Some(digits)) => Some((digits, 16)),
        _ => None,
    };
    if let Some((digits, radix)) = prefixed {
        return match u64::from_str_radix(digits, radix) {
            Ok(value) if !digits.starts_with('+') => whole(value),
            _ => Resolved::Same,
        };
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if !unsigned.is_empty() && unsigned.bytes().all(|byte| byte.is_ascii_digit()) {
        if let Ok(value) = text.parse() {
            return Resolved::Int(value);
        }
        if let Ok(value) = text.parse() {
            return Resolved::Unsigned(value);
        }
    }
    match text.parse::<f64>() {
        Ok(value) if is_decimal_float(text) && value.is_finite() => Resolved::Float(value),
        _ => Resolved::Same,
    }
}

fn whole(value: u64) -> Resolved {
    i64::try_from(value).map_or(Resolved::Unsigned(value), Resolved::Int)
}
