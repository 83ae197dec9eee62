use std::sync::Arc;

use sekisho_terraform::{Cause, Content, Origin, Reference, Type, Unknown, Value};
use sekisho_text::Span;

use crate::{Phrase, Place, phrase};

/// One resource of AWS, as Terraform or an account snapshot tells it: its type and attributes are those of the Terraform
/// provider `aws`, whichever it was.
#[derive(Debug, Clone)]
pub struct Resource {
    /// Its address: `module.eks.aws_eks_cluster.this[0]`; in a snapshot its ARN, or its type and id.
    pub address: String,
    /// Its type: `aws_eks_cluster`.
    pub kind: String,
    /// True for a data source.
    pub is_data: bool,
    /// Its attributes; a nested block is a list of objects.
    pub values: Value,
    /// The file of its block or of the answer that tells it, by its place in the estate.
    pub file: usize,
    /// Its block, or its part of the answer.
    pub span: Span,
    /// The [`crate::Stack`] it belongs to, by its place in the estate: addresses are unique there.
    pub stack: usize,
    /// Where it lives.
    pub place: Arc<Place>,
}

/// What is known of one attribute.
#[derive(Debug, Clone)]
pub enum Seen<T> {
    /// It is set to this; the origin tells where.
    Set(T, Option<Origin>),
    /// It is not set, or null.
    Unset,
    /// It cannot be known before it is applied, or something is missing; the phrase says what.
    Unknown(Phrase),
}

impl<T> Seen<T> {
    /// The value that counts, when an unset attribute has a default.
    #[must_use]
    pub fn or_default(self, default: T) -> Self {
        match self {
            Self::Unset => Self::Set(default, None),
            other => other,
        }
    }
}

impl Resource {
    /// A value by dotted names. A name that leads to a block takes its first one.
    pub fn get(&self, dotted: &str) -> Seen<Value> {
        let Some(here) = self.raw(dotted) else {
            return Seen::Unset;
        };
        if let Some(unknown) = here.as_unknown() {
            return Seen::Unknown(because(&unknown.causes));
        }
        if here.is_null() {
            return Seen::Unset;
        }
        let origin = here.origin().cloned();
        Seen::Set(here, origin)
    }

    /// What is written by dotted names, be it null or unknown; what is below an unknown value is that value. `None` when
    /// nothing is written.
    pub fn raw(&self, dotted: &str) -> Option<Value> {
        let mut here = self.values.clone();
        for name in dotted.split('.') {
            if let Some(items) = here.items() {
                here = here.inside(items.first()?);
            }
            if here.as_unknown().is_some() {
                return Some(here);
            }
            here = part(&here, name)?;
        }
        Some(here)
    }

    /// The attribute of another resource that this one is, when it is exactly that.
    pub fn reference(&self, dotted: &str) -> Option<Reference> {
        let value = self.raw(dotted)?;
        value.as_unknown()?.is_exactly().cloned()
    }

    /// Its nested blocks of one name, each to be asked as the resource is; when there may be more, why that is not known.
    pub fn blocks(&self, name: &str) -> (Vec<Self>, Option<Phrase>) {
        let Some(list) = part(&self.values, name) else {
            return (Vec::new(), None);
        };
        if let Some(unknown) = list.as_unknown() {
            return (Vec::new(), Some(why_unknown(unknown)));
        }
        let mut known = Vec::new();
        let mut more = None;
        // A single nested object, as an attribute of that type has it, is one block.
        let blocks: Vec<Value> = match list.items() {
            Some(items) => items.iter().map(|item| list.inside(item)).collect(),
            None if list.entries().is_some() => vec![list],
            None if list.is_null() => Vec::new(),
            None => {
                more = Some(of_another_type(name));
                Vec::new()
            }
        };
        for values in blocks {
            if let Some(unknown) = values.as_unknown() {
                more = Some(why_unknown(unknown));
                continue;
            }
            let own = values.origin().filter(|own| own.via().next().is_none());
            let span = own.map_or(self.span, |own| own.place.span);
            known.push(Self {
                values,
                span,
                ..self.clone()
            });
        }
        (known, more)
    }

    /// A nested block as if it were a resource of its own: its attributes read the same way.
    #[must_use]
    pub fn block(&self, block: &Value) -> Self {
        Self {
            values: block.clone(),
            ..self.clone()
        }
    }

    /// The nested blocks of one name. Unknown as soon as one of them is, or their number.
    pub fn nested(&self, name: &str) -> Seen<Vec<Self>> {
        let Some(list) = part(&self.values, name) else {
            return Seen::Unset;
        };
        if let Some(why) = reason_unknown(&list) {
            return Seen::Unknown(why);
        }
        // A single nested object, as an attribute of that type has it, is one block.
        let items: Vec<Value> = match list.items() {
            Some(items) => items.iter().map(|item| list.inside(item)).collect(),
            None if list.is_null() => Vec::new(),
            None => vec![list],
        };
        match items.iter().find_map(reason_unknown) {
            Some(why) => Seen::Unknown(why),
            None if items.is_empty() => Seen::Unset,
            None => Seen::Set(items.iter().map(|item| self.block(item)).collect(), None),
        }
    }

