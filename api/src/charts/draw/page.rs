//! The frame that all charts share: title, what it shows, legend, picture, remarks.

use maud::{Markup, PreEscaped, html};

use super::hatch::Hatch;
use super::label::{LEADING, Label, SIZE};
use super::legend::{self, Entry};
use super::number::N;
use super::{Style, Theme};

/// The width of most pictures: the text width of a printed page, at ten points and more.
pub(super) const WIDTH: f64 = 760.0;

/// Blank around everything.
pub(super) const MARGIN: f64 = 24.0;

/// Fonts that browsers, word processors and renderers find; Chinese first, for its Latin letters are narrow.
const FONTS: &str = "system-ui, 'Noto Sans CJK SC', 'Noto Sans SC', 'Microsoft YaHei', 'PingFang SC', 'Noto Sans', sans-serif";

const TITLE: f64 = 18.0;
const NOTE: f64 = 13.0;

/// The most lines that a remark may have.
const REMARK_LINES: usize = 4;

/// A picture before its document: everything but the marks.
#[derive(Debug, Clone)]
pub(super) struct Page {
    /// What the ids of the document begin with, as in `radar-zh-light-811c9dc5`.
    chart: String,
    title: String,
    note: String,
    width: f64,
    /// What the signs mean.
    pub legend: Vec<Entry>,
    /// What the reader must know besides, such as what was left out for want of room.
    pub remarks: Vec<String>,
    /// How missing values look.
    pub hatch: Hatch,
}

impl Page {
    /// A page of the common width. `kind` is the chart in ids, `note` says what is drawn.
    pub fn new(kind: &str, title: &str, note: &str, style: Style) -> Self {
        let theme = match style.theme {
            Theme::Light => "light",
            Theme::Dark => "dark",
        };
        let chart = format!("{kind}-{}-{theme}-{:08x}", style.say("zh", "en"), fingerprint(title));
        let hatch = Hatch::new(&chart);
        let (title, note) = (title.trim().to_owned(), note.to_owned());
        Self { chart, title, note, width: WIDTH, legend: Vec::new(), remarks: Vec::new(), hatch }
    }

    /// The same page, wider.
    pub fn wide(self, width: f64) -> Self {
        Self { width, ..self }
    }

    /// The same page in which missing values are explained with these words.
    pub fn with_missing(mut self, text: &str, style: Style) -> Self {
        self.legend.push(self.hatch.entry(text, style));
        self
    }

    /// The document around marks that were drawn with the origin at their upper left, over the whole width.
    pub fn document(&self, style: Style, height: f64, marks: Markup) -> Markup {
        let palette = style.palette();
        let inner = self.width - 2.0 * MARGIN;
        let (head, below) = self.head(style, inner);
        let (signs, legend_height) = legend::rows(&self.legend, MARGIN, below, inner, style);
        let top = below + legend_height + if self.legend.is_empty() { 0.0 } else { 10.0 };
        let (foot, bottom) = self.foot(style, inner, top + height);
        let total = bottom + MARGIN - 6.0;
        let named = [self.title.as_str(), self.note.trim()].into_iter().find(|text| !text.is_empty());
        let title = named.unwrap_or(style.say("图", "Chart"));
        let document = html! {
            svg xmlns="http://www.w3.org/2000/svg" viewBox={ "0 0 " (N(self.width)) " " (N(total)) } width=(N(self.width))
                height=(N(total)) role="img" aria-labelledby={ (self.chart) "-title " (self.chart) "-desc" }
                lang=(style.language.tag()) xml:lang=(style.language.tag()) font-family=(FONTS) {
                title id={ (self.chart) "-title" } { (title) }
                desc id={ (self.chart) "-desc" } { (self.description(style)) }
                (self.hatch.definition(style))
                rect width=(N(self.width)) height=(N(total)) fill=(palette.ground) {}
                (head)
                (signs)
                g transform={ "translate(0 " (N(top)) ")" } { (marks) }
                (foot)
            }
        };
        well_formed(document)
    }

    /// The same frame around a note that there is nothing to show.
    pub fn empty(&self, style: Style, note: &str) -> Markup {
        let palette = style.palette();
        let (left, right) = (MARGIN, self.width - MARGIN);
        let marks = html! {
            (super::shapes::rect((left, 8.0), (right, 168.0), palette.panel, None))
            (Label::at(self.width / 2.0, 92.0, palette.quiet).size(14.0).middle().fitted(note, right - left - 24.0))
        };
        Self { legend: Vec::new(), remarks: Vec::new(), ..self.clone() }.document(style, 172.0, marks)
    }

    fn head(&self, style: Style, inner: f64) -> (Markup, f64) {
        let palette = style.palette();
        let title = Label::at(MARGIN, MARGIN + TITLE * 0.9, palette.text).size(TITLE).bold();
        let title_lines = title.lines(&self.title, inner, 2).len() as f64;
        let note_y = MARGIN + title_lines * TITLE * LEADING + NOTE;
        let note = Label::at(MARGIN, note_y, palette.quiet).size(NOTE);
        let note_lines = note.lines(&self.note, inner, 3).len() as f64;
        let drawn = html! { (title.wrapped(&self.title, inner, 2)) (note.wrapped(&self.note, inner, 3)) };
        (drawn, note_y + (note_lines - 1.0) * NOTE * LEADING + 16.0)
    }

    fn foot(&self, style: Style, inner: f64, top: f64) -> (Markup, f64) {
        let mut y = top + if self.remarks.is_empty() { 0.0 } else { 8.0 };
        let mut drawn = Vec::new();
        for remark in &self.remarks {
            let label = Label::at(MARGIN, y + SIZE, style.palette().quiet);
            drawn.push(label.wrapped(remark, inner, REMARK_LINES));
            y += label.lines(remark, inner, REMARK_LINES).len() as f64 * SIZE * LEADING + 3.0;
        }
        (html! { @for remark in drawn { (remark) } }, y)
    }

    fn description(&self, style: Style) -> String {
        let mut parts = vec![self.note.clone()];
        parts.extend(self.remarks.iter().cloned());
        let text = parts.join(style.say("；", " "));
        if text.trim().is_empty() { style.say("没有说明", "No description").to_owned() } else { text }
    }
}

/// Without the characters that no XML document may hold, not even escaped (XML 1.0, production 2).
fn well_formed(document: Markup) -> Markup {
    let is_allowed =
        |character: char| matches!(character, '\t' | '\n' | '\r' | ' '..) && !matches!(character, '\u{fffe}' | '\u{ffff}');
    let text = document.into_string();
    if text.chars().all(is_allowed) { PreEscaped(text) } else { PreEscaped(text.chars().filter(|&it| is_allowed(it)).collect()) }
}

/// Tells pictures of one kind apart in a page (FNV-1a, 32 bits).
fn fingerprint(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_that_xml_does_not_know_are_left_out() {
        let page = Page::new("radar", "a\u{0}b\u{b}c\u{ffff}", "", Style::default());
        let document = page.document(Style::default(), 10.0, html! {}).into_string();
        assert!(document.contains(">abc<"));
    }

    #[test]
    fn pictures_that_differ_in_title_or_style_have_different_ids() {
        let ids = |title, theme| Page::new("radar", title, "", Style { theme, ..Style::default() }).hatch.fill();
        assert_ne!(ids("a", Theme::Light), ids("b", Theme::Light));
        assert_ne!(ids("a", Theme::Light), ids("a", Theme::Dark));
    }
}
