//! Documents: a template filled with what is known of an assessment, as HTML, DOCX and PDF.
//!
//! A report is written in one template per kind and language: Markdown with Jinja placeholders. It is filled in and read once into
//! a tree of blocks, and each form is written from that tree, so that all of them say the same.
//!
//! ```text
//! template + context -> template (values as text) -> markdown (blocks) -> html
//!                                                                      -> docx  (drawings as PNG)
//!                                                                      -> pdf   (typst, drawings as SVG)
//! ```
//!
//! Nothing here reads the store or a clock: the same input gives the same bytes. Only [`Fonts`] looks at the system, once.

mod arranged;
mod block;
pub mod context;
mod docx;
mod escape;
mod figures;
mod fonts;
mod html;
mod lettering;
mod markdown;
mod pdf;
mod picture;
mod template;
#[cfg(test)]
mod tests;
mod widths;

use citygauge_indicators::{Language, Text};
use serde::Serialize;

pub use self::block::{Align, Block, Column, Run, Style, Table};
pub use self::figures::{Figure, Figures};
pub use self::fonts::{FontFault, Fonts};
pub use self::template::TemplateFault;

/// The template of the report of a city that ships with the service.
#[must_use]
pub fn city_template(language: Language) -> &'static str {
    language.pick(include_str!("../templates/city.zh.md"), include_str!("../templates/city.en.md"))
}

/// The template of the report of a round that ships with the service.
#[must_use]
pub fn round_template(language: Language) -> &'static str {
    language.pick(include_str!("../templates/round.zh.md"), include_str!("../templates/round.en.md"))
}

/// The layout of the PDF that ships with the service, a typst program.
pub const LAYOUT: &str = include_str!("../templates/report.typ");

/// The look of the HTML that ships with the service.
pub const LOOK: &str = include_str!("../templates/report.css");

/// What a document says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// The language it is written in.
    pub language: Language,
    /// Who evaluates, the author of the document.
    pub author: String,
    /// The day it was made, as year, month and day.
    pub date: (i32, u8, u8),
    /// What stands at the top of every page, such as the city and the period.
    pub running: String,
    /// What identifies the document, such as the address of its assessment; the PDF carries a digest of it.
    pub identifier: String,
}

impl About {
    /// The same without characters that have no place in a document.
    fn clean(&self) -> Self {
        let [author, running, identifier] = [&self.author, &self.running, &self.identifier].map(|text| escape::clean(text));
        Self { author, running, identifier, ..*self }
    }
}

/// A report, ready to be written in any form.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    blocks: Vec<Block>,
    notes: Vec<Vec<Run>>,
    figures: Figures,
}

/// What keeps a document from being written.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// No font has some of the characters.
    #[error(transparent)]
    Fonts(#[from] FontFault),
    /// The layout of the PDF is at fault, each fault with its line.
    #[error("the layout has {} faults, the first: {}", .0.len(), .0.first().map(|fault| fault.message.get(Language::En)).unwrap_or_default())]
    Layout(Vec<TemplateFault>),
    /// A drawing cannot be read.
    #[error("the figure {name} cannot be drawn: {reason}")]
    Figure {
        /// The name of the drawing.
        name: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The file could not be put together.
    #[error("the document could not be written: {0}")]
    Written(String),
}

impl DocumentError {
    /// The sentence for a reader, in both languages.
    #[must_use]
    pub fn text(&self) -> Text {
        match self {
            Self::Fonts(fault) => fault.text(),
            Self::Layout(faults) => {
                let first = faults.first().map(|fault| fault.message.clone()).unwrap_or_default();
                let line = faults.first().and_then(|fault| fault.line).map_or(String::new(), |line| format!(" {line}"));
                Text::both(
                    format!("PDF 版式程序有误（第{line} 行）：{}", first.get(Language::Zh)),
                    format!("The layout of the PDF is at fault (line{line}): {}", first.get(Language::En)),
                )
            }
            Self::Figure { name, reason } => {
                Text::both(format!("图“{name}”无法绘制：{reason}"), format!("The figure {name} cannot be drawn: {reason}"))
            }
            Self::Written(reason) => {
                Text::both(format!("文件无法生成：{reason}"), format!("The document could not be written: {reason}"))
            }
        }
    }
}

impl Document {
    /// Fills in a template and reads what it came to. Every fault of the template that was found is given back.
    pub fn from_template(template: &str, context: &impl Serialize, figures: &Figures) -> Result<Self, Vec<TemplateFault>> {
        let filled = template::fill(template, context, figures)?;
        let tree = markdown::read(&filled, figures)?;
        let mut shown = Figures::new();
        block::each_figure(&tree.blocks, &mut |name| {
            if let Some(figure) = figures.get(name) {
                shown.insert(name.to_owned(), Figure { alt: escape::clean(&figure.alt), ..figure.clone() });
            }
        });
        Ok(Self { blocks: tree.blocks, notes: tree.notes, figures: shown })
    }

    /// The parts of the document, in the order of reading.
    #[must_use]
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// The title: the first heading of level 1.
    #[must_use]
    pub fn title(&self) -> String {
        let titles = self.blocks.iter().find_map(|block| match block {
            Block::Heading { level: 1, runs, .. } => Some(block::text(runs)),
            _ => None,
        });
        titles.unwrap_or_default()
    }

    /// One HTML file that needs no other: `look` is its style sheet, drawings are within it, and there is no script.
    #[must_use]
    pub fn html(&self, about: &About, look: &str) -> String {
        html::write(self, &about.clean(), look)
    }

    /// A DOCX file; drawings become pictures, for which `fonts` must have every character.
    pub fn docx(&self, about: &About, fonts: &Fonts) -> Result<Vec<u8>, DocumentError> {
        docx::write(self, &about.clean(), fonts)
    }

    /// A PDF file as `layout`, a typst program, sets it; `fonts` must have every character.
    pub fn pdf(&self, about: &About, fonts: &Fonts, layout: &str) -> Result<Vec<u8>, DocumentError> {
        pdf::write(self, &about.clean(), fonts, layout)
    }

    /// Every text that a reader sees, without that of drawings.
    fn texts(&self, visit: &mut impl FnMut(&str)) {
        let mut lines = |runs: &[Run]| {
            for run in runs {
                if let Run::Text { text, .. } = run {
                    visit(text);
                }
            }
        };
        block::each_line(&self.blocks, &mut |runs| lines(runs));
        self.notes.iter().for_each(|note| lines(note));
    }
}
