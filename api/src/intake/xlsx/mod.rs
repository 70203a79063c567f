//! Workbooks: one sheet with a header in its first row that is not empty, or several; see `choose` for which.
//!
//! Cells are streamed, so a lone cell in the farthest corner costs nothing, and an archive is looked
//! through before the reader sees it. What a spreadsheet hides is said: a formula error, a formula that
//! was never calculated or takes its value from another workbook, a date where a number belongs, merged cells,
//! hidden sheets, rows and columns.

pub(crate) mod archive;
mod choose;
pub(crate) mod grid;
mod links;
pub(crate) mod look;
mod notices;
pub(crate) mod package;
mod sheet;
pub(crate) mod template;
#[cfg(test)]
pub(crate) mod tests;
mod value;

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{Reader, Xlsx, XlsxError};
use citygauge_indicators::Fault;

use self::look::Look;
use self::package::Package;
use self::value::unreadable;
use super::feed::{Feed, Rows};

/// Which sheets are read, and from where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Choice<'c> {
    /// The name that the sheet of such a table usually has.
    pub usual: &'c str,
    /// The only sheet that is read, hidden or not, where one was asked for.
    pub sheet: Option<&'c str>,
    /// The first row, counted from 1, that may be the header; the rows above are for people.
    pub header_row: u64,
}

/// Feeds the chosen sheets, one below the other.
pub(crate) fn read<R: Rows>(bytes: &[u8], choice: &Choice<'_>, feed: &mut Feed<'_, R>) {
    if let Err(fault) = archive::check(bytes, &feed.limits.archive) {
        return feed.findings.whole(fault);
    }
    // The reader adds and subtracts cell references unchecked; a hostile one must not end the service.
    let read = catch_unwind(AssertUnwindSafe(|| workbook(bytes, choice, feed)));
    match read {
        Ok(Ok(Ok(()))) => {}
        Ok(Ok(Err(fault))) => feed.findings.whole(fault),
        Ok(Err(error)) => feed.findings.whole(unreadable(&error.to_string())),
        Err(_) => feed.findings.whole(unreadable("")),
    }
}

fn workbook<R: Rows>(bytes: &[u8], choice: &Choice<'_>, feed: &mut Feed<'_, R>) -> Result<Result<(), Box<Fault>>, XlsxError> {
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes))?;
    let sheets = match choose::sheets(&mut workbook, choice, feed)? {
        Ok(sheets) => sheets,
        Err(fault) => return Ok(Err(fault)),
    };
    let mut package = match Package::open(bytes) {
        Ok(package) => package,
        Err(fault) => return Ok(Err(fault)),
    };
    feed.findings.several_sheets = sheets.len() > 1;
    for name in sheets {
        feed.findings.enter(&name);
        let path = package.sheet(&name).map(|sheet| sheet.path.clone());
        let look = path.ok_or_else(archive::damaged).and_then(|path| Look::at(&mut package, &path));
        let look = match look {
            Ok(look) => look,
            Err(fault) => return Ok(Err(fault)),
        };
        sheet::read(&mut workbook.worksheet_cells_reader(&name)?, &look, choice.header_row, feed)?;
    }
    Ok(Ok(()))
}
