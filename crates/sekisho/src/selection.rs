use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use sekisho_checks::Check;
use sekisho_estate::{Input, find_settings, parse_settings};
use sekisho_model::Settings;

use crate::args::{Profile, Render, Selection};
use crate::exit::Usage;

/// What the paths stand for.
pub(crate) fn inputs(selection: &Selection) -> anyhow::Result<Vec<Input>> {
    let mut inputs = Vec::new();
    for path in &selection.paths {
        if path.as_os_str() == "-" {
            let mut bytes = Vec::new();
            let limit = sekisho_estate::MAX_FILE + 1;
            std::io::stdin()
                .take(limit)
                .read_to_end(&mut bytes)
                .context("standard input")?;
            if u64::try_from(bytes.len()).is_ok_and(|len| len >= limit) {
                return Err(
                    Usage("standard input is larger than 32 MiB; split it".to_owned()).into(),
                );
            }
            inputs.push(Input::Stdin(bytes));
        } else {
            std::fs::metadata(path).with_context(|| path.display().to_string())?;
            inputs.push(Input::Path(path.clone()));
        }
    }
    Ok(inputs)
}

/// The settings in force.
pub(crate) fn settings(selection: &Selection) -> anyhow::Result<Settings> {
    let first = selection.paths.iter().find(|path| path.as_os_str() != "-");
    let found = selection
        .config
        .clone()
        .or_else(|| find_settings(first.map_or(Path::new("."), |path| path.as_path())));
    match found {
        Some(path) => read_settings(&path),
        None => Ok(Settings::default()),
    }
}

/// Reads and verifies a settings file.
pub(crate) fn read_settings(path: &Path) -> anyhow::Result<Settings> {
    let shown = path.display();
    let text = std::fs::read_to_string(path).with_context(|| shown.to_string())?;
    let settings =
        parse_settings(&Arc::from(text)).map_err(|error| Usage(format!("{shown}: {error}")))?;
    let named = settings.skip.iter().chain(settings.severities.keys());
    for check in named {
        if sekisho_checks::by_id(check).is_none() {
            return Err(Usage(format!("{shown}: there is no check `{check}`")).into());
        }
    }
    if let Some(profile) = settings
        .profile
        .as_deref()
        .filter(|name| !matches!(*name, "default" | "all"))
    {
        return Err(Usage(format!(
            "{shown}: `{profile}` is no profile; use default or all"
        ))
        .into());
    }
    Ok(settings)
}

/// The checks that run.
pub(crate) fn checks(
    selection: &Selection,
    settings: &Settings,
) -> anyhow::Result<Vec<&'static dyn Check>> {
    for id in selection.only.iter().chain(&selection.skip) {
        if !sekisho_checks::all().any(|check| is_named(check, id)) {
            return Err(Usage(format!(
                "`{id}` names no check, control or threat; `sekisho explain` lists them"
            ))
            .into());
        }
    }
    let all = match selection.profile {
        Some(profile) => profile == Profile::All,
        None => settings.profile.as_deref() == Some("all"),
    };
    let wanted = |check: &&'static dyn Check| {
        let in_profile = all || check.meta().profile == sekisho_checks::Profile::Default;
        let asked = selection.only.iter().any(|id| is_named(*check, id));
        let left_out = selection
            .skip
            .iter()
            .chain(&settings.skip)
            .any(|id| is_named(*check, id));
        (if selection.only.is_empty() {
            in_profile
        } else {
            asked
        }) && !left_out
    };
    Ok(sekisho_checks::all().filter(wanted).collect())
}

fn is_named(check: &dyn Check, id: &str) -> bool {
    let meta = check.meta();
    meta.id == id || meta.control == id || meta.control.split('.').next() == Some(id)
}

/// How charts and kustomizations are treated.
pub(crate) fn render(selection: &Selection) -> sekisho_estate::Render {
    match selection.render {
        Render::Auto => sekisho_estate::Render::Auto,
        Render::Never => sekisho_estate::Render::Never,
    }
}
