/// Where a deployment goes, by the words that name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stage {
    /// Development, test or review.
    Development,
    /// Staging.
    Staging,
    /// Production.
    Production,
}

impl Stage {
    /// The gravest stage that a text names in one of its words: `values-prod.yaml`, `shop_staging`.
    pub(crate) fn of(text: &str) -> Option<Self> {
        parts(text)
            .filter_map(|word| match word.as_str() {
                "prod" | "production" | "prd" | "live" => Some(Self::Production),
                "staging" | "stg" | "stage" | "preprod" | "uat" => Some(Self::Staging),
                "dev" | "development" | "review" | "preview" | "sandbox" | "qa" => {
                    Some(Self::Development)
                }
                _ => None,
            })
            .max()
    }
}

/// True when a text speaks of tests through the running system.
pub(super) fn speaks_of_path_tests(text: &str) -> bool {
    let words: Vec<String> = parts(text).collect();
    let has = |word: &str| words.iter().any(|other| other == word);
    has("e2e")
        || has("netpol")
        || has("connectivity")
        || (has("end") && has("to"))
        || (has("path") || has("paths")) && (has("test") || has("tests"))
}

/// True when the name of a script says that it sends something out.
pub(super) fn speaks_of_shipping(text: &str) -> bool {
    parts(text).any(|word| {
        matches!(
            word.as_str(),
            "deploy"
                | "deployment"
                | "release"
                | "publish"
                | "push"
                | "ship"
                | "rollout"
                | "promote"
        )
    })
}

/// True when the name of a script says that it scans.
pub(super) fn speaks_of_scanning(text: &str) -> bool {
    parts(text).any(|word| {
        matches!(
            word.as_str(),
            "scan" | "scans" | "trivy" | "security" | "audit" | "snyk" | "lint" | "policy"
        )
    })
}

/// The words of a name, lower case.
pub(super) fn parts(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|letter: char| !letter.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
}
