//! CSV after RFC 4180, strictly.
//!
//! The usual readers mend in silence: text after a closing quote is glued on, a quote that never closes
//! swallows the rest of the file, a short row is padded. Here each of these is a fault of its row, and
//! fields are borrowed from the text unless they hold a doubled quote. Lines end in LF, CRLF or CR.

use citygauge_indicators::Fault;

use super::cell::Cell;
use super::feed::{Feed, Rows};
use super::mapping::sdmx_delimiter;

/// Feeds the records of a CSV text.
pub(crate) fn read<R: Rows>(text: &str, feed: &mut Feed<'_, R>) {
    let delimiter = feed.place.delimiter.or_else(|| sdmx_delimiter(text)).unwrap_or(b',');
    let mut records = Records { text, at: 0, longest: feed.limits.max_line_bytes, delimiter };
    // A file with too many rows is refused before any of them takes up memory.
    let most = feed.limits.max_rows.saturating_add(feed.place.header_row + feed.place.skip_below);
    if ends_of_lines(text) > most && records_up_to(text, &records, most + 1) > most {
        return feed.too_many_rows();
    }
    let mut cells: Vec<Cell<'_>> = Vec::new();
    let mut number = 0;
    loop {
        number += 1;
        cells.clear();
        let go_on = match records.next(&mut cells) {
            Record::End => break,
            Record::Blank => true,
            Record::Cells | Record::Broken(_) if !feed.has_header() && number < feed.place.header_row => true,
            Record::Cells if feed.has_header() => feed.row(number, &mut cells),
            Record::Cells => header(&cells, number, feed),
            Record::Broken(fault) if feed.has_header() => feed.broken_row(number, fault),
            Record::Broken(fault) | Record::Unclosed(fault) => {
                feed.findings.whole(fault.row(number));
                false
            }
        };
        if !go_on {
            break;
        }
    }
}

/// How many lines end in a text; where fields are quoted, more than it has records.
fn ends_of_lines(text: &str) -> u64 {
    text.bytes().filter(|byte| ends_line(*byte)).count() as u64
}

/// How many records a text has that hold anything, counted up to a bound.
fn records_up_to(text: &str, like: &Records<'_>, bound: u64) -> u64 {
    let mut records = Records { text, at: 0, ..*like };
    let mut cells = Vec::new();
    let mut count = 0;
    while count < bound {
        cells.clear();
        count += match records.next(&mut cells) {
            Record::End | Record::Unclosed(_) => return count,
            Record::Blank => 0,
            Record::Cells => u64::from(!cells.iter().all(Cell::is_empty)),
            Record::Broken(_) => 1,
        };
    }
    count
}

fn header<R: Rows>(cells: &[Cell<'_>], number: u64, feed: &mut Feed<'_, R>) -> bool {
    let names: Vec<String> = cells.iter().map(Cell::header_text).collect();
    if let [name] = names.as_slice()
        && let Some(separator) = [',', ';', '\t', '，', '|'].into_iter().find(|separator| name.contains(*separator))
    {
        let named = if separator == '\t' { "TAB".to_owned() } else { separator.to_string() };
        feed.findings.whole(
            Fault::error(
                "file.header",
                format!("列以“{named}”分隔，而不是逗号"),
                format!("the columns are separated by '{named}', not by commas"),
            )
            .row(number)
            .value(name)
            .hint("请另存为逗号分隔的 CSV", "save the file as comma-separated CSV"),
        );
        return false;
    }
    let named_in = vec![number; names.len()];
    feed.header(names, named_in)
}

enum Record {
    Cells,
    /// An empty line.
    Blank,
    /// Not a record; reading goes on with the next line.
    Broken(Fault),
    /// Not a record, and where the next one begins cannot be told.
    Unclosed(Fault),
    End,
}

#[derive(Clone, Copy)]
struct Records<'t> {
    text: &'t str,
    at: usize,
    longest: usize,
    delimiter: u8,
}

impl<'t> Records<'t> {
    fn next(&mut self, cells: &mut Vec<Cell<'t>>) -> Record {
        let bytes = self.text.as_bytes();
        let start = self.at;
        if start == bytes.len() {
            return Record::End;
        }
        if ends_line(bytes[start]) {
            self.skip_line_end();
            return Record::Blank;
        }
        let limit = bytes.len().min(start.saturating_add(self.longest));
        loop {
            if self.at > limit {
                self.skip_line();
                return Record::Broken(too_long(self.longest));
            }
            if bytes.get(self.at) == Some(&b'"') {
                match self.quoted(limit) {
                    Ok(cell) => cells.push(cell),
                    Err(()) => return self.unclosed(start, limit),
                }
                if self.at < bytes.len() && bytes[self.at] != self.delimiter && !ends_line(bytes[self.at]) {
                    self.skip_line();
                    return Record::Broken(text_after_quote());
                }
            } else {
                let rest = &bytes[self.at..limit];
                let length = rest.iter().position(|byte| *byte == self.delimiter || ends_line(*byte)).unwrap_or(rest.len());
                let end = self.at + length;
                if end == limit && limit < bytes.len() {
                    self.skip_line();
                    return Record::Broken(too_long(self.longest));
                }
                cells.push(Cell::text(&self.text[self.at..end]));
                self.at = end;
            }
            if bytes.get(self.at) == Some(&self.delimiter) {
                self.at += 1;
            } else {
                self.skip_line_end();
                return Record::Cells;
            }
        }
    }

