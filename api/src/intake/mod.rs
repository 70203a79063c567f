//! Reads table files into typed rows, with every fault at once and nothing mended in silence.
//!
//! Bytes go in, a [`Reading`] comes out; there is no database, no network and no clock here. A format
//! ([`Format`]) cuts its file into rows of cells, the feed checks what every table has in common, and
//! [`observations`] or [`cities`] give the cells their meaning:
//!
//! ```text
//! bytes -> csv | json | xlsx | parquet -> feed (header, bounds, ragged rows) -> mapping -> observations | cities -> Reading
//! ```
//!
//! Whatever the format, a whole number in a column of text is read as its digits, and text in a column of
//! numbers is read as CSV would be; anything else that has the wrong type is a fault. A row without any
//! value is no row. Files may be hostile: see [`Limits`].
//!
//! To add a format: a module with a `read` that calls `Feed::header` once and `Feed::row` for each row, and its
//! lines in [`Format`] and `Source::feed`.

pub(crate) mod cell;
pub mod cities;
mod csv;
mod encoding;
mod feed;
pub(crate) mod findings;
mod format;
#[cfg(test)]
mod fuzz;
mod json;
mod limits;
pub mod mapping;
pub mod observations;
mod parquet;
pub(crate) mod xlsx;

use citygauge_indicators::{Fault, Faults};

pub use encoding::Encoding;
use feed::{Feed, Rows};
use findings::Found;
pub use format::Format;
pub(crate) use format::{SDMX_CSV, is_sdmx};
pub use limits::{ArchiveLimits, Limits};

/// The form of a table of observations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shape {
    /// A row per city, period and item.
    Long,
    /// A row per city and period, a column per item.
    Wide,
    /// SDMX-CSV: long, with the columns of that standard.
    SdmxCsv,
}

/// What a file says, and what is wrong with it.
#[derive(Debug, Clone)]
pub struct Reading<T> {
    /// The sound rows, in the order of the file; none where [`Reading::refused`].
    pub rows: Vec<T>,
    /// What is wrong and what is warned of, in the order of the file.
    pub faults: Faults,
    /// How many faults there are; more than are listed only beyond [`Limits::max_faults`]. Warnings do not count.
    pub faults_total: u64,
    /// How many warnings there are beside the faults; they withhold no row. Listed up to the same bound.
    pub warnings_total: u64,
    /// Rows below the header, sound or not; blank ones do not count.
    pub rows_total: u64,
    /// Rows with a fault.
    pub rows_faulty: u64,
    /// Whether a fault concerns the file as a whole (its header, its encoding), so that skipping rows mends nothing.
    pub refused: bool,
    /// The encoding in which a text file was read.
    pub encoding: Option<Encoding>,
    /// The form of a table of observations, where it was recognised.
    pub shape: Option<Shape>,
}

impl<T> Reading<T> {
    fn new<R: Rows>(
        rows: Vec<T>,
        feed: Feed<'_, R>,
        file: Option<&str>,
        encoding: Option<Encoding>,
        shape: Option<Shape>,
    ) -> Self {
        let (rows_total, rows_faulty) = (feed.rows_total, feed.rows_faulty);
        let Found { faults, faults_total, warnings_total, refused } = feed.findings.finish(file);
        let rows = if refused { Vec::new() } else { rows };
        Self { rows, faults, faults_total, warnings_total, rows_total, rows_faulty, refused, encoding, shape }
    }

    /// Whether nothing is wrong with the file; there may be warnings.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.faults_total == 0
    }
}

/// A file to be read.
struct Source<'b> {
    bytes: &'b [u8],
    format: Format,
    declared: Option<Encoding>,
    /// The sheet of a workbook and the key of a JSON document that hold the table.
    name: &'static str,
    /// `name` as a JSON pointer.
    pointer: &'static str,
}

impl Source<'_> {
    /// Feeds the file and answers in which encoding a text file was read.
    fn feed<R: Rows>(&self, feed: &mut Feed<'_, R>) -> Option<Encoding> {
        if let Some(fault) = locked(self.bytes) {
            feed.findings.whole(fault);
            return None;
        }
        let encoding = match self.format {
            Format::Xlsx => {
                let choice = xlsx::Choice { usual: self.name, sheet: feed.place.sheet, header_row: feed.place.header_row };
                xlsx::read(self.bytes, &choice, feed);
                None
            }
            Format::Parquet => {
                parquet::read(self.bytes, feed);
                None
            }
            Format::Csv | Format::Json | Format::NdJson => self.feed_text(feed),
        };
        feed.end();
        encoding
    }

    fn feed_text<R: Rows>(&self, feed: &mut Feed<'_, R>) -> Option<Encoding> {
        if let Some(fault) = disguised(self.bytes) {
            feed.findings.whole(fault);
            return None;
        }
        // RFC 8259 knows JSON in UTF-8 only.
        let declared = if self.format == Format::Csv { self.declared } else { Some(Encoding::Utf8) };
        let (text, encoding) = match encoding::decode(self.bytes, declared) {
            Ok(decoded) => decoded,
            Err(fault) => {
                feed.findings.whole(fault);
                return None;
            }
        };
        match self.format {
            Format::Json => json::read_array(&text, self.name, self.pointer, feed),
            Format::NdJson => json::read_lines(&text, feed),
            Format::Csv | Format::Xlsx | Format::Parquet => csv::read(&text, feed),
        }
        Some(encoding)
    }
}

/// The fault of a workbook with a password: an OLE container that holds the encrypted one.
fn locked(bytes: &[u8]) -> Option<Fault> {
    let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let is_container = bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]);
    // The directory of such a container stands at either end of it.
    let (head, tail) = (&bytes[..bytes.len().min(1 << 20)], &bytes[bytes.len().saturating_sub(1 << 20)..]);
    let holds = |part: &[u8]| part.windows(name.len()).any(|window| window == name);
    (is_container && (holds(head) || holds(tail))).then(|| {
        Fault::error("file.password", "文件有密码保护，无法读取", "the file is protected by a password and cannot be read")
            .hint("请去掉密码后重新保存并上传", "save it without a password and send it again")
    })
}

/// The fault of a file that is not the text it was sent as.
fn disguised(bytes: &[u8]) -> Option<Fault> {
    let (what, hint) = match bytes {
        [b'P', b'K', 3 | 5, 4 | 6, ..] => ("XLSX / ZIP", ("请以 XLSX 格式发送", "send it as XLSX")),
        [0xD0, 0xCF, 0x11, 0xE0, ..] => ("XLS", ("请另存为 .xlsx 或 CSV", "save it as .xlsx or CSV")),
        [b'P', b'A', b'R', b'1', ..] => ("Parquet", ("请以 Parquet 格式发送", "send it as Parquet")),
        [b'%', b'P', b'D', b'F', ..] => ("PDF", ("请发送表格文件", "send a table")),
        _ => return None,
    };
    let fault = Fault::error("file.format", format!("文件内容是 {what}，不是文本"), format!("the content is {what}, not text"));
    Some(fault.value(what).hint(hint.0, hint.1))
}
