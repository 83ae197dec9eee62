//! IAM policies as Terraform writes them: JSON texts, with holes where something is known only after apply, and
//! `aws_iam_policy_document` data sources.

use sekisho_access::iam::Document;
use sekisho_model::{Phrase, Resource, Seen, because, phrase, reason_unknown};
use sekisho_terraform::{Cause, Origin, Piece, Value};
use serde_json::{Map, Value as Json, json};

use crate::links::{Link, Links};

/// Marks of a hole: characters that no policy holds.
const OPEN: char = '\u{e000}';
const CLOSE: char = '\u{e001}';

/// A policy, with its holes.
#[derive(Debug)]
pub(crate) struct Policy<'a> {
    /// The policy; a hole stands in its texts as a mark.
    pub(crate) document: Document,
    /// Why each hole is not known.
    holes: Vec<Vec<Cause>>,
    /// The data source that wrote it, if one did.
    pub(crate) data: Option<&'a Resource>,
    /// Where its text stands.
    pub(crate) origin: Option<Origin>,
}

/// Documents inside of each other, at most.
const DEEPEST: usize = 8;

impl<'a> Policy<'a> {
    /// Reads the policy that an attribute holds.
    pub(crate) fn of(links: &Links<'a>, holder: &Resource, value: &Value) -> Result<Self, Phrase> {
        let mut holes = Vec::new();
        let (json, data) = json_of(links, holder.stack, value, &mut holes, 0)?;
        let document = Document::read(&json).map_err(|error| match holes.first() {
            Some(causes) => because(causes),
            None => phrase!(
                en: "the policy is none that IAM would take: {error}",
                ja: "IAM が受け付けないポリシーである: {error}",
            ),
        })?;
        let origin = value.origin().filter(|_| data.is_none()).cloned();
        Ok(Self {
            document,
            holes,
            data,
            origin,
        })
    }

    /// The reasons behind the holes of a text.
    pub(crate) fn causes(&self, text: &str) -> Vec<&Cause> {
        text.split(OPEN)
            .skip(1)
            .filter_map(|rest| rest.split(CLOSE).next()?.parse::<usize>().ok())
            .filter_map(|number| self.holes.get(number))
            .flatten()
            .collect()
    }

    /// Why a text is not wholly known.
    pub(crate) fn why_open(&self, text: &str) -> Option<Phrase> {
        let causes: Vec<Cause> = self.causes(text).into_iter().cloned().collect();
        (!causes.is_empty()).then(|| because(&causes))
    }
}

/// True when a text has a hole.
pub(crate) fn has_hole(text: &str) -> bool {
    text.contains(OPEN)
}

/// A text for people: holes are dots.
pub(crate) fn shown(text: &str) -> String {
    let mut parts = text.split(OPEN);
    let mut all = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        all.push('…');
        all.push_str(part.split_once(CLOSE).map_or("", |(_, rest)| rest));
    }
    all
}

/// A text with marks for what is not known of it.
pub(crate) fn text(value: &Value, holes: &mut Vec<Vec<Cause>>) -> Option<String> {
    if let Some(text) = value.as_str() {
        return Some(text.to_owned());
    }
    if let Some(number) = value.as_number() {
        return Some(number.to_string());
    }
    if let Some(flag) = value.as_bool() {
        return Some(flag.to_string());
    }
    let unknown = value.as_unknown()?;
    if unknown.pieces.is_empty() {
        return Some(hole(&unknown.causes, holes));
    }
    let pieces = unknown.pieces.iter().map(|piece| match piece {
        Piece::Text(text) => text.to_string(),
        Piece::Unknown(causes) => hole(causes, holes),
    });
    Some(pieces.collect())
}

fn hole(causes: &[Cause], holes: &mut Vec<Vec<Cause>>) -> String {
    holes.push(causes.to_vec());
    format!("{OPEN}{}{CLOSE}", holes.len() - 1)
}

fn json_of<'a>(
    links: &Links<'a>,
    stack: usize,
    value: &Value,
    holes: &mut Vec<Vec<Cause>>,
    depth: usize,
) -> Result<(Json, Option<&'a Resource>), Phrase> {
    let refused = |error: serde_json::Error| phrase!(en: "the policy is no JSON: {error}", ja: "ポリシーが JSON ではない: {error}");
    if let Some(text) = value.as_str() {
        return Ok((serde_json::from_str(text).map_err(refused)?, None));
    }
    if let Link::To(_, data) = links.follow(stack, value, &["aws_iam_policy_document"])
        && depth < DEEPEST
    {
        return Ok((of_data(links, data, holes, depth + 1)?, Some(data)));
    }
    let Some(unknown) = value
        .as_unknown()
        .filter(|unknown| !unknown.pieces.is_empty())
    else {
        return Err(reason_unknown(value).unwrap_or_else(
            || phrase!(en: "the policy is no text", ja: "ポリシーがテキストではない"),
        ));
    };
    let mut all = String::new();
    let mut quoted = false;
    for piece in &unknown.pieces {
        match piece {
            Piece::Text(text) => {
                let mut escaped = false;
                for letter in text.chars() {
                    match letter {
                        _ if escaped => escaped = false,
                        '\\' => escaped = quoted,
                        '"' => quoted = !quoted,
                        _ => {}
                    }
                }
                all.push_str(text);
            }
            // Outside of quotes a whole value is not known.
            Piece::Unknown(causes) if quoted => all.push_str(&hole(causes, holes)),
            Piece::Unknown(causes) => {
                let mark = hole(causes, holes);
                all.push_str(&format!("\"{mark}\""));
            }
        }
    }
    let json = serde_json::from_str(&all).map_err(|_| because(&unknown.causes))?;
    Ok((json, None))
}

