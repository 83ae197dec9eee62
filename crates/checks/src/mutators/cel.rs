//! The plain part of CEL in which an apply configuration is mostly written: `Object{spec: Object.spec{…}}` with constants,
//! and `object.spec.containers.map(c, Object.spec.containers{name: c.name, …})` for every item of a list.

use serde_json::{Map, Value};

use super::write::{Change, Step, Write};

/// What an expression writes; `None` when it must be run to know.
pub(super) fn apply_configuration(text: &str) -> Option<Vec<Write>> {
    let tokens = tokens(text)?;
    let mut reader = Reader {
        rest: &tokens,
        writes: Vec::new(),
    };
    reader.object(&mut Vec::new(), None)?;
    reader.rest.is_empty().then_some(reader.writes)
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Name(String),
    Text(String),
    Number(i64),
    Sign(char),
}

fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut found = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c.is_whitespace() {
            continue;
        }
        if matches!(c, '"' | '\'') {
            let mut inside = String::new();
            loop {
                match chars.next()? {
                    '\\' => return None,
                    end if end == c => break,
                    other => inside.push(other),
                }
            }
            found.push(Token::Text(inside));
        } else if c.is_ascii_digit() || (c == '-' && chars.peek().is_some_and(char::is_ascii_digit))
        {
            let mut digits = String::from(c);
            while let Some(digit) = chars.next_if(char::is_ascii_digit) {
                digits.push(digit);
            }
            found.push(Token::Number(digits.parse().ok()?));
        } else if c.is_alphabetic() || c == '_' {
            let mut name = String::from(c);
            while let Some(next) = chars.next_if(|c| c.is_alphanumeric() || *c == '_') {
                name.push(next);
            }
            found.push(Token::Name(name));
        } else {
            found.push(Token::Sign(c));
        }
    }
    Some(found)
}

struct Reader<'t> {
    rest: &'t [Token],
    writes: Vec<Write>,
}

impl Reader<'_> {
    fn next(&mut self) -> Option<Token> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(first.clone())
    }

    fn peek(&self) -> Option<&Token> {
        self.rest.first()
    }

    fn sign(&mut self, wanted: char) -> Option<()> {
        (self.next()? == Token::Sign(wanted)).then_some(())
    }

    fn name(&mut self) -> Option<String> {
        match self.next()? {
            Token::Name(name) => Some(name),
            _ => None,
        }
    }

    /// `.a.b` after a first name.
    fn way(&mut self) -> Option<Vec<String>> {
        let mut names = Vec::new();
        while self.peek() == Some(&Token::Sign('.')) {
            self.sign('.')?;
            names.push(self.name()?);
        }
        Some(names)
    }

    /// `Object.a{field: value, …}`. Inside of a `map`, the field that names the item is skipped.
    fn object(&mut self, steps: &mut Vec<Step>, item: Option<&str>) -> Option<()> {
        (self.name()? == "Object").then_some(())?;
        self.way()?;
        self.sign('{')?;
        loop {
            if self.peek() == Some(&Token::Sign('}')) {
                return self.sign('}');
            }
            let field = self.name()?;
            self.sign(':')?;
            if field == "name" && self.is_own_name(item) {
                self.next();
                self.way()?;
            } else {
                steps.push(Step::Key(field));
                self.value(steps)?;
                steps.pop();
            }
            if self.peek() == Some(&Token::Sign(',')) {
                self.sign(',')?;
            }
        }
    }

    fn is_own_name(&self, item: Option<&str>) -> bool {
        matches!((self.rest, item), ([Token::Name(first), Token::Sign('.'), Token::Name(second), ..], Some(item)) if first == item && second == "name")
    }

    fn value(&mut self, steps: &mut Vec<Step>) -> Option<()> {
        match self.peek()? {
            Token::Name(name) if name == "Object" => self.object(steps, None),
            Token::Name(name) if name == "object" => self.map(steps),
            _ => {
                match self.constant()? {
                    // A map is merged, key by key.
                    Value::Object(map) => {
                        for (key, value) in map {
                            let mut place = steps.clone();
                            place.push(Step::Key(key));
                            self.writes.push(Write::new(place, Change::Set(value)));
                        }
                    }
                    value => self
                        .writes
                        .push(Write::new(steps.clone(), Change::Set(value))),
                }
                Some(())
            }
        }
    }

    /// `object.spec.containers.map(c, Object.spec.containers{name: c.name, …})`, over the list that it writes.
    fn map(&mut self, steps: &mut Vec<Step>) -> Option<()> {
        self.name()?;
        let mut way = self.way()?;
        (way.pop()? == "map").then_some(())?;
        let own: Vec<Step> = way.into_iter().map(Step::Key).collect();
        (own == *steps).then_some(())?;
        self.sign('(')?;
        let item = self.name()?;
        self.sign(',')?;
        steps.push(Step::Each("name".to_owned(), "*".to_owned()));
        self.object(steps, Some(&item))?;
        steps.pop();
        self.sign(')')
    }

    fn constant(&mut self) -> Option<Value> {
        match self.next()? {
            Token::Text(text) => Some(text.into()),
            Token::Number(number) => Some(number.into()),
            Token::Name(name) if name == "true" => Some(true.into()),
            Token::Name(name) if name == "false" => Some(false.into()),
            Token::Sign('[') => {
                let mut items = Vec::new();
                while self.peek() != Some(&Token::Sign(']')) {
                    items.push(self.constant()?);
                    if self.peek() == Some(&Token::Sign(',')) {
                        self.sign(',')?;
                    }
                }
                self.sign(']')?;
                Some(Value::Array(items))
            }
            Token::Sign('{') => {
                let mut map = Map::new();
                while self.peek() != Some(&Token::Sign('}')) {
                    let Token::Text(key) = self.next()? else {
                        return None;
                    };
                    self.sign(':')?;
                    map.insert(key, self.constant()?);
                    if self.peek() == Some(&Token::Sign(',')) {
                        self.sign(',')?;
                    }
                }
                self.sign('}')?;
                Some(Value::Object(map))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn constants_and_maps_over_items_are_read() {
        let text = "Object{ spec: Object.spec{ securityContext: Object.spec.securityContext{ runAsNonRoot: true },
            containers: object.spec.containers.map(c, Object.spec.containers{ name: c.name,
                securityContext: Object.spec.containers.securityContext{ allowPrivilegeEscalation: false } }) } }";
        let mut pod = json!({"spec": {"containers": [{"name": "a"}]}});
        for write in apply_configuration(text).unwrap() {
            write.apply(&mut pod);
        }
        assert_eq!(pod["spec"]["securityContext"]["runAsNonRoot"], true);
        let security = &pod["spec"]["containers"][0]["securityContext"];
        assert_eq!(security["allowPrivilegeEscalation"], false);
    }

    #[test]
    fn what_depends_on_the_object_is_not_guessed() {
        for text in [
            "Object{spec: Object.spec{hostUsers: has(object.spec.x)}}",
            "object.spec.x ? Object{} : Object{}",
            "Object{spec: Object.spec{replicas: 1 + 1}}",
        ] {
            assert_eq!(apply_configuration(text), None, "{text}");
        }
    }
}
