//! Writes `data/kinds.txt` and `data/types.txt`: which kinds the API server serves and how its Go types decode.
//!
//! Usage: `cargo run -p sekisho-schema --example pack -- OPENAPI_FOLDER K8S_IO_FOLDER VERSION OUT_FOLDER`, where the first
//! holds one OpenAPI v3 document per group and version (taken from a server), and the second holds the Go modules
//! `api@VERSION`, `apimachinery@VERSION`, `apiextensions-apiserver@VERSION` and `kube-aggregator@VERSION`. The OpenAPI
//! documents say which kinds exist; only the Go types tell pointers from values and `omitempty` from kept zeroes.
#![expect(
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "a generator run by hand: it reads and writes files"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// One Go field: its JSON name, its type as written, and its tag options.
#[derive(Debug)]
struct Field {
    json: String,
    go_type: String,
    embedded: bool,
    options: Vec<String>,
    default: Option<String>,
}

#[derive(Debug)]
enum Declared {
    Struct(Vec<Field>),
    Named(String),
}

#[derive(Debug)]
struct Declaration {
    what: Declared,
    cluster_scoped: bool,
    imports: BTreeMap<String, String>,
}

/// Types with JSON decoders of their own, by full name, and their letter in the packed form.
const CODED: &[(&str, &str)] = &[
    ("k8s.io/apimachinery/pkg/api/resource.Quantity", "q"),
    ("k8s.io/apimachinery/pkg/util/intstr.IntOrString", "x"),
    ("k8s.io/apimachinery/pkg/apis/meta/v1.Time", "t"),
    ("k8s.io/apimachinery/pkg/apis/meta/v1.MicroTime", "m"),
    ("k8s.io/apimachinery/pkg/apis/meta/v1.Duration", "D"),
    ("k8s.io/apimachinery/pkg/apis/meta/v1.FieldsV1", "r"),
    ("k8s.io/apimachinery/pkg/runtime.RawExtension", "r"),
    (
        "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1.JSON",
        "r",
    ),
    (
        "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1.JSONSchemaPropsOrBool",
        "r",
    ),
    (
        "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1.JSONSchemaPropsOrArray",
        "r",
    ),
    (
        "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1.JSONSchemaPropsOrStringArray",
        "r",
    ),
];

fn source_folder(root: &Path, version: &str, package: &str) -> Option<PathBuf> {
    let rest = package.strip_prefix("k8s.io/")?;
    let (module, inside) = rest.split_once('/')?;
    Some(root.join(format!("{module}@{version}")).join(inside))
}

fn read_package(
    root: &Path,
    version: &str,
    package: &str,
) -> Result<BTreeMap<String, Declaration>> {
    let folder = source_folder(root, version, package).ok_or("not a k8s.io package")?;
    let mut all = BTreeMap::new();
    for entry in std::fs::read_dir(&folder)? {
        let path = entry?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let is_source = Path::new(&name)
            .extension()
            .is_some_and(|kind| kind == "go");
        if is_source && !name.ends_with("_test.go") && !name.contains("generated") {
            read_source(&std::fs::read_to_string(&path)?, &mut all);
        }
    }
    Ok(all)
}

