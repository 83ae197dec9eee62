//! The macros: calls that become other trees before anything is checked.
//!
//! <https://github.com/google/cel-spec/blob/master/doc/langdef.md#macros>, the two-variable comprehensions of cel-go's
//! `ext`, the macros of optional types, and `sortBy`.

use crate::ast::{Expr, Fold, Item, Kind, Literal, op};
use crate::parse::Tree;

/// A call, or what the macro of that name makes of it.
pub(crate) fn call(
    tree: &mut Tree,
    at: u32,
    target: Option<Expr>,
    function: &str,
    mut args: Vec<Expr>,
) -> Expr {
    let mut maker = Maker { tree, at };
    let made = match (target, function, args.len()) {
        (None, "has", 1) => maker.has(args.remove(0)),
        (Some(target), "all" | "exists" | "exists_one", 2) => {
            let body = args.remove(1);
            Maker::variable(args.remove(0), "argument must be a simple name")
                .map(|name| maker.quantify(target, function, name, None, body))
        }
        (Some(target), "all" | "exists" | "exists_one" | "existsOne", 3) => {
            let body = args.remove(2);
            let second = args.remove(1);
            Maker::pair(args.remove(0), second)
                .map(|(first, second)| maker.quantify(target, function, first, Some(second), body))
        }
        (Some(target), "map", 2 | 3) => {
            let (filter, body) = split(args.split_off(1));
            Maker::variable(args.remove(0), "argument is not an identifier")
                .map(|name| maker.map(target, name, None, filter, body))
        }
        (Some(target), "filter", 2) => {
            let filter = args.remove(1);
            let item = args.remove(0);
            let kept = item.clone();
            Maker::variable(item, "argument is not an identifier")
                .map(|name| maker.map(target, name, None, Some(filter), kept))
        }
        (Some(target), "transformList" | "transformMap" | "transformMapEntry", 3 | 4) => {
            let (filter, body) = split(args.split_off(2));
            let second = args.remove(1);
            Maker::pair(args.remove(0), second).map(|(first, second)| match function {
                "transformList" => maker.map(target, first, Some(second), filter, body),
                _ => maker.insert(
                    target,
                    first,
                    second,
                    filter,
                    body,
                    function == "transformMap",
                ),
            })
        }
        (Some(target), "optMap" | "optFlatMap", 2) => {
            maker.optional(target, args.remove(0), args.remove(0), function)
        }
        (Some(target), "sortBy", 2) => maker.sort_by(target, args.remove(0), args.remove(0)),
        (target, _, _) => {
            let target = target.map(Box::new);
            let function = function.to_owned();
            return tree.node(
                at,
                Kind::Call {
                    target,
                    function,
                    args,
                },
            );
        }
    };
    made.unwrap_or_else(|(at, message)| tree.complain(at, message))
}

/// What is wrong, and where.
type Made<T> = Result<T, (u32, String)>;

/// `(predicate,) transform`.
fn split(mut args: Vec<Expr>) -> (Option<Expr>, Expr) {
    let body = args.pop();
    let filter = args.pop();
    let nothing = Expr {
        id: 0,
        at: 0,
        kind: Kind::Literal(Literal::Null),
    };
    (filter, body.unwrap_or(nothing))
}

struct Maker<'t> {
    tree: &'t mut Tree,
    at: u32,
}

