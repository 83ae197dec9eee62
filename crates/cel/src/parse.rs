//! The grammar of CEL: from tokens to a tree, macros expanded.
//!
//! <https://github.com/google/cel-spec/blob/master/doc/langdef.md#syntax>. Limits are cel-go's defaults, which the API
//! server keeps: 100,000 code points, 250 levels.

use std::sync::Arc;

use crate::ast::{Entry, Expr, Field, Item, Kind, Literal, op};
use crate::issue::Issue;
use crate::macros;
use crate::token::{Sort, Token, tokens};
use crate::unescape::unescape;

const LONGEST: usize = 100_000;
const DEEPEST: usize = 250;
const RESERVED: [&str; 18] = [
    "as",
    "break",
    "const",
    "continue",
    "else",
    "for",
    "function",
    "if",
    "import",
    "let",
    "loop",
    "package",
    "namespace",
    "return",
    "var",
    "void",
    "while",
    "in",
];
const OPERAND: &str =
    "'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}";

/// A parsed expression.
#[derive(Debug)]
pub(crate) struct Parsed {
    pub(crate) root: Expr,
    /// How many numbers of nodes are used.
    pub(crate) nodes: usize,
}

/// Parses one expression.
///
/// # Errors
/// Everything that is wrong, never empty.
pub(crate) fn parse(source: &str) -> Result<Parsed, Vec<Issue>> {
    let size = source.chars().count();
    let whole = |message: String| vec![Issue { at: None, message }];
    if size > LONGEST {
        return Err(whole(format!(
            "expression code point size exceeds limit: size: {size}, limit {LONGEST}"
        )));
    }
    let (tokens, strays) = tokens(source);
    let mut parser = Parser {
        tokens,
        next: 0,
        depth: 0,
        tree: Tree::default(),
    };
    for stray in strays {
        let message = format!("Syntax error: token recognition error at: '{}'", stray.text);
        parser.tree.issues.push(Issue::new(stray.at, message));
    }
    let root = match parser.whole() {
        Ok(root) => root,
        Err(Halt::TooDeep(message)) => return Err(whole(message.to_owned())),
        Err(Halt::Syntax(issue)) => {
            parser.tree.issues.push(issue);
            return Err(parser.tree.issues);
        }
    };
    if !parser.tree.issues.is_empty() {
        return Err(parser.tree.issues);
    }
    Ok(Parsed {
        root,
        nodes: parser.tree.used,
    })
}

fn shown(text: &str) -> String {
    text.replace('\n', "\\n")
        .replace('\r', "\\r")
        .replace('\t', "\\t")
}

/// True for a token that may begin an operand.
fn begins_operand(token: Token<'_>) -> bool {
    match token.sort {
        Sort::Sign => matches!(token.text, "(" | "[" | "{" | "." | "-" | "!"),
        Sort::Quoted | Sort::End => false,
        _ => true,
    }
}

/// Why parsing stops.
enum Halt {
    TooDeep(&'static str),
    Syntax(Issue),
}

type Step<T> = Result<T, Halt>;

/// Makes nodes and collects complaints that do not stop the parser.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    used: usize,
    pub(crate) issues: Vec<Issue>,
}

impl Tree {
    pub(crate) fn node(&mut self, at: u32, kind: Kind) -> Expr {
        self.used += 1;
        Expr {
            id: self.used - 1,
            at,
            kind,
        }
    }

    pub(crate) fn call(&mut self, at: u32, function: &str, args: Vec<Expr>) -> Expr {
        let function = function.to_owned();
        self.node(
            at,
            Kind::Call {
                target: None,
                function,
                args,
            },
        )
    }

    pub(crate) fn literal(&mut self, at: u32, literal: Literal) -> Expr {
        self.node(at, Kind::Literal(literal))
    }

    /// Complains, and stands in with a node that hurts nobody: the tree is not used any more.
    pub(crate) fn complain(&mut self, at: u32, message: impl Into<String>) -> Expr {
        self.issues.push(Issue::new(at, message));
        self.node(at, Kind::Literal(Literal::Null))
    }

