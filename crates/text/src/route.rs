use std::borrow::Cow;
use std::fmt;

/// One step of a [`Route`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// Into a map, by key.
    Key(Cow<'static, str>),
    /// Into a list, by index from 0.
    Index(usize),
}

/// A place inside one document: `spec.containers[0].image`. The empty route is the document's root.
///
/// Checks speak in routes; the reader that knows the text turns them into spans.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Route(Vec<Step>);

impl Route {
    /// The root of a document.
    pub fn root() -> Self {
        Self::default()
    }

    /// Keys separated by dots, without indexes or escapes: for constants such as `spec.template.spec`.
    pub fn of(dotted: &'static str) -> Self {
        Self(
            dotted
                .split('.')
                .filter(|part| !part.is_empty())
                .map(|part| Step::Key(Cow::Borrowed(part)))
                .collect(),
        )
    }

    /// The route one key further.
    #[must_use]
    pub fn key(&self, key: impl Into<Cow<'static, str>>) -> Self {
        self.with(Step::Key(key.into()))
    }

    /// The route several keys further: `route.at("securityContext.privileged")`.
    #[must_use]
    pub fn at(&self, dotted: &'static str) -> Self {
        self.join(&Self::of(dotted))
    }

    /// The route one list item further.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        self.with(Step::Index(index))
    }

    /// This route, then the other.
    #[must_use]
    pub fn join(&self, other: &Self) -> Self {
        let mut steps = Vec::with_capacity(self.0.len() + other.0.len());
        steps.extend_from_slice(&self.0);
        steps.extend_from_slice(&other.0);
        Self(steps)
    }

    /// The route without its last step; `None` at the root.
    pub fn parent(&self) -> Option<Self> {
        let (_, rest) = self.0.split_last()?;
        Some(Self(rest.to_vec()))
    }

    /// The last step; `None` at the root.
    pub fn last(&self) -> Option<&Step> {
        self.0.last()
    }

    /// All steps, from the root.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// True when `self` begins with all of `prefix`.
    pub fn starts_with(&self, prefix: &Self) -> bool {
        self.0.starts_with(&prefix.0)
    }

    /// Adds a step in place.
    pub fn push(&mut self, step: Step) {
        self.0.push(step);
    }

    /// Takes the last step away in place.
    pub fn pop(&mut self) -> Option<Step> {
        self.0.pop()
    }

    fn with(&self, step: Step) -> Self {
        let mut steps = Vec::with_capacity(self.0.len() + 1);
        steps.extend_from_slice(&self.0);
        steps.push(step);
        Self(steps)
    }
}

impl FromIterator<Step> for Route {
    fn from_iter<I: IntoIterator<Item = Step>>(steps: I) -> Self {
        Self(steps.into_iter().collect())
    }
}

impl fmt::Display for Route {
    /// As `kubectl` writes field paths; keys that are no plain names stand in brackets and quotes.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.0.iter().enumerate() {
            match step {
                Step::Index(index) => write!(out, "[{index}]")?,
                Step::Key(key) if is_plain(key) => {
                    if position > 0 {
                        out.write_str(".")?;
                    }
                    out.write_str(key)?;
                }
                Step::Key(key) => write!(out, "[{key:?}]")?,
            }
        }
        Ok(())
    }
}

fn is_plain(key: &str) -> bool {
    !key.is_empty()
        && key
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '$'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_like_a_field_path() {
        let route = Route::of("spec.containers").index(0).at("image");
        assert_eq!(route.to_string(), "spec.containers[0].image");
        let label = Route::of("metadata.labels").key("app.kubernetes.io/name");
        assert_eq!(
            label.to_string(),
            "metadata.labels[\"app.kubernetes.io/name\"]"
        );
        assert_eq!(label.parent(), Some(Route::of("metadata.labels")));
    }
}
