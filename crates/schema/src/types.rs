//! The packed facts about Go types, parsed one type at a time on first use.

use std::collections::BTreeMap;
use std::sync::OnceLock;

/// What a JSON value decodes into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Type {
    /// `string`, with the name of a named string type.
    Text(Option<&'static str>),
    Bool,
    Int32,
    Int64,
    Float,
    Quantity,
    IntOrString,
    /// `metav1.Time`: RFC 3339, whole seconds.
    Time,
    /// `metav1.MicroTime`: RFC 3339, microseconds.
    MicroTime,
    /// Base64 text.
    Bytes,
    /// Any JSON, kept as it is.
    Raw,
    /// A struct, by number.
    Struct(usize),
    Pointer(Box<Type>),
    List(Box<Type>, Option<&'static str>),
    Map(Box<Type>, Option<&'static str>),
}

/// How a zero value of a field is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Zero {
    /// `omitempty`: it vanishes.
    Vanishes,
    /// No tag option: it stays.
    Stays,
}

/// One JSON field of a struct, those of embedded structs included.
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) of: Type,
    pub(crate) zero: Zero,
    /// `omitzero`: a struct without content vanishes too.
    pub(crate) omit_zero: bool,
    /// Names of the embedded structs between the outer struct and this field.
    pub(crate) through: Vec<&'static str>,
    /// The `+default` marker, as JSON text.
    pub(crate) default: Option<&'static str>,
}

/// One Go struct.
#[derive(Debug)]
pub(crate) struct Shape {
    /// Group folder, version and name: `core/v1.Pod`.
    pub(crate) name: &'static str,
    /// Sorted by name, for a quick look-up.
    pub(crate) fields: Vec<Field>,
}

impl Shape {
    /// The field with exactly this JSON name; the server's decoder is case-sensitive.
    pub(crate) fn field(&self, name: &str) -> Option<&Field> {
        let found = self
            .fields
            .binary_search_by(|field| field.name.cmp(name))
            .ok()?;
        self.fields.get(found)
    }

    /// The bare Go name: `Pod`.
    pub(crate) fn bare(&self) -> &'static str {
        self.name
            .split_once('.')
            .map_or(self.name, |(_, bare)| bare)
    }

    /// The name Go prints: `v1.Pod`.
    pub(crate) fn printed(&self) -> &'static str {
        self.name
            .split_once('/')
            .map_or(self.name, |(_, rest)| rest)
    }
}

/// One kind the server serves.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kind {
    pub(crate) cluster_scoped: bool,
    pub(crate) shape: usize,
}

struct Packed {
    lines: Vec<&'static str>,
    shapes: Vec<OnceLock<Shape>>,
    kinds: BTreeMap<(&'static str, &'static str, &'static str), Kind>,
}

/// The kind of an API version such as `apps/v1`.
pub(crate) fn kind(group: &str, version: &str, kind: &str) -> Option<Kind> {
    packed().kinds.get(&(group, version, kind)).copied()
}

/// All kinds: group, version, kind.
pub(crate) fn kinds() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    packed().kinds.keys().copied()
}

/// The struct with this number.
pub(crate) fn shape(number: usize) -> &'static Shape {
    static NOTHING: Shape = Shape {
        name: "",
        fields: Vec::new(),
    };
    let packed = packed();
    let (Some(line), Some(slot)) = (packed.lines.get(number), packed.shapes.get(number)) else {
        return &NOTHING;
    };
    slot.get_or_init(|| parse(line))
}

fn packed() -> &'static Packed {
    static PACKED: OnceLock<Packed> = OnceLock::new();
    PACKED.get_or_init(|| {
        let lines: Vec<_> = include_str!("../data/types.txt").lines().collect();
        let shapes = lines.iter().map(|_| OnceLock::new()).collect();
        let kinds = include_str!("../data/kinds.txt")
            .lines()
            .filter_map(parse_kind)
            .collect();
        Packed {
            lines,
            shapes,
            kinds,
        }
    })
}