    /// A copy with numbers of its own.
    pub(crate) fn copy(&mut self, of: &Expr) -> Expr {
        let kind = match &of.kind {
            Kind::Select {
                operand,
                field,
                is_test,
            } => Kind::Select {
                operand: Box::new(self.copy(operand)),
                field: field.clone(),
                is_test: *is_test,
            },
            Kind::Call {
                target,
                function,
                args,
            } => Kind::Call {
                target: target.as_ref().map(|target| Box::new(self.copy(target))),
                function: function.clone(),
                args: args.iter().map(|arg| self.copy(arg)).collect(),
            },
            Kind::List(items) => Kind::List(
                items
                    .iter()
                    .map(|item| Item {
                        value: self.copy(&item.value),
                        is_optional: item.is_optional,
                    })
                    .collect(),
            ),
            Kind::Map(entries) => Kind::Map(
                entries
                    .iter()
                    .map(|entry| Entry {
                        key: self.copy(&entry.key),
                        value: self.copy(&entry.value),
                        is_optional: entry.is_optional,
                    })
                    .collect(),
            ),
            Kind::Message { name, fields } => Kind::Message {
                name: name.clone(),
                fields: fields
                    .iter()
                    .map(|field| Field {
                        value: self.copy(&field.value),
                        name: field.name.clone(),
                        ..*field
                    })
                    .collect(),
            },
            Kind::Fold(fold) => {
                let mut fold = fold.clone();
                fold.range = self.copy(&fold.range);
                fold.start = self.copy(&fold.start);
                fold.condition = self.copy(&fold.condition);
                fold.step = self.copy(&fold.step);
                fold.result = self.copy(&fold.result);
                Kind::Fold(fold)
            }
            Kind::Literal(_) | Kind::Ident(_) => of.kind.clone(),
        };
        self.node(of.at, kind)
    }
}

struct Parser<'s> {
    tokens: Vec<Token<'s>>,
    next: usize,
    depth: usize,
    tree: Tree,
}

impl<'s> Parser<'s> {
    fn whole(&mut self) -> Step<Expr> {
        let root = self.expr("")?;
        let rest = self.peek();
        if rest.sort == Sort::End {
            return Ok(root);
        }
        let is_last = self.after(1).sort == Sort::End;
        let word = if is_last { "extraneous" } else { "mismatched" };
        Err(self.syntax(&format!("{word} input '{}' expecting <EOF>", rest.text)))
    }

