//! The tree of a filled template: Markdown with tables and footnotes, read once for every form of a report.

use std::collections::HashMap;

use pulldown_cmark::{Alignment, CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::block::{Align, Block, Run, Style, Table, each_line};
use super::figures::Figures;
use super::template::{TemplateFault, web_address};
use super::{arranged, escape, widths};

/// What a template came to: its parts, and its footnotes in the order of their marks.
#[derive(Debug, Default)]
pub(super) struct Tree {
    pub(super) blocks: Vec<Block>,
    pub(super) notes: Vec<Vec<Run>>,
}

/// Reads Markdown. HTML is not known: tags are text.
pub(super) fn read(markdown: &str, figures: &Figures) -> Result<Tree, Vec<TemplateFault>> {
    let parser = Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES);
    let mut reader = Reader { events: parser, figures, labels: Vec::new(), definitions: HashMap::new(), faults: Vec::new() };
    let mut blocks = reader.blocks(None);
    let definitions = std::mem::take(&mut reader.definitions);
    let notes = reader.labels.iter().map(|label| definitions.get(label).map(|note| joined(note)).unwrap_or_default()).collect();
    if reader.faults.is_empty() {
        arranged::number(&mut blocks);
        Ok(Tree { blocks, notes })
    } else {
        Err(reader.faults)
    }
}

/// The lines of a footnote as one.
fn joined(note: &[Block]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    each_line(note, &mut |line| {
        if !runs.is_empty() {
            runs.push(Run::plain(" "));
        }
        runs.extend(line.iter().filter(|run| !matches!(run, Run::Note { .. })).cloned());
    });
    runs
}

struct Reader<'m> {
    events: Parser<'m>,
    figures: &'m Figures,
    /// The footnotes by the order of their first marks.
    labels: Vec<String>,
    definitions: HashMap<String, Vec<Block>>,
    faults: Vec<TemplateFault>,
}

/// What an image stands for.
enum Placed {
    Figure(String, Vec<Run>),
    Contents,
}

impl<'m> Reader<'m> {
    /// The blocks up to the end of what holds them.
    fn blocks(&mut self, end: Option<TagEnd>) -> Vec<Block> {
        let mut blocks = Vec::new();
        // The text of a tight item of a list stands without a paragraph of its own.
        let mut tight = Vec::new();
        while let Some(event) = self.events.next() {
            match event {
                Event::End(tag) if Some(tag) == end => break,
                Event::Start(tag) if is_block(&tag) => {
                    end_paragraph(&mut tight, &mut blocks);
                    self.block(tag, &mut blocks);
                }
                Event::Rule => {
                    end_paragraph(&mut tight, &mut blocks);
                    blocks.push(Block::PageBreak);
                }
                inline => {
                    if self.inline(inline, Style::default(), None, &mut tight).is_some() {
                        self.misplaced();
                    }
                }
            }
        }
        end_paragraph(&mut tight, &mut blocks);
        arranged::with_captions(blocks)
    }

    fn block(&mut self, tag: Tag<'m>, blocks: &mut Vec<Block>) {
        let end = tag.to_end();
        match tag {
            Tag::Paragraph => {
                let (placed, runs) = self.line(end);
                match placed {
                    Some(Placed::Figure(name, caption)) => {
                        let caption = caption.into_iter().chain(runs).collect();
                        blocks.push(Block::Figure { name, number: 0, caption });
                    }
                    Some(Placed::Contents) => blocks.push(Block::Contents),
                    None if runs.is_empty() => {}
                    None => blocks.push(Block::Paragraph { runs }),
                }
            }
            Tag::Heading { level, .. } => {
                let (_, runs) = self.line(end);
                blocks.push(Block::Heading { level: depth(level), number: None, anchor: String::new(), runs });
            }
            Tag::BlockQuote(_) => {
                let inner = self.blocks(Some(end));
                blocks.push(Block::Remark { blocks: inner });
            }
            Tag::CodeBlock(_) => blocks.push(self.code_block(end)),
            Tag::HtmlBlock => {
                let (_, runs) = self.line(end);
                blocks.push(Block::Paragraph { runs });
            }
            Tag::List(start) => {
                let items = self.list_items(end);
                blocks.push(Block::List { start, items });
            }
            Tag::FootnoteDefinition(label) => {
                let note = self.blocks(Some(end));
                self.definitions.insert(label.to_string(), note);
            }
            Tag::Table(aligned) => {
                let table = self.table(&aligned, end);
                blocks.push(Block::Table(table));
            }
            // Items stand in lists, rows in tables; nothing else is turned on.
            _ => blocks.extend(self.blocks(Some(end))),
        }
    }

    fn list_items(&mut self, end: TagEnd) -> Vec<Vec<Block>> {
        let mut items = Vec::new();
        while let Some(event) = self.events.next() {
            match event {
                Event::End(tag) if tag == end => break,
                Event::Start(Tag::Item) => items.push(self.blocks(Some(TagEnd::Item))),
                _ => {}
            }
        }
        items
    }

    fn code_block(&mut self, end: TagEnd) -> Block {
        let mut runs = Vec::new();
        for event in self.events.by_ref() {
            match event {
                Event::End(tag) if tag == end => break,
                Event::Text(text) => {
                    for line in text.lines() {
                        if !runs.is_empty() {
                            runs.push(Run::Break);
                        }
                        let style = Style { code: true, ..Style::default() };
                        runs.push(Run::Text { text: escape::clean(&escape::unescaped(line)), style, link: None });
                    }
                }
                _ => {}
            }
        }
        Block::Paragraph { runs }
    }