fn read_source(text: &str, all: &mut BTreeMap<String, Declaration>) {
    let mut imports = BTreeMap::new();
    let mut comments: Vec<String> = Vec::new();
    let mut lines = text.lines();
    let mut in_imports = false;
    while let Some(line) = lines.next() {
        let trimmed = line.trim();
        if line.starts_with("import (") {
            in_imports = true;
        } else if in_imports {
            if trimmed == ")" {
                in_imports = false;
            } else if let Some((alias, path)) = import(trimmed) {
                imports.insert(alias, path);
            }
        } else if let Some(one) = line.strip_prefix("import ") {
            imports.extend(import(one.trim()));
        } else if trimmed.starts_with("//") {
            comments.push(trimmed.trim_start_matches('/').trim().to_owned());
        } else if trimmed.is_empty() {
            // A client marker may stand one blank line above its type.
        } else if let Some(rest) = line.strip_prefix("type ") {
            let cluster_scoped = comments
                .iter()
                .any(|text| text == "+genclient:nonNamespaced");
            comments.clear();
            let Some((name, body)) = rest.split_once(' ') else {
                continue;
            };
            let what = if body.starts_with("struct") {
                let fields = if body.ends_with("{}") {
                    Vec::new()
                } else {
                    read_fields(&mut lines)
                };
                Declared::Struct(fields)
            } else {
                Declared::Named(
                    body.trim_start_matches("= ")
                        .split(" //")
                        .next()
                        .unwrap_or_default()
                        .trim()
                        .to_owned(),
                )
            };
            all.insert(
                name.to_owned(),
                Declaration {
                    what,
                    cluster_scoped,
                    imports: imports.clone(),
                },
            );
        } else {
            comments.clear();
        }
    }
}

fn import(line: &str) -> Option<(String, String)> {
    let (alias, path) = line.split_once('"')?;
    let path = path.trim_end_matches('"').to_owned();
    let alias = match alias.trim() {
        "" => path.rsplit('/').next()?.to_owned(),
        alias => alias.to_owned(),
    };
    Some((alias, path))
}

fn read_fields<'a>(lines: &mut impl Iterator<Item = &'a str>) -> Vec<Field> {
    let mut fields = Vec::new();
    let mut default = None;
    let mut in_block = false;
    for line in lines {
        let trimmed = line.trim();
        if trimmed == "}" {
            break;
        }
        if let Some(comment) = trimmed.strip_prefix("//") {
            if let Some(value) = comment.trim().strip_prefix("+default=") {
                default = Some(value.to_owned());
            }
            continue;
        }
        if trimmed.starts_with("/*") {
            in_block = true;
        }
        if in_block || trimmed.is_empty() {
            in_block = in_block && !trimmed.ends_with("*/");
            continue;
        }
        let code = trimmed
            .split('`')
            .next()
            .unwrap_or_default()
            .split("//")
            .next()
            .unwrap_or_default();
        let tag = trimmed
            .split("json:\"")
            .nth(1)
            .and_then(|rest| rest.split('"').next())
            .unwrap_or_default();
        let mut words = code.split_whitespace();
        let (first, second) = (words.next().unwrap_or_default(), words.next());
        let mut options = tag.split(',').map(str::to_owned);
        let json = options.next().unwrap_or_default();
        let marked = default.take();
        if json == "-" {
            continue;
        }
        fields.push(Field {
            embedded: json.is_empty(),
            json: if json.is_empty() {
                first.rsplit('.').next().unwrap_or_default().to_owned()
            } else {
                json
            },
            go_type: second.unwrap_or(first).to_owned(),
            options: options.collect(),
            default: marked,
        });
    }
    fields
}

struct Packer {
    root: PathBuf,
    version: String,
    packages: BTreeMap<String, BTreeMap<String, Declaration>>,
    numbers: BTreeMap<String, usize>,
    lines: Vec<String>,
}

impl Packer {
    fn load(&mut self, package: &str) -> Result<()> {
        if !self.packages.contains_key(package) {
            let read = read_package(&self.root, &self.version, package)?;
            self.packages.insert(package.to_owned(), read);
        }
        Ok(())
    }