    fn peek(&self) -> Token<'s> {
        self.after(0)
    }

    /// The token so many places ahead; the end when there are fewer.
    fn after(&self, places: usize) -> Token<'s> {
        let last = self.tokens.last().copied();
        let found = self.tokens.get(self.next + places).copied();
        found.or(last).unwrap_or(Token {
            sort: Sort::End,
            text: "<EOF>",
            at: 0,
        })
    }

    fn take(&mut self) -> Token<'s> {
        let token = self.peek();
        self.next += 1;
        token
    }

    fn is(&self, sign: &str) -> bool {
        let token = self.peek();
        token.sort == Sort::Sign && token.text == sign
    }

    fn accept(&mut self, sign: &str) -> Option<Token<'s>> {
        self.is(sign).then(|| self.take())
    }

    fn expect(&mut self, sign: &str, expecting: &str) -> Step<Token<'s>> {
        let found = self.peek().text;
        let follows = match sign {
            ":" => begins_operand(self.peek()),
            _ => {
                self.peek().sort == Sort::End
                    && !expecting.starts_with("{']'")
                    && !expecting.starts_with("{'}'")
            }
        };
        self.accept(sign).ok_or_else(|| {
            if follows {
                return self.syntax(&format!("missing '{sign}' at '{}'", shown(found)));
            }
            self.syntax(&format!(
                "mismatched input '{}' expecting {expecting}",
                shown(found)
            ))
        })
    }

    fn syntax(&self, message: &str) -> Halt {
        Halt::Syntax(Issue::new(
            self.peek().at,
            format!("Syntax error: {message}"),
        ))
    }

    fn deeper<T>(
        &mut self,
        message: &'static str,
        inner: impl FnOnce(&mut Self) -> Step<T>,
    ) -> Step<T> {
        if self.depth >= DEEPEST {
            return Err(Halt::TooDeep(message));
        }
        self.depth += 1;
        let read = inner(self);
        self.depth -= 1;
        read
    }

    /// `or ? or : expr`. `more` names what else could stand here, for the message.
    fn expr(&mut self, more: &str) -> Step<Expr> {
        self.deeper("expression recursion limit exceeded: 250", |parser| {
            let condition = parser.logical(more, true)?;
            let Some(sign) = parser.accept("?") else {
                return Ok(condition);
            };
            let yes = parser.logical("", true)?;
            parser.expect(":", "':'")?;
            let no = parser.expr("")?;
            Ok(parser
                .tree
                .call(sign.at, op::CONDITION, vec![condition, yes, no]))
        })
    }

    /// `a || b || c`, or one level down `a && b && c`: one node with all terms.
    fn logical(&mut self, more: &str, is_or: bool) -> Step<Expr> {
        let (sign, name) = if is_or {
            ("||", op::OR)
        } else {
            ("&&", op::AND)
        };
        let term = |parser: &mut Self, more: &str| {
            if is_or {
                parser.logical(more, false)
            } else {
                parser.binary(1, more)
            }
        };
        let first = term(self, more)?;
        let Some(mut at) = self.accept(sign).map(|token| token.at) else {
            return Ok(first);
        };
        let mut terms = vec![first];
        loop {
            terms.push(term(self, "")?);
            match self.accept(sign) {
                Some(token) => at = token.at,
                None => break,
            }
        }
        Ok(self.tree.call(at, name, terms))
    }

    /// Comparisons, sums, products: left to right, by how tightly they bind.
    fn binary(&mut self, least: u8, more: &str) -> Step<Expr> {
        let mut left = self.unary(more)?;
        let mut chain = 0;
        loop {
            let sign = self.peek();
            let found = (sign.sort == Sort::Sign)
                .then(|| op::binary(sign.text))
                .flatten();
            let Some((name, tight)) = found.filter(|(_, tight)| *tight >= least) else {
                return Ok(left);
            };
            chain += 1;
            if chain > DEEPEST {
                return Err(Halt::TooDeep("max recursion depth exceeded"));
            }
            self.take();
            let right = self.binary(tight + 1, "")?;
            left = self.tree.call(sign.at, name, vec![left, right]);
        }
    }

    fn unary(&mut self, more: &str) -> Step<Expr> {
        let first = self.peek();
        let (sign, name) = match first.text {
            "!" if first.sort == Sort::Sign => ("!", op::NOT),
            "-" if first.sort == Sort::Sign => ("-", op::NEGATE),
            _ => return self.member(more),
        };
        let is_number = matches!(self.after(1).sort, Sort::Int | Sort::Double);
        if sign == "-" && is_number {
            return self.member("");
        }
        let mut count = 0;
        while self.accept(sign).is_some() {
            count += 1;
        }
        if sign == "-" && self.is("!") {
            return Err(self.syntax("no viable alternative at input '-!'"));
        }
        let operand = self.member("")?;
        if count % 2 == 0 {
            return Ok(operand);
        }
        Ok(self.tree.call(first.at, name, vec![operand]))
    }

    /// Selections, calls and indexes after a primary.
    fn member(&mut self, more: &str) -> Step<Expr> {
        let mut left = self.primary(more)?;
        let mut chain = 0;
        loop {
            chain += 1;
            if chain > DEEPEST + 1 {
                return Err(Halt::TooDeep("max recursion depth exceeded"));
            }
            if let Some(dot) = self.accept(".") {
                left = self.dotted(left, dot.at)?;
            } else if let Some(open) = self.accept("[") {
                let is_optional = self.accept("?").is_some();
                let index = self.expr(if is_optional { "" } else { "'?'" })?;
                self.expect("]", "']'")?;
                let name = if is_optional {
                    op::OPTIONAL_INDEX
                } else {
                    op::INDEX
                };
                left = self.tree.call(open.at, name, vec![left, index]);
            } else if self.is("{") && left.qualified().is_some() {
                left = self.message(&left)?;
            } else {
                return Ok(left);
            }
        }
    }

    fn dotted(&mut self, left: Expr, dot: u32) -> Step<Expr> {
        let is_optional = self.accept("?").is_some();
        let name = self.peek();
        let is_word = matches!(name.text, "true" | "false" | "null");
        if name.sort == Sort::Quoted {
            self.take();
            return Ok(self.tree.complain(name.at, "unsupported syntax: '`'"));
        }
        if name.sort != Sort::Name || is_word {
            return Err(match name.sort {
                _ if is_optional => {
                    let second = Issue::new(name.at, "unsupported ident kind");
                    let first = self.syntax(&format!(
                        "mismatched input '{}' expecting {{IDENTIFIER, ESC_IDENTIFIER}}",
                        name.text
                    ));
                    match first {
                        Halt::Syntax(first) => {
                            self.tree.issues.push(first);
                            Halt::Syntax(second)
                        }
                        deep @ Halt::TooDeep(_) => deep,
                    }
                }
                Sort::Name => self.syntax(&format!(
                    "mismatched input '{}' expecting IDENTIFIER",
                    name.text
                )),
                Sort::End => Halt::Syntax(Issue::new(
                    name.at,
                    "Syntax error: no viable alternative at input '.'",
                )),
                _ => self.syntax(&format!("no viable alternative at input '.{}'", name.text)),
            });
        }
        self.take();
        if is_optional {
            let field = self
                .tree
                .literal(name.at, Literal::Text(Arc::from(name.text)));
            return Ok(self.tree.call(dot, op::OPTIONAL_SELECT, vec![left, field]));
        }
        if let Some(open) = self.accept("(") {
            let args = self.args()?;
            return Ok(macros::call(
                &mut self.tree,
                open.at,
                Some(left),
                name.text,
                args,
            ));
        }
        let field = name.text.to_owned();
        let operand = Box::new(left);
        Ok(self.tree.node(
            dot,
            Kind::Select {
                operand,
                field,
                is_test: false,
            },
        ))
    }

    /// The arguments of a call, after the parenthesis.
    fn args(&mut self) -> Step<Vec<Expr>> {
        let mut args = Vec::new();
        if self.accept(")").is_some() {
            return Ok(args);
        }
        loop {
            args.push(self.expr(if args.is_empty() { "')'" } else { "" })?);
            if self.accept(",").is_none() {
                self.expect(")", "{')', ','}")?;
                return Ok(args);
            }
        }
    }

    fn message(&mut self, name: &Expr) -> Step<Expr> {
        let open = self.take();
        let mut fields = Vec::new();
        while !self.is("}") {
            if self.is(",") {
                self.take();
                break;
            }
            let is_optional = self.accept("?").is_some();
            let field = self.take();
            if field.sort != Sort::Name {
                return Err(self.syntax(&format!(
                    "mismatched input '{}' expecting IDENTIFIER",
                    field.text
                )));
            }
            let colon = self.expect(":", "':'")?;
            let value = self.expr("")?;
            fields.push(Field {
                at: colon.at,
                name: field.text.to_owned(),
                value,
                is_optional,
            });
            if self.accept(",").is_none() {
                break;
            }
        }
        self.expect("}", "'}'")?;
        let name = name.qualified().unwrap_or_default();
        Ok(self.tree.node(open.at, Kind::Message { name, fields }))
    }

    fn primary(&mut self, more: &str) -> Step<Expr> {
        let token = self.peek();
        let kind = match (token.sort, token.text) {
            (Sort::Sign, "(") => {
                self.take();
                let inner = self.expr("")?;
                self.expect(")", "')'")?;
                return Ok(inner);
            }
            (Sort::Sign, "[") => return self.list(),
            (Sort::Sign, "{") => return self.map(),
            (Sort::Sign, ".") => {
                self.take();
                return self.name(true);
            }
            (Sort::Sign, "-") if matches!(self.after(1).sort, Sort::Int | Sort::Double) => {
                self.take();
                let number = self.take();
                return Ok(self.number(token.at, number, "-"));
            }
            (Sort::Int | Sort::Double | Sort::Uint, _) => {
                self.take();
                return Ok(self.number(token.at, token, ""));
            }
            (Sort::Text, text) => match unescape(text, false) {
                Ok(bytes) => Literal::Text(String::from_utf8_lossy(&bytes).into()),
                Err(message) => {
                    self.take();
                    return Ok(self.tree.complain(token.at, message));
                }
            },
            (Sort::Bytes, text) => match unescape(text.get(1..).unwrap_or_default(), true) {
                Ok(bytes) => Literal::Bytes(bytes.into()),
                Err(message) => {
                    self.take();
                    return Ok(self.tree.complain(token.at, message));
                }
            },
            (Sort::Name, "true") => Literal::Bool(true),
            (Sort::Name, "false") => Literal::Bool(false),
            (Sort::Name, "null") => Literal::Null,
            (Sort::Name, _) => return self.name(false),
            _ => return Err(self.no_operand(more)),
        };
        self.take();
        Ok(self.tree.literal(token.at, kind))
    }

    fn no_operand(&self, more: &str) -> Halt {
        let found = self.peek();
        let can_skip = self.after(1).sort != Sort::Sign && begins_operand(self.after(1));
        let word = if can_skip && found.sort == Sort::Sign {
            "extraneous"
        } else {
            "mismatched"
        };
        let (close, mark) = match more {
            "')'" => ("')', ", ""),
            "'?'" => ("", "'?', "),
            _ => ("", ""),
        };
        self.syntax(&format!(
            "{word} input '{}' expecting {{'[', '{{', '(', {close}'.', '-', '!', {mark}{OPERAND}",
            found.text
        ))
    }

    /// A name or a call of a function; after its leading dot.
    fn name(&mut self, is_rooted: bool) -> Step<Expr> {
        let token = self.peek();
        if token.sort != Sort::Name || matches!(token.text, "true" | "false" | "null") {
            return Err(self.syntax(&format!("no viable alternative at input '.{}'", token.text)));
        }
        self.take();
        if RESERVED.contains(&token.text) {
            if self.accept("(").is_some() {
                self.args()?;
            }
            return Ok(self
                .tree
                .complain(token.at, format!("reserved identifier: {}", token.text)));
        }
        let name = if is_rooted {
            format!(".{}", token.text)
        } else {
            token.text.to_owned()
        };
        if let Some(open) = self.accept("(") {
            let args = self.args()?;
            return Ok(macros::call(&mut self.tree, open.at, None, &name, args));
        }
        Ok(self.tree.node(token.at, Kind::Ident(name)))
    }

    fn list(&mut self) -> Step<Expr> {
        let open = self.take();
        let mut items = Vec::new();
        while !self.is("]") {
            if self.is(",") && items.is_empty() {
                self.take();
                break;
            }
            let is_optional = self.accept("?").is_some();
            let value = self.expr(if is_optional { "" } else { "'?'" })?;
            items.push(Item { value, is_optional });
            if self.accept(",").is_none() {
                if !self.is("]") {
                    self.expect("]", "{']', ','}")?;
                }
                break;
            }
            if self.is(",") {
                break;
            }
        }
        self.expect("]", "']'")?;
        Ok(self.tree.node(open.at, Kind::List(items)))
    }

    fn map(&mut self) -> Step<Expr> {
        let open = self.take();
        let mut entries = Vec::new();
        while !self.is("}") {
            if self.is(",") && entries.is_empty() {
                self.take();
                break;
            }
            let is_optional = self.accept("?").is_some();
            let key = self.expr(if is_optional { "" } else { "'?'" })?;
            self.expect(":", "':'")?;
            let value = self.expr("")?;
            entries.push(Entry {
                key,
                value,
                is_optional,
            });
            if self.accept(",").is_none() {
                break;
            }
        }
        self.expect("}", "{'}', ','}")?;
        Ok(self.tree.node(open.at, Kind::Map(entries)))
    }

    fn number(&mut self, at: u32, token: Token<'_>, sign: &str) -> Expr {
        let read = match token.sort {
            Sort::Double => format!("{sign}{}", token.text)
                .parse()
                .ok()
                .filter(|read: &f64| read.is_finite())
                .map(Literal::Double),
            Sort::Uint => {
                let digits = token.text.strip_suffix(['u', 'U']).unwrap_or(token.text);
                match digits.strip_prefix("0x") {
                    Some(hex) => u64::from_str_radix(hex, 16).ok(),
                    None => digits.parse().ok(),
                }
                .map(Literal::Uint)
            }
            _ => match token.text.strip_prefix("0x") {
                Some(hex) => i64::from_str_radix(&format!("{sign}{hex}"), 16).ok(),
                None => format!("{sign}{}", token.text).parse().ok(),
            }
            .map(Literal::Int),
        };
        let name = match token.sort {
            Sort::Double => "double",
            Sort::Uint => "uint",
            _ => "int",
        };
        match read {
            Some(literal) => self.tree.literal(at, literal),
            None => self.tree.complain(at, format!("invalid {name} literal")),
        }
    }
}