/// What the data source writes (provider `aws`, `aws_iam_policy_document`): sources first, then its own statements, then
/// overrides; a statement with the name of an earlier one takes its place.
fn of_data(
    links: &Links<'_>,
    data: &Resource,
    holes: &mut Vec<Vec<Cause>>,
    depth: usize,
) -> Result<Json, Phrase> {
    let mut statements: Vec<Json> = Vec::new();
    let mut add = |statement: Json| {
        let sid = statement.get("Sid").cloned();
        let same = |own: &Json| sid.is_some() && own.get("Sid") == sid.as_ref();
        match statements.iter_mut().find(|own| same(own)) {
            Some(own) => *own = statement,
            None => statements.push(statement),
        }
    };
    for name in ["source_policy_documents", "", "override_policy_documents"] {
        if name.is_empty() {
            match data.nested("statement") {
                Seen::Set(blocks, _) => {
                    for block in blocks {
                        add(statement(&block, holes)?);
                    }
                }
                Seen::Unset => {}
                Seen::Unknown(why) => return Err(why),
            }
            continue;
        }
        let Some(list) = data.values.get(name).filter(|list| !list.is_null()) else {
            continue;
        };
        if let Some(why) = reason_unknown(&list) {
            return Err(why);
        }
        for item in list.items().unwrap_or_default() {
            let (json, _) = json_of(links, data.stack, &list.inside(item), holes, depth)?;
            match json.get("Statement") {
                Some(Json::Array(all)) => all.iter().cloned().for_each(&mut add),
                Some(one) => add(one.clone()),
                None => {}
            }
        }
    }
    let version = match data.text("version") {
        Seen::Set(version, _) => version,
        Seen::Unset => "2012-10-17".to_owned(),
        Seen::Unknown(why) => return Err(why),
    };
    Ok(json!({ "Version": version, "Statement": statements }))
}

fn statement(block: &Resource, holes: &mut Vec<Vec<Cause>>) -> Result<Json, Phrase> {
    let mut json = Map::new();
    if let Seen::Set(sid, _) = block.text("sid")
        && !sid.is_empty()
    {
        json.insert("Sid".to_owned(), sid.into());
    }
    let effect = match block.text("effect") {
        Seen::Set(effect, _) => effect,
        Seen::Unset => "Allow".to_owned(),
        Seen::Unknown(why) => return Err(why),
    };
    json.insert("Effect".to_owned(), effect.into());
    for (name, element) in [
        ("actions", "Action"),
        ("not_actions", "NotAction"),
        ("resources", "Resource"),
        ("not_resources", "NotResource"),
    ] {
        let listed = list(block, name, holes)?;
        if !listed.is_empty() {
            json.insert(element.to_owned(), listed.into());
        }
    }
    for (name, element) in [
        ("principals", "Principal"),
        ("not_principals", "NotPrincipal"),
    ] {
        let blocks = nested(block, name)?;
        let mut kinds: Map<String, Json> = Map::new();
        for block in &blocks {
            let kind = known(block, "type")?;
            let all = list(block, "identifiers", holes)?;
            if kind == "*" {
                kinds.clear();
                json.insert(element.to_owned(), "*".into());
                break;
            }
            merge(&mut kinds, &kind, all);
        }
        if !kinds.is_empty() {
            json.insert(element.to_owned(), kinds.into());
        }
    }
    let mut conditions: Map<String, Json> = Map::new();
    for block in nested(block, "condition")? {
        let test = known(&block, "test")?;
        let key = block.values.get("variable");
        let key = key
            .and_then(|value| text(&value, holes))
            .unwrap_or_default();
        let values = list(&block, "values", holes)?;
        let keys = conditions.entry(test).or_insert_with(|| json!({}));
        if let Some(keys) = keys.as_object_mut() {
            merge(keys, &key, values);
        }
    }
    if !conditions.is_empty() {
        json.insert("Condition".to_owned(), conditions.into());
    }
    Ok(json.into())
}

fn merge(map: &mut Map<String, Json>, key: &str, values: Vec<String>) {
    let entry = map.entry(key).or_insert_with(|| json!([]));
    if let Some(all) = entry.as_array_mut() {
        all.extend(values.into_iter().map(Json::from));
    }
}

fn nested(block: &Resource, name: &str) -> Result<Vec<Resource>, Phrase> {
    match block.nested(name) {
        Seen::Set(blocks, _) => Ok(blocks),
        Seen::Unset => Ok(Vec::new()),
        Seen::Unknown(why) => Err(why),
    }
}

fn known(block: &Resource, name: &str) -> Result<String, Phrase> {
    match block.text(name) {
        Seen::Set(text, _) => Ok(text),
        Seen::Unset => Ok(String::new()),
        Seen::Unknown(why) => Err(why),
    }
}

/// `&{…}` stands for `${…}`, which Terraform would read itself.
fn list(block: &Resource, name: &str, holes: &mut Vec<Vec<Cause>>) -> Result<Vec<String>, Phrase> {
    let Some(list) = block.values.get(name).filter(|list| !list.is_null()) else {
        return Ok(Vec::new());
    };
    if let Some(why) = reason_unknown(&list) {
        return Err(why);
    }
    let items = list.items().unwrap_or_default().iter();
    Ok(items
        .filter_map(|item| text(&list.inside(item), holes))
        .map(|text| text.replace("&{", "${"))
        .collect())
}
