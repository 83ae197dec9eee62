//! Holds the crate to what real Terraform 1.11 makes of expressions and trees.
#![expect(clippy::disallowed_methods, reason = "a test reads its data")]

#[cfg(test)]
mod truth {
    use std::collections::BTreeMap;
    use std::fs;
    use std::path::{Path, PathBuf};
    use std::sync::Arc;

    use sekisho_terraform::{Configuration, Content, Input, Nothing, ProblemKind, Value, evaluate};
    use serde_json::Value as Json;

    const SURROUNDINGS: &str = r#"
variable "s" { default = "sv" }
variable "m" {
  type    = object({ a = number, b = optional(string, "bd") })
  default = { a = 1 }
}
locals { x = "${var.s}-x" }
"#;

    fn data() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data")
    }

    fn shared() -> Option<PathBuf> {
        let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
        let folder = std::env::var_os("SEKISHO_SHARED")
            .map_or(beside, PathBuf::from)
            .join("terraform-truth");
        if folder.is_dir() {
            return Some(folder);
        }
        println!("skipped: {} is not there", folder.display());
        None
    }

    fn quoted(text: &str) -> String {
        serde_json::to_string(text)
            .unwrap()
            .replace("${", "$${")
            .replace("%{", "%%{")
    }

    /// What differs, or nothing.
    fn differs(line: &str) -> Option<String> {
        let row: Json = serde_json::from_str(line).unwrap();
        let expression = row["expression"].as_str().unwrap();
        // As it stands in the line: a number must not lose digits on the way.
        let wanted = line
            .split_once("\"value\": ")
            .map(|(_, value)| value.strip_suffix('}').unwrap());
        let expected = wanted.map_or_else(
            || "null".to_owned(),
            |value| format!("jsondecode({})", quoted(value)),
        );
        let text = format!(
            "{SURROUNDINGS}output \"o\" {{ value = {expression} }}\noutput \"e\" {{ value = {expected} }}\n"
        );
        let texts = BTreeMap::from([("main.tf".to_owned(), Arc::from(text))]);
        let found = evaluate(&Input::of(&texts), &Nothing);
        let Some(ours) = found.outputs.get("o") else {
            return wanted.map(|_| format!("{expression}: not read: {:?}", found.problems));
        };
        let (ours, sensitive) = (ours.to_json(), ours.is_sensitive());
        match wanted {
            Some(_) if !found.problems.is_empty() => {
                Some(format!("{expression}: {:?}", found.problems))
            }
            Some(_) => {
                let expected = found.outputs["e"].to_json();
                (ours != expected).then(|| format!("{expression}: {ours:?}, not {expected:?}"))
            }
            None if row["shown"].is_string() => {
                (!sensitive).then(|| format!("{expression}: not sensitive"))
            }
            None => found
                .problems
                .is_empty()
                .then(|| format!("{expression}: {ours:?}, not an error")),
        }
    }

    fn expressions(folder: &Path, at_least: usize) {
        let text = fs::read_to_string(folder.join("expressions.jsonl")).unwrap();
        let differences: Vec<String> = text.lines().filter_map(differs).collect();
        assert!(differences.is_empty(), "{}", differences.join("\n"));
        assert!(text.lines().count() >= at_least);
    }

    /// All texts below a folder, by their paths in it.
    fn texts(folder: &Path) -> BTreeMap<String, Arc<str>> {
        let mut texts = BTreeMap::new();
        let mut open = vec![folder.to_owned()];
        while let Some(next) = open.pop() {
            for entry in fs::read_dir(next).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    open.push(path);
                } else {
                    let name = path
                        .strip_prefix(folder)
                        .unwrap()
                        .to_str()
                        .unwrap()
                        .to_owned();
                    texts.insert(name, Arc::from(fs::read_to_string(&path).unwrap()));
                }
            }
        }
        texts
    }

    /// A value as a plan shows it: what is not known is left out.
    fn shown(value: &Value) -> Option<Json> {
        match value.content() {
            Content::Unknown(_) => None,
            Content::List(_, items) | Content::Set(_, items) | Content::Tuple(items) => {
                Some(Json::Array(
                    items
                        .iter()
                        .map(|item| shown(item).unwrap_or(Json::Null))
                        .collect(),
                ))
            }
            Content::Map(..) | Content::Object(_) => {
                let entries = value.entries().unwrap().iter();
                Some(Json::Object(
                    entries
                        .filter_map(|(name, entry)| Some((name.to_string(), shown(entry)?)))
                        .collect(),
                ))
            }
            _ => serde_json::from_str(&value.to_json().unwrap()).ok(),
        }
    }

    fn planned(module: &Json, resources: &mut BTreeMap<String, Json>) {
        for resource in module["resources"].as_array().into_iter().flatten() {
            resources.insert(
                resource["address"].as_str().unwrap().to_owned(),
                resource["values"].clone(),
            );
        }
        for child in module["child_modules"].as_array().into_iter().flatten() {
            planned(child, resources);
        }
    }

    fn tree(folder: &Path) {
        let name = folder.file_name().unwrap().to_str().unwrap();
        let mut texts = texts(folder);
        let plan: Json = serde_json::from_str(&texts.remove("plan.json").unwrap()).unwrap();
        let found = evaluate(&Input::of(&texts), &Nothing);
        assert!(found.problems.is_empty(), "{name}: {:?}", found.problems);
        let mut wanted = BTreeMap::new();
        planned(&plan["planned_values"]["root_module"], &mut wanted);
        let ours: BTreeMap<String, Json> = found
            .resources
            .iter()
            .map(|resource| {
                (
                    resource.address.to_string(),
                    shown(&resource.values).unwrap(),
                )
            })
            .collect();
        assert_eq!(ours, wanted, "{name}");
        same_outputs(name, &found, &plan);
    }

    fn same_outputs(name: &str, found: &Configuration, plan: &Json) {
        let changes = plan["output_changes"]
            .as_object()
            .unwrap_or(&serde_json::Map::new())
            .clone();
        assert!(
            found
                .outputs
                .keys()
                .map(AsRef::as_ref)
                .eq(changes.keys().map(String::as_str)),
            "{name}"
        );
        for (output, change) in changes {
            let value = &found.outputs[output.as_str()];
            let unknown = change["after_unknown"] == true;
            assert_eq!(value.as_unknown().is_some(), unknown, "{name}: {output}");
            assert_eq!(
                shown(value).unwrap_or(Json::Null),
                change["after"],
                "{name}: {output}"
            );
        }
    }

    fn trees(folder: &Path, at_least: usize) {
        let mut folders: Vec<PathBuf> = fs::read_dir(folder.join("trees"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        folders.sort();
        assert!(folders.len() >= at_least);
        for folder in folders {
            tree(&folder);
        }
    }

    #[test]
    fn copied_expressions_have_terraforms_values() {
        expressions(&data(), 30);
    }

    #[test]
    fn copied_trees_have_terraforms_plans() {
        trees(&data(), 2);
    }

    #[test]
    fn every_expression_has_terraforms_value_or_error() {
        if let Some(folder) = shared() {
            expressions(&folder, 215);
        }
    }

    #[test]
    fn every_tree_has_terraforms_plan() {
        if let Some(folder) = shared() {
            trees(&folder, 7);
        }
    }

    #[test]
    fn broken_text_costs_one_block() {
        let texts = BTreeMap::from([(
            "a.tf".to_owned(),
            Arc::from("locals {\n  a = (\n}\n\noutput \"o\" { value = 1 }\n"),
        )]);
        let found = evaluate(&Input::of(&texts), &Nothing);
        assert_eq!(found.problems[0].kind, ProblemKind::Syntax);
        assert_eq!(found.outputs["o"].to_json().as_deref(), Some("1"));
    }
}
