//! What the functions do, by overload.

use std::cmp::Ordering;
use std::net::IpAddr;
use std::sync::Arc;

use crate::authorize::narrow;
use crate::compare::equal;
use crate::fault::{Fault, Outcome};
use crate::lists;
use crate::named;
use crate::net::{Address, Network};
use crate::pattern;
use crate::quantity::Quantity;
use crate::run::Scope;
use crate::semver::Version;
use crate::text;
use crate::url::Url;
use crate::value::{List, Table, Text, Thing, Value};

/// How one overload is computed. Arguments have the declared types.
pub(crate) type Native = for<'a> fn(&[Value<'a>], &dyn Scope<'a>) -> Outcome<Value<'a>>;

fn texts<'v>(args: &'v [Value<'_>], index: usize) -> Outcome<&'v str> {
    args.get(index)
        .and_then(Value::as_text)
        .ok_or_else(Fault::no_overload)
}

fn int(args: &[Value<'_>], index: usize) -> Outcome<i64> {
    match args.get(index) {
        Some(Value::Int(value)) => Ok(*value),
        _ => Err(Fault::no_overload()),
    }
}

fn list<'v, 'a>(args: &'v [Value<'a>], index: usize) -> Outcome<&'v List<'a>> {
    match args.get(index) {
        Some(Value::List(list)) => Ok(list),
        _ => Err(Fault::no_overload()),
    }
}

fn thing<'v>(args: &'v [Value<'_>], index: usize) -> Outcome<&'v Thing> {
    match args.get(index) {
        Some(Value::Thing(thing)) => Ok(thing),
        _ => Err(Fault::no_overload()),
    }
}

fn amount<'v>(args: &'v [Value<'_>], index: usize) -> Outcome<&'v Quantity> {
    match thing(args, index)? {
        Thing::Quantity(quantity) => Ok(quantity),
        _ => Err(Fault::no_overload()),
    }
}

fn version<'v>(args: &'v [Value<'_>], index: usize) -> Outcome<&'v Version> {
    match thing(args, index)? {
        Thing::Version(version) => Ok(version),
        _ => Err(Fault::no_overload()),
    }
}

fn link<'v>(args: &'v [Value<'_>]) -> Outcome<&'v Url> {
    match thing(args, 0)? {
        Thing::Url(url) => Ok(url),
        _ => Err(Fault::no_overload()),
    }
}

fn address(args: &[Value<'_>], index: usize) -> Outcome<Address> {
    match thing(args, index)? {
        Thing::Address(address) => Ok(*address),
        _ => Err(Fault::no_overload()),
    }
}

fn network(args: &[Value<'_>], index: usize) -> Outcome<Network> {
    match thing(args, index)? {
        Thing::Network(network) => Ok(*network),
        _ => Err(Fault::no_overload()),
    }
}

fn int_of(order: Ordering) -> i64 {
    order as i64
}

fn quantity<'a>(quantity: Quantity) -> Value<'a> {
    Value::Thing(Thing::Quantity(Arc::new(quantity)))
}

/// The way to compute an overload.
pub(crate) fn native(id: &str) -> Option<Native> {
    on_text(id)
        .or_else(|| on_lists(id))
        .or_else(|| on_optionals(id))
        .or_else(|| on_amounts(id))
        .or_else(|| on_networks(id))
        .or_else(|| on_rights(id))
        .or_else(|| on_time(id))
}

fn on_text(id: &str) -> Option<Native> {
    Some(match id {
        "string_char_at_int" => |args, _| text::char_at(texts(args, 0)?, int(args, 1)?),
        "string_index_of_string" => {
            |args, _| text::index_of(texts(args, 0)?, texts(args, 1)?, 0).map(Value::Int)
        }
        "string_index_of_string_int" => |args, _| {
            text::index_of(texts(args, 0)?, texts(args, 1)?, int(args, 2)?).map(Value::Int)
        },
        "string_last_index_of_string" => {
            |args, _| text::last_index_of(texts(args, 0)?, texts(args, 1)?, None).map(Value::Int)
        }
        "string_last_index_of_string_int" => |args, _| {
            text::last_index_of(texts(args, 0)?, texts(args, 1)?, Some(int(args, 2)?))
                .map(Value::Int)
        },
        "string_lower_ascii" => |args, _| text::made(texts(args, 0)?.to_ascii_lowercase()),
        "string_upper_ascii" => |args, _| text::made(texts(args, 0)?.to_ascii_uppercase()),
        "string_replace_string_string" => {
            |args, _| text::replace(texts(args, 0)?, texts(args, 1)?, texts(args, 2)?, -1)
        }
        "string_replace_string_string_int" => |args, _| {
            text::replace(
                texts(args, 0)?,
                texts(args, 1)?,
                texts(args, 2)?,
                int(args, 3)?,
            )
        },
        "string_split_string" => |args, _| Ok(text::split(texts(args, 0)?, texts(args, 1)?, -1)),
        "string_split_string_int" => {
            |args, _| Ok(text::split(texts(args, 0)?, texts(args, 1)?, int(args, 2)?))
        }
        "string_substring_int" => |args, _| text::substring(texts(args, 0)?, int(args, 1)?, None),
        "string_substring_int_int" => {
            |args, _| text::substring(texts(args, 0)?, int(args, 1)?, Some(int(args, 2)?))
        }
        "string_trim" => |args, _| text::made(text::trim(texts(args, 0)?)),
        "strings_quote" => |args, _| text::made(text::quote(texts(args, 0)?)),
        "string_format" => |args, _| crate::format::format(texts(args, 0)?, list(args, 1)?),
        "list_join" => |args, _| text::join(list(args, 0)?, ""),
        "list_join_string" => |args, _| text::join(list(args, 0)?, texts(args, 1)?),
        "contains_string" => |args, _| Ok(Value::Bool(texts(args, 0)?.contains(texts(args, 1)?))),
        "starts_with_string" => {
            |args, _| Ok(Value::Bool(texts(args, 0)?.starts_with(texts(args, 1)?)))
        }
        "ends_with_string" => |args, _| Ok(Value::Bool(texts(args, 0)?.ends_with(texts(args, 1)?))),
        "string_find_string" => |args, _| {
            let pattern = illegal(texts(args, 1)?)?;
            text::made(
                pattern
                    .find(texts(args, 0)?)
                    .map_or("", |found| found.as_str()),
            )
        },
        "string_find_all_string" => |args, _| find_all(args, -1),
        "string_find_all_string_int" => |args, _| find_all(args, int(args, 2)?),
        "format-named" => |args, _| {
            let name = texts(args, 0)?;
            let found = named::FORMATS.iter().find(|(known, _)| *known == name);
            Ok(Value::Optional(found.map(|(known, _)| {
                Arc::new(Value::Thing(Thing::Format(known)))
            })))
        },
        "format-validate" => |args, _| match thing(args, 0)? {
            Thing::Format(name) => {
                let complaints = named::complaints(name, texts(args, 1)?);
                if complaints.is_empty() {
                    return Ok(Value::Optional(None));
                }
                Ok(Value::some(Value::texts(complaints)))
            }
            _ => Err(Fault::no_overload()),
        },
        _ => return None,
    })
}

fn illegal(pattern: &str) -> Outcome<regex::Regex> {
    pattern::compile(pattern).map_err(|reason| Fault::new(format!("Illegal regex: {reason}")))
}

fn find_all<'a>(args: &[Value<'a>], most: i64) -> Outcome<Value<'a>> {
    let pattern = illegal(texts(args, 1)?)?;
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    Ok(Value::texts(
        pattern
            .find_iter(texts(args, 0)?)
            .take(most)
            .map(|found| found.as_str()),
    ))
}

/// Refuses what the API server's cost of comparing everything with everything would refuse anyway.
pub(crate) fn square(left: usize, right: usize) -> Outcome<()> {
    if left.saturating_mul(right) > lists::MOST {
        Err(Fault::TooCostly)
    } else {
        Ok(())
    }
}

fn on_lists(id: &str) -> Option<Native> {
    if id.starts_with("list_") && id.ends_with("_is_sorted_bool") {
        return Some(|args, _| lists::is_sorted(list(args, 0)?).map(Value::Bool));
    }
    if let Some(rest) = id
        .strip_prefix("list_")
        .and_then(|id| id.split_once("_sum_"))
    {
        return Some(match rest.0 {
            "int" => |args, _| lists::sum(list(args, 0)?, Value::Int(0)),
            "uint" => |args, _| lists::sum(list(args, 0)?, Value::Uint(0)),
            "double" => |args, _| lists::sum(list(args, 0)?, Value::Double(0.0)),
            _ => |args, _| lists::sum(list(args, 0)?, Value::Duration(0)),
        });
    }
    if id.starts_with("list_") && id.contains("_min_") {
        return Some(|args, _| lists::extreme(list(args, 0)?, "min", Ordering::Less));
    }
    if id.starts_with("list_") && id.contains("_max_") {
        return Some(|args, _| lists::extreme(list(args, 0)?, "max", Ordering::Greater));
    }
    Some(match id {
        "list_a_index_of_int" => |args, _| {
            Ok(Value::Int(lists::position(
                list(args, 0)?,
                args.get(1).unwrap_or(&Value::Null),
                false,
            )))
        },
        "list_a_last_index_of_int" => |args, _| {
            Ok(Value::Int(lists::position(
                list(args, 0)?,
                args.get(1).unwrap_or(&Value::Null),
                true,
            )))
        },
        "list_slice" => |args, _| lists::slice(list(args, 0)?, int(args, 1)?, int(args, 2)?),
        "list_flatten" => |args, _| lists::flatten(list(args, 0)?, 1).map(Value::list),
        "list_flatten_int" => {
            |args, _| lists::flatten(list(args, 0)?, int(args, 1)?).map(Value::list)
        }
        "lists_range" => |args, _| lists::range(int(args, 0)?),
        "list_reverse" => |args, _| {
            let all = list(args, 0)?;
            Ok(Value::list(
                (0..all.len())
                    .rev()
                    .filter_map(|index| all.get(index))
                    .collect(),
            ))
        },
        "list_distinct" => |args, _| {
            let all = list(args, 0)?;
            square(all.len(), all.len())?;
            Ok(lists::distinct(all))
        },
        "list_sets_contains_list" => |args, _| {
            let (all, part) = (list(args, 0)?, list(args, 1)?);
            square(all.len(), part.len())?;
            Ok(Value::Bool(lists::covers(all, part)))
        },
        "list_sets_equivalent_list" => |args, _| {
            let (left, right) = (list(args, 0)?, list(args, 1)?);
            square(left.len(), right.len())?;
            Ok(Value::Bool(
                lists::covers(left, right) && lists::covers(right, left),
            ))
        },
        "list_sets_intersects_list" => |args, _| {
            let (left, right) = (list(args, 0)?, list(args, 1)?);
            square(left.len(), right.len())?;
            Ok(Value::Bool(
                left.iter().any(|item| lists::contains(right, &item)),
            ))
        },
        _ => return None,
    })
}

fn is_zero(value: &Value<'_>) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(value) => !value,
        Value::Int(value) | Value::Duration(value) => *value == 0,
        Value::Uint(value) => *value == 0,
        Value::Double(value) => *value == 0.0,
        Value::Text(text) => text.as_str().is_empty(),
        Value::Bytes(bytes) => bytes.is_empty(),
        Value::List(list) => list.is_empty(),
        Value::Map(map) => map.is_empty(),
        _ => false,
    }
}

fn on_optionals(id: &str) -> Option<Native> {
    Some(match id {
        "optional_of" => |args, _| Ok(Value::some(args.first().cloned().unwrap_or(Value::Null))),
        "optional_ofNonZeroValue" => |args, _| match args.first() {
            Some(value) if !is_zero(value) => Ok(Value::some(value.clone())),
            _ => Ok(Value::Optional(None)),
        },
        "optional_none" => |_, _| Ok(Value::Optional(None)),
        "optional_value" => |args, _| match args.first() {
            Some(Value::Optional(Some(value))) => Ok((**value).clone()),
            Some(Value::Optional(None)) => Err(Fault::new("optional.none() dereference")),
            _ => Err(Fault::no_overload()),
        },
        "optional_hasValue" => |args, _| {
            Ok(Value::Bool(matches!(
                args.first(),
                Some(Value::Optional(Some(_)))
            )))
        },
        "list_first" => |args, _| Ok(Value::Optional(list(args, 0)?.get(0).map(Arc::new))),
        "list_last" => |args, _| {
            let all = list(args, 0)?;
            Ok(Value::Optional(
                all.len()
                    .checked_sub(1)
                    .and_then(|last| all.get(last))
                    .map(Arc::new),
            ))
        },
        "optional_unwrap" | "optional_unwrapOpt" => |args, _| {
            let mut kept = Vec::new();
            for item in list(args, 0)?.iter() {
                match item {
                    Value::Optional(Some(value)) => kept.push((*value).clone()),
                    Value::Optional(None) => {}
                    other => {
                        return Err(Fault::new(format!(
                            "value {} is not optional",
                            crate::convert::shown(&other)
                        )));
                    }
                }
            }
            Ok(Value::list(kept))
        },
        _ => return None,
    })
}

fn on_amounts(id: &str) -> Option<Native> {
    Some(match id {
        "string_to_quantity" => |args, _| {
            Quantity::parse(texts(args, 0)?)
                .map(quantity)
                .map_err(|error| Fault::new(error.to_string()))
        },
        "is_quantity_string" => |args, _| Ok(Value::Bool(Quantity::parse(texts(args, 0)?).is_ok())),
        "quantity_sign" => |args, _| Ok(Value::Int(amount(args, 0)?.sign())),
        "quantity_is_greater_than" => |args, _| {
            Ok(Value::Bool(
                amount(args, 0)?.compare(amount(args, 1)?).is_gt(),
            ))
        },
        "quantity_is_less_than" => |args, _| {
            Ok(Value::Bool(
                amount(args, 0)?.compare(amount(args, 1)?).is_lt(),
            ))
        },
        "quantity_compare_to" => |args, _| {
            Ok(Value::Int(int_of(
                amount(args, 0)?.compare(amount(args, 1)?),
            )))
        },
        "quantity_get_float" => |args, _| Ok(Value::Double(amount(args, 0)?.about())),
        "quantity_get_int" => |args, _| {
            amount(args, 0)?
                .as_whole()
                .map(Value::Int)
                .ok_or_else(|| Fault::new("cannot convert value to integer"))
        },
        "quantity_is_integer" => |args, _| Ok(Value::Bool(amount(args, 0)?.as_whole().is_some())),
        "quantity_add" => |args, _| Ok(quantity(amount(args, 0)?.plus(amount(args, 1)?, 1))),
        "quantity_sub" => |args, _| Ok(quantity(amount(args, 0)?.plus(amount(args, 1)?, -1))),
        "quantity_add_int" => |args, _| {
            Ok(quantity(
                amount(args, 0)?.plus(&Quantity::whole(int(args, 1)?), 1),
            ))
        },
        "quantity_sub_int" => |args, _| {
            Ok(quantity(
                amount(args, 0)?.plus(&Quantity::whole(int(args, 1)?), -1),
            ))
        },
        "string_to_semver" => |args, _| semver(texts(args, 0)?, false),
        "string_bool_to_semver" => |args, _| {
            semver(
                texts(args, 0)?,
                matches!(args.get(1), Some(Value::Bool(true))),
            )
        },
        "is_semver_string" => {
            |args, _| Ok(Value::Bool(Version::parse(texts(args, 0)?, false).is_ok()))
        }
        "is_semver_string_bool" => |args, _| {
            let is_tolerant = matches!(args.get(1), Some(Value::Bool(true)));
            Ok(Value::Bool(
                Version::parse(texts(args, 0)?, is_tolerant).is_ok(),
            ))
        },
        "semver_major" => |args, _| number(args, 0),
        "semver_minor" => |args, _| number(args, 1),
        "semver_patch" => |args, _| number(args, 2),
        "semver_is_greater_than" => |args, _| {
            Ok(Value::Bool(
                version(args, 0)?.compare(version(args, 1)?).is_gt(),
            ))
        },
        "semver_is_less_than" => |args, _| {
            Ok(Value::Bool(
                version(args, 0)?.compare(version(args, 1)?).is_lt(),
            ))
        },
        "semver_compare_to" => |args, _| {
            Ok(Value::Int(int_of(
                version(args, 0)?.compare(version(args, 1)?),
            )))
        },
        _ => return None,
    })
}

fn semver<'a>(text: &str, is_tolerant: bool) -> Outcome<Value<'a>> {
    Version::parse(text, is_tolerant)
        .map(|version| Value::Thing(Thing::Version(Arc::new(version))))
        .map_err(Fault::new)
}

fn number<'a>(args: &[Value<'a>], index: usize) -> Outcome<Value<'a>> {
    let number = version(args, 0)?
        .numbers
        .get(index)
        .copied()
        .unwrap_or_default();
    Ok(Value::Int(number.cast_signed()))
}