    fn structure(&mut self, package: &str, name: &str) -> Result<usize> {
        let full = format!("{package}.{name}");
        if let Some(number) = self.numbers.get(&full) {
            return Ok(*number);
        }
        let number = self.lines.len();
        self.numbers.insert(full.clone(), number);
        self.lines.push(String::new());
        self.load(package)?;
        let declaration = self
            .packages
            .get(package)
            .and_then(|all| all.get(name))
            .ok_or(full.clone())?;
        let Declared::Struct(fields) = &declaration.what else {
            return Err(full.into());
        };
        let imports = declaration.imports.clone();
        let fields: Vec<_> = fields
            .iter()
            .map(|field| {
                (
                    field.json.clone(),
                    field.go_type.clone(),
                    field.embedded,
                    field.options.clone(),
                    field.default.clone(),
                )
            })
            .collect();
        let mut line = short(package, name);
        for (json, go_type, embedded, options, default) in fields {
            let packed = self.packed(package, &imports, &go_type)?;
            let mark = match (
                embedded,
                options.iter().any(|o| o == "omitempty"),
                options.iter().any(|o| o == "omitzero"),
            ) {
                (true, ..) => "+",
                (_, _, true) => "0",
                (_, true, _) => "?",
                _ => "!",
            };
            write!(line, "\t{mark}{json} {packed}")?;
            if let Some(default) = default.filter(|value| value != "{}") {
                let default = match default.strip_prefix("ref(") {
                    Some(constant) => self.constant(package, constant.trim_end_matches(')'))?,
                    None => default,
                };
                write!(line, " {default}")?;
            }
        }
        if let Some(slot) = self.lines.get_mut(number) {
            *slot = line;
        }
        Ok(number)
    }

    /// The value of a Go string constant that a default marker names.
    fn constant(&self, package: &str, name: &str) -> Result<String> {
        let package = name
            .rsplit_once('.')
            .map_or(package, |(package, _)| package);
        let name = name.rsplit('.').next().unwrap_or_default();
        let folder =
            source_folder(&self.root, &self.version, package).ok_or("package of a constant")?;
        let text = std::fs::read_to_string(folder.join("types.go"))?;
        let line = text
            .lines()
            .find(|line| line.split_whitespace().next() == Some(name) && line.contains('='))
            .ok_or_else(|| format!("constant {name}"))?;
        Ok(line.split('=').nth(1).unwrap_or_default().trim().to_owned())
    }

    fn packed(
        &mut self,
        package: &str,
        imports: &BTreeMap<String, String>,
        go_type: &str,
    ) -> Result<String> {
        if let Some(rest) = go_type.strip_prefix('*') {
            return Ok(format!("*{}", self.packed(package, imports, rest)?));
        }
        if go_type == "[]byte" {
            return Ok("y".to_owned());
        }
        if let Some(rest) = go_type.strip_prefix("[]") {
            return Ok(format!("[{}", self.packed(package, imports, rest)?));
        }
        if let Some(rest) = go_type.strip_prefix("map[") {
            let (_, value) = rest.split_once(']').ok_or("map type")?;
            return Ok(format!("{{{}", self.packed(package, imports, value)?));
        }
        match go_type {
            "string" => return Ok("s".to_owned()),
            "bool" => return Ok("b".to_owned()),
            "int32" => return Ok("i".to_owned()),
            "int64" => return Ok("l".to_owned()),
            "float64" => return Ok("f".to_owned()),
            _ => {}
        }
        let (package, name) = match go_type.split_once('.') {
            Some((alias, name)) => (
                imports
                    .get(alias)
                    .ok_or_else(|| format!("import {alias}"))?
                    .clone(),
                name,
            ),
            None => (package.to_owned(), go_type),
        };
        let full = format!("{package}.{name}");
        if let Some((_, letter)) = CODED.iter().find(|(coded, _)| *coded == full) {
            return Ok((*letter).to_owned());
        }
        if full == "k8s.io/apimachinery/pkg/types.UID" || package == "k8s.io/apimachinery/pkg/types"
        {
            return Ok(format!("s=types.{name}"));
        }
        self.load(&package)?;
        let declaration = self
            .packages
            .get(&package)
            .and_then(|all| all.get(name))
            .ok_or(full.clone())?;
        match &declaration.what {
            Declared::Struct(_) => Ok(self.structure(&package, name)?.to_string()),
            Declared::Named(under) => {
                let (under, imports) = (under.clone(), declaration.imports.clone());
                let packed = self.packed(&package, &imports, &under)?;
                let bare = packed.split(['=', ':']).next().unwrap_or_default();
                let printed = package.rsplit('/').next().unwrap_or_default();
                let mark = if bare.starts_with(['[', '{']) {
                    ':'
                } else {
                    '='
                };
                Ok(format!("{bare}{mark}{printed}.{name}"))
            }
        }
    }
}