fn parse_kind(line: &'static str) -> Option<((&'static str, &'static str, &'static str), Kind)> {
    let mut words = line.split(' ');
    let name = (words.next()?, words.next()?, words.next()?);
    let cluster_scoped = words.next()? == "C";
    let shape = words.next()?.parse().ok()?;
    Some((
        name,
        Kind {
            cluster_scoped,
            shape,
        },
    ))
}

fn parse(line: &'static str) -> Shape {
    let mut parts = line.split('\t');
    let name = parts.next().unwrap_or_default();
    let mut fields = Vec::new();
    for part in parts {
        read_field(part, &mut fields);
    }
    fields.sort_by_key(|field| field.name);
    Shape { name, fields }
}

fn read_field(part: &'static str, fields: &mut Vec<Field>) {
    let mut words = part.splitn(3, ' ');
    let (head, written, default) = (
        words.next().unwrap_or_default(),
        words.next().unwrap_or_default(),
        words.next(),
    );
    let (Some(mark), Some(name)) = (head.get(..1), head.get(1..)) else {
        return;
    };
    let of = parse_type(written);
    if mark == "+" {
        let embedded = match &of {
            Type::Struct(number) => *number,
            Type::Pointer(inner) => match **inner {
                Type::Struct(number) => number,
                _ => return,
            },
            _ => return,
        };
        for inner in &shape(embedded).fields {
            let mut through = vec![name];
            through.extend(&inner.through);
            fields.push(Field {
                name: inner.name,
                of: inner.of.clone(),
                zero: inner.zero,
                omit_zero: inner.omit_zero,
                through,
                default: inner.default,
            });
        }
        return;
    }
    let zero = if mark == "!" {
        Zero::Stays
    } else {
        Zero::Vanishes
    };
    fields.push(Field {
        name,
        of,
        zero,
        omit_zero: mark == "0",
        through: Vec::new(),
        default,
    });
}

/// `{q:v1.ResourceList`: the innermost map or list is a named type; `[s=v1.Capability`: its text is.
fn parse_type(written: &'static str) -> Type {
    if let Some((code, container)) = written.split_once(':') {
        parse_code(code, None, Some(container))
    } else if let Some((code, text)) = written.split_once('=') {
        parse_code(code, Some(text), None)
    } else {
        parse_code(written, None, None)
    }
}

fn parse_code(
    code: &'static str,
    text: Option<&'static str>,
    container: Option<&'static str>,
) -> Type {
    let rest = code.get(1..).unwrap_or_default();
    let name = container.filter(|_| !rest.starts_with(['[', '{']));
    match code.get(..1).unwrap_or_default() {
        "*" => Type::Pointer(Box::new(parse_code(rest, text, container))),
        "[" => Type::List(Box::new(parse_code(rest, text, container)), name),
        "{" => Type::Map(Box::new(parse_code(rest, text, container)), name),
        "s" => Type::Text(text),
        "b" => Type::Bool,
        "i" => Type::Int32,
        "l" => Type::Int64,
        "f" => Type::Float,
        "q" => Type::Quantity,
        "x" => Type::IntOrString,
        "t" => Type::Time,
        "m" => Type::MicroTime,
        "y" => Type::Bytes,
        "r" => Type::Raw,
        _ => Type::Struct(code.parse().unwrap_or(usize::MAX)),
    }
}

/// The API version a manifest writes for a served group and version.
pub(crate) fn api_version(group: &str, version: &str) -> &'static str {
    static WRITTEN: OnceLock<Vec<String>> = OnceLock::new();
    let all = WRITTEN.get_or_init(|| {
        packed()
            .kinds
            .keys()
            .map(|(group, version, _)| joined(group, version))
            .collect()
    });
    let wanted = joined(group, version);
    all.iter()
        .find(|one| **one == wanted)
        .map_or("", String::as_str)
}

fn joined(group: &str, version: &str) -> String {
    if group.is_empty() {
        version.to_owned()
    } else {
        format!("{group}/{version}")
    }
}
