//! The PDF: the tree as JSON, set by a typst program that reads it. No text of a report ever becomes a part of that program.

use std::collections::BTreeMap;

use serde_json::json;
use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::foundations::{Bytes, Datetime, Duration, Smart};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World, WorldExt};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

use super::fonts::{FontFault, Fonts};
use super::template::TemplateFault;
use super::{About, Document, DocumentError};

/// The program, the tree and the folder of the drawings, as the program sees them.
const PROGRAM: &str = "/report.typ";
const TREE: &str = "/report.json";
const DRAWINGS: &str = "/figures";

/// How many layouts a remembered part of typst's work outlives without being asked for again.
const REMEMBERED: usize = 4;

/// Sets a document with a layout.
pub(super) fn write(document: &Document, about: &About, fonts: &Fonts, layout: &str) -> Result<Vec<u8>, DocumentError> {
    check_characters(document, about, fonts)?;
    let desk = Desk::new(document, about, fonts, layout)?;
    let set = typst::compile::<PagedDocument>(&desk).output.map_err(|faults| desk.faults(&faults));
    let written = set.and_then(|set| export(&set, about).map_err(|faults| desk.faults(&faults)));
    typst::comemo::evict(REMEMBERED);
    written
}

/// Writes the file by the standard for accessible documents, or, where the layout or a template does not allow it, with tags only.
fn export(set: &PagedDocument, about: &About) -> Result<Vec<u8>, typst::ecow::EcoVec<SourceDiagnostic>> {
    let accessible = PdfStandards::new(&[PdfStandard::Ua_1]).expect("one standard does not contradict itself");
    let options = |standards| PdfOptions {
        ident: Smart::Custom(about.identifier.clone()),
        creator: Smart::Custom(Some("CityGauge".to_owned())),
        standards,
        ..PdfOptions::default()
    };
    typst_pdf::pdf(set, &options(accessible)).or_else(|_| typst_pdf::pdf(set, &options(PdfStandards::default())))
}

fn check_characters(document: &Document, about: &About, fonts: &Fonts) -> Result<(), FontFault> {
    let mut text = format!("{}{}", about.author, about.running);
    document.texts(&mut |part| text.push_str(part));
    // What is between the tags of a drawing is all that is not ASCII and needs a font.
    document.figures.values().for_each(|figure| text.extend(figure.svg.chars().filter(|character| !character.is_ascii())));
    fonts.check(&text)
}

/// What the program can reach: itself, the tree, the drawings and the fonts.
struct Desk<'f> {
    library: LazyHash<Library>,
    fonts: &'f Fonts,
    program: Source,
    files: BTreeMap<String, Bytes>,
}

impl<'f> Desk<'f> {
    fn new(document: &Document, about: &About, fonts: &'f Fonts, layout: &str) -> Result<Self, DocumentError> {
        let mut files = BTreeMap::new();
        let mut figures = serde_json::Map::new();
        for (place, (name, figure)) in document.figures.iter().enumerate() {
            // A name need not be one that a path can hold.
            let path = format!("{DRAWINGS}/{place}.svg");
            figures
                .insert(name.clone(), json!({ "path": path, "alt": figure.alt, "width": figure.width, "height": figure.height }));
            files.insert(path, Bytes::from_string(figure.svg.clone()));
        }
        let (year, month, day) = about.date;
        let tree = json!({
            "title": document.title(),
            "language": about.language.pick("zh", "en"),
            "author": about.author,
            "date": { "year": year, "month": month, "day": day },
            "running": about.running,
            "blocks": document.blocks,
            "notes": document.notes,
            "figures": figures,
            "fonts": fonts.families(),
        });
        let tree = serde_json::to_vec(&tree).map_err(|error| DocumentError::Written(error.to_string()))?;
        files.insert(TREE.to_owned(), Bytes::new(tree));
        let program = Source::new(file(PROGRAM), layout.to_owned());
        Ok(Self { library: LazyHash::new(Library::default()), fonts, program, files })
    }

    fn faults(&self, found: &[SourceDiagnostic]) -> DocumentError {
        let faults = found.iter().map(|fault| {
            let line = self.range(fault.span).and_then(|range| self.program.lines().byte_to_line(range.start));
            TemplateFault::new(line.map(|line| line + 1), fault.message.as_str(), fault.message.as_str())
        });
        DocumentError::Layout(faults.collect())
    }
}

fn file(path: &str) -> FileId {
    let path = VirtualPath::new(path).expect("the paths of the desk are written here");
    RootedPath::new(VirtualRoot::Project, path).intern()
}

impl World for Desk<'_> {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        self.fonts.book()
    }

    fn main(&self) -> FileId {
        self.program.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.program.id() { Ok(self.program.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        let found = self.files.iter().find(|(path, _)| file(path) == id);
        found.map(|(_, bytes)| bytes.clone()).ok_or(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.font(index)
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
