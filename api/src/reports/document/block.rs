//! The tree of a report: what its template came to, and what every form of it is written from.

use serde::Serialize;

/// A part of a report that stands by itself.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Block {
    /// A heading. The first one of level 1 is the title of the report and has no number.
    Heading {
        /// 1 for the title, 2 for a section, 3 for a part of one.
        level: u8,
        /// `2` or `2.1`, given in order; absent on the title.
        number: Option<String>,
        /// The name by which links reach it, such as `section-2-1`.
        anchor: String,
        /// What it says.
        runs: Vec<Run>,
    },
    /// A paragraph.
    Paragraph {
        /// What it says.
        runs: Vec<Run>,
    },
    /// A remark that is set apart, written as a quotation.
    Remark {
        /// What it says.
        blocks: Vec<Block>,
    },
    /// A list.
    List {
        /// The number of the first item; absent in a list without numbers.
        start: Option<u64>,
        /// The items.
        items: Vec<Vec<Block>>,
    },
    /// A table.
    Table(Table),
    /// A figure, by the name of its drawing.
    Figure {
        /// The name under which the drawing is kept.
        name: String,
        /// The number of the figure, from 1.
        number: usize,
        /// What stands below it.
        caption: Vec<Run>,
    },
    /// The table of contents.
    Contents,
    /// What follows starts on a new page.
    PageBreak,
}

/// A table; every row has as many cells as there are columns.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Table {
    /// The number of the table, from 1; absent where it has no caption.
    pub number: Option<usize>,
    /// What stands above it; empty where there is none.
    pub caption: Vec<Run>,
    /// The columns.
    pub columns: Vec<Column>,
    /// The header; absent where all its cells are empty, and the first cell of each row names the row.
    pub head: Option<Vec<Vec<Run>>>,
    /// The rows.
    pub rows: Vec<Vec<Vec<Run>>>,
}

/// A column of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Column {
    /// Where its cells stand.
    pub align: Align,
    /// Its width in thousandths of the table's.
    pub width: u32,
}

/// Where the text of a cell stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Align {
    /// At the left.
    Left,
    /// In the middle.
    Center,
    /// At the right, as numbers do.
    Right,
}

/// A part of a line.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Run {
    /// Text in one style.
    Text {
        /// The text, without control characters.
        text: String,
        /// How it is set.
        #[serde(flatten)]
        style: Style,
        /// The web address that it leads to.
        link: Option<String>,
    },
    /// The mark of a footnote, by its place among the notes of the report, from 0.
    Note {
        /// The place.
        note: usize,
        /// Whether the note was marked before, so that this mark repeats its number.
        again: bool,
    },
    /// The end of a line.
    Break,
}

/// How text is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Style {
    /// Whether it is bold.
    pub bold: bool,
    /// Whether it is set apart in italics.
    pub emphasis: bool,
    /// Whether it is an identifier, in letters of one width.
    pub code: bool,
}

impl Run {
    /// Plain text.
    pub fn plain(text: impl Into<String>) -> Self {
        Self::Text { text: text.into(), style: Style::default(), link: None }
    }
}

/// The text of some runs, without marks of notes.
#[must_use]
pub fn text(runs: &[Run]) -> String {
    let parts = runs.iter().map(|run| match run {
        Run::Text { text, .. } => text.as_str(),
        Run::Note { .. } => "",
        Run::Break => " ",
    });
    parts.collect()
}

/// Calls `visit` with the runs of every part of some blocks, in the order of reading.
pub fn each_line<'b>(blocks: &'b [Block], visit: &mut impl FnMut(&'b [Run])) {
    for block in blocks {
        match block {
            Block::Heading { runs, .. } | Block::Paragraph { runs } => visit(runs),
            Block::Figure { caption, .. } => visit(caption),
            Block::Remark { blocks } => each_line(blocks, visit),
            Block::List { items, .. } => items.iter().for_each(|item| each_line(item, visit)),
            Block::Table(table) => {
                visit(&table.caption);
                table.head.iter().flatten().for_each(|cell| visit(cell));
                table.rows.iter().flatten().for_each(|cell| visit(cell));
            }
            Block::Contents | Block::PageBreak => {}
        }
    }
}

/// Calls `visit` with the name of every drawing, in the order of reading.
pub fn each_figure<'b>(blocks: &'b [Block], visit: &mut impl FnMut(&'b str)) {
    for block in blocks {
        match block {
            Block::Figure { name, .. } => visit(name),
            Block::Remark { blocks } => each_figure(blocks, visit),
            Block::List { items, .. } => items.iter().for_each(|item| each_figure(item, visit)),
            _ => {}
        }
    }
}