impl Maker<'_> {
    fn call(&mut self, function: &str, args: Vec<Expr>) -> Expr {
        self.tree.call(self.at, function, args)
    }

    fn sum(&mut self) -> Expr {
        self.tree.node(self.at, Kind::Ident(op::SUM.to_owned()))
    }

    fn literal(&mut self, literal: Literal) -> Expr {
        self.tree.literal(self.at, literal)
    }

    fn list(&mut self, of: Option<Expr>) -> Expr {
        let items = of
            .into_iter()
            .map(|value| Item {
                value,
                is_optional: false,
            })
            .collect();
        self.tree.node(self.at, Kind::List(items))
    }

    fn has(&mut self, arg: Expr) -> Made<Expr> {
        match arg.kind {
            Kind::Select { operand, field, .. } => Ok(self.tree.node(
                self.at,
                Kind::Select {
                    operand,
                    field,
                    is_test: true,
                },
            )),
            _ => Err((arg.at, "invalid argument to has() macro".to_owned())),
        }
    }

    fn variable(arg: Expr, message: &str) -> Made<String> {
        match arg.kind {
            Kind::Ident(name) if name == op::SUM || name == "__result__" => Err((
                arg.at,
                "iteration variable overwrites accumulator variable".to_owned(),
            )),
            Kind::Ident(name) => Ok(name),
            _ => Err((arg.at, message.to_owned())),
        }
    }

    fn pair(first: Expr, second: Expr) -> Made<(String, String)> {
        let simple = "argument must be a simple name";
        let at = second.at;
        if !matches!(first.kind, Kind::Ident(_)) {
            return Err((first.at, simple.to_owned()));
        }
        if !matches!(second.kind, Kind::Ident(_)) {
            return Err((second.at, simple.to_owned()));
        }
        if first.kind == second.kind {
            let name = Self::variable(second, simple).unwrap_or_default();
            return Err((at, format!("duplicate variable name: {name}")));
        }
        Ok((
            Self::variable(first, simple)?,
            Self::variable(second, simple)?,
        ))
    }

    /// `over` is the range with the names of its variables.
    fn fold(
        &mut self,
        over: (Expr, String, Option<String>),
        start: Expr,
        condition: Expr,
        step: Expr,
        result: Expr,
    ) -> Expr {
        let sum = op::SUM.to_owned();
        let (range, variable, second) = over;
        let fold = Fold {
            range,
            variable,
            second,
            sum,
            start,
            condition,
            step,
            result,
        };
        self.tree.node(self.at, Kind::Fold(Box::new(fold)))
    }

    fn quantify(
        &mut self,
        range: Expr,
        function: &str,
        first: String,
        second: Option<String>,
        body: Expr,
    ) -> Expr {
        let sum = self.sum();
        let (start, condition, step, result) = match function {
            "all" => {
                let condition = self.call(op::NOT_FALSE, vec![sum]);
                let before = self.sum();
                let step = self.call(op::AND, vec![before, body]);
                (Literal::Bool(true), condition, step, self.sum())
            }
            "exists" => {
                let not = self.call(op::NOT, vec![sum]);
                let condition = self.call(op::NOT_FALSE, vec![not]);
                let before = self.sum();
                let step = self.call(op::OR, vec![before, body]);
                (Literal::Bool(false), condition, step, self.sum())
            }
            _ => {
                let condition = self.literal(Literal::Bool(true));
                let one = self.literal(Literal::Int(1));
                let more = self.call(op::ADD, vec![sum, one]);
                let before = self.sum();
                let step = self.call(op::CONDITION, vec![body, more, before]);
                let end = self.sum();
                let one = self.literal(Literal::Int(1));
                let result = self.call(op::EQUALS, vec![end, one]);
                (Literal::Int(0), condition, step, result)
            }
        };
        let start = self.literal(start);
        self.fold((range, first, second), start, condition, step, result)
    }

    /// A step that runs only where the filter holds.
    fn filtered(&mut self, filter: Option<Expr>, step: Expr) -> Expr {
        match filter {
            Some(filter) => {
                let before = self.sum();
                self.call(op::CONDITION, vec![filter, step, before])
            }
            None => step,
        }
    }

    fn map(
        &mut self,
        range: Expr,
        first: String,
        second: Option<String>,
        filter: Option<Expr>,
        body: Expr,
    ) -> Expr {
        let start = self.list(None);
        let condition = self.literal(Literal::Bool(true));
        let (before, made) = (self.sum(), self.list(Some(body)));
        let step = self.call(op::ADD, vec![before, made]);
        let step = self.filtered(filter, step);
        let result = self.sum();
        self.fold((range, first, second), start, condition, step, result)
    }

    fn insert(
        &mut self,
        range: Expr,
        first: String,
        second: String,
        filter: Option<Expr>,
        body: Expr,
        keeps_key: bool,
    ) -> Expr {
        let start = self.tree.node(self.at, Kind::Map(Vec::new()));
        let condition = self.literal(Literal::Bool(true));
        let mut args = vec![self.sum()];
        if keeps_key {
            args.push(self.tree.node(self.at, Kind::Ident(first.clone())));
        }
        args.push(body);
        let step = self.call(op::INSERT, args);
        let step = self.filtered(filter, step);
        let result = self.sum();
        self.fold((range, first, Some(second)), start, condition, step, result)
    }

    fn member(&mut self, target: Expr, function: &str, args: Vec<Expr>) -> Expr {
        let function = function.to_owned();
        self.tree.node(
            self.at,
            Kind::Call {
                target: Some(Box::new(target)),
                function,
                args,
            },
        )
    }

    /// `target.hasValue() ? optional.of(body with the value bound) : optional.none()`.
    fn optional(&mut self, target: Expr, variable: Expr, body: Expr, function: &str) -> Made<Expr> {
        let Kind::Ident(name) = variable.kind else {
            return Err((
                variable.at,
                format!("{function}() variable name must be a simple identifier"),
            ));
        };
        let again = self.tree.copy(&target);
        let has = self.member(target, "hasValue", Vec::new());
        let value = self.member(again, "value", Vec::new());
        let mut bound = self.bind(name, value, body);
        if function == "optMap" {
            bound = self.call("optional.of", vec![bound]);
        }
        let none = self.call("optional.none", Vec::new());
        Ok(self.call(op::CONDITION, vec![has, bound, none]))
    }

    /// A comprehension over nothing whose sum is the bound value.
    fn bind(&mut self, name: String, value: Expr, body: Expr) -> Expr {
        let range = self.list(None);
        let condition = self.literal(Literal::Bool(false));
        let step = self.tree.node(self.at, Kind::Ident(name.clone()));
        let unused = "#unused".to_owned();
        let fold = Fold {
            range,
            variable: unused,
            second: None,
            sum: name,
            start: value,
            condition,
            step,
            result: body,
        };
        self.tree.node(self.at, Kind::Fold(Box::new(fold)))
    }

    /// `list.sortBy(x, key)`: sorts by the list of keys.
    fn sort_by(&mut self, target: Expr, variable: Expr, key: Expr) -> Made<Expr> {
        let direct = matches!(
            &target.kind,
            Kind::List(_)
                | Kind::Ident(_)
                | Kind::Select { .. }
                | Kind::Call { .. }
                | Kind::Fold(_)
        );
        if !direct {
            return Err((target.at, "sortBy can only be applied to a list, identifier, comprehension, call or select expression".to_owned()));
        }
        let Kind::Ident(name) = variable.kind else {
            return Err((variable.at, "argument is not an identifier".to_owned()));
        };
        let name_of_list = "@__sortBy_input__".to_owned();
        let ident = |maker: &mut Self| {
            maker
                .tree
                .node(maker.at, Kind::Ident("@__sortBy_input__".to_owned()))
        };
        let range = ident(self);
        let keys = self.map(range, name, None, None, key);
        let list = ident(self);
        let sorted = self.member(list, "@sortByAssociatedKeys", vec![keys]);
        Ok(self.bind(name_of_list, target, sorted))
    }
}
