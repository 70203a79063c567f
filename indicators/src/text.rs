//! Text that people read, in the two languages of the service.

use serde::{Deserialize, Serialize};

/// A language in which the service speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Language {
    /// Simplified Chinese.
    Zh,
    /// English, the fallback where nothing says otherwise.
    #[default]
    En,
}

impl Language {
    /// Reads a language tag such as `zh-CN`, `zh_CN.UTF-8` or `en`; anything that is not Chinese is English.
    #[must_use]
    pub fn from_tag(tag: &str) -> Self {
        let primary = tag.trim().split(['-', '_', '.', ';']).next().unwrap_or_default();
        if primary.eq_ignore_ascii_case("zh") { Self::Zh } else { Self::En }
    }

    /// The tag that names the language in HTTP headers and HTML.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::Zh => "zh-CN",
            Self::En => "en",
        }
    }

    /// The one of two texts that is in this language.
    #[must_use]
    pub fn pick<T>(self, zh: T, en: T) -> T {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }
}

/// One text in both languages; a document may give only one of them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// The text in simplified Chinese.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zh: Option<String>,
    /// The text in English.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub en: Option<String>,
}

impl Text {
    /// A text that exists in both languages.
    pub fn both(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: Some(zh.into()), en: Some(en.into()) }
    }

    /// The text in `language`, or in the other one where it has only that.
    #[must_use]
    pub fn get(&self, language: Language) -> &str {
        let (first, second) = match language {
            Language::Zh => (&self.zh, &self.en),
            Language::En => (&self.en, &self.zh),
        };
        first.as_deref().or(second.as_deref()).unwrap_or_default()
    }

    /// Whether no language has a text.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.zh.as_deref().unwrap_or_default().is_empty() && self.en.as_deref().unwrap_or_default().is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_or_header_tag_names_its_language() {
        assert_eq!(Language::from_tag("zh_CN.UTF-8"), Language::Zh);
        assert_eq!(Language::from_tag("ZH-hans"), Language::Zh);
        assert_eq!(Language::from_tag("de-DE"), Language::En);
    }

    #[test]
    fn a_text_falls_back_to_the_language_it_has() {
        let only_zh = Text { zh: Some("总分".into()), en: None };
        assert_eq!(only_zh.get(Language::En), "总分");
    }
}
