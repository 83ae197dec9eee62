use std::net::IpAddr;

use super::glob::text_matches;

/// A condition operator, without its set form and without `IfExists`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// `StringEquals`, or `StringNotEquals` when negated; without case for the `IgnoreCase` forms.
    String {
        /// `Not…`.
        negated: bool,
        /// `…IgnoreCase`.
        ignore_case: bool,
    },
    /// `StringLike` and `StringNotLike`.
    Like {
        /// `Not…`.
        negated: bool,
    },
    /// `ArnEquals`, `ArnLike` and their opposites: both forms take patterns, part by part.
    Arn {
        /// `Not…`.
        negated: bool,
    },
    /// `Numeric…`.
    Numeric(Order),
    /// `Date…`.
    Date(Order),
    /// `Bool`.
    Bool,
    /// `BinaryEquals`.
    Binary,
    /// `IpAddress` and `NotIpAddress`.
    Ip {
        /// `Not…`.
        negated: bool,
    },
    /// `Null`: whether the key is absent.
    Null,
}

/// How numbers and dates are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Equal.
    Equal,
    /// Not equal.
    NotEqual,
    /// The request's value is less.
    Less,
    /// Less or equal.
    AtMost,
    /// Greater.
    Greater,
    /// Greater or equal.
    AtLeast,
}

impl Operator {
    /// An operator by its name, without case.
    pub(super) fn named(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        let order = |rest: &str| {
            Some(match rest {
                "equals" => Order::Equal,
                "notequals" => Order::NotEqual,
                "lessthan" => Order::Less,
                "lessthanequals" => Order::AtMost,
                "greaterthan" => Order::Greater,
                "greaterthanequals" => Order::AtLeast,
                _ => return None,
            })
        };
        if let Some(rest) = name.strip_prefix("numeric") {
            return order(rest).map(Self::Numeric);
        }
        if let Some(rest) = name.strip_prefix("date") {
            return order(rest).map(Self::Date);
        }
        let string = |negated, ignore_case| Self::String {
            negated,
            ignore_case,
        };
        Some(match name.as_str() {
            "stringequals" => string(false, false),
            "stringnotequals" => string(true, false),
            "stringequalsignorecase" => string(false, true),
            "stringnotequalsignorecase" => string(true, true),
            "stringlike" => Self::Like { negated: false },
            "stringnotlike" => Self::Like { negated: true },
            "arnequals" | "arnlike" => Self::Arn { negated: false },
            "arnnotequals" | "arnnotlike" => Self::Arn { negated: true },
            "bool" => Self::Bool,
            "binaryequals" => Self::Binary,
            "ipaddress" => Self::Ip { negated: false },
            "notipaddress" => Self::Ip { negated: true },
            "null" => Self::Null,
            _ => return None,
        })
    }

    /// True for the operators that hold where nothing matches.
    pub fn is_negated(self) -> bool {
        match self {
            Self::String { negated, .. }
            | Self::Like { negated }
            | Self::Arn { negated }
            | Self::Ip { negated } => negated,
            Self::Numeric(order) | Self::Date(order) => order == Order::NotEqual,
            Self::Bool | Self::Binary | Self::Null => false,
        }
    }

    /// Whether one value of the request meets one value of the policy, the negation left aside. What cannot be read as the
    /// operator's type meets nothing.
    pub(super) fn meets(self, policy: &str, request: &str) -> bool {
        match self {
            Self::String { ignore_case, .. } => {
                let policy = plain(policy);
                if ignore_case {
                    policy.to_lowercase() == request.to_lowercase()
                } else {
                    policy == request
                }
            }
            Self::Like { .. } => text_matches(policy, request),
            Self::Arn { .. } => same_parts(policy, request),
            Self::Numeric(order) => match (policy.trim().parse(), request.trim().parse()) {
                (Ok(policy), Ok(request)) => order.holds::<f64>(&request, &policy),
                _ => false,
            },
            Self::Date(order) => match (moment(policy), moment(request)) {
                (Some(policy), Some(request)) => order.holds(&request, &policy),
                _ => false,
            },
            Self::Bool => plain(policy).eq_ignore_ascii_case(request),
            Self::Binary => policy == request,
            Self::Ip { .. } => contains(policy, request).unwrap_or(false),
            Self::Null => false,
        }
    }
}

