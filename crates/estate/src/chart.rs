use std::collections::BTreeSet;
use std::sync::Arc;

use sekisho_model::Unread;

use crate::process;
use crate::{Gathered, Render, Text};

/// Renders Helm charts and puts the result in the place of their templates. Without `helm` a chart counts as unread.
pub(crate) fn render(gathered: &mut Gathered, render: Render) {
    let charts: BTreeSet<String> = gathered
        .texts
        .iter()
        .filter_map(|text| text.path.strip_suffix("Chart.yaml"))
        .filter(|folder| folder.is_empty() || folder.ends_with('/'))
        .map(str::to_owned)
        .collect();
    let outermost: Vec<&String> = charts
        .iter()
        .filter(|chart| {
            !charts
                .iter()
                .any(|other| other != *chart && chart.starts_with(&format!("{other}charts/")))
        })
        .collect();
    for chart in outermost {
        let rendered = template(chart, render);
        let inside = |path: &str| {
            path.starts_with(chart.as_str()) && !path.starts_with(&format!("{chart}crds/"))
        };
        gathered.texts.retain(|text| !inside(&text.path));
        match rendered {
            Ok(texts) => gathered.texts.extend(texts),
            Err(reason) => gathered.unread.push(Unread {
                path: format!("{chart}Chart.yaml"),
                position: None,
                reason: format!("chart not rendered: {reason}"),
            }),
        }
    }
}

fn template(chart: &str, render: Render) -> Result<Vec<Text>, String> {
    let advice = "render it with `helm template … | sekisho check -`";
    if render == Render::Never {
        return Err(format!("rendering is off; {advice}"));
    }
    if !process::exists("helm") {
        return Err(format!("`helm` is not installed; install it, or {advice}"));
    }
    let folder = chart.trim_end_matches('/');
    let folder = if folder.is_empty() { "." } else { folder };
    let output = process::output(
        "helm",
        &["template", "release-name", folder, "--include-crds"],
    )?;
    Ok(by_template(chart, &output))
}

/// Helm names the template of each document in a comment `# Source: CHART/templates/x.yaml`.
fn by_template(chart: &str, output: &str) -> Vec<Text> {
    let mut texts: Vec<(String, String)> = Vec::new();
    for document in output.split("\n---\n") {
        let document = document.strip_prefix("---\n").unwrap_or(document);
        let source = document
            .lines()
            .find_map(|line| line.strip_prefix("# Source: "))
            .and_then(|source| source.split_once('/'))
            .map_or("", |(_, path)| path);
        let path = format!("{chart}{source} (rendered)");
        match texts.last_mut().filter(|(last, _)| *last == path) {
            Some((_, text)) => {
                text.push_str("\n---\n");
                text.push_str(document);
            }
            None => texts.push((path, document.to_owned())),
        }
    }
    let text = |(path, text): (String, String)| Text {
        path,
        text: Arc::from(text),
        rendered_by: Some("helm".to_owned()),
    };
    texts.into_iter().map(text).collect()
}

#[cfg(test)]
mod tests {
    use super::by_template;

    #[test]
    fn each_document_knows_its_template() {
        let output = "---\n# Source: shop/templates/a.yaml\nkind: A\n---\n# Source: shop/templates/b.yaml\nkind: B\n";
        let texts = by_template("charts/shop/", output);
        let paths: Vec<&str> = texts.iter().map(|text| text.path.as_str()).collect();
        assert_eq!(
            paths,
            [
                "charts/shop/templates/a.yaml (rendered)",
                "charts/shop/templates/b.yaml (rendered)"
            ]
        );
    }
}