fn on_networks(id: &str) -> Option<Native> {
    Some(match id {
        "string_to_url" => |args, _| {
            Url::parse(texts(args, 0)?)
                .map(|url| Value::Thing(Thing::Url(Arc::new(url))))
                .map_err(|reason| {
                    Fault::new(format!(
                        "URL parse error during conversion from string: {reason}"
                    ))
                })
        },
        "is_url_string" => |args, _| Ok(Value::Bool(Url::parse(texts(args, 0)?).is_ok())),
        "url_get_scheme" => |args, _| text::made(link(args)?.scheme.as_str()),
        "url_get_host" => |args, _| text::made(link(args)?.host.as_str()),
        "url_get_hostname" => |args, _| text::made(link(args)?.hostname()),
        "url_get_port" => |args, _| text::made(link(args)?.port()),
        "url_get_escaped_path" => |args, _| text::made(link(args)?.escaped_path()),
        "url_get_query" => |args, _| {
            let mut table = Table::default();
            for (key, values) in link(args)?.parameters() {
                table.insert(Value::text(key), Value::texts(values));
            }
            Ok(Value::map(table))
        },
        "string_to_ip" => |args, _| {
            Address::parse(texts(args, 0)?)
                .map(|address| Value::Thing(Thing::Address(address)))
                .map_err(Fault::new)
        },
        "is_ip" => |args, _| Ok(Value::Bool(Address::parse(texts(args, 0)?).is_ok())),
        "ip_is_canonical" => |args, _| {
            let written = texts(args, 0)?;
            Address::parse(written)
                .map(|address| Value::Bool(address.0.to_string() == written))
                .map_err(Fault::new)
        },
        "ip_family" => |args, _| {
            Ok(Value::Int(
                if matches!(address(args, 0)?.0, IpAddr::V4(_)) {
                    4
                } else {
                    6
                },
            ))
        },
        "ip_is_unspecified" => |args, _| Ok(Value::Bool(address(args, 0)?.0.is_unspecified())),
        "ip_is_loopback" => |args, _| Ok(Value::Bool(address(args, 0)?.0.is_loopback())),
        "ip_is_link_local_multicast" => {
            |args, _| Ok(Value::Bool(address(args, 0)?.is_link_local_multicast()))
        }
        "ip_is_link_local_unicast" => |args, _| Ok(Value::Bool(address(args, 0)?.is_link_local())),
        "ip_is_global_unicast" => |args, _| Ok(Value::Bool(address(args, 0)?.is_global())),
        "string_to_cidr" => {
            |args, _| cidr(texts(args, 0)?).map(|network| Value::Thing(Thing::Network(network)))
        }
        "is_cidr" => |args, _| Ok(Value::Bool(Network::parse(texts(args, 0)?).is_ok())),
        "cidr_contains_ip_string" => |args, _| {
            let found = Address::parse(texts(args, 1)?).map_err(Fault::new);
            // An unreadable address is answered as a missing overload of the network: that is what the server does.
            let network = network(args, 0)?;
            found
                .map(|address| Value::Bool(network.contains(address)))
                .map_err(|_| Fault::no_overload())
        },
        "cidr_contains_ip_ip" => {
            |args, _| Ok(Value::Bool(network(args, 0)?.contains(address(args, 1)?)))
        }
        "cidr_contains_cidr_string" => |args, _| {
            let other = cidr(texts(args, 1)?)?;
            Ok(Value::Bool(network(args, 0)?.covers(other)))
        },
        "cidr_contains_cidr" => {
            |args, _| Ok(Value::Bool(network(args, 0)?.covers(network(args, 1)?)))
        }
        "cidr_ip" => |args, _| {
            Ok(Value::Thing(Thing::Address(Address(
                network(args, 0)?.address,
            ))))
        },
        "cidr_prefix_length" => |args, _| Ok(Value::Int(i64::from(network(args, 0)?.bits))),
        "cidr_masked" => |args, _| Ok(Value::Thing(Thing::Network(network(args, 0)?.masked()))),
        _ => return None,
    })
}