impl Order {
    fn holds<T: PartialOrd>(self, request: &T, policy: &T) -> bool {
        match self {
            // The negation is applied to the whole list of values.
            Self::Equal | Self::NotEqual => request == policy,
            Self::Less => request < policy,
            Self::AtMost => request <= policy,
            Self::Greater => request > policy,
            Self::AtLeast => request >= policy,
        }
    }
}

/// A text in which `${*}`, `${?}` and `${$}` stand for themselves.
fn plain(text: &str) -> String {
    text.replace("${*}", "*")
        .replace("${?}", "?")
        .replace("${$}", "$")
}

/// The six parts of an ARN are compared one by one; each may hold patterns.
fn same_parts(pattern: &str, arn: &str) -> bool {
    let parts = |text: &str| text.splitn(6, ':').map(str::to_owned).collect::<Vec<_>>();
    let (pattern, arn) = (parts(pattern), parts(arn));
    pattern.len() == 6
        && arn.len() == 6
        && pattern
            .iter()
            .zip(&arn)
            .all(|(pattern, part)| text_matches(pattern, part))
}

/// Seconds since 1970, from those or from an ISO 8601 date.
fn moment(text: &str) -> Option<i128> {
    let text = text.trim();
    if let Ok(seconds) = text.parse::<i64>() {
        return Some(i128::from(seconds) * 1_000_000_000);
    }
    if let Ok(timestamp) = text.parse::<jiff::Timestamp>() {
        return Some(timestamp.as_nanosecond());
    }
    let date: jiff::civil::Date = text.parse().ok()?;
    let zoned = date.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    Some(zoned.timestamp().as_nanosecond())
}

/// Whether an address lies in a block, `10.0.0.0/8`, or is the address.
fn contains(block: &str, address: &str) -> Option<bool> {
    let (base, length) = match block.split_once('/') {
        Some((base, length)) => (base, Some(length.parse::<u32>().ok()?)),
        None => (block, None),
    };
    let bits = |address: IpAddr| match address {
        IpAddr::V4(four) => (u128::from(four.to_bits()), 32),
        IpAddr::V6(six) => (six.to_bits(), 128),
    };
    let (base, width) = bits(base.trim().parse().ok()?);
    let (address, other) = bits(address.trim().parse().ok()?);
    let length = length.unwrap_or(width);
    if width != other || length > width {
        return Some(false);
    }
    let shift = width - length;
    let cut = |bits: u128| bits.checked_shr(shift).unwrap_or(0);
    Some(cut(base) == cut(address))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meets(name: &str, policy: &str, request: &str) -> bool {
        Operator::named(name).unwrap().meets(policy, request)
    }

    #[test]
    fn values_are_compared_by_type() {
        assert!(meets("StringEqualsIgnoreCase", "Prod", "pROD"));
        assert!(!meets("StringEquals", "a*", "ab"));
        assert!(meets("NumericLessThanEquals", "3600", "3600.0"));
        assert!(!meets("NumericLessThan", "x", "1"));
        assert!(meets(
            "DateGreaterThan",
            "2024-01-01",
            "2024-01-01T00:00:01Z"
        ));
        assert!(meets("DateEquals", "0", "1970-01-01T00:00:00Z"));
        assert!(meets("Bool", "true", "True"));
        assert!(meets("IpAddress", "10.0.0.0/8", "10.200.1.1"));
        assert!(meets("IpAddress", "2001:db8::/32", "2001:db8::1"));
        assert!(!meets("IpAddress", "10.0.0.0/8", "2001:db8::1"));
        assert!(meets("IpAddress", "0.0.0.0/0", "1.2.3.4"));
        assert!(meets(
            "ArnLike",
            "arn:aws:iam::*:role/ci-*",
            "arn:aws:iam::1:role/ci-push"
        ));
        assert!(!meets(
            "ArnLike",
            "arn:aws:iam::*",
            "arn:aws:iam::1:role/ci-push"
        ));
    }
}
