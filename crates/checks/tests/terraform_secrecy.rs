//! Credentials in Terraform are found again by whoever shows its lines.

use std::sync::Arc;

use sekisho_checks::secrecy;
use sekisho_estate::{Text, assemble};
use sekisho_model::Settings;
use sekisho_text::mask;

#[test]
fn values_that_reach_a_resource_are_hidden_where_they_stand() {
    let text = "variable \"v\" {\n  default = \"example-Pa55w0rd\"\n}\n\nresource \"aws_db_instance\" \"a\" {\n  \
                count    = 2\n  password = var.v\n}\n";
    let texts = vec![Text {
        path: "main.tf".to_owned(),
        text: Arc::from(text),
        rendered_by: None,
    }];
    let estate = assemble(texts, &Settings::default());
    let places = secrecy::of_resources(&estate);
    let spans = places.get(&0).unwrap();
    assert_eq!(spans.len(), 1);
    let shown = mask(text, spans);
    assert!(!shown.contains("Pa55"), "{shown}");
    assert!(shown.contains("password = var.v"));
}

#[test]
fn the_header_by_which_an_origin_knows_cloudfront_is_hidden() {
    let text = "resource \"aws_cloudfront_distribution\" \"a\" {\n  origin {\n    custom_header {\n      name  = \"X-Origin\"\n      \
                value = \"from-the-cdn\"\n    }\n  }\n}\n";
    let texts = vec![Text {
        path: "main.tf".to_owned(),
        text: Arc::from(text),
        rendered_by: None,
    }];
    let estate = assemble(texts, &Settings::default());
    let places = secrecy::of_resources(&estate);
    let shown = mask(text, places.get(&0).unwrap());
    assert!(
        !shown.contains("from-the-cdn") && shown.contains("X-Origin"),
        "{shown}"
    );
}
