//! Small changes of the scripts of pipelines, for fixes.

use sekisho_model::{Fields, Pipeline, Step};
use sekisho_text::{Route, Step as Part};
use serde_json::Value;

/// The script of a step with one text in the place of another, when that stands there once and the script is written in the
/// pipeline's own file.
pub(crate) fn replaced(
    pipeline: &Pipeline,
    step: &Step,
    from: &str,
    to: &str,
) -> Option<(Route, String)> {
    let (script, route) = step.run.as_ref()?;
    if script.matches(from).count() != 1
        || value_at(&pipeline.value, route)?.as_str() != Some(script)
    {
        return None;
    }
    Some((route.clone(), script.replace(from, to)))
}

/// The value that a route leads to.
pub(crate) fn value_at<'a>(value: &'a Value, route: &Route) -> Option<&'a Value> {
    route
        .steps()
        .iter()
        .try_fold(value, |value, part| match part {
            Part::Key(key) => value.key(key),
            Part::Index(index) => value.as_array()?.get(*index),
        })
}
