use super::Number;
use proptest::prelude::*;

fn number(text: &str) -> Number {
    Number::parse(text).unwrap()
}

#[test]
fn shows_what_was_written() {
    for text in [
        "0",
        "1",
        "-1.5",
        "0.1",
        "100000000000000000001",
        "0.000001",
        "255",
        "9.99",
        "1000",
    ] {
        assert_eq!(number(text).to_string(), text);
    }
    assert_eq!(number("1e21").to_string(), "1000000000000000000000");
    assert_eq!(number("1.50").to_string(), "1.5");
    assert_eq!(number("1").plus(&number("-1")).to_string(), "0");
}

#[test]
fn a_third_has_as_many_digits_as_in_terraform() {
    let third = number("1").over(&number("3")).unwrap().to_string();
    assert!(third.starts_with("0.3333"));
    assert!(third.ends_with("335") && third.len() == 157, "{third}");
    assert_eq!(number("0.1").plus(&number("0.2")).to_string(), "0.3");
}

#[test]
fn nothing_but_decimal_digits_is_a_number() {
    for text in [
        "",
        "0x10",
        "1_000",
        "abc",
        ".",
        "1e",
        "1e999999999",
        "--1",
        "inf",
    ] {
        assert!(Number::parse(text).is_none(), "{text}");
    }
}

proptest! {
    #[test]
    fn sums_and_rests_hold(left in -1_000_000_i64..1_000_000, right in 1_i64..10_000) {
        let (a, b) = (Number::from(left), Number::from(right));
        prop_assert_eq!(a.plus(&b).to_i64(), Some(left + right));
        prop_assert_eq!(a.times(&b).to_i64(), Some(left * right));
        prop_assert_eq!(a.rest(&b).unwrap().to_i64(), Some(left % right));
        prop_assert_eq!(a.floor().to_string(), left.to_string());
    }

    #[test]
    fn what_is_shown_is_read_back(whole in 0_u64.., fraction in "[0-9]{0,40}") {
        let read = number(&format!("{whole}.{fraction}0"));
        prop_assert_eq!(&number(&read.to_string()), &read);
    }
}
