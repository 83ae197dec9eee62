//! The types of what AWS answers: an answer of other types is none of AWS, and nothing is concluded from it.
//!
//! `forms.txt` is made from the API models of botocore, which the AWS CLI is built on (<https://github.com/boto/botocore>), by
//! `cargo xtask aws-forms FOLDER/botocore/data`; run it after adding a call. For each service it has a line `OPERATION = STRUCTURE`
//! for each call, and a line `STRUCTURE MEMBER:TYPE …` for each structure: `s` text, `n` number, `b` boolean, `t` time, `*` anything,
//! `[…]` list, `<…>` map, else a structure.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use sekisho_terraform::Value;

static TEXT: &str = include_str!("forms.txt");

/// The structures of a service, and what its operations answer.
#[derive(Debug, Default)]
struct Service {
    answers: BTreeMap<&'static str, &'static str>,
    structures: BTreeMap<&'static str, BTreeMap<&'static str, &'static str>>,
}

fn services() -> &'static BTreeMap<&'static str, Service> {
    static SERVICES: OnceLock<BTreeMap<&'static str, Service>> = OnceLock::new();
    SERVICES.get_or_init(|| {
        let mut services: BTreeMap<&'static str, Service> = BTreeMap::new();
        let mut name = "";
        for line in TEXT.lines() {
            if let Some(service) = line
                .strip_prefix('[')
                .and_then(|line| line.strip_suffix(']'))
            {
                name = service;
            } else if let Some((operation, form)) = line.split_once(" = ") {
                let service = services.entry(name).or_default();
                service.answers.insert(operation, form);
            } else {
                let mut words = line.split(' ');
                let structure = words.next().unwrap_or("");
                let members = words.filter_map(|word| word.split_once(':'));
                let service = services.entry(name).or_default();
                service.structures.insert(structure, members.collect());
            }
        }
        services
    })
}

/// Where an answer is of another type than AWS gives, as a path: `clusters[0]`. `None` when it is nowhere.
pub(crate) fn mismatch(service: &str, operation: &str, answer: &Value) -> Option<String> {
    let known = services().get(service)?;
    let form = known.answers.get(operation)?;
    let mut path = String::new();
    (!known.fits(form, answer, &mut path)).then(|| path.trim_start_matches('.').to_owned())
}

impl Service {
    /// Whether a value is of a type; when not, `path` leads to where it is not. Null stands for what is not set, and members that
    /// are not known are those of a newer API.
    fn fits(&self, form: &str, value: &Value, path: &mut String) -> bool {
        if value.is_null() || form == "*" || value.as_unknown().is_some() {
            return true;
        }
        let inside = |form: &str, open: char, close: char| {
            let form = form.strip_prefix(open)?.strip_suffix(close)?;
            Some(form.to_owned())
        };
        let before = path.len();
        if let Some(form) = inside(form, '[', ']') {
            let Some(items) = value.items() else {
                return false;
            };
            return items.iter().enumerate().all(|(index, item)| {
                path.truncate(before);
                path.push_str(&format!("[{index}]"));
                self.fits(&form, item, path)
            });
        }
        if let Some(form) = inside(form, '<', '>') {
            let Some(entries) = value.entries() else {
                return false;
            };
            return entries.iter().all(|(key, entry)| {
                path.truncate(before);
                path.push_str(&format!(".{key}"));
                self.fits(&form, entry, path)
            });
        }
        match form {
            // The CLI prints the policies of IAM (`PolicyDocument`), which the API gives as a text, as the document.
            "s" if path.ends_with("Document") => {
                let begins = |text: &str| text.starts_with('{') || text.starts_with("%7B");
                value.entries().is_some() || value.as_str().is_some_and(begins)
            }
            "s" => value.as_str().is_some(),
            "n" => value.as_number().is_some(),
            "b" => value.as_bool().is_some(),
            "t" => value.as_str().is_some() || value.as_number().is_some(),
            _ => {
                let (Some(entries), Some(members)) = (value.entries(), self.structures.get(form))
                else {
                    return false;
                };
                entries.iter().all(|(key, entry)| {
                    let Some(form) = members.get(key.as_ref()) else {
                        return true;
                    };
                    path.truncate(before);
                    path.push_str(&format!(".{key}"));
                    self.fits(form, entry, path)
                })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::calls;

    fn object(name: &str, value: Value) -> Value {
        Value::object(BTreeMap::from([(Arc::from(name), value)]))
    }

    #[test]
    fn every_call_has_its_form() {
        for call in calls::all() {
            let form = services()
                .get(call.service)
                .and_then(|service| Some((service, *service.answers.get(call.operation)?)));
            let (service, form) = form.unwrap_or_else(|| {
                panic!(
                    "run `cargo xtask aws-forms`: {} {}",
                    call.service, call.operation
                )
            });
            assert!(service.structures.contains_key(form), "{form}");
        }
    }

    #[test]
    fn other_types_are_told_with_their_place() {
        let told = |value: Value| mismatch("eks", "list-clusters", &value);
        let list = |item: Value| object("clusters", Value::tuple(vec![item]));
        assert_eq!(told(list(Value::string("shop"))), None);
        assert_eq!(told(object("clusters", Value::null())), None);
        assert_eq!(told(object("newerThanThis", Value::from(true))), None);
        assert_eq!(told(list(Value::from(true))).unwrap(), "clusters[0]");
        assert_eq!(
            told(object("clusters", Value::string("shop"))).unwrap(),
            "clusters"
        );
        assert_eq!(told(Value::string("shop")).unwrap(), "");
    }
}
