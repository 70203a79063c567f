//! The DOCX: headings, captions, lists and footnotes as Word knows them, so that an office can go on writing.

mod parts;
mod runs;
mod tables;

use citygauge_indicators::Language;
use docx_rs::{
    AbstractNumbering, BreakType, Docx, FieldCharType, Footer, Header, Hyperlink, HyperlinkType, IndentLevel, InstrNUMPAGES,
    InstrPAGE, InstrText, Level, LevelJc, LevelOverride, LevelSuffixType, LevelText, NumberFormat, Numbering, NumberingId,
    PageMargin, Paragraph, Pic, SpecialIndentType, Start,
};

use self::parts::Beyond;
use super::block::{Block, Run, text};
use super::fonts::Fonts;
use super::{About, Document, DocumentError, picture};

/// A4 and its margins, in twentieths of a point.
const PAGE: (u32, u32) = (11_906, 16_838);
const MARGIN: PageMargin = PageMargin { top: 1500, left: 1360, bottom: 1360, right: 1360, header: 720, footer: 640, gutter: 0 };

/// The width of the text.
const WIDTH: u32 = PAGE.0 - 2 * 1360;

/// The largest drawing, in the units of drawings: the width of the text, and 15 cm.
const DRAWING: (f64, f64) = (WIDTH as f64 * 635.0, 5_400_000.0);

/// A pixel of a drawing, in the units of drawings.
const PIXEL: f64 = 9525.0;

/// The numberings that every file has; those of lists follow. The crate keeps the first one for itself.
const HEADINGS: usize = 2;
const BULLETS: usize = 3;
const NUMBERS: usize = 4;

/// Writes a document as DOCX.
pub(super) fn write(document: &Document, about: &About, fonts: &Fonts) -> Result<Vec<u8>, DocumentError> {
    for figure in document.figures.values() {
        fonts.check(&figure.svg)?;
    }
    let mut writer = Writer::new(document, about.language, fonts);
    let mut docx = writer.frame(about);
    docx = writer.blocks(docx, &document.blocks, Place::default())?;
    for (numbering, start) in &writer.lists {
        docx = docx.add_numbering(Numbering::new(*numbering, NUMBERS).add_override(LevelOverride::new(0).start(*start)));
    }
    docx.document_rels.has_numberings = true;
    parts::pack(docx.build(), &writer.beyond, &document.title(), about)
}

/// Where blocks stand.
#[derive(Debug, Clone, Copy, Default)]
struct Place {
    /// Within a remark.
    remark: bool,
    /// The numbering of the list and the depth in it.
    list: Option<(usize, usize)>,
}

struct Writer<'d> {
    document: &'d Document,
    language: Language,
    fonts: &'d Fonts,
    beyond: Beyond,
    /// The numberings of lists with numbers, and where each starts.
    lists: Vec<(usize, usize)>,
    paragraphs: u32,
    bookmarks: usize,
    links: usize,
    /// The next paragraph starts a page.
    breaks: bool,
    /// The block being written stands right before a table or a drawing.
    leads: bool,
}

impl<'d> Writer<'d> {
    fn new(document: &'d Document, language: Language, fonts: &'d Fonts) -> Self {
        let beyond = Beyond { drawings: Vec::new(), headed: Vec::new() };
        Self {
            document,
            language,
            fonts,
            beyond,
            lists: Vec::new(),
            paragraphs: 0,
            bookmarks: 0,
            links: 0,
            breaks: false,
            leads: false,
        }
    }

    /// A paragraph in a style; the crate would number them across documents.
    fn paragraph(&mut self, style: &str) -> Paragraph {
        self.paragraphs += 1;
        let paragraph = Paragraph::new().id(format!("{:08x}", self.paragraphs)).style(style);
        paragraph.page_break_before(std::mem::take(&mut self.breaks))
    }

    /// Room below a table or a remark; Word would join two of them that touch.
    fn gap(&mut self) -> Paragraph {
        self.paragraph("Gap")
    }

    /// An empty document with its page, what stands on every page, and its numberings.
    fn frame(&mut self, about: &About) -> Docx {
        let running = self.paragraph("Header").add_run(docx_rs::Run::new().add_text(&about.running));
        let blank = self.paragraph("Normal");
        let numbers = |paragraph: Paragraph| {
            let (before, between, after) = self.language.pick(("第 ", " 页　共 ", " 页"), ("Page ", " of ", ""));
            let said = |text: &str| docx_rs::Run::new().add_text(text);
            let paragraph = with_field(paragraph.add_run(said(before)), InstrText::PAGE(InstrPAGE {}), "1", |run| run);
            let paragraph = with_field(paragraph.add_run(said(between)), InstrText::NUMPAGES(InstrNUMPAGES {}), "1", |run| run);
            paragraph.add_run(said(after))
        };
        let (first, other) = (self.paragraphs + 1, self.paragraphs + 2);
        self.paragraphs += 2;
        let footer = |id: u32| Footer::new().add_paragraph(numbers(Paragraph::new().id(format!("{id:08x}")).style("Footer")));
        let docx = Docx::new()
            .page_size(PAGE.0, PAGE.1)
            .page_margin(MARGIN)
            .first_header(Header::new().add_paragraph(blank))
            .first_footer(footer(first))
            .header(Header::new().add_paragraph(running))
            .footer(footer(other))
            .title_pg();
        numberings().into_iter().fold(docx, |docx, (numbering, kind)| {
            docx.add_abstract_numbering(kind).add_numbering(Numbering::new(numbering, numbering))
        })
    }

