//! What follows from the order of blocks: the captions of tables, and the numbers of sections, figures and tables.

use super::block::{Block, Run, text};

/// The words that start the caption of a table.
const CAPTIONS: [&str; 4] = ["Table:", "表：", "表:", "Table："];

/// Gives tables the captions that stand right above them.
pub(super) fn with_captions(blocks: Vec<Block>) -> Vec<Block> {
    let mut merged: Vec<Block> = Vec::with_capacity(blocks.len());
    for block in blocks {
        let Block::Table(mut table) = block else {
            merged.push(block);
            continue;
        };
        if let Some(caption) = merged.last().and_then(caption) {
            merged.pop();
            table.caption = caption;
        }
        merged.push(Block::Table(table));
    }
    merged
}

/// What a paragraph says that is the caption of a table.
fn caption(block: &Block) -> Option<Vec<Run>> {
    let Block::Paragraph { runs } = block else { return None };
    let Some(Run::Text { text, style, link }) = runs.first() else { return None };
    let rest = CAPTIONS.iter().find_map(|word| text.strip_prefix(word))?;
    let first = Run::Text { text: rest.trim_start().to_owned(), style: *style, link: link.clone() };
    Some(std::iter::once(first).chain(runs[1..].iter().cloned()).collect())
}

/// Numbers headings, figures and tables, in the order of reading.
pub(super) fn number(blocks: &mut [Block]) {
    Numbers::default().give(blocks);
}

/// The numbers that were given last.
#[derive(Default)]
struct Numbers {
    titled: bool,
    sections: [usize; 3],
    figures: usize,
    tables: usize,
}

impl Numbers {
    fn give(&mut self, blocks: &mut [Block]) {
        for block in blocks {
            match block {
                Block::Heading { level, number, anchor, runs } => {
                    if *level == 1 && !self.titled {
                        self.titled = true;
                        "title".clone_into(anchor);
                        continue;
                    }
                    *level = (*level).max(2);
                    let given = self.section(usize::from(*level) - 2);
                    *anchor = format!("section-{}", given.replace('.', "-"));
                    *number = Some(given).filter(|_| !text(runs).is_empty());
                }
                Block::Figure { number, .. } => {
                    self.figures += 1;
                    *number = self.figures;
                }
                Block::Table(table) if !table.caption.is_empty() => {
                    self.tables += 1;
                    table.number = Some(self.tables);
                }
                Block::Remark { blocks } => self.give(blocks),
                Block::List { items, .. } => items.iter_mut().for_each(|item| self.give(item)),
                _ => {}
            }
        }
    }

    fn section(&mut self, depth: usize) -> String {
        self.sections[depth] += 1;
        self.sections[depth + 1..].fill(0);
        let numbers: Vec<String> = self.sections[..=depth].iter().map(ToString::to_string).collect();
        numbers.join(".")
    }
}
