//! Damaged configurations are evaluated without a panic, and every place that is told lies in its text.

#[cfg(test)]
mod damage {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use proptest::prelude::*;
    use sekisho_terraform::{Input, Limits, Nothing, Value, evaluate, read_plan};

    const SEED: &str = r#"variable "a" {
  type    = object({ x = optional(list(string), ["関"]), y = map(number) })
  default = { y = { k = 1 } }
}
locals {
  s = [for k, v in var.a.y : "${k}-${v}" if v > 0]
  h = <<-E
    a ${local.s[0]} %{ for x in local.s ~}
      ${x}
    %{ endfor }
  E
}
resource "aws_x" "y" {
  for_each = toset(local.s)
  id       = try(each.value.z, cidrsubnet("10.0.0.0/8", 8, length(local.h)), null)
  all      = aws_z.w[*].name
  dynamic "b" {
    for_each = var.a.x
    content { c = upper(b.value) }
  }
}
resource "aws_z" "w" { count = 2 }
output "o" { value = merge({ a = 1 }, { for k, y in aws_x.y : k => y.all... }) }
"#;

    const PLAN: &str = r#"{"format_version":"1.2","planned_values":{"root_module":{"resources":[{"address":"a.b[0]","type":"a","name":"b","index":0,"values":{"x":[1,{"y":null}]}}]}},"resource_changes":[{"address":"a.b[0]","change":{"after_unknown":{"x":[false,{"y":true}]}}}],"configuration":{"root_module":{"resources":[{"type":"a","name":"b","expressions":{"x":[{"y":{"references":["c.d[0].e"]}}]}}]}}}"#;

    fn damaged(seed: &str, cuts: &[(usize, usize, usize)]) -> String {
        let mut text: Vec<char> = seed.chars().collect();
        for (from, length, to) in cuts {
            let from = from % text.len().max(1);
            let end = (from + length).min(text.len());
            let part: Vec<char> = text.get(from..end).unwrap_or_default().to_vec();
            if length % 2 == 0 {
                text.drain(from.min(text.len())..end);
            }
            let to = to % (text.len() + 1);
            text.splice(to..to, part);
        }
        text.into_iter().collect()
    }

    fn check(value: &Value, texts: &BTreeMap<String, Arc<str>>) {
        if let Some(origin) = value.origin() {
            let text = &texts[origin.place.file.as_ref()];
            assert!(origin.place.span.slice(text).is_some());
        }
        let entries = value.entries().into_iter().flat_map(BTreeMap::values);
        for part in value.items().into_iter().flatten().chain(entries) {
            check(part, texts);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]

        #[test]
        fn nothing_panics_and_places_fit(cuts in proptest::collection::vec((0_usize..2000, 0_usize..40, 0_usize..2000), 0..5)) {
            let limits = Limits { work: 100_000, size: 1 << 14, ..Limits::default() };
            for name in ["main.tf", "main.tf.json", "x.auto.tfvars"] {
                let mut texts = BTreeMap::from([(name.to_owned(), Arc::<str>::from(damaged(SEED, &cuts)))]);
                texts.entry("main.tf".to_owned()).or_insert_with(|| Arc::from(SEED));
                let found = evaluate(&Input { limits, ..Input::of(&texts) }, &Nothing);
                for place in found.problems.iter().filter_map(|problem| problem.place.as_ref()) {
                    prop_assert!(place.span.slice(&texts[place.file.as_ref()]).is_some());
                }
                found.resources.iter().for_each(|resource| check(&resource.values, &texts));
                found.outputs.values().for_each(|value| check(value, &texts));
            }
            let texts = BTreeMap::from([("plan.json".to_owned(), Arc::<str>::from(damaged(PLAN, &cuts)))]);
            let found = read_plan("plan.json", &texts["plan.json"]);
            found.resources.iter().for_each(|resource| check(&resource.values, &texts));
        }

        #[test]
        fn the_undamaged_text_has_no_problem(_ in 0..1) {
            let texts = BTreeMap::from([("main.tf".to_owned(), Arc::from(SEED))]);
            let found = evaluate(&Input::of(&texts), &Nothing);
            prop_assert!(found.problems.is_empty(), "{:?}", found.problems);
        }
    }
}
