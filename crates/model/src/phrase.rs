use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// A language that sekisho speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// Japanese.
    Ja,
}

/// A text for people, in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Phrase {
    /// English.
    pub en: Cow<'static, str>,
    /// Japanese.
    pub ja: Cow<'static, str>,
}

impl Phrase {
    /// A phrase from two texts.
    pub fn new(en: impl Into<Cow<'static, str>>, ja: impl Into<Cow<'static, str>>) -> Self {
        Self {
            en: en.into(),
            ja: ja.into(),
        }
    }

    /// The text in one language.
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::En => &self.en,
            Lang::Ja => &self.ja,
        }
    }
}

/// A [`Phrase`] from two format strings that see the same values: `phrase!(en: "{n} pods", ja: "Pod {n} 個")`.
#[macro_export]
macro_rules! phrase {
    (en: $en:literal, ja: $ja:literal $(,)?) => {
        $crate::Phrase::new(::std::format!($en), ::std::format!($ja))
    };
}