    /// Reads a quoted field and stops behind its closing quote.
    fn quoted(&mut self, limit: usize) -> Result<Cell<'t>, ()> {
        let bytes = self.text.as_bytes();
        let start = self.at + 1;
        let mut doubled = false;
        let mut at = start;
        loop {
            let rest = bytes.get(at..limit).ok_or(())?;
            at += rest.iter().position(|byte| *byte == b'"').ok_or(())?;
            if bytes.get(at + 1) == Some(&b'"') {
                doubled = true;
                at += 2;
                continue;
            }
            self.at = at + 1;
            let field = &self.text[start..at];
            return Ok(if doubled { Cell::text(field.replace("\"\"", "\"")) } else { Cell::text(field) });
        }
    }

    /// A field whose quote does not close before the limit: one long line, or a quote that was never closed.
    fn unclosed(&mut self, start: usize, limit: usize) -> Record {
        let bytes = self.text.as_bytes();
        if limit < bytes.len() && !bytes[start..limit].iter().any(|byte| ends_line(*byte)) {
            self.skip_line();
            return Record::Broken(too_long(self.longest));
        }
        self.at = bytes.len();
        Record::Unclosed(
            Fault::error(
                "file.unclosed_quote",
                "引号没有闭合，其后内容无法读取",
                "a quote is never closed; what follows cannot be read",
            )
            .hint("请补上引号；引号本身写作 \"\"", "close the quote; a quote inside a field is written \"\""),
        )
    }

    fn skip_line(&mut self) {
        let rest = &self.text.as_bytes()[self.at..];
        self.at += rest.iter().position(|byte| ends_line(*byte)).unwrap_or(rest.len());
        self.skip_line_end();
    }

    fn skip_line_end(&mut self) {
        let rest = &self.text.as_bytes()[self.at..];
        self.at += match rest {
            [b'\r', b'\n', ..] => 2,
            [] => 0,
            _ => 1,
        };
    }
}

fn ends_line(byte: u8) -> bool {
    byte == b'\n' || byte == b'\r'
}

/// The fault of a line, record or object that is longer than is read.
pub(crate) fn too_long(longest: usize) -> Fault {
    Fault::error("file.line_too_long", format!("该行超过 {longest} 字节"), format!("the line is longer than {longest} bytes"))
        .expected(format!("<= {longest}"))
        .hint("请检查是否缺少换行", "check whether line breaks are missing")
}

fn text_after_quote() -> Fault {
    Fault::error("file.quote", "闭合引号之后还有文本", "there is text after a closing quote")
        .hint("引号本身写作 \"\"，并给整个字段加引号", "a quote inside a field is written \"\", with the whole field in quotes")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(text: &str, longest: usize) -> Vec<Result<Vec<String>, &'static str>> {
        let mut records = Records { text, at: 0, longest, delimiter: b',' };
        let mut all = Vec::new();
        loop {
            let mut cells = Vec::new();
            match records.next(&mut cells) {
                Record::End => return all,
                Record::Blank => all.push(Ok(Vec::new())),
                Record::Cells => all.push(Ok(cells.iter().map(Cell::shown).collect())),
                Record::Broken(fault) | Record::Unclosed(fault) => all.push(Err(fault.code)),
            }
        }
    }

    fn sound(rows: &[&[&str]]) -> Vec<Result<Vec<String>, &'static str>> {
        rows.iter().map(|row| Ok(row.iter().map(|&cell| cell.to_owned()).collect())).collect()
    }

    #[test]
    fn fields_are_quoted_as_rfc_4180_says_and_lines_end_in_any_way() {
        let text = "a,\"b,\"\"c\"\"\",\r\n\rd,\"e\nf\",5\" g\n\n,";
        assert_eq!(records(text, 100), sound(&[&["a", "b,\"c\"", ""], &[], &["d", "e\u{FFFD}f", "5\" g"], &[], &["", ""]]));
    }

    #[test]
    fn text_after_a_closing_quote_is_a_fault_of_that_row_only() {
        assert_eq!(records("\"a\"b,c\nd,e", 100)[0], Err("file.quote"));
        assert_eq!(records("\"a\"b,c\nd,e", 100)[1..], sound(&[&["d", "e"]]));
    }

    #[test]
    fn a_quote_that_never_closes_ends_the_reading() {
        assert_eq!(records("a,b\n\"c,d\ne,f\n", 100)[1..], [Err("file.unclosed_quote")]);
    }

    #[test]
    fn a_long_line_is_a_fault_of_that_row_only() {
        let long = format!("{}\nd,e\n\"{}\"\nf,g", "x,".repeat(50), "y".repeat(100));
        let read = records(&long, 20);
        assert_eq!((&read[0], &read[2]), (&Err("file.line_too_long"), &Err("file.line_too_long")));
        assert_eq!((&read[1], &read[3]), (&sound(&[&["d", "e"]])[0], &sound(&[&["f", "g"]])[0]));
    }
}
