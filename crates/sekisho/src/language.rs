use sekisho_model::Lang;

use crate::args::Language;

/// The language asked for, else the one of the environment (`LC_ALL`, `LC_MESSAGES`, `LANG`), else English.
pub(crate) fn choose(asked: Option<Language>) -> Lang {
    match asked {
        Some(Language::Ja) => Lang::Ja,
        Some(Language::En) => Lang::En,
        None => from_environment(),
    }
}

fn from_environment() -> Lang {
    let set = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
    if set.is_some_and(|value| value.starts_with("ja")) {
        Lang::Ja
    } else {
        Lang::En
    }
}
