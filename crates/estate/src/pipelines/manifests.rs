/// True of a file that names dependencies: one of these means that a package ecosystem is used.
pub(crate) fn is_manifest(path: &str) -> bool {
    let mut folders = path.split('/');
    let name = folders.next_back().unwrap_or("");
    // What is brought along from elsewhere is updated with what brings it.
    if folders.any(|folder| matches!(folder, "node_modules" | "vendor" | "third_party")) {
        return false;
    }
    let lower = name.to_ascii_lowercase();
    let has_ending = |ending: &str| {
        lower
            .rsplit_once('.')
            .is_some_and(|(_, last)| last == ending)
    };
    matches!(
        name,
        "package.json"
            | "go.mod"
            | "Cargo.toml"
            | "pyproject.toml"
            | "Pipfile"
            | "pom.xml"
            | "build.gradle"
            | "build.gradle.kts"
            | "Gemfile"
            | "composer.json"
            | "Chart.yaml"
    ) || (lower.starts_with("requirements") && has_ending("txt"))
        || lower == "dockerfile"
        || lower == "containerfile"
        || lower.starts_with("dockerfile.")
        || has_ending("dockerfile")
        || has_ending("tf")
}

#[cfg(test)]
mod tests {
    use super::is_manifest;

    #[test]
    fn manifests_are_known_by_name() {
        for path in [
            "api/go.mod",
            "Dockerfile",
            "web/Dockerfile.prod",
            "requirements-dev.txt",
            "infra/main.tf",
        ] {
            assert!(is_manifest(path), "{path}");
        }
        for path in ["node_modules/a/package.json", "go.sum", "notes.txt"] {
            assert!(!is_manifest(path), "{path}");
        }
    }
}
