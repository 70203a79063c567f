//! Values as text: whatever a name holds, it cannot become markup of any form.

use std::fmt::Write;

/// The text without what has no place in a line: control characters, characters that turn the direction of writing, and code points
/// that no XML document may hold. Ends of lines and tabs become spaces.
#[must_use]
pub fn clean(text: &str) -> String {
    text.chars().filter_map(cleaned).collect()
}

fn cleaned(character: char) -> Option<char> {
    match character {
        '\t' | '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some(' '),
        control if control.is_control() => None,
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{feff}' => None,
        '\u{fdd0}'..='\u{fdef}' => None,
        code if (u32::from(code) & 0xfffe) == 0xfffe => None,
        other => Some(other),
    }
}

/// Text as Markdown that means just this text. Every mark of ASCII is written as a numeric reference, which Markdown never takes for
/// structure, also in the cells of tables and at the start of a line.
#[must_use]
pub fn markdown(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + text.len() / 4);
    for word in clean(text).split_whitespace() {
        if !escaped.is_empty() {
            escaped.push(' ');
        }
        for character in word.chars() {
            if character.is_ascii_punctuation() {
                // Writing to a String has no way to fail.
                let _ = write!(escaped, "&#{};", u32::from(character));
            } else {
                escaped.push(character);
            }
        }
    }
    escaped
}

/// The text of a code span, in which Markdown leaves numeric references as they are.
#[must_use]
pub fn unescaped(code: &str) -> String {
    let mut text = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(start) = rest.find("&#") {
        let (before, reference) = rest.split_at(start);
        text.push_str(before);
        let digits = &reference[2..];
        let end = digits.find(|character: char| !character.is_ascii_digit()).unwrap_or(digits.len());
        let character = digits[..end].parse().ok().and_then(char::from_u32);
        match character.filter(|_| digits[end..].starts_with(';')) {
            Some(character) => {
                text.push(character);
                rest = &digits[end + 1..];
            }
            None => {
                text.push_str("&#");
                rest = digits;
            }
        }
    }
    text + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_become_references_and_read_back_as_they_were() {
        let value = "# [杭州](x) | `a` **b** <i> &amp; \\ 1. $x$ #set";
        let escaped = markdown(value);
        assert!(
            escaped
                .chars()
                .all(|character| character == '&' || !"#[]()|`*<>\\.$".contains(character) || "&#;".contains(character))
        );
        assert_eq!(unescaped(&escaped), value);
    }

    #[test]
    fn a_line_stays_one_line() {
        assert_eq!(markdown("  a\n\n# b\u{2028}c\u{0}\u{202e}d  "), "a &#35; b cd");
    }

    #[test]
    fn what_only_looks_like_a_reference_stays() {
        assert_eq!(unescaped("a&#x41;&#;&#65"), "a&#x41;&#;&#65");
        assert_eq!(unescaped("&#38;&#35;65;"), "&#65;");
    }
}