fn cidr(text: &str) -> Outcome<Network> {
    Network::parse(text).map_err(|reason| {
        Fault::new(format!(
            "network address parse error during conversion from string: {reason}"
        ))
    })
}

fn on_rights(id: &str) -> Option<Native> {
    Some(match id {
        "authorizer_path" => |args, _| asked(args, "path"),
        "authorizer_group" => |args, _| asked(args, "group"),
        "authorizer_serviceaccount" => |args, _| asked(args, "serviceAccount"),
        "groupcheck_resource" => |args, _| asked(args, "resource"),
        "resourcecheck_subresource" => |args, _| asked(args, "subresource"),
        "resourcecheck_namespace" => |args, _| asked(args, "namespace"),
        "resourcecheck_name" => |args, _| asked(args, "name"),
        "authorizer_fieldselector" => |args, _| asked(args, "fieldSelector"),
        "authorizer_labelselector" => |args, _| asked(args, "labelSelector"),
        "pathcheck_check" | "resourcecheck_check" => |args, scope| match thing(args, 0)? {
            Thing::Check(check) => Ok(Value::Thing(Thing::Decision(Arc::new(
                scope.authorize(check, texts(args, 1)?),
            )))),
            _ => Err(Fault::no_overload()),
        },
        "decision_allowed" => |args, _| decided(args, |decision| Value::Bool(decision.is_allowed)),
        "decision_reason" => {
            |args, _| decided(args, |decision| Value::text(decision.reason.as_str()))
        }
        "decision_errored" => {
            |args, _| decided(args, |decision| Value::Bool(decision.error.is_some()))
        }
        "decision_error" => |args, _| {
            decided(args, |decision| {
                Value::text(decision.error.clone().unwrap_or_default())
            })
        },
        _ => return None,
    })
}

