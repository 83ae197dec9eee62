//! Whatever is written, the answer is a value, an error or a refusal: never a panic, never without bound.
#![cfg(test)]

use proptest::prelude::*;
use sekisho_cel::{Check, Decision, Environment, Expression, Fault, Scope, Type, Value};
use serde_json::{Value as Json, json};

struct World(Json);

impl<'a> Scope<'a> for &'a World {
    fn value(&self, name: &str) -> Option<Value<'a>> {
        (name == "object").then(|| Value::from_json(&self.0))
    }

    fn lazy(&self, _field: &str) -> Option<Result<Value<'a>, Fault>> {
        None
    }

    fn authorize(&self, _check: &Check, _verb: &str) -> Decision {
        Decision {
            is_allowed: false,
            reason: String::new(),
            error: None,
        }
    }
}

fn tried(source: &str) {
    let mut environment = Environment::default();
    environment.variable("object", Type::Dyn);
    if let Ok(expression) = Expression::compile(source, &environment) {
        let world = World(json!({"a": {"b": [1, 2.5, "x", null]}, "s": "str", "i": -3}));
        let run = expression.run(&&world, 100_000);
        if let Ok(value) = run.outcome {
            let _ = value.to_string();
        }
    }
}

/// Expressions that are put together from pieces of the language, right or wrong.
fn pieces() -> impl Strategy<Value = String> {
    let leaf = "(1|0|-1|2u|1.5|true|null|''|'aé'|b'a'|object|object\\.a\\.b|object\\.s|object\\.nope|\\[\\]|\\{\\}|x|9223372036854775807|duration\\('1h'\\)|timestamp\\(0\\)|quantity\\('1Gi'\\)|optional\\.none\\(\\))";
    let operator = "(\\+|-|\\*|/|%|==|!=|<|>=|in|&&|\\|\\|)";
    let method = "(map|filter|all|exists|exists_one|optMap|sortBy)";
    let plain = "(size|trim|sort|sum|max|min|distinct|reverse|flatten|hasValue|value|lowerAscii|first|unwrapOpt|getHours|isSorted)";
    let function = "(int|uint|double|string|bytes|bool|duration|timestamp|dyn|type|size|ip|cidr|url|semver|quantity|has|-|!|lists\\.range)";
    leaf.prop_map(|leaf| leaf)
        .prop_recursive(6, 48, 3, move |inner| {
            let two = (inner.clone(), operator, inner.clone());
            let fold = (inner.clone(), method, inner.clone());
            prop_oneof![
                two.prop_map(|(left, sign, right)| format!("({left} {sign} {right})")),
                fold.prop_map(|(range, name, body)| format!("({range}).{name}(x, {body})")),
                (inner.clone(), plain).prop_map(|(target, name)| format!("({target}).{name}()")),
                (function, inner.clone()).prop_map(|(name, arg)| format!("{name}({arg})")),
                (inner.clone(), inner.clone()).prop_map(|(of, key)| format!("({of})[?{key}]")),
                (inner.clone(), inner.clone()).prop_map(|(of, key)| format!("[{of}, {key}]")),
                (inner.clone(), inner.clone()).prop_map(|(of, key)| format!("{{{key}: {of}}}")),
                (inner.clone(), inner.clone(), inner)
                    .prop_map(|(a, b, c)| format!("({a} ? {b} : {c})")),
            ]
        })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1500) })]

    #[test]
    fn any_text_gets_an_answer(source in "\\PC{0,40}") {
        tried(&source);
    }

    #[test]
    fn any_signs_get_an_answer(source in "[-+*/%!<>=&|?:.,()\\[\\]{}'\"\\\\a-c0-2eu関 \n]{0,40}") {
        tried(&source);
    }

    #[test]
    fn any_expression_gets_an_answer(source in pieces()) {
        tried(&source);
    }

    #[test]
    fn any_pattern_gets_an_answer(pattern in "[-a-c0-2*+?(){}|^$.,:<>=!\\[\\]\\\\pPdDwWsSbBQExzA関]{0,16}") {
        let quoted = serde_json::to_string(&pattern).unwrap();
        tried(&format!("object.s.findAll({quoted} + '')"));
    }
}
