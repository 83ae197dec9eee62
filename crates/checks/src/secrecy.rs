//! Which bytes of a file nobody may be shown: values of Secrets, and credentials wherever they stand.
//!
//! Reports print lines around a finding, so that a password on the next line would be printed with them.

use std::borrow::Cow;
use std::collections::BTreeMap;

use sekisho_model::{Estate, Resource};
use sekisho_terraform::Place;
use sekisho_text::{Edit, Span, mask};
use sekisho_yaml::{Document, Node, Note, Value};

use crate::repository::credentials::written;
use crate::secrets::credential_form::{in_field, in_text};

/// A text that is no YAML: the quoted parts of lines that hold a credential.
fn plain(text: &str) -> Cow<'_, str> {
    let mut secrets = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if !in_text(line).is_empty() {
            let quotes: Vec<usize> = line.match_indices('"').map(|(at, _)| start + at).collect();
            let whole = Span::new(start, start + line.len());
            match (quotes.first(), quotes.last()) {
                (Some(first), Some(last)) if first < last => {
                    secrets.push(Span::new(first + 1, *last));
                }
                _ => secrets.push(whole),
            }
        }
        start += line.len();
    }
    if secrets.is_empty() {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(mask(text, &secrets))
    }
}

/// The fields of a Secret that hold no value of it. Any other may be a misspelt `data`.
const OPEN: &[&str] = &["apiVersion", "kind", "metadata", "type", "immutable"];

/// Where `kubectl apply` keeps a copy of the whole object.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// The text with stars in the place of every secret value. Offsets, lines and columns stay.
pub fn hide<'t>(text: &'t str, documents: &[Document]) -> Cow<'t, str> {
    if documents.is_empty() {
        return plain(text);
    }
    let secrets: Vec<Span> = documents.iter().flat_map(|one| spans(text, one)).collect();
    if secrets.is_empty() {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(mask(text, &secrets))
    }
}

/// Where credentials stand that resources of Terraform are given: by file, what must not be shown besides.
pub fn of_resources(estate: &Estate) -> BTreeMap<usize, Vec<Span>> {
    let mut places: BTreeMap<usize, Vec<Span>> = BTreeMap::new();
    for resource in estate.resources() {
        let found = written(resource).credentials.into_iter();
        let found = found.filter_map(|one| Some(one.origin?.place));
        for place in found.chain(headers(resource)) {
            if let Some(file) = estate.file_named(&place.file) {
                let spans = places.entry(file).or_default();
                if !spans.contains(&place.span) {
                    spans.push(place.span);
                }
            }
        }
    }
    places
}

/// Where the values of headers stand by which an origin knows CloudFront: as good as a password.
fn headers(resource: &Resource) -> Vec<Place> {
    let (outer, inner, name) = match resource.kind.as_str() {
        "aws_cloudfront_distribution" => ("origin", "custom_header", "value"),
        "aws_lb_listener_rule" | "aws_alb_listener_rule" => ("condition", "http_header", "values"),
        _ => return Vec::new(),
    };
    let blocks = resource.blocks(outer).0;
    let blocks = blocks.iter().flat_map(|block| block.blocks(inner).0);
    let values = blocks.filter_map(|header| header.raw(name));
    let origins = values.filter_map(|value| value.origin().cloned());
    origins.map(|origin| origin.place.clone()).collect()
}

/// True when an edit writes again a secret value that it replaces: such an edit may be made, but not shown.
pub(crate) fn repeats(document: &Document, edits: &[Edit]) -> bool {
    let text: &str = document.text();
    let kept: Vec<Span> = edits
        .iter()
        .filter(|edit| {
            let old = edit.span.slice(text).map(str::trim).unwrap_or_default();
            old.len() > 2 && edit.replacement.contains(old)
        })
        .map(|edit| edit.span)
        .collect();
    let overlaps = |a: Span, b: Span| a.start < b.end && b.start < a.end;
    !kept.is_empty()
        && spans(text, document)
            .iter()
            .any(|secret| kept.iter().any(|edit| overlaps(*secret, *edit)))
}

fn spans(text: &str, document: &Document) -> Vec<Span> {
    let mut secrets = Vec::new();
    let mut walk = Walk {
        text,
        twice: twice(document),
        secrets: &mut secrets,
    };
    walk.look(document.root(), "");
    secrets
}

/// The keys of a document that stand twice: the values of the first ones are lost to readers, and still in the file.
fn twice(document: &Document) -> Vec<Span> {
    let is_twice = |note: &&Note| !matches!(note, Note::Ambiguous { .. });
    document
        .notes()
        .iter()
        .filter(is_twice)
        .map(Note::span)
        .collect()
}

