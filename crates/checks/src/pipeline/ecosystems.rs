//! Package ecosystems of a repository, and what watches them.

use std::collections::BTreeMap;

use globset::GlobBuilder;
use sekisho_model::{Estate, Fields, Pipeline, PipelineKind};
use serde_json::Value;

/// The ecosystems of each repository, by the names of Dependabot, with the folders that hold manifests (`/`, `/api`).
pub(crate) type Ecosystems<'a> = BTreeMap<&'a str, BTreeMap<&'static str, Vec<String>>>;

/// Which ecosystems the repositories with pipelines have.
pub(crate) fn of(estate: &Estate) -> Ecosystems<'_> {
    let mut all: Ecosystems<'_> = BTreeMap::new();
    for pipeline in estate.pipelines() {
        let own = all.entry(&pipeline.root).or_default();
        if pipeline.kind == PipelineKind::GithubWorkflow {
            own.insert("github-actions", vec!["/".to_owned()]);
        }
    }
    let roots: Vec<&str> = all.keys().copied().collect();
    for path in &estate.manifests {
        let root = roots
            .iter()
            .filter(|root| path.starts_with(**root))
            .max_by_key(|root| root.len());
        let Some(root) = root else { continue };
        let inside = path.get(root.len()..).unwrap_or(path);
        let (folder, name) = inside.rsplit_once('/').unwrap_or(("", inside));
        if let (Some(ecosystem), Some(own)) = (ecosystem(name), all.get_mut(root)) {
            let folders = own.entry(ecosystem).or_default();
            let folder = format!("/{folder}");
            if !folders.contains(&folder) {
                folders.push(folder);
            }
        }
    }
    all
}

/// The name of Dependabot for what a manifest belongs to.
fn ecosystem(name: &str) -> Option<&'static str> {
    let lower = name.to_ascii_lowercase();
    Some(match name {
        "package.json" => "npm",
        "go.mod" => "gomod",
        "Cargo.toml" => "cargo",
        "pyproject.toml" | "Pipfile" => "pip",
        "pom.xml" => "maven",
        "build.gradle" | "build.gradle.kts" => "gradle",
        "Gemfile" => "bundler",
        "composer.json" => "composer",
        "Chart.yaml" => "helm",
        _ if lower.starts_with("requirements") => "pip",
        _ if lower.contains("dockerfile") || lower == "containerfile" => "docker",
        _ if lower
            .rsplit_once('.')
            .is_some_and(|(_, ending)| ending == "tf") =>
        {
            "terraform"
        }
        _ => return None,
    })
}

/// The folders of an ecosystem that a Dependabot configuration does not watch.
pub(crate) fn unwatched<'a>(
    dependabot: &Pipeline,
    ecosystem: &str,
    folders: &'a [String],
) -> Vec<&'a str> {
    let updates = dependabot.value.items("updates").iter();
    let mine: Vec<&Value> = updates
        .filter(|update| {
            update
                .text("package-ecosystem")
                .is_some_and(|name| is_same(name, ecosystem))
                && is_on(update)
        })
        .collect();
    let is_watched = |folder: &str| {
        mine.iter().any(|update| {
            directories(update)
                .iter()
                .any(|pattern| matches(pattern, folder))
        })
    };
    // Workspaces and modules are updated from the folder above.
    let has_members = matches!(ecosystem, "npm" | "cargo" | "maven" | "gradle");
    let is_member = |folder: &str| {
        has_members
            && folders.iter().any(|above| {
                folder != above
                    && is_watched(above)
                    && (above == "/" || folder.starts_with(&format!("{above}/")))
            })
    };
    folders
        .iter()
        .map(String::as_str)
        .filter(|folder| !is_watched(folder) && !is_member(folder))
        .collect()
}

/// The entry that would watch a folder and is switched off: its number, and the field that does it.
pub(crate) fn switched_off(
    dependabot: &Pipeline,
    ecosystem: &str,
    folder: &str,
) -> Option<(usize, &'static str)> {
    let mut updates = dependabot.value.items("updates").iter().enumerate();
    updates.find_map(|(number, update)| {
        let is_mine = update
            .text("package-ecosystem")
            .is_some_and(|name| is_same(name, ecosystem));
        let covers = directories(update)
            .iter()
            .any(|pattern| matches(pattern, folder));
        if !is_mine || !covers || is_on(update) {
            return None;
        }
        let is_limited = update.int("open-pull-requests-limit") == Some(0);
        Some((
            number,
            if is_limited {
                "open-pull-requests-limit"
            } else {
                "ignore"
            },
        ))
    })
}

fn is_same(given: &str, ecosystem: &str) -> bool {
    given == ecosystem
        || matches!(
            (given, ecosystem),
            ("opentofu", "terraform") | ("uv", "pip") | ("bun" | "yarn" | "pnpm", "npm")
        )
}

/// A limit of none and an ignored everything switch version updates off.
fn is_on(update: &Value) -> bool {
    let is_ignored = update.items("ignore").iter().any(|ignore| {
        ignore.text("dependency-name") == Some("*")
            && ignore.key("versions").is_none()
            && ignore.key("update-types").is_none()
    });
    update.int("open-pull-requests-limit") != Some(0) && !is_ignored
}

fn directories(update: &Value) -> Vec<String> {
    let one = update.text("directory").map(str::to_owned);
    let many = update
        .items("directories")
        .iter()
        .filter_map(Value::as_str)
        .map(str::to_owned);
    one.into_iter()
        .chain(many)
        .map(|text| normal(&text))
        .collect()
}

fn normal(folder: &str) -> String {
    let inner = folder.trim_start_matches("./").trim_matches('/');
    format!("/{}", if inner == "." { "" } else { inner })
}

fn matches(pattern: &str, folder: &str) -> bool {
    if pattern.contains('*') {
        let glob = GlobBuilder::new(pattern).literal_separator(true).build();
        return glob.is_ok_and(|glob| glob.compile_matcher().is_match(folder));
    }
    // Workflows stand in one place, which Dependabot knows by `/`.
    pattern == folder || (folder == "/" && pattern == "/.github/workflows")
}

/// True when Renovate watches an ecosystem: all of them, unless its configuration names some or is off.
pub(crate) fn is_renovated(renovate: &Pipeline, ecosystem: &str) -> bool {
    if renovate.value.flag("enabled") == Some(false) {
        return false;
    }
    let Some(managers) = renovate
        .value
        .key("enabledManagers")
        .and_then(Value::as_array)
    else {
        return true;
    };
    let wanted: &[&str] = match ecosystem {
        "npm" => &["npm", "bun"],
        "gomod" => &["gomod"],
        "cargo" => &["cargo"],
        "pip" => &[
            "pip_requirements",
            "pep621",
            "poetry",
            "pipenv",
            "pip_setup",
            "setup-cfg",
        ],
        "maven" => &["maven"],
        "gradle" => &["gradle"],
        "bundler" => &["bundler"],
        "composer" => &["composer"],
        "docker" => &["dockerfile"],
        "terraform" => &["terraform"],
        "helm" => &["helmv3", "helm-requirements"],
        "github-actions" => &["github-actions"],
        _ => &[],
    };
    managers
        .iter()
        .filter_map(Value::as_str)
        .any(|manager| wanted.contains(&manager) || manager.starts_with("custom"))
}