    /// A whole number; Terraform takes `"1"` for one as well.
    pub fn whole(&self, dotted: &str) -> Seen<i64> {
        self.read(dotted, |value| match (value.as_number(), value.as_str()) {
            (Some(number), _) => number.to_i64(),
            (None, Some(text)) => text.parse().ok(),
            _ => None,
        })
    }

    /// A boolean; Terraform takes `"true"` for one as well.
    pub fn flag(&self, dotted: &str) -> Seen<bool> {
        self.read(dotted, |value| match (value.as_bool(), value.as_str()) {
            (Some(flag), _) => Some(flag),
            (None, Some("true")) => Some(true),
            (None, Some("false")) => Some(false),
            _ => None,
        })
    }

    /// A text; Terraform makes one of a number.
    pub fn text(&self, dotted: &str) -> Seen<String> {
        self.read(dotted, |value| match (value.as_str(), value.as_number()) {
            (Some(text), _) => Some(text.to_owned()),
            (None, Some(number)) => Some(number.to_string()),
            (None, None) => None,
        })
    }

    /// A list of texts. Unknown as soon as one of them is.
    pub fn texts(&self, dotted: &str) -> Seen<Vec<(String, Option<Origin>)>> {
        let (list, origin) = match self.get(dotted) {
            Seen::Set(list, origin) => (list, origin),
            Seen::Unset => return Seen::Unset,
            Seen::Unknown(why) => return Seen::Unknown(why),
        };
        let mut texts = Vec::new();
        let Some(items) = list.items() else {
            return Seen::Unknown(of_another_type(dotted));
        };
        for item in items {
            let item = list.inside(item);
            match (item.as_str(), item.as_unknown()) {
                (Some(text), _) => texts.push((text.to_owned(), item.origin().cloned())),
                (None, Some(unknown)) => return Seen::Unknown(because(&unknown.causes)),
                (None, None) if item.is_null() => {}
                (None, None) => match item.as_number() {
                    Some(number) => texts.push((number.to_string(), item.origin().cloned())),
                    None => return Seen::Unknown(of_another_type(dotted)),
                },
            }
        }
        Seen::Set(texts, origin)
    }

    fn read<T>(&self, dotted: &str, of: impl Fn(&Value) -> Option<T>) -> Seen<T> {
        match self.get(dotted) {
            Seen::Set(value, origin) => match of(&value) {
                Some(read) => Seen::Set(read, origin),
                None => Seen::Unknown(of_another_type(dotted)),
            },
            Seen::Unset => Seen::Unset,
            Seen::Unknown(why) => Seen::Unknown(why),
        }
    }
}

fn of_another_type(dotted: &str) -> Phrase {
    phrase!(
        en: "`{dotted}` is not of the type that the resource takes",
        ja: "`{dotted}` がこのリソースの型と合わない",
    )
}

/// An attribute of an object; unknown when the object may have more than is known of it.
fn part(value: &Value, name: &str) -> Option<Value> {
    value.get(name).or_else(|| match value.content() {
        Content::Object(fields) => {
            let rest = fields.rest.clone()?;
            Some(Value::unknown(Type::Dynamic, rest))
        }
        // Where a block belongs stands something else: nobody knows what it says.
        Content::Bool(_) | Content::Number(_) | Content::String(_) => {
            Some(Value::unknown(Type::Dynamic, Cause::Failed))
        }
        _ => None,
    })
}

/// Why a value as a whole is not known, and what would settle it; `None` for a known one.
pub fn reason_unknown(value: &Value) -> Option<Phrase> {
    value.as_unknown().map(|unknown| because(&unknown.causes))
}

/// Why a value is not known, and what would settle it.
pub fn why_unknown(unknown: &Unknown) -> Phrase {
    because(&unknown.causes)
}

/// Why values of these causes are not known, and what would settle it.
pub fn because(causes: &[Cause]) -> Phrase {
    let Some(first) = causes.first() else {
        return phrase!(en: "its value is not known", ja: "値が分からない");
    };
    match first {
        Cause::Variable(name) => {
            phrase!(en: "the variable `{name}` has no value; add its tfvars file", ja: "変数 `{name}` に値がない。tfvars ファイルを加える")
        }
        Cause::Reference(reference) => {
            phrase!(en: "`{reference}` is known only after apply; a plan or an AWS snapshot tells it", ja: "`{reference}` は適用後にしか分からない。plan か AWS スナップショットがあれば分かる")
        }
        Cause::Module(reference) => {
            phrase!(en: "`{reference}` comes from a module whose source is not here; run `terraform init`, or add a plan", ja: "`{reference}` はソースのないモジュールから来る。`terraform init` を実行するか plan を加える")
        }
        Cause::File(path) => {
            phrase!(en: "the file `{path}` is not here", ja: "ファイル `{path}` がない")
        }
        Cause::Function(name) => {
            phrase!(en: "`{name}()` depends on the moment or the machine", ja: "`{name}()` は実行時に決まる")
        }
        Cause::AfterApply => {
            phrase!(en: "the plan says that it is known only after apply", ja: "plan によれば適用後にしか分からない")
        }
        Cause::Unread(why) => {
            phrase!(en: "the snapshot does not tell it (`{why}`); take it again with the rights that `sekisho aws snapshot-policy` prints", ja: "スナップショットにない (`{why}`)。`sekisho aws snapshot-policy` が示す権限で取り直す")
        }
        _ => phrase!(en: "it could not be evaluated", ja: "評価できなかった"),
    }
}