    fn table(&mut self, aligned: &[Alignment], end: TagEnd) -> Table {
        let mut head = Vec::new();
        let mut rows = Vec::new();
        let mut row = Vec::new();
        while let Some(event) = self.events.next() {
            match event {
                Event::End(tag) if tag == end => break,
                Event::Start(Tag::TableCell) => {
                    let (placed, runs) = self.line(TagEnd::TableCell);
                    if placed.is_some() {
                        self.misplaced();
                    }
                    row.push(runs);
                }
                Event::End(TagEnd::TableHead) => head = std::mem::take(&mut row),
                Event::End(TagEnd::TableRow) => rows.push(std::mem::take(&mut row)),
                _ => {}
            }
        }
        let aligns = aligned.iter().map(|alignment| match alignment {
            Alignment::None | Alignment::Left => Align::Left,
            Alignment::Center => Align::Center,
            Alignment::Right => Align::Right,
        });
        let named = head.iter().any(|cell| !cell.is_empty());
        let columns = widths::columns(aligns, &head, &rows);
        Table { number: None, caption: Vec::new(), columns, head: named.then_some(head), rows }
    }

    /// The runs up to the end of a line, and what an image at its start stands for.
    fn line(&mut self, end: TagEnd) -> (Option<Placed>, Vec<Run>) {
        let mut placed = None;
        let mut runs = Vec::new();
        while let Some(event) = self.events.next() {
            if event == Event::End(end) {
                break;
            }
            if let Some(found) = self.inline(event, Style::default(), None, &mut runs) {
                if placed.is_some() || !runs.is_empty() {
                    self.misplaced();
                }
                placed = Some(found);
            }
        }
        (placed, runs)
    }

    /// Reads one part of a line with all that is within it.
    fn inline(&mut self, event: Event<'m>, style: Style, link: Option<&str>, runs: &mut Vec<Run>) -> Option<Placed> {
        match event {
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => push(runs, &text, style, link),
            Event::Code(text) => push(runs, &escape::unescaped(&text), Style { code: true, ..style }, link),
            Event::SoftBreak => soft_break(runs, style, link),
            Event::HardBreak => runs.push(Run::Break),
            Event::FootnoteReference(label) => runs.push(self.mark(&label)),
            Event::Start(Tag::Strong) => return self.within(TagEnd::Strong, Style { bold: true, ..style }, link, runs),
            Event::Start(Tag::Emphasis) => return self.within(TagEnd::Emphasis, Style { emphasis: true, ..style }, link, runs),
            Event::Start(Tag::Link { dest_url, .. }) => {
                let (style, link) = match dest_url.as_ref() {
                    "bold:" => (Style { bold: true, ..style }, link),
                    "code:" => (Style { code: true, ..style }, link),
                    address => (style, web_address(address)),
                };
                return self.within(TagEnd::Link, style, link, runs);
            }
            Event::Start(Tag::Image { dest_url, .. }) => {
                let mut caption = Vec::new();
                self.within(TagEnd::Image, style, link, &mut caption);
                return self.placed(&dest_url, caption);
            }
            _ => {}
        }
        None
    }

    fn within(&mut self, end: TagEnd, style: Style, link: Option<&str>, runs: &mut Vec<Run>) -> Option<Placed> {
        let mut placed = None;
        while let Some(event) = self.events.next() {
            if event == Event::End(end) {
                break;
            }
            placed = self.inline(event, style, link, runs).or(placed);
        }
        placed
    }

    fn placed(&mut self, address: &CowStr<'_>, caption: Vec<Run>) -> Option<Placed> {
        if address.as_ref() == "contents:" {
            return Some(Placed::Contents);
        }
        let name = address.strip_prefix("figure:").unwrap_or(address);
        if self.figures.contains_key(name) {
            return Some(Placed::Figure(name.to_owned(), caption));
        }
        let known = self.figures.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
        self.faults.push(TemplateFault::new(
            None,
            format!("报告中没有名为“{name}”的图；可用的图：{known}。其他图片不能放入报告"),
            format!("The report has no figure called {name}; there are: {known}. Other pictures cannot be shown"),
        ));
        None
    }

    fn misplaced(&mut self) {
        self.faults.push(TemplateFault::new(
            None,
            "图和目录须单独成段",
            "A figure or the table of contents needs a paragraph of its own",
        ));
    }

    fn mark(&mut self, label: &str) -> Run {
        match self.labels.iter().position(|known| known == label) {
            Some(note) => Run::Note { note, again: true },
            None => {
                self.labels.push(label.to_owned());
                Run::Note { note: self.labels.len() - 1, again: false }
            }
        }
    }
}

fn end_paragraph(runs: &mut Vec<Run>, blocks: &mut Vec<Block>) {
    if !runs.is_empty() {
        blocks.push(Block::Paragraph { runs: std::mem::take(runs) });
    }
}

fn is_block(tag: &Tag<'_>) -> bool {
    !matches!(tag, Tag::Strong | Tag::Emphasis | Tag::Link { .. } | Tag::Image { .. })
}

/// Adds text to the run before it where both are set alike.
fn push(runs: &mut Vec<Run>, added: &str, style: Style, link: Option<&str>) {
    let added = escape::clean(added);
    match runs.last_mut() {
        Some(Run::Text { text, style: before, link: known }) if *before == style && known.as_deref() == link => {
            text.push_str(&added)
        }
        _ if added.is_empty() => {}
        _ => runs.push(Run::Text { text: added, style, link: link.map(str::to_owned) }),
    }
}

/// A new line of the source is a space between words, and nothing after a Chinese character.
fn soft_break(runs: &mut Vec<Run>, style: Style, link: Option<&str>) {
    let before = match runs.last() {
        Some(Run::Text { text, .. }) => text.chars().next_back(),
        _ => None,
    };
    if !before.is_some_and(widths::is_wide) {
        push(runs, " ", style, link);
    }
}

fn depth(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        _ => 4,
    }
}
