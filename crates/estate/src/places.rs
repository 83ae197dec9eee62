use std::sync::Arc;

use globset::{Glob, GlobMatcher};
use sekisho_model::{EstateSettings, Place};

/// Tells where the objects of a file live: the first rule of `sekisho.yaml` that matches, then the nearest kubeconfig at or
/// above it, then the folder names, then the estate as a whole.
pub(crate) struct Places {
    rules: Vec<(GlobMatcher, Place)>,
    /// Folders with a kubeconfig, deepest first.
    kubeconfigs: Vec<(String, Place)>,
    whole: Place,
    known: Vec<Arc<Place>>,
}

impl Places {
    pub(crate) fn new(settings: &EstateSettings, mut kubeconfigs: Vec<(String, Place)>) -> Self {
        kubeconfigs.sort_by_key(|(folder, _)| std::cmp::Reverse(folder.len()));
        let rules = settings
            .places
            .iter()
            .filter_map(|rule| Some((Glob::new(&rule.path).ok()?.compile_matcher(), rule.place())))
            .collect();
        Self {
            rules,
            kubeconfigs,
            whole: settings.place(),
            known: Vec::new(),
        }
    }

    pub(crate) fn of(&mut self, path: &str) -> Arc<Place> {
        let ruled = self.rules.iter().find(|(glob, _)| glob.is_match(path));
        let place = ruled
            .map(|(_, place)| place.clone())
            .unwrap_or_default()
            .or(&self.told_by_kubeconfig(path))
            .or(&from_folders(path))
            .or(&self.whole);
        if let Some(known) = self.known.iter().find(|known| ***known == place) {
            return Arc::clone(known);
        }
        let place = Arc::new(place);
        self.known.push(Arc::clone(&place));
        place
    }
}

impl Places {
    fn told_by_kubeconfig(&self, path: &str) -> Place {
        let below = |folder: &str| {
            folder.is_empty()
                || path
                    .strip_prefix(folder)
                    .is_some_and(|rest| rest.starts_with('/'))
        };
        self.kubeconfigs
            .iter()
            .find(|(folder, _)| below(folder))
            .map(|(_, place)| place.clone())
            .unwrap_or_default()
    }
}

/// What folder names say: `prod`, `staging` … an environment; twelve digits an account; what follows `clusters` a cluster.
fn from_folders(path: &str) -> Place {
    let mut place = Place::default();
    let mut folders = path.split('/').peekable();
    while let Some(folder) = folders.next() {
        if folders.peek().is_none() {
            break;
        }
        if let Some(environment) = environment(folder) {
            place.environment = Some(environment.to_owned());
        }
        if folder.len() == 12 && folder.bytes().all(|byte| byte.is_ascii_digit()) {
            place.account = Some(folder.to_owned());
        }
        if folder == "clusters" {
            place.cluster = folders
                .peek()
                .filter(|next| !next.contains('.'))
                .map(|next| (*next).to_owned());
        }
    }
    place
}

fn environment(folder: &str) -> Option<&'static str> {
    match folder {
        "prod" | "production" | "prd" => Some("prod"),
        "stg" | "stage" | "staging" => Some("stg"),
        "dev" | "development" => Some("dev"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_tell_and_rules_win() {
        let place = from_folders("infra/111122223333/clusters/shop/prod/app.yaml");
        assert_eq!(place.account.as_deref(), Some("111122223333"));
        assert_eq!(place.cluster.as_deref(), Some("shop"));
        assert_eq!(place.environment.as_deref(), Some("prod"));
        assert_eq!(from_folders("prod.yaml"), Place::default());
    }
}
