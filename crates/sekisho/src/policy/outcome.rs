//! What came of the suites, as JSON and for people.

use std::io::{self, Write};

use sekisho_model::Lang;
use sekisho_policy::gatekeeper::suite::{Outcome, TestResult};
use serde::Serialize;

/// Everything that was run.
#[derive(Debug, Serialize)]
pub(super) struct Outcomes {
    pub(super) suites: Vec<SuiteOutcome>,
    pub(super) summary: Summary,
}

#[derive(Debug, Serialize)]
pub(super) struct SuiteOutcome {
    pub(super) path: String,
    /// Why the suite could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<String>,
    pub(super) tests: Vec<TestOutcome>,
}

#[derive(Debug, Serialize)]
pub(super) struct TestOutcome {
    pub(super) name: String,
    pub(super) cases: Vec<CaseOutcome>,
}

#[derive(Debug, Serialize)]
pub(super) struct CaseOutcome {
    pub(super) name: String,
    pub(super) outcome: &'static str,
    pub(super) message: String,
}

#[derive(Debug, Default, Serialize)]
pub(super) struct Summary {
    pub(super) cases: usize,
    pub(super) passed: usize,
    pub(super) failed: usize,
    pub(super) errors: usize,
    pub(super) skipped: usize,
}

impl Outcomes {
    pub(super) fn of(suites: Vec<(String, Result<Vec<TestResult>, String>)>) -> Self {
        let mut summary = Summary::default();
        let suites = suites
            .into_iter()
            .map(|(path, results)| match results {
                Ok(results) => SuiteOutcome {
                    path,
                    error: None,
                    tests: results.into_iter().map(|test| summary.test(test)).collect(),
                },
                Err(why) => {
                    summary.errors += 1;
                    SuiteOutcome {
                        path,
                        error: Some(why),
                        tests: Vec::new(),
                    }
                }
            })
            .collect();
        Self { suites, summary }
    }

    /// A line for each suite; what did not pass is told below it.
    pub(super) fn human(&self, lang: Lang, out: &mut dyn Write) -> io::Result<()> {
        let ja = lang == Lang::Ja;
        let word = |outcome: &str| match (outcome, ja) {
            ("passed", false) => "ok",
            ("passed", true) => "合格",
            ("failed", false) => "FAILED",
            ("failed", true) => "不合格",
            ("skipped", false) => "skipped",
            ("skipped", true) => "省略",
            (_, false) => "ERROR",
            (_, true) => "エラー",
        };
        for suite in &self.suites {
            let cases = suite.tests.iter().flat_map(|test| &test.cases);
            let passed = cases
                .clone()
                .filter(|case| case.outcome == "passed")
                .count();
            let worst = match () {
                () if suite.error.is_some() => "error",
                () if cases.clone().any(|case| case.outcome == "failed") => "failed",
                () if cases.clone().any(|case| case.outcome == "error") => "error",
                () if passed == 0 => "skipped",
                () => "passed",
            };
            let all = cases.count();
            writeln!(out, "{}  {}  {passed}/{all}", word(worst), suite.path)?;
            if let Some(why) = &suite.error {
                writeln!(out, "    {why}")?;
            }
            for test in &suite.tests {
                for case in test.cases.iter().filter(|case| case.outcome != "passed") {
                    writeln!(
                        out,
                        "    {}  {} › {}",
                        word(case.outcome),
                        test.name,
                        case.name
                    )?;
                    if !case.message.is_empty() {
                        writeln!(out, "        {}", case.message)?;
                    }
                }
            }
        }
        let Summary {
            cases,
            passed,
            failed,
            errors,
            skipped,
        } = self.summary;
        if ja {
            writeln!(
                out,
                "{cases} ケース: 合格 {passed}、不合格 {failed}、エラー {errors}、省略 {skipped}"
            )
        } else {
            writeln!(
                out,
                "{cases} cases: {passed} passed, {failed} failed, {errors} errors, {skipped} skipped"
            )
        }
    }
}

impl Summary {
    fn test(&mut self, test: TestResult) -> TestOutcome {
        TestOutcome {
            name: test.name,
            cases: test
                .cases
                .into_iter()
                .map(|(name, outcome)| self.case(name, outcome))
                .collect(),
        }
    }

    fn case(&mut self, name: String, outcome: Outcome) -> CaseOutcome {
        self.cases += 1;
        let (count, outcome, message) = match outcome {
            Outcome::Passed => (&mut self.passed, "passed", String::new()),
            Outcome::Failed(why) => (&mut self.failed, "failed", why),
            Outcome::Error(why) => (&mut self.errors, "error", why),
            Outcome::Skipped => (&mut self.skipped, "skipped", String::new()),
        };
        *count += 1;
        CaseOutcome {
            name,
            outcome,
            message,
        }
    }
}
