//! Hostile configurations end soon, with a problem that says so.

#[cfg(test)]
mod bounds {
    use std::collections::BTreeMap;
    use std::fmt::Write;
    use std::sync::Arc;

    use sekisho_terraform::{
        Configuration, Input, Limits, Nothing, ProblemKind, evaluate, read_plan,
    };

    fn of(text: &str) -> Configuration {
        let texts = BTreeMap::from([("main.tf".to_owned(), Arc::from(text))]);
        let limits = Limits {
            work: 1_000_000,
            ..Limits::default()
        };
        let input = Input {
            limits,
            ..Input::of(&texts)
        };
        evaluate(&input, &Nothing)
    }

    fn has(found: &Configuration, kind: ProblemKind) -> bool {
        found.problems.iter().any(|problem| problem.kind == kind)
    }

    #[test]
    fn huge_numbers_of_instances_are_not_made() {
        let found = of(
            "resource \"a\" \"b\" { count = 1000000000 }\nmodule \"m\" {\n  source = \"./m\"\n  count = 1e15\n}\n",
        );
        assert!(has(&found, ProblemKind::Limit));
        assert!(found.resources.len() < 10);
    }

    #[test]
    fn text_that_doubles_is_stopped() {
        let mut text = String::from("locals {\n  a0 = \"0123456789\"\n");
        for at in 1..60 {
            writeln!(text, "  a{at} = \"${{local.a{0}}}${{local.a{0}}}\"", at - 1).unwrap();
        }
        text.push('}');
        assert!(has(&of(&text), ProblemKind::Limit));
    }

    #[test]
    fn lists_that_double_are_stopped() {
        let mut text = String::from("locals {\n  a0 = [1]\n");
        for at in 1..60 {
            writeln!(text, "  a{at} = [local.a{0}, local.a{0}]", at - 1).unwrap();
        }
        text.push_str("}\noutput \"o\" { value = jsonencode(local.a59) == flatten(local.a50) }\n");
        assert!(has(&of(&text), ProblemKind::Limit));
    }

    #[test]
    fn numbers_that_square_are_stopped() {
        let mut text = String::from("locals {\n  a0 = 1e300\n");
        for at in 1..60 {
            writeln!(text, "  a{at} = local.a{0} * local.a{0} + 1", at - 1).unwrap();
        }
        text.push_str("}\n");
        assert!(has(&of(&text), ProblemKind::Limit));
    }

    #[test]
    fn long_chains_need_no_stack() {
        let mut text = String::from("locals {\n  a0 = 1\n");
        for at in 1..5000 {
            writeln!(text, "  a{at} = local.a{} + 1", at - 1).unwrap();
        }
        text.push_str("}\noutput \"o\" { value = local.a4999 }\n");
        let found = of(&text);
        assert_eq!(found.outputs["o"].to_json().as_deref(), Some("5000"));
    }

    #[test]
    fn values_do_not_nest_without_end() {
        let mut text = String::from("locals {\n  a0 = [1]\n");
        for at in 1..5000 {
            writeln!(text, "  a{at} = [local.a{}]", at - 1).unwrap();
        }
        text.push_str("}\n");
        assert!(has(&of(&text), ProblemKind::Limit));
    }

    #[test]
    fn deep_syntax_is_refused() {
        for (open, close) in [
            ("(", ")"),
            ("[", "]"),
            ("{a=", "}"),
            ("!", ""),
            ("-", ""),
            ("f(", ")"),
            ("\"${", "}\""),
            ("true?1:", ""),
            ("1+", ""),
        ] {
            let text = format!(
                "locals {{\n  a = {}1{}\n}}\n",
                open.repeat(20_000),
                close.repeat(20_000)
            );
            assert!(has(&of(&text), ProblemKind::Syntax), "{open}");
        }
        let blocks = format!("{}{}", "a {\n".repeat(20_000), "}\n".repeat(20_000));
        assert!(has(&of(&blocks), ProblemKind::Syntax));
    }

    #[test]
    fn products_and_ranges_are_bounded() {
        let found = of(
            "locals { a = range(1000) }\noutput \"o\" { value = [for x in local.a : [for y in local.a : [for z in local.a : [for w in local.a : 1]]]] }\n",
        );
        assert!(has(&found, ProblemKind::Limit));
        let found = of(
            "locals { a = range(1000) }\noutput \"o\" { value = setproduct(local.a, local.a, local.a) }\n",
        );
        assert!(has(&found, ProblemKind::Limit));
        let found = of("output \"o\" { value = format(\"%999999999d\", 1) }\n");
        assert!(has(&found, ProblemKind::Limit));
    }

    #[test]
    fn a_module_that_calls_itself_is_told() {
        let texts = BTreeMap::from([(
            "main.tf".to_owned(),
            Arc::from("module \"a\" { source = \"./\" }\n"),
        )]);
        let found = evaluate(&Input::of(&texts), &Nothing);
        assert!(has(&found, ProblemKind::Limit));
        let files = (0..100).map(|at| {
            let text = format!(
                "module \"a\" {{ source = \"../m{}\" }}\nmodule \"b\" {{ source = \"../m{}\" }}\n",
                at + 1,
                at + 1
            );
            (format!("m{at}/main.tf"), Arc::from(text))
        });
        let texts: BTreeMap<String, Arc<str>> = files.collect();
        let input = Input {
            root: "m0",
            limits: Limits {
                modules: 300,
                ..Limits::default()
            },
            ..Input::of(&texts)
        };
        assert!(has(&evaluate(&input, &Nothing), ProblemKind::Limit));
    }

    #[test]
    fn work_is_bounded_altogether() {
        let texts = BTreeMap::from([(
            "main.tf".to_owned(),
            Arc::from(
                "output \"o\" { value = try([for x in range(1000) : [for y in range(1000) : x * y]], 1) }\n",
            ),
        )]);
        let input = Input {
            limits: Limits {
                work: 10_000,
                ..Limits::default()
            },
            ..Input::of(&texts)
        };
        let found = evaluate(&input, &Nothing);
        assert!(has(&found, ProblemKind::Limit));
        assert!(found.outputs["o"].as_unknown().is_some());
    }

    #[test]
    fn broken_plans_are_told() {
        for text in ["", "{", "[]", "{\"a\": 1}", "{\"format_version\": []}"] {
            let found = read_plan("plan.json", text);
            assert!(found.resources.is_empty());
        }
    }
}