/// `core/v1.Pod` for the built-in groups, `meta/v1.ObjectMeta` for the shared types.
fn short(package: &str, name: &str) -> String {
    let mut parts = package.rsplit('/');
    let version = parts.next().unwrap_or_default();
    let group = parts.next().unwrap_or_default();
    format!("{group}/{version}.{name}")
}

/// The Go package of an OpenAPI schema name such as `io.k8s.api.apps.v1.Deployment`.
fn package_of(schema: &str) -> Option<(String, String)> {
    let rest = schema.strip_prefix("io.k8s.")?;
    let (path, name) = rest.rsplit_once('.')?;
    Some((
        format!(
            "k8s.io/{}",
            path.replace("kube-aggregator.", "kube-aggregator/")
                .replace("apiextensions-apiserver.", "apiextensions-apiserver/")
                .replace('.', "/")
        ),
        name.to_owned(),
    ))
}

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let mut next = || {
        arguments
            .next()
            .ok_or("OPENAPI_FOLDER K8S_IO_FOLDER VERSION OUT_FOLDER")
    };
    let (openapi, root, version, out) = (next()?, next()?, next()?, next()?);
    let mut packer = Packer {
        root: root.into(),
        version,
        packages: BTreeMap::new(),
        numbers: BTreeMap::new(),
        lines: Vec::new(),
    };
    let mut files: Vec<_> = std::fs::read_dir(&openapi)?.collect::<std::result::Result<_, _>>()?;
    files.sort_by_key(std::fs::DirEntry::path);
    let mut kinds = BTreeSet::new();
    for file in files {
        let stem = file
            .path()
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let mut parts = stem.split("__").skip(1);
        let (group, api) = match (parts.next().unwrap_or_default(), parts.next()) {
            (group, Some(api)) => (group.to_owned(), api.to_owned()),
            (api, None) => (String::new(), api.to_owned()),
        };
        let document: serde_json::Value =
            serde_json::from_str(&std::fs::read_to_string(file.path())?)?;
        let schemas = document
            .get("schemas")
            .and_then(serde_json::Value::as_object)
            .ok_or("schemas")?;
        for (schema, body) in schemas {
            let served = body
                .get("x-kubernetes-group-version-kind")
                .and_then(serde_json::Value::as_array);
            let has = |property: &str| body.pointer(&format!("/properties/{property}")).is_some();
            if has("items") || !has("metadata") || schema.ends_with(".Status") {
                continue;
            }
            for kind in served.into_iter().flatten() {
                let text = |key: &str| {
                    kind.get(key)
                        .and_then(serde_json::Value::as_str)
                        .unwrap_or_default()
                };
                if text("group") != group || text("version") != api {
                    continue;
                }
                let (package, name) = package_of(schema).ok_or_else(|| schema.clone())?;
                let number = packer.structure(&package, &name)?;
                let scoped = packer
                    .packages
                    .get(&package)
                    .and_then(|all| all.get(&name))
                    .is_some_and(|one| one.cluster_scoped);
                let scope = if scoped { 'C' } else { 'N' };
                kinds.insert(format!("{group} {api} {} {scope} {number}", text("kind")));
            }
        }
    }
    let mut text = String::new();
    for kind in &kinds {
        writeln!(text, "{kind}")?;
    }
    std::fs::write(Path::new(&out).join("kinds.txt"), text)?;
    let mut text = packer.lines.join("\n");
    text.push('\n');
    std::fs::write(Path::new(&out).join("types.txt"), text)?;
    eprintln!("{} kinds, {} types", kinds.len(), packer.lines.len());
    Ok(())
}
