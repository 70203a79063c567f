//! The annotated copy of an uploaded workbook: what was sent, with every fault in its cell and a list of all of them.
//!
//! The archive is edited, not made anew: cells with a fault get a colour and a note, a sheet with the list is added, and
//! every other part goes over as it is, so that formats, formulas, drop-downs and other sheets stay. What is edited
//! streams from one archive to the other; nothing is held but the marks, the styles and the copy itself.
//!
//! ```text
//! faults -> marks (sheet, cell) -> sheet (colours, missing cells) -> styles, notes, list, relationships -> copy
//! ```

mod listing;
mod marks;
mod notes;
mod parts;
mod sheet;
mod styles;
#[cfg(test)]
mod tests;
mod xml;

use std::io::{Cursor, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};

use citygauge_indicators::{Fault, Language};
use citygauge_openapi as wire;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use self::marks::Marks;
use self::parts::Changes;
use self::styles::Styles;
use crate::intake::ArchiveLimits;
use crate::intake::xlsx::archive;
use crate::intake::xlsx::package::Package;

/// The largest workbook that is annotated, in bytes.
pub const MAX_BYTES: u64 = 32 << 20;

/// Faults that the copy shows; the rest stand in the list of the import only.
pub const MAX_FAULTS: usize = 50_000;

/// Cells that get a note; beyond it they have their colour and their line in the list.
const MAX_NOTES: usize = 5_000;

/// The writer of the copy.
type Copy = ZipWriter<Cursor<Vec<u8>>>;

/// The faults of a workbook, and how many there are.
#[derive(Debug, Clone, Copy)]
pub struct Findings<'f> {
    /// Those that are shown, in one language.
    pub faults: &'f [wire::Fault],
    /// How many there are, shown or not.
    pub total: u64,
    /// The language of the list.
    pub language: Language,
}

/// The annotated copy of a workbook.
///
/// # Errors
/// The fault of a file that is no workbook, is damaged, or unpacks to more than is read.
pub fn annotated(bytes: &[u8], findings: Findings<'_>) -> Result<Vec<u8>, Box<Fault>> {
    archive::check(bytes, &ArchiveLimits::default())?;
    // The reader adds and subtracts cell references unchecked; a hostile one must not end the service.
    catch_unwind(AssertUnwindSafe(|| copy(bytes, findings))).unwrap_or_else(|_| Err(archive::damaged()))
}

fn copy(bytes: &[u8], findings: Findings<'_>) -> Result<Vec<u8>, Box<Fault>> {
    let mut package = Package::open(bytes)?;
    let marks = Marks::place(bytes, findings.faults)?;
    let mut styles = Styles::of(&mut package)?;
    let mut changes = Changes::of(&mut package)?;
    let mut copy: Copy = ZipWriter::new(Cursor::new(Vec::new()));
    let mut notes_left = MAX_NOTES;
    for part in package.sheets.clone() {
        let Some(cells) = marks.of(&part.name) else { continue };
        changes.begin(&mut copy, &part.path)?;
        let drawing = sheet::annotate(package.part(&part.path)?, &mut copy, cells, &mut styles)?;
        let noted = cells.iter().take(notes_left);
        notes_left -= noted.len();
        notes::add(&mut package, &mut copy, &mut changes, &part.path, drawing, noted, findings)?;
    }
    let list = changes.add_sheet(&mut package, findings.language.pick("错误清单", "faults"))?;
    changes.begin(&mut copy, &list)?;
    listing::write(&mut copy, findings, &marks, &styles).map_err(|_| archive::damaged())?;
    styles.write(&mut package, &mut copy, &mut changes)?;
    changes.write(&mut package, &mut copy)?;
    for place in 0..package.archive.len() {
        let entry = package.archive.by_index_raw(place).map_err(|_| archive::damaged())?;
        let name = entry.name().map_err(|_| archive::damaged())?.into_owned();
        if !changes.holds(&name) {
            copy.raw_copy_file(entry).map_err(|_| archive::damaged())?;
        }
    }
    Ok(copy.finish().map_err(|_| archive::damaged())?.into_inner())
}

/// Begins a part of the copy.
fn begin(copy: &mut Copy, path: &str) -> Result<(), Box<Fault>> {
    copy.start_file(path, SimpleFileOptions::default()).map_err(|_| archive::damaged())
}

/// Writes a part of the copy as a whole.
fn put(copy: &mut Copy, path: &str, text: &str) -> Result<(), Box<Fault>> {
    begin(copy, path)?;
    copy.write_all(text.as_bytes()).map_err(|_| archive::damaged())
}
