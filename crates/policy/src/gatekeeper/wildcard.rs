/// A name with `*` at its beginning, its end, or both; elsewhere `*` is a plain letter (Gatekeeper `pkg/wildcard`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wildcard(pub(super) String);

impl Wildcard {
    pub(super) fn matches(&self, name: &str) -> bool {
        let text = self.0.as_str();
        match (text.strip_prefix('*'), text.strip_suffix('*')) {
            (Some(rest), Some(_)) => name.contains(rest.strip_suffix('*').unwrap_or(rest)),
            (Some(end), None) => name.ends_with(end),
            (None, Some(start)) => name.starts_with(start),
            (None, None) => name == text,
        }
    }

    /// Whether names that the server makes from this beginning match: only an open end can tell.
    pub(super) fn matches_generated(&self, start: &str) -> bool {
        self.0.ends_with('*') && self.matches(start)
    }
}

#[cfg(test)]
mod tests {
    use super::Wildcard;

    #[test]
    fn stars_stand_at_the_ends_only() {
        let matches = |text: &str, name| Wildcard(text.to_owned()).matches(name);
        assert!(matches("kube-*", "kube-system") && !matches("kube-*", "my-kube-"));
        assert!(matches("*-system", "kube-system") && !matches("*-system", "system"));
        assert!(matches("*-kube-*", "a-kube-b") && !matches("*-kube-*", "a-kub-b"));
        assert!(matches("*", "") && matches("**", "x") && !matches("a*b", "axb"));
        assert!(matches("a*b", "a*b"));
    }

    #[test]
    fn a_generated_name_is_known_by_its_beginning_alone() {
        let matches = |text: &str, name| Wildcard(text.to_owned()).matches_generated(name);
        assert!(matches("web-*", "web-") && !matches("web-1", "web-") && !matches("*-1", "web-1"));
    }
}
