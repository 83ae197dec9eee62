use std::collections::BTreeSet;
use std::sync::Arc;

use globset::GlobBuilder;
use sekisho_model::{Gap, Home, Phrase, Source, phrase};
use sekisho_text::Route;
use serde_json::Value;

use super::super::files::Files;
use super::super::marked;

/// GitLab's own limit of files in one pipeline.
const MOST_FILES: usize = 150;

/// One file of a pipeline.
pub(super) struct Layer {
    /// As JSON, references marked.
    pub(super) value: Value,
    /// Where it stands; none for the file of the pipeline itself.
    pub(super) home: Option<Arc<Home>>,
}

/// The files of a pipeline, in the order in which later ones override earlier ones.
#[derive(Default)]
pub(super) struct Sources {
    pub(super) layers: Vec<Layer>,
    pub(super) gaps: Vec<Gap>,
    taken: BTreeSet<usize>,
}

impl Sources {
    pub(super) fn gather(files: &mut Files<'_>, file: usize, number: usize, root: &str) -> Self {
        let mut sources = Self::default();
        sources.taken.insert(file);
        sources.add(files, file, number, root, None);
        sources
    }

    /// Adds what a file includes, then the file. The depth is bounded by the number of files: none is taken twice.
    fn add(
        &mut self,
        files: &mut Files<'_>,
        file: usize,
        number: usize,
        root: &str,
        from: Option<&Route>,
    ) {
        let Some(document) = files.document(file, number) else {
            return;
        };
        let value = marked::json(document);
        for (route, include) in includes(&value) {
            let at = from.unwrap_or(&route).clone();
            self.include(files, include, root, &at);
        }
        let home = from.map(|_| {
            let source = Source {
                file,
                document: number,
                base: Route::root(),
            };
            Arc::new(Home {
                source,
                value: document.to_json(),
            })
        });
        self.layers.push(Layer { value, home });
    }

    fn include(&mut self, files: &mut Files<'_>, include: &Value, root: &str, at: &Route) {
        let path = match local(include) {
            Ok(path) => path,
            Err(reason) => return self.gap(at, reason),
        };
        if include.get("rules").is_some() {
            self.gap(
                at,
                phrase!(
                    en: "the file `{path}` is included only under conditions",
                    ja: "ファイル `{path}` は条件付きで include される"
                ),
            );
        }
        let wanted = format!("{root}{}", path.trim_start_matches('/'));
        let found: Vec<usize> = if wanted.contains('*') {
            let glob = GlobBuilder::new(&wanted).literal_separator(true).build();
            let matcher = glob.ok().map(|glob| glob.compile_matcher());
            files
                .below(root)
                .into_iter()
                .filter(|(path, _)| matcher.as_ref().is_some_and(|glob| glob.is_match(path)))
                .map(|(_, file)| file)
                .collect()
        } else {
            files.named(&wanted).into_iter().collect()
        };
        if found.is_empty() {
            self.gap(
                at,
                phrase!(
                    en: "the included file `{path}` is not among the files",
                    ja: "include 先の `{path}` は読み取ったファイルの中にない"
                ),
            );
        }
        for file in found {
            if self.taken.len() >= MOST_FILES {
                return self.gap(
                    at,
                    phrase!(
                        en: "more than {MOST_FILES} files are included",
                        ja: "include が {MOST_FILES} ファイルを超えている"
                    ),
                );
            }
            if self.taken.insert(file) {
                files.include(file);
                let last = files.documents(file).len().saturating_sub(1);
                self.add(files, file, last, root, Some(at));
            }
        }
    }

    fn gap(&mut self, route: &Route, reason: Phrase) {
        self.gaps.push(Gap {
            route: route.clone(),
            reason,
        });
    }
}

/// `include` is a text, a map, or a list of both.
fn includes(value: &Value) -> Vec<(Route, &Value)> {
    let base = Route::of("include");
    match value.get("include") {
        Some(Value::Array(items)) => items
            .iter()
            .enumerate()
            .map(|(index, item)| (base.index(index), item))
            .collect(),
        Some(Value::Null) | None => Vec::new(),
        Some(one) => vec![(base, one)],
    }
}

fn local(include: &Value) -> Result<&str, Phrase> {
    let text = |key: &str| include.get(key).and_then(Value::as_str);
    let path = match include.as_str().or_else(|| text("local")) {
        Some(path) if !path.starts_with("http://") && !path.starts_with("https://") => path,
        other => {
            let named = ["remote", "template", "component", "project"]
                .into_iter()
                .find_map(text);
            let what = other.or(named).unwrap_or("?");
            return Err(phrase!(
                en: "it includes `{what}`, which stands outside of this repository",
                ja: "include している `{what}` はこのリポジトリの外にある"
            ));
        }
    };
    if path.contains('$') {
        return Err(phrase!(
            en: "the included file `{path}` hangs on variables",
            ja: "include 先 `{path}` は変数で決まる"
        ));
    }
    Ok(path)
}
