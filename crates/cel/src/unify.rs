//! Whether one type fits another, and what the parameters must then be.
//!
//! The rules are those of cel-go's checker (`checker/types.go`): they decide which overloads a call may use, which in
//! turn decides what happens when it runs.

use std::collections::HashMap;
use std::sync::Arc;

use crate::types::Type;

/// What is known of parameters, with the way back.
#[derive(Debug, Default)]
pub(crate) struct Known {
    known: HashMap<u32, Type>,
    trail: Vec<(u32, Option<Type>)>,
}

impl Known {
    fn set(&mut self, parameter: u32, to: Type) {
        let before = self.known.insert(parameter, to);
        self.trail.push((parameter, before));
    }

    fn find(&self, of: &Type) -> Option<&Type> {
        match of {
            Type::Param(parameter) => self.known.get(parameter),
            _ => None,
        }
    }

    /// True when every first fits its second; what was learnt stays only then.
    pub(crate) fn all_fit(&mut self, first: &[Type], second: &[Type]) -> bool {
        let start = self.trail.len();
        let fits = self.fit_all(first.iter(), second.iter());
        if !fits {
            while self.trail.len() > start {
                if let Some((parameter, before)) = self.trail.pop() {
                    match before {
                        Some(before) => self.known.insert(parameter, before),
                        None => self.known.remove(&parameter),
                    };
                }
            }
        }
        fits
    }

    /// The same for one pair.
    pub(crate) fn fits(&mut self, first: &Type, second: &Type) -> bool {
        self.all_fit(std::slice::from_ref(first), std::slice::from_ref(second))
    }

    fn fit_all<'t>(
        &mut self,
        first: impl ExactSizeIterator<Item = &'t Type>,
        second: impl ExactSizeIterator<Item = &'t Type>,
    ) -> bool {
        first.len() == second.len()
            && first
                .zip(second)
                .all(|(first, second)| self.fit(first, second))
    }

    fn fit(&mut self, first: &Type, second: &Type) -> bool {
        if matches!(second, Type::Param(_)) {
            let (fits, was_known) = self.substitute(first, second);
            if fits || was_known {
                return fits;
            }
        }
        if matches!(first, Type::Param(_)) {
            return self.substitute(second, first).0;
        }
        if is_open(first) || is_open(second) {
            return true;
        }
        match (first, second) {
            (Type::Null, other) | (other, Type::Null) => matches!(
                other,
                Type::Null | Type::Named(..) | Type::Object(_) | Type::Duration | Type::Timestamp
            ),
            (Type::Type(_), Type::Type(_)) => true,
            (Type::List(_) | Type::Map(..) | Type::Named(..), _) => {
                first.name() == second.name()
                    && self.fit_all(first.parts().into_iter(), second.parts().into_iter())
            }
            _ => first == second,
        }
    }

    /// Whether the parameter may stand for the type, and whether it already stood for something.
    fn substitute(&mut self, of: &Type, parameter: &Type) -> (bool, bool) {
        if of == parameter {
            return (true, true);
        }
        let Type::Param(number) = parameter else {
            return (false, false);
        };
        if let Some(known) = self.known.get(number).cloned() {
            if *of == known {
                return (true, true);
            }
            if self.fit(of, &known) {
                let general = if is_less_specific(of, &known) {
                    of.clone()
                } else {
                    known
                };
                if self.is_free_of(parameter, &general) {
                    self.set(*number, general);
                }
                return (true, true);
            }
            return (false, true);
        }
        if self.is_free_of(parameter, of) {
            self.set(*number, of.clone());
            return (true, false);
        }
        (false, false)
    }

    /// True when the parameter does not occur in the type.
    fn is_free_of(&self, parameter: &Type, within: &Type) -> bool {
        if parameter == within {
            return false;
        }
        if matches!(within, Type::Param(_)) {
            return self
                .find(within)
                .is_none_or(|known| self.is_free_of(parameter, known));
        }
        within
            .parts()
            .into_iter()
            .all(|part| self.is_free_of(parameter, part))
    }

    /// The type with what is known of its parameters; what is unknown becomes `dyn` when asked.
    pub(crate) fn resolve(&self, of: &Type, opens: bool) -> Type {
        if let Some(known) = self.find(of) {
            return self.resolve(known, opens);
        }
        match of {
            Type::Param(_) if opens => Type::Dyn,
            Type::List(item) => Type::list(self.resolve(item, opens)),
            Type::Map(key, value) => {
                Type::map(self.resolve(key, opens), self.resolve(value, opens))
            }
            Type::Type(Some(inner)) => Type::Type(Some(Arc::new(self.resolve(inner, opens)))),
            Type::Named(name, parameters) => Type::Named(
                Arc::clone(name),
                parameters
                    .iter()
                    .map(|part| self.resolve(part, opens))
                    .collect(),
            ),
            other => other.clone(),
        }
    }
}

fn is_open(of: &Type) -> bool {
    matches!(of, Type::Dyn | Type::Error)
}

/// The more general of two types that fit each other.
pub(crate) fn general(first: Type, second: Type) -> Type {
    if is_less_specific(&first, &second) {
        first
    } else {
        second
    }
}

fn is_less_specific(first: &Type, second: &Type) -> bool {
    let is_wide = |of: &Type| matches!(of, Type::Dyn | Type::Param(_));
    if is_wide(first) {
        return true;
    }
    if is_wide(second) {
        return false;
    }
    match (first, second) {
        (Type::Type(_), Type::Type(_)) => true,
        (Type::List(_) | Type::Map(..) | Type::Named(..), _) => {
            let (mine, others) = (first.parts(), second.parts());
            first.name() == second.name()
                && mine.len() == others.len()
                && mine
                    .iter()
                    .zip(others)
                    .all(|(mine, other)| is_less_specific(mine, other))
        }
        _ => first == second,
    }
}

/// The type with fresh parameters in place of its letters.
pub(crate) fn fresh(of: &Type, names: &mut HashMap<u32, u32>, next: &mut u32) -> Type {
    match of {
        Type::Param(letter) => Type::Param(*names.entry(*letter).or_insert_with(|| {
            *next += 1;
            *next - 1
        })),
        Type::List(item) => Type::list(fresh(item, names, next)),
        Type::Map(key, value) => {
            let key = fresh(key, names, next);
            Type::map(key, fresh(value, names, next))
        }
        Type::Type(Some(inner)) => Type::Type(Some(Arc::new(fresh(inner, names, next)))),
        Type::Named(name, parameters) => Type::Named(
            Arc::clone(name),
            parameters
                .iter()
                .map(|part| fresh(part, names, next))
                .collect(),
        ),
        other => other.clone(),
    }
}