fn asked<'a>(args: &[Value<'a>], function: &str) -> Outcome<Value<'a>> {
    let words: Vec<&str> = args.iter().skip(1).filter_map(Value::as_text).collect();
    match thing(args, 0)? {
        Thing::Check(check) => narrow(check, function, &words),
        _ => Err(Fault::no_overload()),
    }
}

fn decided<'a>(
    args: &[Value<'a>],
    tell: fn(&crate::authorize::Decision) -> Value<'static>,
) -> Outcome<Value<'a>> {
    match thing(args, 0)? {
        Thing::Decision(decision) => Ok(tell(decision)),
        _ => Err(Fault::no_overload()),
    }
}

fn on_time(id: &str) -> Option<Native> {
    macro_rules! part {
        ($name:literal) => {
            |args, _| match (args.first(), args.get(1)) {
                (Some(Value::Timestamp(moment)), None) => moment.part($name, "UTC").map(Value::Int),
                (Some(Value::Timestamp(moment)), Some(Value::Text(zone))) => {
                    moment.part($name, zone.as_str()).map(Value::Int)
                }
                (Some(Value::Duration(span)), None) => Ok(Value::Int(span_part($name, *span))),
                _ => Err(Fault::no_overload()),
            }
        };
    }
    let name = id.strip_suffix("_with_tz").unwrap_or(id);
    Some(match name {
        "timestamp_to_year" => part!("getFullYear"),
        "timestamp_to_month" => part!("getMonth"),
        "timestamp_to_day_of_year" => part!("getDayOfYear"),
        "timestamp_to_day_of_month" => part!("getDayOfMonth"),
        "timestamp_to_day_of_month_1_based" => part!("getDate"),
        "timestamp_to_day_of_week" => part!("getDayOfWeek"),
        "timestamp_to_hours" | "timestamp_to_hours_tz" | "duration_to_hours" => part!("getHours"),
        "timestamp_to_minutes" | "duration_to_minutes" => part!("getMinutes"),
        "timestamp_to_seconds" | "timestamp_to_seconds_tz" | "duration_to_seconds" => {
            part!("getSeconds")
        }
        "timestamp_to_milliseconds" | "duration_to_milliseconds" => part!("getMilliseconds"),
        _ => return None,
    })
}

