//! The parts of a line: text in its style, links and marks of footnotes.

use docx_rs::{Footnote, Hyperlink, HyperlinkData, Paragraph};

use super::super::block::{Run, Style};
use super::parts::MARK;
use super::{Writer, line_break};

impl<'d> Writer<'d> {
    /// Adds runs to a paragraph.
    pub(super) fn runs(&mut self, paragraph: Paragraph, runs: &'d [Run]) -> Paragraph {
        runs.iter().fold(paragraph, |paragraph, run| match run {
            Run::Text { text, style, link: None } => paragraph.add_run(styled(text, *style)),
            Run::Text { text, style, link: Some(address) } => paragraph.add_hyperlink(self.link(text, *style, address)),
            Run::Note { note, again: false } => {
                let footnote = self.footnote(*note);
                paragraph.add_run(docx_rs::Run::new().add_footnote_reference(footnote))
            }
            Run::Note { note, again: true } => {
                paragraph.add_run(docx_rs::Run::new().style("FootnoteReference").add_text((note + 1).to_string()))
            }
            Run::Break => paragraph.add_run(line_break()),
        })
    }

    fn link(&mut self, text: &str, style: Style, address: &str) -> Hyperlink {
        self.links += 1;
        let link = HyperlinkData::External { rid: format!("rIdHyperlink{}", self.links), path: address.to_owned() };
        let shown = if style.code { styled(text, style) } else { styled(text, style).style("Hyperlink") };
        Hyperlink { link, history: None, children: Vec::new() }.add_run(shown)
    }

    /// A footnote: its mark, and what it says.
    fn footnote(&mut self, note: usize) -> Footnote {
        let document = self.document;
        let marked = self.paragraph("FootnoteText").add_run(docx_rs::Run::new().style("FootnoteReference").add_text(MARK));
        let spaced = marked.add_run(docx_rs::Run::new().add_text(" "));
        // A link of a footnote would belong to another part of the file, so its address is text there.
        let runs = document.notes.get(note).map(Vec::as_slice).unwrap_or_default();
        let content = runs.iter().fold(spaced, |paragraph, run| match run {
            Run::Text { text, style, .. } => paragraph.add_run(styled(text, *style)),
            Run::Break => paragraph.add_run(line_break()),
            Run::Note { .. } => paragraph,
        });
        Footnote { id: note + 1, content: vec![content] }
    }
}

/// Text in its style.
fn styled(text: &str, style: Style) -> docx_rs::Run {
    let mut run = docx_rs::Run::new().add_text(text);
    if style.code {
        run = run.style("Identifier");
    }
    if style.bold {
        run = run.bold();
    }
    if style.emphasis {
        run = run.italic();
    }
    run
}
