//! The fonts that documents are set in: those within the program, those of the system, and those that are configured.
//!
//! They are looked for once. What the fonts lack is found before a document is set, so that no page shows boxes in place of names.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use citygauge_indicators::Text;
use serde::Serialize;
use typst::foundations::Bytes;
use typst::text::{Font, FontBook, FontInfo};
use typst::utils::LazyHash;
use typst_kit::fonts::{FontSource, FontStore, embedded, scan, system};

use super::widths::is_wide;

/// Families for running text, the first that is found; the one within the program always is.
const SERIF: [&str; 1] = ["Libertinus Serif"];

/// Families with Chinese for running text, the first that is found.
const SERIF_CJK: [&str; 9] = [
    "Noto Serif CJK SC",
    "Noto Serif SC",
    "Source Han Serif SC",
    "Source Han Serif CN",
    "SimSun",
    "Songti SC",
    "STSong",
    "FandolSong",
    "AR PL UMing CN",
];

/// Families for headings and tables, the first that is found.
const SANS: [&str; 7] = ["Noto Sans", "Source Sans 3", "Open Sans", "Liberation Sans", "Arial", "Helvetica", "DejaVu Sans"];

/// Families with Chinese for headings and tables, the first that is found.
const SANS_CJK: [&str; 11] = [
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "Microsoft YaHei",
    "PingFang SC",
    "SimHei",
    "Heiti SC",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Droid Sans Fallback",
];

/// Families whose letters have one width, the first that is found; the one within the program always is.
const MONO: [&str; 1] = ["DejaVu Sans Mono"];

/// How many missing characters a message names.
const NAMED: usize = 12;

/// The families that a document asks for, in the order of preference; only those that there are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Families {
    pub(super) serif: Vec<String>,
    pub(super) sans: Vec<String>,
    pub(super) mono: Vec<String>,
}

/// The fonts that were found.
pub struct Fonts {
    store: FontStore,
    families: Families,
}

/// What is wrong with the fonts.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FontFault {
    /// No font has these characters.
    #[error("no font has the characters {}", named(.0))]
    Missing(BTreeSet<char>),
    /// A configured path holds no font.
    #[error("reports.fonts names {}, which holds no font", .0.display())]
    Empty(PathBuf),
}

impl FontFault {
    /// The sentence for a reader, in both languages.
    #[must_use]
    pub fn text(&self) -> Text {
        match self {
            Self::Missing(characters) if characters.iter().copied().any(is_wide) => Text::both(
                format!(
                    "没有字体能显示以下字符：{}。请安装中文字体（Debian、Ubuntu：fonts-noto-cjk），或在配置项 reports.fonts 中列出字体文件或文件夹，然后重新启动服务",
                    named(characters)
                ),
                format!(
                    "No font has these characters: {}. Install a Chinese font (Debian, Ubuntu: fonts-noto-cjk), or list font files or folders in the setting reports.fonts, and start the service again",
                    named(characters)
                ),
            ),
            Self::Missing(characters) => Text::both(
                format!(
                    "没有字体能显示以下字符：{}。请在配置项 reports.fonts 中列出含有这些字符的字体文件或文件夹，然后重新启动服务",
                    named(characters)
                ),
                format!(
                    "No font has these characters: {}. List font files or folders that have them in the setting reports.fonts, and start the service again",
                    named(characters)
                ),
            ),
            Self::Empty(path) => Text::both(
                format!("配置项 reports.fonts 中的 {} 没有可用的字体（TTF、OTF、TTC）", path.display()),
                format!("The setting reports.fonts names {}, which holds no font (TTF, OTF, TTC)", path.display()),
            ),
        }
    }
}

/// The first of some characters, each with its code point.
fn named(characters: &BTreeSet<char>) -> String {
    let mut named = String::new();
    for (place, character) in characters.iter().take(NAMED).enumerate() {
        let gap = if place == 0 { "" } else { " " };
        // Writing to a String has no way to fail.
        let _ = write!(named, "{gap}{character} (U+{:04X})", u32::from(*character));
    }
    if characters.len() > NAMED {
        named.push_str(" …");
    }
    named
}

impl std::fmt::Debug for Fonts {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Fonts").field("families", &self.families).finish_non_exhaustive()
    }
}