    fn blocks(&mut self, docx: Docx, blocks: &'d [Block], place: Place) -> Result<Docx, DocumentError> {
        let mut docx = docx;
        for (order, block) in blocks.iter().enumerate() {
            self.leads = blocks.get(order + 1).is_some_and(|next| matches!(next, Block::Table(_) | Block::Figure { .. }));
            // Only the first paragraph of an item carries its mark.
            docx = self.block(docx, block, place, order == 0)?;
        }
        Ok(docx)
    }

    fn block(&mut self, docx: Docx, block: &'d Block, place: Place, first: bool) -> Result<Docx, DocumentError> {
        Ok(match block {
            Block::Heading { level, number, runs, .. } => docx.add_paragraph(self.heading(*level, number.as_deref(), runs)),
            Block::Paragraph { runs } => docx.add_paragraph(self.text(runs, place, first)),
            Block::Remark { blocks } => {
                let docx = self.blocks(docx, blocks, Place { remark: true, ..place })?;
                docx.add_paragraph(self.gap())
            }
            Block::List { start, items } => self.list(docx, *start, items, place)?,
            Block::Table(table) => self.table(docx, table),
            Block::Figure { name, number, caption } => self.figure(docx, name, *number, caption)?,
            Block::Contents => self.contents(docx),
            Block::PageBreak => {
                self.breaks = true;
                docx
            }
        })
    }

    fn heading(&mut self, level: u8, number: Option<&str>, runs: &'d [Run]) -> Paragraph {
        let style = match level {
            1 => "Title",
            2 => "Heading1",
            3 => "Heading2",
            _ => "Heading3",
        };
        let mut paragraph = self.paragraph(style);
        if let Some(number) = number {
            paragraph = paragraph.numbering(NumberingId::new(HEADINGS), IndentLevel::new(number.matches('.').count()));
        }
        self.bookmarks += 1;
        let bookmark = self.bookmarks;
        let paragraph = paragraph.add_bookmark_start(bookmark, bookmark_name(bookmark));
        self.runs(paragraph, runs).add_bookmark_end(bookmark)
    }

    fn text(&mut self, runs: &'d [Run], place: Place, first: bool) -> Paragraph {
        let paragraph = match place {
            Place { list: Some((numbering, depth)), .. } => {
                let paragraph = self.paragraph("ListParagraph");
                if first {
                    paragraph.numbering(NumberingId::new(numbering), IndentLevel::new(depth))
                } else {
                    paragraph.indent(Some(indent(depth)), None, None, None)
                }
            }
            Place { remark: true, .. } => self.paragraph("Remark"),
            Place { .. } => self.paragraph("BodyText"),
        };
        // What leads to a table or a drawing stays with it, unless it is long.
        let leads = self.leads && text(runs).chars().count() < 300;
        self.runs(paragraph.keep_next(leads), runs)
    }

    fn list(&mut self, docx: Docx, start: Option<u64>, items: &'d [Vec<Block>], place: Place) -> Result<Docx, DocumentError> {
        let depth = place.list.map_or(0, |(_, depth)| (depth + 1).min(2));
        let numbering = match start {
            None => BULLETS,
            Some(start) => {
                let numbering = NUMBERS + 1 + self.lists.len();
                self.lists.push((numbering, usize::try_from(start).unwrap_or(1)));
                numbering
            }
        };
        items.iter().try_fold(docx, |docx, item| self.blocks(docx, item, Place { list: Some((numbering, depth)), ..place }))
    }

    fn figure(&mut self, docx: Docx, name: &str, number: usize, caption: &'d [Run]) -> Result<Docx, DocumentError> {
        let Some(figure) = self.document.figures.get(name) else { return Ok(docx) };
        let drawn = picture::draw(name, figure, self.fonts)?;
        let scale = (DRAWING.0 / (figure.width * PIXEL)).min(DRAWING.1 / (figure.height * PIXEL)).min(1.0);
        let units = |pixels: f64| (pixels * PIXEL * scale).round().clamp(1.0, DRAWING.0) as u32;
        let id = format!("rIdImage{}", self.beyond.drawings.len() + 1);
        let pic =
            Pic::new_with_dimensions(drawn.png, drawn.width, drawn.height).id(id).size(units(figure.width), units(figure.height));
        self.beyond.drawings.push(figure.alt.clone());
        let drawing = self.paragraph("Drawing").add_run(docx_rs::Run::new().add_image(pic));
        let words = self.language.pick("图", "Figure");
        let caption = self.caption("Caption", words, "Figure", number, caption);
        Ok(docx.add_paragraph(drawing).add_paragraph(caption))
    }

