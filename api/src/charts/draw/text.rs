//! How wide a text will be, and how it is made to fit.
//!
//! No font is at hand: the reader's program chooses one. Widths are therefore estimated on the wide side, a Chinese
//! character as one em and Latin letters as in the wider of the common fonts.

use unicode_width::UnicodeWidthChar;

const ELLIPSIS: char = '…';

/// What bold letters are wider by.
pub(super) const BOLD: f64 = 1.09;

/// The estimated width of a text, in the unit of its size.
pub(super) fn width(text: &str, size: f64) -> f64 {
    text.chars().map(ems).sum::<f64>() * size
}

fn ems(character: char) -> f64 {
    match character.width_cjk() {
        None | Some(0) => 0.0,
        Some(2..) => 1.0,
        Some(_) => match character {
            'm' | 'w' | 'M' | 'W' | '%' | '@' | 'O' | 'Q' | 'G' => 0.95,
            'i' | 'j' | 'l' | 't' | 'f' | 'r' | 'I' | ' ' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | '(' | ')' | '-' | '/' => {
                0.42
            }
            'A'..='Z' | '+' | '<' | '=' | '>' | '−' | '&' | '#' => 0.78,
            _ => 0.65,
        },
    }
}

/// The text in one line of at most that width, with an ellipsis where it was cut; empty when not even one letter fits.
pub(super) fn fit(text: &str, size: f64, room: f64) -> String {
    if width(text, size) <= room {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut taken = width("…", size);
    for character in text.chars() {
        taken += ems(character) * size;
        if taken > room {
            break;
        }
        kept.push(character);
    }
    let mut kept = kept.trim_end().to_owned();
    if !kept.is_empty() {
        kept.push(ELLIPSIS);
    }
    kept
}

/// The text in at most `lines` lines; the last one has an ellipsis where the rest was cut.
pub(super) fn wrap(text: &str, size: f64, room: f64, lines: usize) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() && found.len() < lines {
        let is_last = found.len() + 1 == lines;
        if is_last || width(rest, size) <= room {
            let line = fit(rest, size, room);
            found.extend((!line.is_empty()).then_some(line));
            break;
        }
        let end = line_end(rest, size, room);
        if end == 0 {
            break;
        }
        found.push(rest[..end].trim_end().to_owned());
        rest = rest[end..].trim_start();
    }
    found
}

/// Where the first line ends: after the last character that fits, moved back to a gap so that no Latin word is cut
/// unless it fills most of the line.
fn line_end(text: &str, size: f64, room: f64) -> usize {
    let mut taken = 0.0;
    let (mut end, mut gap) = (0, 0);
    let mut before: Option<char> = None;
    for (at, character) in text.char_indices() {
        let is_gap = character == ' '
            || is_wide(character) && !is_closing(character)
            || before.is_some_and(is_wide) && !is_closing(character);
        if is_gap && at > 0 {
            gap = at;
        }
        taken += ems(character) * size;
        if taken > room {
            return if width(&text[..gap], size) >= room * 0.4 { gap } else { end };
        }
        end = at + character.len_utf8();
        before = Some(character);
    }
    end
}

fn is_wide(character: char) -> bool {
    character.width() == Some(2)
}

/// Punctuation that must not begin a line.
fn is_closing(character: char) -> bool {
    "，。、；：？！）》”’】".contains(character)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_counts_one_em_and_marks_above_letters_nothing() {
        assert!((width("城市", 10.0) - 20.0).abs() < 1e-9);
        assert!((width("e\u{301}", 10.0) - width("e", 10.0)).abs() < 1e-9);
    }

    #[test]
    fn what_is_cut_says_so_and_fits() {
        let long = "智慧城市数据资源开放共享与融合应用水平综合评价指标";
        let short = fit(long, 12.0, 100.0);
        assert!(short.ends_with('…') && width(&short, 12.0) <= 100.0);
        assert_eq!(fit("ab", 12.0, 3.0), "");
        assert_eq!(fit("ab", 12.0, 30.0), "ab");
    }

    #[test]
    fn lines_break_between_words_and_before_no_closing_mark() {
        assert_eq!(wrap("open government services", 10.0, 100.0, 2), ["open government", "services"]);
        assert_eq!(wrap("一二三四，五六", 10.0, 40.0, 3)[0], "一二三");
        assert!(wrap("a", 10.0, 1.0, 2).is_empty());
    }
}
