//! How a table shares its width among its columns, the same in every form.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::block::{Align, Column, Run, text};

/// What a table has room for, in letters of Latin text.
const ROOM: usize = 104;

/// The room that a cell keeps free around its text.
const PADDING: usize = 3;

/// A cell longer than this is set in several lines.
const LONG: usize = 48;

/// The name of a row longer than this is set in several lines.
const NAME: usize = 28;

/// The room that an identifier or an address needs, which may be broken.
const BROKEN: usize = 12;

/// Whether a character takes the room of two letters, as Chinese ones do.
#[must_use]
pub(super) fn is_wide(character: char) -> bool {
    character.width() == Some(2)
}

/// The columns of a table: each at least as wide as its longest word, and the rest by the length of its cells. What is left over
/// goes to all of them, and to the last one where the first names the rows.
pub(super) fn columns(aligns: impl Iterator<Item = Align>, head: &[Vec<Run>], rows: &[Vec<Vec<Run>>]) -> Vec<Column> {
    let aligns: Vec<Align> = aligns.collect();
    let wants: Vec<(usize, usize)> = aligns.iter().zip(0..).map(|(&align, column)| want(align, column, head, rows)).collect();
    let least: usize = wants.iter().map(|(least, _)| least).sum();
    let wanted: usize = wants.iter().map(|(_, most)| most).sum();
    let spare = ROOM.saturating_sub(least);
    let more = wanted.saturating_sub(least).max(1);
    let fits = wanted <= ROOM;
    let mut shares: Vec<usize> =
        wants.iter().map(|&(least, most)| if fits { most * more } else { least * more + (most - least) * spare }).collect();
    let named = head.iter().any(|cell| !cell.is_empty());
    if let Some(last) = shares.last_mut().filter(|_| fits && !named) {
        *last += (ROOM - wanted) * more;
    }
    let all: usize = shares.iter().sum::<usize>().max(1);
    let width = |share: usize| u32::try_from((share * 1000 / all).max(1)).unwrap_or(1000);
    aligns.into_iter().zip(shares).map(|(align, share)| Column { align, width: width(share) }).collect()
}

/// The room of the longest word of a column, and of its cells, but for the longest tenth of them.
fn want(align: Align, column: usize, head: &[Vec<Run>], rows: &[Vec<Vec<Run>>]) -> (usize, usize) {
    let head = head.get(column).map(|cell| text(cell)).unwrap_or_default();
    let cells = || rows.iter().filter_map(|row| row.get(column));
    let least = cells().map(|cell| if align == Align::Left { longest_word(cell) } else { text(cell).width().min(LONG) });
    let least = least.chain([longest_heading(&head), 2]).max().unwrap_or(2);
    let mut lengths: Vec<usize> = cells().map(|cell| text(cell).width().min(LONG)).collect();
    lengths.sort_unstable();
    let last = lengths.len().saturating_sub(1);
    let usual = lengths.get(last.min(lengths.len() * 9 / 10)).copied().unwrap_or_default();
    // The names of rows stand in one line each, unless they are long.
    let names_rows = column == 0 && head.is_empty();
    let usual = if names_rows { lengths.last().copied().unwrap_or_default().min(NAME) } else { usual };
    // A header of several words may stand in two lines; a Chinese one better does not.
    let heading = if head.chars().any(is_wide) { head.width().min(16) } else { head.width().div_ceil(2) + 1 };
    let most = usual.max(least).max(heading);
    (least + PADDING, most + PADDING)
}

/// The longest part of a cell within which no line ends. Identifiers and addresses may be broken.
fn longest_word(cell: &[Run]) -> usize {
    let words = cell.iter().flat_map(|run| match run {
        Run::Text { style, link, .. } if style.code || link.is_some() => Vec::from([BROKEN]),
        Run::Text { text, .. } => text.split(' ').flat_map(|word| word.split(is_wide)).map(UnicodeWidthStr::width).collect(),
        Run::Note { .. } | Run::Break => Vec::new(),
    });
    words.max().unwrap_or_default().min(LONG)
}

/// The longest word of a header; a short Chinese one is not broken either.
fn longest_heading(head: &str) -> usize {
    let word = |word: &str| if word.chars().any(is_wide) && word.width() > 8 { word.width().div_ceil(2) } else { word.width() };
    head.split(' ').map(word).max().unwrap_or_default()
}
