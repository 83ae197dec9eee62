use serde_json::Value;

use super::assertion::Broken;
use super::read::{Case, Suite, Test};
use crate::gatekeeper::{
    Answers, Care, EnforcementPoint, Origin, Policies, Review, TemplateError, object,
};
use crate::gatekeeper::{ConstraintError, Violation};
use crate::rego::{Failure, Limits};

/// Where the files of a suite come from.
pub trait Files {
    /// The documents of a file, empty ones left out; the path is relative to the suite's folder.
    ///
    /// # Errors
    /// Why it cannot be read as a whole.
    fn documents(&self, path: &str) -> Result<Vec<Value>, String>;
}

/// How a case ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// As expected.
    Passed,
    /// Otherwise than expected, and how.
    Failed(String),
    /// It could not be tried, and why.
    Error(String),
    /// It was not to be run.
    Skipped,
}

/// The outcomes of a test's cases, by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestResult {
    /// The test's name.
    pub name: String,
    /// Its cases. A test without cases, of a constraint that must be invalid or of files that cannot be read, has one.
    pub cases: Vec<(String, Outcome)>,
}

/// What is run, by the names of test and case.
pub type Filter<'a> = dyn Fn(&str, Option<&str>) -> bool + 'a;

/// Runs a suite.
pub fn run(suite: &Suite, files: &dyn Files, wanted: &Filter<'_>) -> Vec<TestResult> {
    suite
        .tests
        .iter()
        .map(|test| TestResult {
            name: test.name.clone(),
            cases: cases(suite, test, files, wanted),
        })
        .collect()
}

fn cases(
    suite: &Suite,
    test: &Test,
    files: &dyn Files,
    wanted: &Filter<'_>,
) -> Vec<(String, Outcome)> {
    let all = |outcome: Outcome| -> Vec<(String, Outcome)> {
        if test.cases.is_empty() || test.invalid {
            return vec![("constraint".to_owned(), outcome)];
        }
        test.cases
            .iter()
            .map(|case| (case.name.clone(), outcome.clone()))
            .collect()
    };
    if suite.skip || test.skip || !wanted(&test.name, None) {
        return all(Outcome::Skipped);
    }
    let prepared = prepare(test, files);
    if test.invalid {
        return all(match prepared {
            Err(Unready::Schema(_)) => Outcome::Passed,
            Err(Unready::Other(why)) => Outcome::Error(why),
            Ok(_) => Outcome::Failed(
                "the constraint fits the template's schema, but must not".to_owned(),
            ),
        });
    }
    let mut policies = match prepared {
        Ok(policies) => policies,
        Err(Unready::Schema(why) | Unready::Other(why)) => return all(Outcome::Error(why)),
    };
    if test.cases.is_empty() {
        return Vec::new();
    }
    test.cases
        .iter()
        .map(|case| {
            let runs = !case.skip && wanted(&test.name, Some(&case.name));
            let outcome = if runs {
                try_case(&mut policies, case, files)
            } else {
                Outcome::Skipped
            };
            (case.name.clone(), outcome)
        })
        .collect()
}

enum Unready {
    Schema(String),
    Other(String),
}

fn prepare(test: &Test, files: &dyn Files) -> Result<Policies, Unready> {
    let other = |what: &str, why: String| Unready::Other(format!("{what}: {why}"));
    let mut policies = Policies::new(Limits::default(), Care::Twice, None);
    let template = one(files, &test.template, "template").map_err(Unready::Other)?;
    policies
        .add_template(&template)
        .map_err(|why: TemplateError| other(&test.template, why.to_string()))?;
    let constraint = one(files, &test.constraint, "constraint").map_err(Unready::Other)?;
    policies
        .add_constraint(&constraint)
        .map_err(|why| match &why {
            ConstraintError::Schema(_) => Unready::Schema(format!("{}: {why}", test.constraint)),
            ConstraintError::Invalid(_) => other(&test.constraint, why.to_string()),
        })?;
    if !test.expansion.is_empty() {
        let read = files.documents(&test.expansion);
        for expansion in read.map_err(|why| other(&test.expansion, why))? {
            policies
                .add_expansion(&expansion)
                .map_err(|why| other(&test.expansion, why))?;
        }
    }
    Ok(policies)
}

fn one(files: &dyn Files, path: &str, what: &str) -> Result<Value, String> {
    if path.is_empty() {
        return Err(format!("no {what} is given"));
    }
    let mut documents = files
        .documents(path)
        .map_err(|why| format!("{path}: {why}"))?;
    match (documents.pop(), documents.len()) {
        (Some(document), 0) => Ok(document),
        (None, _) => Err(format!("{path} holds no object")),
        (Some(_), others) => Err(format!("{path} must hold one object, not {}", others + 1)),
    }
}

fn try_case(policies: &mut Policies, case: &Case, files: &dyn Files) -> Outcome {
    if case.assertions.is_empty() {
        return Outcome::Error("a case needs assertions".to_owned());
    }
    let violations = match violations(policies, case, files) {
        Ok(violations) => violations,
        Err(why) => return Outcome::Error(why),
    };
    // An evaluation that stopped counts as violated, as in Gatekeeper; engines that disagree have judged nothing.
    let doubt = Failure::Disagreement.to_string();
    if violations
        .iter()
        .any(|violation| violation.failed && violation.message == doubt)
    {
        return Outcome::Error(doubt);
    }
    for assertion in &case.assertions {
        match assertion.hold(&violations) {
            Ok(()) => {}
            Err(Broken::Failed(why)) => return Outcome::Failed(why),
            Err(Broken::Wrong(why)) => return Outcome::Error(why),
        }
    }
    Outcome::Passed
}

fn violations(
    policies: &mut Policies,
    case: &Case,
    files: &dyn Files,
) -> Result<Vec<Violation>, String> {
    let found = one(files, &case.object, "object")?;
    policies.clear_inventory();
    for path in &case.inventory {
        let objects = files
            .documents(path)
            .map_err(|why| format!("{path}: {why}"))?;
        if objects.is_empty() {
            return Err(format!("{path} holds no object"));
        }
        policies.add_inventory(&objects)?;
    }
    let point = EnforcementPoint::Gator;
    let is_request = object::kind(&found) == "AdmissionReview"
        && object::group_version(&found).0 == "admission.k8s.io";
    if is_request {
        let review = Review::of_admission(&found).map_err(|why| why.to_string())?;
        return Ok(policies.violations(&review, point));
    }
    let review = Review::of_object(&found, Origin::Original).map_err(|why| why.to_string())?;
    policies
        .violations_with_expansion(&review, point, &mut Answers::default())
        .map_err(|why| why.to_string())
}