struct Walk<'s> {
    text: &'s str,
    twice: Vec<Span>,
    secrets: &'s mut Vec<Span>,
}

impl Walk<'_> {
    /// Every node as written, once: an alias is not followed, since its anchor is looked at where it stands.
    fn look(&mut self, node: Node<'_>, name: &str) {
        if node.alias().is_some() {
            return;
        }
        match node.value() {
            Value::Mapping => self.look_into(node),
            Value::Sequence => node.items().for_each(|item| self.look(item, name)),
            Value::String(value) => self.judge(node.span(), name, value),
            // A password of digits is a number to YAML.
            _ => self.judge(
                node.span(),
                name,
                node.span().slice(self.text).unwrap_or(""),
            ),
        }
    }

    fn look_into(&mut self, node: Node<'_>) {
        let is_secret = text(node, "kind") == Some("Secret");
        // `{name: DB_PASSWORD, value: …}`: the name of a value stands beside it.
        let called = text(node, "name");
        let called_header = text(node, "HttpHeaderName").is_some();
        for entry in node.entries() {
            let inside = match (called, entry.key) {
                (Some(called), "value") => called,
                (_, key) => key,
            };
            let is_open = OPEN.contains(&entry.key);
            // CloudFront proves itself to an origin by a header, and a load balancer asks for it.
            let is_header = entry.key == "HeaderValue" || entry.key == "Values" && called_header;
            if is_header {
                self.secrets.push(entry.value.span());
            } else if is_secret && !is_open {
                self.values(entry.value);
            } else if entry.merge.is_none() {
                self.look(entry.value, inside);
            }
        }
    }

    fn judge(&mut self, span: Span, name: &str, value: &str) {
        if name == LAST_APPLIED || !in_field(name, value).is_empty() {
            self.secrets.push(span);
        }
    }

    /// Every value of a Secret, aliases and merged ones too; a Secret's data is flat.
    fn values(&mut self, data: Node<'_>) {
        let all = data.span();
        let holds_twice = self
            .twice
            .iter()
            .any(|key| all.contains(key.start as usize));
        if data.value() != Value::Mapping || holds_twice {
            self.secrets.push(all);
        }
        for entry in data.entries() {
            self.secrets.push(entry.value.span());
        }
    }
}

fn text<'d>(node: Node<'d>, key: &str) -> Option<&'d str> {
    match node.get(key)?.value.value() {
        Value::String(text) => Some(text),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use sekisho_yaml::{Limits, parse_shared};

    use super::hide;

    fn hidden(text: &str) -> String {
        let stream = parse_shared(&Arc::from(text), &Limits::default());
        hide(text, &stream.documents).into_owned()
    }

    #[test]
    fn no_value_of_a_secret_is_left() {
        let text = "kind: List\napiVersion: v1\nitems:\n- kind: Secret\n  apiVersion: v1\n  data: {a: aHVudGVyMg==, b: &x eA==}\n  stringData:\n    c: |\n      hunter2\n      hunter3\n    d: 'hunter4' # hunter\n";
        let shown = hidden(text);
        for secret in ["aHVudGVyMg", "eA==", "hunter2", "hunter3", "hunter4"] {
            assert!(!shown.contains(secret), "{shown}");
        }
        assert_eq!(shown.len(), text.len());
        assert!(shown.contains("kind: Secret") && shown.contains("stringData:"));
    }

    #[test]
    fn headers_between_cloudfront_and_its_origin_are_hidden() {
        let text = r#"{"CustomHeaders": {"Items": [{"HeaderName": "X-Origin", "HeaderValue": "from-cdn-1"}]},
            "HttpHeaderConfig": {"HttpHeaderName": "X-Origin", "Values": ["from-cdn-2"]},
            "PathPatternConfig": {"Values": ["/health"]}}"#;
        let shown = hidden(text);
        assert!(!shown.contains("from-cdn"), "{shown}");
        assert!(
            shown.contains("X-Origin") && shown.contains("/health"),
            "{shown}"
        );
    }

    #[test]
    fn credentials_elsewhere_are_hidden_and_the_rest_is_not() {
        let text = "kind: Pod\nspec:\n  containers:\n  - name: web\n    image: nginx:1.27\n    env:\n    - name: DB_PASSWORD\n      value: tr0ub4dor-and-3\n    - name: MODE\n      value: production\n";
        let shown = hidden(text);
        assert!(!shown.contains("tr0ub4dor"), "{shown}");
        assert!(
            shown.contains("production") && shown.contains("nginx:1.27"),
            "{shown}"
        );
    }
}