    /// A caption whose number Word keeps count of.
    fn caption(&mut self, style: &str, word: &str, sequence: &str, number: usize, runs: &'d [Run]) -> Paragraph {
        let set = |run: docx_rs::Run| run.bold().color("1B4B82");
        let word = set(docx_rs::Run::new().add_text(format!("{word} ")));
        let counted = InstrText::Unsupported(format!("SEQ {sequence} \\* ARABIC"));
        let paragraph = with_field(self.paragraph(style).add_run(word), counted, &number.to_string(), set);
        let paragraph = paragraph.add_run(docx_rs::Run::new().add_text("\u{2002}"));
        self.runs(paragraph, runs)
    }

    /// The contents as a field of Word. It names no pages: only Word could count them, and would have to be asked to.
    fn contents(&mut self, docx: Docx) -> Docx {
        let title = self.language.pick("目录", "Contents");
        let heading = self.paragraph("ContentsHeading").add_run(docx_rs::Run::new().add_text(title));
        let mut entries: Vec<Paragraph> = Vec::new();
        let headings = self.document.blocks.iter().filter_map(|block| match block {
            Block::Heading { level, number, runs, .. } => Some((*level, number.as_deref(), text(runs))),
            _ => None,
        });
        for (place, (level, number, said)) in headings.enumerate().filter(|(_, (level, ..))| matches!(level, 2 | 3)) {
            let said = format!("{}\u{2002}{said}", number.unwrap_or_default());
            let anchor = Hyperlink::new(bookmark_name(place + 1), HyperlinkType::Anchor);
            let mut entry = self.paragraph(if level == 2 { "TOC1" } else { "TOC2" });
            if entries.is_empty() {
                let toc = InstrText::Unsupported("TOC \\o \"1-2\" \\n \\h \\z \\u".to_owned());
                let begin = docx_rs::Run::new().add_field_char(FieldCharType::Begin, false).add_instr_text(toc);
                entry = entry.add_run(begin.add_field_char(FieldCharType::Separate, false));
            }
            entries.push(entry.add_hyperlink(anchor.add_run(docx_rs::Run::new().add_text(said))));
        }
        if let Some(last) = entries.pop() {
            entries.push(last.add_run(docx_rs::Run::new().add_field_char(FieldCharType::End, false)));
        }
        entries.into_iter().fold(docx.add_paragraph(heading), Docx::add_paragraph)
    }
}

fn bookmark_name(bookmark: usize) -> String {
    format!("_Toc{bookmark:06}")
}

/// Adds a field with the result that is shown until Word counts again, set as `set` has it.
fn with_field(paragraph: Paragraph, instruction: InstrText, shown: &str, set: fn(docx_rs::Run) -> docx_rs::Run) -> Paragraph {
    let mark = |kind| docx_rs::Run::new().add_field_char(kind, false);
    let asked = docx_rs::Run::new().add_instr_text(instruction);
    let runs = [
        mark(FieldCharType::Begin),
        asked,
        mark(FieldCharType::Separate),
        docx_rs::Run::new().add_text(shown),
        mark(FieldCharType::End),
    ];
    runs.into_iter().fold(paragraph, |paragraph, run| paragraph.add_run(set(run)))
}

/// How far the text of a list stands in.
fn indent(depth: usize) -> i32 {
    i32::try_from(depth + 1).unwrap_or(1) * 380
}

fn numberings() -> Vec<(usize, AbstractNumbering)> {
    let level = |depth: usize, format: &str, text: &str| {
        Level::new(depth, Start::new(1), NumberFormat::new(format), LevelText::new(text), LevelJc::new("left"))
    };
    let hanging = |depth: usize| (Some(indent(depth)), Some(SpecialIndentType::Hanging(300)));
    let headings =
        ["%1", "%1.%2", "%1.%2.%3"].iter().enumerate().fold(AbstractNumbering::new(HEADINGS), |kind, (depth, text)| {
            let suffixed = level(depth, "decimal", text).suffix(LevelSuffixType::Space);
            kind.add_level(suffixed.indent(Some(0), Some(SpecialIndentType::FirstLine(0)), None, None))
        });
    let lists = |kind: usize, format: &str, texts: [&str; 3]| {
        texts.iter().enumerate().fold(AbstractNumbering::new(kind), |kind, (depth, text)| {
            let (left, special) = hanging(depth);
            kind.add_level(level(depth, format, text).indent(left, special, None, None))
        })
    };
    vec![
        (HEADINGS, headings),
        (BULLETS, lists(BULLETS, "bullet", ["•", "–", "·"])),
        (NUMBERS, lists(NUMBERS, "decimal", ["%1.", "%2.", "%3."])),
    ]
}

/// The end of a line within a paragraph.
fn line_break() -> docx_rs::Run {
    docx_rs::Run::new().add_break(BreakType::TextWrapping)
}
