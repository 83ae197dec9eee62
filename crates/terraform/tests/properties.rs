//! Laws of conversions and of address arithmetic.

#[cfg(test)]
mod properties {
    use std::collections::BTreeMap;
    use std::net::Ipv4Addr;

    use proptest::prelude::*;
    use sekisho_terraform::{Input, Nothing, Value, evaluate};

    /// The value of an expression; `None` when it has none.
    fn value(expression: &str) -> Option<Value> {
        let text = format!("output \"o\" {{ value = {expression} }}\n");
        let texts = BTreeMap::from([("main.tf".to_owned(), std::sync::Arc::from(text))]);
        let found = evaluate(&Input::of(&texts), &Nothing);
        let value = found.outputs.get("o").cloned();
        value.filter(|_| found.problems.is_empty())
    }

    fn json(expression: &str) -> String {
        let found = value(expression).and_then(|value| value.to_json());
        found.unwrap_or_else(|| panic!("no value: {expression}"))
    }

    fn quoted(text: &str) -> String {
        serde_json::to_string(text)
            .unwrap()
            .replace("${", "$${")
            .replace("%{", "%%{")
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn a_number_survives_being_text(whole in any::<i64>(), fraction in 0_u32..1000) {
            let number = format!("{whole}.{fraction}");
            prop_assert_eq!(json(&format!("tonumber(tostring({number})) == {number}")), "true");
        }

        #[test]
        fn lists_become_sets_and_lists_again(items in proptest::collection::vec("[a-z]{0,3}", 0..6)) {
            let list = serde_json::to_string(&items).unwrap();
            let mut sorted = items.clone();
            sorted.sort();
            sorted.dedup();
            let wanted = serde_json::to_string(&sorted).unwrap();
            prop_assert_eq!(json(&format!("tolist(toset({list}))")), wanted.clone());
            prop_assert_eq!(json(&format!("toset(tolist(toset({list})))")), wanted);
        }

        #[test]
        fn conversion_is_done_once(items in proptest::collection::vec(0_i32..100, 0..5), text in "[0-9]{1,3}") {
            let list = format!("concat({items:?}, [{}])", quoted(&text));
            prop_assert_eq!(json(&format!("tolist({list}) == tolist(tolist({list}))")), "true");
        }

        #[test]
        fn json_is_read_back(text in "\\PC{0,12}", number in any::<i32>()) {
            let object = format!("{{ a = {}, b = [{number}, null, true] }}", quoted(&text));
            let once = json(&object);
            prop_assert_eq!(json(&format!("jsondecode(jsonencode({object}))")), once);
        }

        #[test]
        fn base64_and_hex_are_read_back(text in "\\PC{0,20}") {
            let text = quoted(&text);
            prop_assert_eq!(json(&format!("base64decode(base64encode({text})) == {text}")), "true");
            prop_assert_eq!(json(&format!("urldecode(urlencode({text})) == {text}")), "true");
        }

        #[test]
        fn a_subnet_lies_in_its_block(address in any::<u32>(), prefix in 0_u32..=24, longer in 1_u32..=8, number in any::<u32>()) {
            let number = number % (1 << longer);
            let block = format!("{}/{prefix}", Ipv4Addr::from(address));
            let subnet = json(&format!("cidrsubnet(\"{block}\", {longer}, {number})"));
            let (first, length) = subnet.trim_matches('"').split_once('/').unwrap();
            let first = u32::from(first.parse::<Ipv4Addr>().unwrap());
            let mask = u32::MAX.checked_shl(32 - prefix).unwrap_or(0);
            prop_assert_eq!(length.parse::<u32>().unwrap(), prefix + longer);
            prop_assert_eq!(first & mask, address & mask);
            prop_assert_eq!((first & !mask) >> (32 - prefix - longer), number);
        }

        #[test]
        fn subnets_follow_each_other_without_overlap(prefix in 8_u32..=16, longer in proptest::collection::vec(1_u32..8, 1..6)) {
            let sizes: Vec<String> = longer.iter().map(u32::to_string).collect();
            let all = format!("cidrsubnets(\"10.0.0.0/{prefix}\", {})", sizes.join(", "));
            // There may be no room; then it is an error.
            if let Some(found) = value(&all) {
                let mut end = 0_u64;
                for (subnet, longer) in found.items().unwrap().iter().zip(&longer) {
                    let (first, length) = subnet.as_str().unwrap().split_once('/').unwrap();
                    let first = u64::from(u32::from(first.parse::<Ipv4Addr>().unwrap()));
                    prop_assert_eq!(length.parse::<u32>().unwrap(), prefix + longer);
                    prop_assert!(first >= end);
                    end = first + (1 << (32 - prefix - longer));
                }
            }
        }

        #[test]
        fn hosts_count_from_both_ends(prefix in 16_u32..=30, number in 1_i64..4) {
            let block = format!("192.168.0.0/{prefix}");
            let size = 1_i64 << (32 - prefix);
            prop_assert_eq!(json(&format!("cidrhost(\"{block}\", {})", -number)), json(&format!("cidrhost(\"{block}\", {})", size - number)));
        }
    }
}