fn span_part(function: &str, span: i64) -> i64 {
    match function {
        "getHours" => span / 3_600_000_000_000,
        "getMinutes" => span / 60_000_000_000,
        "getSeconds" => span / 1_000_000_000,
        _ => span / 1_000_000,
    }
}

/// Inserts into a map that is being made; a key may come once.
pub(crate) fn insert<'a>(map: Value<'a>, key: Value<'a>, value: Value<'a>) -> Outcome<Value<'a>> {
    let Value::Map(map) = map else {
        return Err(Fault::no_overload());
    };
    if map.get(&key).is_some() {
        return Err(Fault::new(format!(
            "insert failed: key {} already exists",
            crate::convert::shown(&key)
        )));
    }
    let mut table = match map {
        crate::value::Map::Shared(table) => table,
        crate::value::Map::Borrowed(_) => {
            let mut table = Table::default();
            for (key, value) in map.entries() {
                table.insert(key, value);
            }
            Arc::new(table)
        }
    };
    Arc::make_mut(&mut table).insert(key, value);
    Ok(Value::Map(crate::value::Map::Shared(table)))
}

/// `x in y`.
pub(crate) fn is_in<'a>(wanted: &Value<'a>, all: &Value<'a>) -> Outcome<bool> {
    match all {
        Value::List(list) => Ok(list
            .iter()
            .any(|item| equal(&item, wanted).unwrap_or(false))),
        Value::Map(map) => Ok(map.get(wanted).is_some()),
        _ => Err(Fault::no_overload()),
    }
}

/// How many code points, bytes, elements or entries.
pub(crate) fn size(value: &Value<'_>) -> Option<usize> {
    Some(match value {
        Value::Text(Text::Borrowed(text)) => text.chars().count(),
        Value::Text(Text::Shared(text)) => text.chars().count(),
        Value::Bytes(bytes) => bytes.len(),
        Value::List(list) => list.len(),
        Value::Map(map) => map.len(),
        Value::Thing(Thing::Address(address)) => {
            usize::try_from(address.size()).unwrap_or_default()
        }
        Value::Thing(Thing::Network(network)) => usize::from(network.bits.div_ceil(8)),
        _ => return None,
    })
}
