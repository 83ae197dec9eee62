use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use crate::engine::{Input, evaluate};
use crate::module::is_json;
use crate::outside::Nothing;
use crate::problem::Problem;
use crate::read::{read_json_values, read_native};
use crate::value::Value;

/// The folder of the configuration that declares what a file of values names; nothing else is in it.
const ROOT: &str = ".of-values";

/// The values of a file of variables (`*.tfvars`, `*.tfvars.json`), whichever configuration it is meant for, by name.
/// What is no name of a variable is passed over, as Terraform does.
pub fn read_values(path: &str, text: &str) -> (BTreeMap<Arc<str>, Value>, Vec<Problem>) {
    let file: Arc<str> = Arc::from(path);
    let mut problems = Vec::new();
    let body = if is_json(path) {
        read_json_values(&file, text, &mut problems)
    } else {
        read_native(&file, text, &mut problems)
    };
    // A configuration that declares just these: the values are then evaluated as in any other.
    let mut declared = String::new();
    for name in body.attributes.keys().filter(|name| is_name(name)) {
        let written = writeln!(declared, "variable \"{name}\" {{}}");
        debug_assert!(written.is_ok(), "a string takes any text");
    }
    let texts = BTreeMap::from([
        (path.to_owned(), Arc::from(text)),
        (format!("{ROOT}/variables.tf"), Arc::from(declared)),
    ]);
    let files = [path.to_owned()];
    let mut input = Input::of(&texts);
    input.root = ROOT;
    input.var_files = &files;
    let configuration = evaluate(&input, &Nothing);
    (configuration.variables, configuration.problems)
}

fn is_name(name: &str) -> bool {
    let mut letters = name.chars();
    letters
        .next()
        .is_some_and(|first| first.is_alphabetic() || first == '_')
        && letters.all(|letter| letter.is_alphanumeric() || matches!(letter, '_' | '-'))
}

#[cfg(test)]
mod tests {
    use super::read_values;

    #[test]
    fn values_stand_for_themselves() {
        let text = "name = \"shop\"\nlist = [\"a\", { b = 1 }]\n";
        let (values, problems) = read_values("envs/prod.tfvars", text);
        assert!(problems.is_empty(), "{problems:?}");
        assert_eq!(values.get("name").unwrap().as_str(), Some("shop"));
        let place = &values.get("name").unwrap().origin().unwrap().place;
        assert_eq!(&*place.file, "envs/prod.tfvars");
        assert_eq!(place.span.slice(text), Some("\"shop\""));
        assert_eq!(values.get("list").unwrap().items().unwrap().len(), 2);
        let (values, problems) =
            read_values("prod.tfvars.json", "{\"name\": \"${x}\", \"a b\": 1}");
        assert!(problems.is_empty(), "{problems:?}");
        assert_eq!(values.get("name").unwrap().as_str(), Some("${x}"));
        let (_, problems) = read_values("broken.tfvars", "name = ");
        assert!(!problems.is_empty());
    }
}