impl Fonts {
    /// Looks for fonts in the configured files and folders, then on the system. A configured path without a font is a fault.
    pub fn find(configured: &[PathBuf]) -> Result<Self, FontFault> {
        let mut found = Found::default();
        for path in configured {
            let before = found.count;
            if path.is_dir() {
                found.add(scan(path));
            } else {
                found.file(path);
            }
            if found.count == before {
                return Err(FontFault::Empty(path.clone()));
            }
        }
        found.add(system());
        Ok(found.done())
    }

    /// The fonts within the program alone; they have no Chinese.
    #[must_use]
    pub fn embedded() -> Self {
        Found::default().done()
    }

    /// Says whether every character of a text can be set.
    pub fn check(&self, text: &str) -> Result<(), FontFault> {
        let missing = self.missing(text);
        if missing.is_empty() { Ok(()) } else { Err(FontFault::Missing(missing)) }
    }

    /// The characters that no font has.
    #[must_use]
    pub fn missing(&self, text: &str) -> BTreeSet<char> {
        let asked: BTreeSet<char> = text.chars().filter(|character| !is_unseen(*character)).collect();
        let book = self.store.book();
        let has =
            |character: char| (0..).map_while(|index| book.info(index)).any(|font| font.coverage.contains(u32::from(character)));
        asked.into_iter().filter(|character| !has(*character)).collect()
    }

    pub(super) fn families(&self) -> &Families {
        &self.families
    }

    pub(super) fn book(&self) -> &LazyHash<FontBook> {
        self.store.book()
    }

    pub(super) fn font(&self, index: usize) -> Option<Font> {
        self.store.font(index)
    }
}

/// Characters that leave no mark: spaces, and those that only change their neighbours.
fn is_unseen(character: char) -> bool {
    character.is_whitespace()
        || character.is_control()
        || matches!(character, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

/// Fonts while they are looked for.
#[derive(Default)]
struct Found {
    store: FontStore,
    count: usize,
}

impl Found {
    fn add<F: FontSource>(&mut self, fonts: impl Iterator<Item = (F, FontInfo)>) {
        for font in fonts {
            self.count += 1;
            self.store.push(font);
        }
    }

    fn file(&mut self, path: &Path) {
        let Ok(read) = std::fs::read(path) else { return };
        let fonts = Font::iter(Bytes::new(read)).map(|font| {
            let about = font.info().clone();
            (font, about)
        });
        self.add(fonts);
    }

    fn done(mut self) -> Fonts {
        self.add(embedded());
        let families = self.families();
        Fonts { store: self.store, families }
    }

    fn families(&self) -> Families {
        let book = self.store.book();
        let first = |names: &[&'static str]| names.iter().copied().find(|name| book.contains_family(&name.to_lowercase()));
        let both = |latin: &[&'static str], chinese: &[&'static str]| -> Vec<String> {
            first(latin).into_iter().chain(first(chinese)).map(str::to_owned).collect()
        };
        // Where only one kind of Chinese letters is there, it serves for both.
        let (serif, sans) = (first(&SERIF_CJK), first(&SANS_CJK));
        let (serif_cjk, sans_cjk) = (serif.or(sans), sans.or(serif));
        let mut families = Families {
            serif: both(&SERIF, serif_cjk.as_slice()),
            sans: both(&SANS, sans_cjk.as_slice()),
            mono: both(&MONO, sans_cjk.as_slice()),
        };
        if families.sans.is_empty() {
            families.sans.clone_from(&families.serif);
        }
        families
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use super::*;

    #[test]
    fn without_a_chinese_font_the_message_says_what_to_install_and_what_to_set() {
        let fault = Fonts::embedded().check("Hangzhou 杭州").unwrap_err();
        let text = fault.text();
        for said in [text.zh.unwrap(), text.en.unwrap()] {
            assert!(said.contains("杭 (U+676D)") && said.contains("fonts-noto-cjk") && said.contains("reports.fonts"), "{said}");
        }
    }

    #[test]
    fn the_fonts_within_the_program_set_english() {
        assert_eq!(Fonts::embedded().check("Score 78.50 — “good” – 5 %\u{a0}\u{200b}"), Ok(()));
    }

    #[test]
    fn a_configured_path_without_a_font_is_named() {
        let path = PathBuf::from("/nowhere/fonts");
        let fault = Fonts::find(std::slice::from_ref(&path)).unwrap_err();
        assert_eq!(fault, FontFault::Empty(path));
        assert!(fault.text().en.unwrap().contains("/nowhere/fonts"));
    }
}
