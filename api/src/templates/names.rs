//! Names that a spreadsheet program takes for its sheets.

use std::collections::HashSet;

/// Characters of a name, in UTF-16.
const LONGEST: usize = 31;

/// The names that are taken.
#[derive(Debug, Default)]
pub(super) struct Names(HashSet<String>);

impl Names {
    pub fn new() -> Self {
        Self::default()
    }

    /// A name like `wanted` that no other sheet has: without the characters that are refused, and short enough.
    pub fn unique(&mut self, wanted: &str) -> String {
        let plain: String = wanted.chars().map(|c| if c.is_control() || "[]:*?/\\".contains(c) { ' ' } else { c }).collect();
        let plain = plain.trim().trim_matches('\'').trim();
        // A spreadsheet program keeps this name for itself.
        let plain = if plain.is_empty() || plain.eq_ignore_ascii_case("history") { "sheet" } else { plain };
        for number in 1_u32.. {
            let ending = if number == 1 { String::new() } else { format!(" ({number})") };
            let name = format!("{}{ending}", cut(plain, LONGEST - ending.len()));
            if self.0.insert(name.to_lowercase()) {
                return name;
            }
        }
        unreachable!("a workbook has fewer sheets than there are numbers")
    }
}

/// The beginning of a text, at most so many UTF-16 units long.
fn cut(text: &str, longest: usize) -> &str {
    let mut units = 0;
    let end = text.char_indices().find(|(_, c)| {
        units += c.len_utf16();
        units > longest
    });
    text[..end.map_or(text.len(), |(at, _)| at)].trim_end_matches(['\'', ' '])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_no_refused_characters_is_short_enough_and_unique_whatever_its_case() {
        let mut names = Names::new();
        assert_eq!(names.unique("市教育局/体育局: [一]"), "市教育局 体育局   一");
        assert_eq!(names.unique("Health"), "Health");
        assert_eq!(names.unique("health"), "health (2)");
        assert_eq!(names.unique("'quoted'"), "quoted");
        assert_eq!(names.unique("History"), "sheet");
        assert_eq!(names.unique(" * "), "sheet (2)");
        let long = "数".repeat(40);
        for name in [names.unique(&long), names.unique(&long), names.unique(&"😀".repeat(20))] {
            assert!(name.encode_utf16().count() <= LONGEST, "{name}");
        }
    }
}
