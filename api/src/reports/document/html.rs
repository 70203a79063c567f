//! The HTML: one file with its style sheet and its drawings, readable without any other.

use std::collections::BTreeSet;

use citygauge_indicators::Language;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::block::{Align, Block, Run, Style, Table};
use super::figures::Figure;
use super::{About, Document};

/// Writes a document as HTML.
pub(super) fn write(document: &Document, about: &About, look: &str) -> String {
    let page = Page { document, language: about.language };
    let (year, month, day) = about.date;
    let markup = html! {
        (DOCTYPE)
        html lang=(about.language.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="author" content=(about.author);
                meta name="date" content=(format!("{year:04}-{month:02}-{day:02}"));
                meta name="generator" content="CityGauge";
                title { (document.title()) }
                // A style sheet cannot end its element.
                style { (PreEscaped(look.replace("</", "<\\/"))) }
            }
            body {
                main {
                    (page.blocks(&document.blocks))
                    (page.notes())
                }
            }
        }
    };
    markup.into_string()
}

struct Page<'d> {
    document: &'d Document,
    language: Language,
}

impl Page<'_> {
    fn blocks(&self, blocks: &[Block]) -> Markup {
        html! { @for block in blocks { (self.block(block)) } }
    }

    fn block(&self, block: &Block) -> Markup {
        match block {
            Block::Heading { level, number, anchor, runs } => self.heading(*level, number.as_deref(), anchor, runs),
            Block::Paragraph { runs } => html! { p { (self.runs(runs)) } },
            Block::Remark { blocks } => html! { div class="remark" role="note" { (self.blocks(blocks)) } },
            Block::List { start: None, items } => html! { ul { @for item in items { li { (self.blocks(item)) } } } },
            Block::List { start: Some(start), items } => {
                html! { ol start=(start) { @for item in items { li { (self.blocks(item)) } } } }
            }
            Block::Table(table) => self.table(table),
            Block::Figure { name, number, caption } => self.figure(name, *number, caption),
            Block::Contents => self.contents(),
            Block::PageBreak => html! { hr; },
        }
    }

    fn heading(&self, level: u8, number: Option<&str>, anchor: &str, runs: &[Run]) -> Markup {
        let said = html! { @if let Some(number) = number { span class="number" { (number) } } (self.runs(runs)) };
        match level {
            1 => html! { h1 id=(anchor) { (said) } },
            2 => html! { h2 id=(anchor) { (said) } },
            3 => html! { h3 id=(anchor) { (said) } },
            _ => html! { h4 id=(anchor) { (said) } },
        }
    }

    fn table(&self, table: &Table) -> Markup {
        let class = |column: usize| match table.columns[column].align {
            Align::Left => None,
            Align::Center => Some("center"),
            Align::Right => Some("right"),
        };
        html! {
            div class="wide" {
                table {
                    @if !table.caption.is_empty() {
                        caption {
                            @if let Some(number) = table.number { b { (self.language.pick("表", "Table")) " " (number) } }
                            (self.runs(&table.caption))
                        }
                    }
                    @if let Some(head) = &table.head {
                        thead { tr { @for (column, cell) in head.iter().enumerate() {
                            th scope="col" class=[class(column)] { (self.runs(cell)) }
                        } } }
                    }
                    tbody { @for row in &table.rows { tr { @for (column, cell) in row.iter().enumerate() {
                        @if column == 0 && table.head.is_none() {
                            th scope="row" { (self.runs(cell)) }
                        } @else {
                            td class=[class(column)] { (self.runs(cell)) }
                        }
                    } } } }
                }
            }
        }
    }

    fn figure(&self, name: &str, number: usize, caption: &[Run]) -> Markup {
        let Some(figure) = self.document.figures.get(name) else { return html! {} };
        html! {
            figure id={ "figure-" (number) } {
                div role="img" aria-label=(figure.alt) { (PreEscaped(inlined(figure, number))) }
                figcaption { b { (self.language.pick("图", "Figure")) " " (number) } (self.runs(caption)) }
            }
        }
    }

    fn contents(&self) -> Markup {
        let sections = self.document.blocks.iter().filter_map(|block| match block {
            Block::Heading { level: level @ 2..=3, number, anchor, runs } => Some((*level, number, anchor, runs)),
            _ => None,
        });
        html! {
            nav class="contents" aria-labelledby="contents" {
                h2 id="contents" { (self.language.pick("目录", "Contents")) }
                ul { @for (level, number, anchor, runs) in sections {
                    li class=[(level == 3).then_some("part")] {
                        a href={ "#" (anchor) } {
                            @if let Some(number) = number { span class="number" { (number) } }
                            (super::block::text(runs))
                        }
                    }
                } }
            }
        }
    }

    fn runs(&self, runs: &[Run]) -> Markup {
        html! { @for run in runs { @match run {
            Run::Text { text, style, link: Some(address) } => a href=(address) { (styled(text, *style)) },
            Run::Text { text, style, link: None } => (styled(text, *style)),
            Run::Note { note, again: false } => {
                sup class="mark" id={ "mark-" (note + 1) } { a href={ "#note-" (note + 1) } role="doc-noteref" { (note + 1) } }
            },
            Run::Note { note, again: true } => {
                sup class="mark" { a href={ "#note-" (note + 1) } role="doc-noteref" { (note + 1) } }
            },
            Run::Break => br;,
        } } }
    }

    fn notes(&self) -> Markup {
        let back = self.language.pick("返回正文", "Back to the text");
        html! {
            @if !self.document.notes.is_empty() {
                section class="notes" role="doc-endnotes" aria-label=(self.language.pick("脚注", "Footnotes")) {
                    ol { @for (place, note) in self.document.notes.iter().enumerate() {
                        li id={ "note-" (place + 1) } {
                            (self.runs(note)) " "
                            a href={ "#mark-" (place + 1) } role="doc-backlink" aria-label=(back) { "↩" }
                        }
                    } }
                }
            }
        }
    }
}

fn styled(text: &str, style: Style) -> Markup {
    let mut markup = html! { (text) };
    if style.code {
        markup = html! { code { (markup) } };
    }
    if style.emphasis {
        markup = html! { em { (markup) } };
    }
    if style.bold {
        markup = html! { strong { (markup) } };
    }
    markup
}

/// The drawing as an element of the page: without its declaration, and with identifiers that no other drawing has.
fn inlined(figure: &Figure, number: usize) -> String {
    let start = figure.svg.find("<svg").unwrap_or(0);
    let drawing = &figure.svg[start..];
    let names: BTreeSet<&str> = drawing.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    names.into_iter().fold(drawing.to_owned(), |drawing, name| {
        let own = format!("f{number}-{name}");
        let places = [(" id=\"", "\""), ("url(#", ")"), ("href=\"#", "\""), ("url('#", "'")];
        places.iter().fold(drawing, |drawing, (before, after)| {
            drawing.replace(&format!("{before}{name}{after}"), &format!("{before}{own}{after}"))
        })
    })
}
