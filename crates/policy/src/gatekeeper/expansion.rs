use serde_json::{Value, json};

use super::action::Action;
use super::object;

/// How a controller becomes the objects it will make: an ExpansionTemplate (`expansion.gatekeeper.sh`;
/// <https://open-policy-agent.github.io/gatekeeper/website/docs/expansion>).
#[derive(Debug, Clone)]
pub(super) struct Expansion {
    pub(super) name: String,
    applies: Vec<[Vec<String>; 3]>,
    path: Vec<String>,
    made: [String; 3],
    /// What a violation of a made object does, whatever its constraint says.
    action: Option<Action>,
}

/// An object that a controller would make.
#[derive(Debug)]
pub(super) struct Made {
    pub(super) object: Value,
    pub(super) by: String,
    pub(super) action: Option<Action>,
}

/// No chain of controllers is longer.
const DEEPEST: usize = 30;

impl Expansion {
    pub(super) fn read(value: &Value) -> Result<Self, String> {
        let name = object::name(value);
        let (group, _) = object::group_version(value);
        if group != "expansion.gatekeeper.sh" || object::kind(value) != "ExpansionTemplate" {
            return Err("this is no ExpansionTemplate".to_owned());
        }
        if name.is_empty() || name.len() >= 64 {
            return Err("an ExpansionTemplate needs a name of less than 64 letters".to_owned());
        }
        let spec = value.get("spec").unwrap_or(&Value::Null);
        let text = |from: &Value, key: &str| {
            from.get(key)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        let path = text(spec, "templateSource");
        let generated = spec.get("generatedGVK").unwrap_or(&Value::Null);
        let made = ["group", "version", "kind"].map(|key| text(generated, key));
        let entries = spec
            .get("applyTo")
            .and_then(Value::as_array)
            .map_or(&[][..], Vec::as_slice);
        if path.is_empty() || made.iter().all(String::is_empty) || entries.is_empty() {
            return Err(format!(
                "the ExpansionTemplate {name} needs templateSource, generatedGVK and applyTo"
            ));
        }
        let mut applies = Vec::new();
        for entry in entries {
            applies.push([
                object::texts(entry.get("groups"), "applyTo.groups")?,
                object::texts(entry.get("versions"), "applyTo.versions")?,
                object::texts(entry.get("kinds"), "applyTo.kinds")?,
            ]);
        }
        let action = match text(spec, "enforcementAction").as_str() {
            "" => None,
            "deny" => Some(Action::Deny),
            "warn" => Some(Action::Warn),
            "dryrun" => Some(Action::Dryrun),
            other => return Err(format!("the enforcement action `{other}` is not known")),
        };
        let expansion = Self {
            name: name.to_owned(),
            applies,
            path: path.split('.').map(str::to_owned).collect(),
            made,
            action,
        };
        let [group, version, kind] = &expansion.made;
        if expansion.applies_to(group, version, kind) {
            return Err(format!(
                "the ExpansionTemplate {name} makes what it applies to"
            ));
        }
        Ok(expansion)
    }

    fn applies_to(&self, group: &str, version: &str, kind: &str) -> bool {
        let has = |list: &[String], word: &str| list.iter().any(|entry| entry == word);
        self.applies.iter().any(|[groups, versions, kinds]| {
            has(groups, group) && has(versions, version) && has(kinds, kind)
        })
    }

    fn make(&self, from: &Value) -> Result<Value, String> {
        let source = self.path.iter().try_fold(from, |here, key| here.get(key));
        let Some(source @ Value::Object(_)) = source else {
            return Err(format!(
                "{} has no `{}`, which {} expands",
                object::called(from),
                self.path.join("."),
                self.name
            ));
        };
        let mut made = source.clone();
        let [group, version, kind] = &self.made;
        let api_version = if group.is_empty() {
            version.clone()
        } else {
            format!("{group}/{version}")
        };
        let fields = made.as_object_mut().ok_or("nothing to expand")?;
        fields.insert("apiVersion".to_owned(), api_version.into());
        fields.insert("kind".to_owned(), kind.as_str().into());
        let metadata = fields.entry("metadata").or_insert_with(|| json!({}));
        if !metadata.is_object() {
            *metadata = json!({});
        }
        let metadata = metadata.as_object_mut().ok_or("nothing to expand")?;
        match object::namespace(from) {
            "" => _ = metadata.remove("namespace"),
            namespace => _ = metadata.insert("namespace".to_owned(), namespace.into()),
        }
        let name = format!("{}-{kind}", object::name(from)).to_lowercase();
        metadata.insert("name".to_owned(), name.into());
        if !object::name(from).is_empty() {
            let owner = json!({"apiVersion": from.get("apiVersion"), "kind": object::kind(from), "name": object::name(from), "uid": ""});
            let owners = metadata
                .entry("ownerReferences")
                .or_insert_with(|| json!([]));
            if let Some(owners) = owners.as_array_mut() {
                owners.push(owner);
            }
        }
        Ok(made)
    }
}

/// Everything that an object leads to, the deepest first.
pub(super) fn expand(expansions: &[Expansion], from: &Value) -> Result<Vec<Made>, String> {
    let mut made = Vec::new();
    further(expansions, from, 0, &mut made)?;
    Ok(made)
}

fn further(
    expansions: &[Expansion],
    from: &Value,
    depth: usize,
    all: &mut Vec<Made>,
) -> Result<(), String> {
    if depth >= DEEPEST {
        return Err(format!("expansions go deeper than {DEEPEST}"));
    }
    let (group, version) = object::group_version(from);
    let mut own = Vec::new();
    for expansion in expansions
        .iter()
        .filter(|expansion| expansion.applies_to(group, version, object::kind(from)))
    {
        own.push(Made {
            object: expansion.make(from)?,
            by: expansion.name.clone(),
            action: expansion.action,
        });
    }
    for made in &own {
        further(expansions, &made.object, depth + 1, all)?;
    }
    all.extend(own);
    Ok(())
}
