use std::collections::BTreeSet;

use regorus::Source as Text;
use regorus::unstable::{Module, Parser};

use super::edit::{Edit, apply};
use super::fault::Fault;
use super::{bind, inspect, layout, lift, token};

/// The language of a template's code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Version {
    /// Rego v0: `violation[{"msg": msg}] { … }`.
    #[default]
    V0,
    /// Rego v1: `violation contains {"msg": msg} if { … }`.
    V1,
}

/// The code of one template.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Source {
    /// Its language; the libraries are in the same.
    pub version: Version,
    /// The module with the rule `violation`.
    pub rego: String,
    /// Modules below `data.lib`.
    pub libs: Vec<String>,
}

/// The package that the entry module gets, whatever it calls itself, as in Gatekeeper.
pub(super) const PACKAGE: &str = "template";

/// A text is changed this often at most, for negations within negations.
const ROUNDS: usize = 64;

/// The modules as our engines must see them to answer as OPA does.
pub(super) struct Prepared {
    /// The entry first.
    pub(super) texts: Vec<String>,
    /// False when something is in them that the byte code gets wrong.
    pub(super) fits_byte_code: bool,
}

pub(super) fn prepare(source: &Source) -> Result<Prepared, Fault> {
    let mut texts = vec![laid_out(&source.rego)?];
    for (index, lib) in source.libs.iter().enumerate() {
        let text = laid_out(lib).map_err(|fault| in_lib(index, fault))?;
        texts.push(text);
    }
    let mut names = BTreeSet::new();
    let mut prepared = Vec::new();
    let mut fits_byte_code = true;
    for (index, text) in texts.iter().enumerate() {
        let module = parse(text, source.version).map_err(|fault| place(index, fault))?;
        let own = inspect::names(&module);
        if index == 0 && !own.contains("violation") {
            return Err(Fault::whole("there is no rule `violation`"));
        }
        names.extend(own.iter().cloned());
        fits_byte_code &= inspect::fits_byte_code(&module);
        bind::check(text, &module, &own).map_err(|fault| place(index, fault))?;
        let mut edits = inspect::inspect(text, &module, source.version, &own)
            .map_err(|fault| place(index, fault))?;
        if index == 0 {
            let span = module.package.refr.span();
            edits.push(Edit {
                start: span.start as usize,
                end: span.end as usize,
                with: PACKAGE.to_owned(),
            });
        } else if !is_library(&module) {
            let what = "a library must be in a package below `lib`";
            return Err(in_lib(
                index - 1,
                Fault::at(text, module.package.span.start as usize, what),
            ));
        }
        prepared.push(apply(text, edits));
    }
    for text in &mut prepared {
        lifted(text, source.version, &names)?;
        let module = parse(text, source.version)?;
        *text = apply(text, bind::defined(text, &token::tokens(text)?, &module));
    }
    Ok(Prepared {
        texts: prepared,
        fits_byte_code,
    })
}

fn place(index: usize, fault: Fault) -> Fault {
    match index.checked_sub(1) {
        Some(lib) => in_lib(lib, fault),
        None => fault,
    }
}

fn in_lib(index: usize, mut fault: Fault) -> Fault {
    fault.reason = format!("in libs[{index}]: {}", fault.reason);
    fault
}

fn is_library(module: &Module) -> bool {
    let parts = Parser::get_path_ref_components(&module.package.refr).unwrap_or_default();
    parts.len() > 1 && parts.first().is_some_and(|first| first.text() == "lib")
}

fn laid_out(text: &str) -> Result<String, Fault> {
    if text.contains(lift::MADE) || text.contains("sekisho_") {
        return Err(Fault::whole("names that begin with `sekisho_` are taken"));
    }
    let tokens = token::tokens(text)?;
    let edits = layout::repairs(text, &tokens)?;
    Ok(apply(text, edits))
}

fn lifted(text: &mut String, version: Version, names: &BTreeSet<String>) -> Result<(), Fault> {
    for _ in 0..ROUNDS {
        let module = parse(text, version)?;
        let edits = lift::lifts(text, &token::tokens(text)?, &module, names);
        if edits.is_empty() {
            return Ok(());
        }
        *text = apply(text, edits);
    }
    Err(Fault::whole("too many negations within negations"))
}

fn parse(text: &str, version: Version) -> Result<Module, Fault> {
    let source = Text::from_contents("template".to_owned(), text.to_owned())
        .map_err(|error| Fault::whole(error.to_string()))?;
    let mut parser = Parser::new(&source).map_err(|error| told(&error.to_string()))?;
    if version == Version::V1 {
        parser
            .enable_rego_v1()
            .map_err(|error| told(&error.to_string()))?;
    }
    parser.parse().map_err(|error| told(&error.to_string()))
}

/// The parser's message, which draws its place: `--> template:3:7 … error: words`.
pub(super) fn told(message: &str) -> Fault {
    let place = message.split_once("--> ").and_then(|(_, rest)| {
        let line = rest.lines().next()?;
        let mut numbers = line.rsplit(':').map(|part| part.trim().parse::<usize>());
        let column = numbers.next()?.ok()?;
        Some((numbers.next()?.ok()?, column))
    });
    let reason = match message.split_once("error: ") {
        Some((_, reason)) => reason.trim(),
        None => message.trim(),
    };
    let (line, column) = place.unwrap_or((0, 0));
    Fault {
        line,
        column,
        reason: reason.to_owned(),
    }
}
