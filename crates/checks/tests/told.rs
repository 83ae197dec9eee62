//! Whoever says that another check tells a fault is right: that check has a finding there.
#![expect(
    clippy::disallowed_methods,
    reason = "a test may panic and reads the tree"
)]

use std::fs;
use std::path::Path;
use std::sync::Arc;

use sekisho_checks::{Check, Context, all, judge};
use sekisho_estate::{Text, assemble, parse_settings};
use sekisho_model::{Thing, ThreatModel, Verdict};
use sekisho_testkit::cases;

#[test]
fn every_teller_tells() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rbac");
    let checks: Vec<&'static dyn Check> = all().collect();
    let threat_model = ThreatModel::default();
    let mut told = 0;
    for page in fs::read_dir(folder).unwrap() {
        for case in cases(&fs::read_to_string(page.unwrap().path()).unwrap()) {
            let settings = case
                .settings
                .as_ref()
                .map(|text| parse_settings(&Arc::from(text.as_str())).unwrap())
                .unwrap_or_default();
            let texts = case.texts.iter().map(|(path, text)| Text {
                path: path.clone(),
                text: Arc::from(text.as_str()),
                rendered_by: None,
            });
            let estate = assemble(texts.collect(), &settings);
            let judged = judge(&Context::new(&estate, &settings, &threat_model), &checks);
            let tells = |check: &str, thing: Option<Thing>| {
                judged
                    .findings
                    .iter()
                    .any(|finding| finding.check == check && finding.subject.thing() == thing)
            };
            for item in judged
                .evidence
                .iter()
                .filter(|item| item.verdict == Verdict::Fail && !item.told_by.is_empty())
            {
                told += 1;
                assert!(
                    tells(item.check, item.thing)
                        || item.told_by.iter().any(|teller| tells(teller, item.thing)),
                    "{}: {} says that {:?} tells it",
                    case.title,
                    item.check,
                    item.told_by
                );
            }
        }
    }
    assert!(told > 50, "only {told} faults are told elsewhere");
}
