//! Workbooks as people make them and as attackers do.

use std::io::{Cursor, Write};

use citygauge_indicators::Language;
use rust_xlsxwriter::{ExcelDateTime, Format as CellFormat, Formula, Workbook};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::super::observations::ReadObservation;
use super::super::observations::tests::{places, read_as};
use super::super::{Format, Reading};

fn read(bytes: &[u8]) -> Reading<ReadObservation> {
    read_as(bytes, Format::Xlsx)
}

fn header(sheet: &mut rust_xlsxwriter::Worksheet, row: u32) {
    sheet.write_row(row, 1, ["city", "period", "item", "value"]).expect("written");
}

#[test]
fn the_sheet_called_observations_is_read_below_its_first_row_that_is_not_empty() {
    let mut workbook = Workbook::new();
    workbook.add_worksheet().write_string(0, 0, "read me").expect("written");
    let sheet = workbook.add_worksheet().set_name("observations").expect("a name");
    header(sheet, 2);
    for (row, item) in (4..).zip(["gdp", "open"]) {
        sheet.write_row(row, 1, ["hz"]).expect("written");
        sheet.write_number(row, 2, 2026.0).expect("written");
        sheet.write_string(row, 3, item).expect("written");
    }
    sheet.write_number(4, 4, 0.1 + 0.2).expect("written");
    sheet.write_boolean(5, 4, true).expect("written");
    let read = read(&workbook.save_to_buffer().expect("saved"));
    assert_eq!(read.faults.0, []);
    let rows: Vec<_> = read.rows.iter().map(|row| (row.row, row.period.to_string(), row.value.clone())).collect();
    let number = |value| Some(citygauge_indicators::Value::Number(value));
    assert_eq!(rows, [(5, "2026".into(), number(0.1 + 0.2)), (6, "2026".into(), number(1.0))]);
}

/// A workbook of sheets, each with its name, the cells of its rows, and whether it is hidden.
fn book(sheets: &[(&str, &[&[&str]], bool)]) -> Vec<u8> {
    let mut workbook = Workbook::new();
    for (name, rows, hidden) in sheets {
        let sheet = workbook.add_worksheet().set_name(*name).expect("a name");
        sheet.set_hidden(*hidden);
        for (row, cells) in (0..).zip(*rows) {
            sheet.write_row(row, 1, cells.iter().copied()).expect("written");
        }
    }
    workbook.save_to_buffer().expect("saved")
}

const HEADER: &[&str] = &["city", "period", "item", "value"];

/// Each finding as its code and sheet.
fn sheets_of(read: &Reading<ReadObservation>) -> Vec<(&str, &str)> {
    read.faults.0.iter().map(|fault| (fault.code, fault.sheet.as_deref().unwrap_or_default())).collect()
}

#[test]
fn sheets_that_begin_with_a_header_are_one_table_and_each_fault_names_its_sheet() {
    let read = read(&book(&[
        ("2025", &[HEADER, &["hz", "2025", "gdp", "1"], &["hz", "2025", "gdp", "2"]], false),
        ("notes", &[&["a remark"], &["another"]], false),
        ("wide", &[&["city", "period", "share", "open"], &["hz", "2025", "7", "yes"], &["nb", "2025", "101", ""]], false),
        ("empty", &[], false),
        ("2026", &[HEADER, &["hz", "2026", "gdp", "3"], &["hz", "2025", "gdp", "4"], &["hz", "2025", "share", "4"]], false),
    ]));
    let found: Vec<_> =
        read.faults.0.iter().map(|fault| (fault.code, fault.sheet.as_deref().unwrap_or_default(), fault.row)).collect();
    assert_eq!(
        found,
        [
            ("file.sheet_skipped", "notes", None),
            ("observation.duplicate", "2025", Some(3)),
            ("observation.out_of_range", "wide", Some(3)),
            ("observation.duplicate", "2026", Some(3)),
            ("observation.duplicate", "2026", Some(4)),
        ]
    );
    assert!(read.faults.0[3].message.get(Language::En).ends_with("row 2025!2"), "{:?}", read.faults.0[3].message);
    assert!(read.faults.0[4].message.get(Language::En).ends_with("row wide!2"), "{:?}", read.faults.0[4].message);
    let rows: Vec<_> = read.rows.iter().map(|row| (row.sheet.as_deref().unwrap_or_default(), row.row)).collect();
    assert_eq!(rows, [("2025", 2), ("wide", 2), ("wide", 2), ("2026", 2)]);
    assert_eq!((read.faults_total, read.warnings_total, read.refused, read.rows_total), (4, 1, false, 7));
}

#[test]
fn no_sheet_is_picked_or_passed_over_in_silence() {
    let sound: &[&[&str]] = &[HEADER, &["hz", "2026", "gdp", "1"]];
    let remarks: &[&[&str]] = &[&["read me"]];
    for (sheets, findings) in [
        (&[("x", sound, false), ("about", sound, false)][..], &[][..]),
        (&[("about", sound, false)], &[]),
        (&[("x", sound, false), ("empty", &[], false), ("old", sound, true)], &[("file.hidden_sheet", "old")]),
        (&[("x", sound, false), ("observations", sound, true)], &[("file.hidden_sheet", "observations")]),
        (&[("observations", sound, false), ("read me", remarks, false)], &[]),
        (&[("observations", sound, false), ("more", sound, false)], &[("file.sheet_skipped", "more")]),
    ] {
        let read = read(&book(sheets));
        assert_eq!((sheets_of(&read), read.rows.len(), read.is_sound()), (findings.to_vec(), 1, true), "{sheets:?}");
    }
    let none = read(&book(&[("a", remarks, false), ("b", remarks, false)]));
    assert_eq!((sheets_of(&none), none.refused), (vec![("file.several_sheets", "")], true));
    let hidden = read(&book(&[("a", &[], false), ("b", sound, true)]));
    assert_eq!(sheets_of(&hidden), [("file.hidden_sheet", "b"), ("file.empty", "a")]);
}

#[test]
fn a_sheet_and_the_row_of_its_header_may_be_chosen() {
    let rows: &[&[&str]] = &[&["A title"], &["of two rows"], HEADER, &["hz", "2026", "gdp", "1"]];
    let bytes = book(&[("x", &[HEADER, &["nb", "2026", "gdp", "1"]], false), ("y", rows, true)]);
    let choose = |sheet: Option<&str>, header_row| {
        let set = super::super::observations::tests::set();
        let limits = super::super::Limits::default();
        let options = super::super::observations::ObservationOptions::default();
        let rows = super::super::observations::rows_for_tests(&set, &options);
        let mut feed = super::super::feed::Feed::new(rows, &limits);
        super::read(&bytes, &super::Choice { usual: "observations", sheet, header_row }, &mut feed);
        let total = feed.rows_total;
        let found = feed.findings.finish(None);
        (found.faults.0.iter().map(|fault| fault.code).collect::<Vec<_>>(), total)
    };
    assert_eq!(choose(Some("y"), 3), (vec!["file.hidden_sheet"], 1));
    assert_eq!(choose(Some("y"), 1), (vec!["file.hidden_sheet", "file.header"], 0));
    assert_eq!(choose(Some("z"), 1), (vec!["file.no_such_sheet"], 0));
    assert_eq!(choose(None, 1), (vec!["file.hidden_sheet"], 1));
}

#[test]
fn merged_cells_are_one_fault_with_their_range_and_withhold_their_rows() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet().set_name("数据").expect("a name");
    let format = CellFormat::new();
    header(sheet, 0);
    for row in 1..=6 {
        sheet.write_row(row, 1, ["hz", &format!("20{row:02}"), "gdp", "1"]).expect("written");
    }
    sheet.merge_range(2, 1, 4, 1, "hz", &format).expect("merged");
    sheet.merge_range(5, 8, 6, 9, "", &format).expect("merged");
    let read = read(&workbook.save_to_buffer().expect("saved"));
    assert_eq!(places(&read.faults.0), [("file.merged_cells", 3, "")]);
    assert_eq!((read.faults.0[0].value.as_deref(), read.faults.0[0].sheet.as_deref()), (Some("B3:B5"), Some("数据")));
    assert_eq!((read.rows_total, read.rows_faulty, read.refused), (6, 3, false));
    assert_eq!(read.rows.iter().map(|row| row.row).collect::<Vec<_>>(), [2, 6, 7]);

    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.merge_range(0, 1, 0, 4, "A title", &format).expect("merged");
    header(sheet, 1);
    sheet.write_row(2, 1, ["hz", "2026", "gdp", "1"]).expect("written");
    let titled = self::read(&workbook.save_to_buffer().expect("saved"));
    assert_eq!((places(&titled.faults.0), titled.refused), (vec![("file.merged_cells", 1, "")], true));
}

#[test]
fn hidden_rows_and_columns_and_links_to_other_workbooks_are_said() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    header(sheet, 0);
    for row in 1..=4 {
        sheet.write_row(row, 1, ["hz", &format!("20{row:02}"), "gdp"]).expect("written");
        sheet.write_formula(row, 4, Formula::new("=1+1").set_result("2")).expect("written");
    }
    sheet.write_formula(3, 4, Formula::new("='[1]Last year'!B2").set_result("5")).expect("written");
    sheet.write_formula(4, 4, Formula::new("=[1]x!B2").set_result("5")).expect("written");
    for row in [2, 3, 9] {
        sheet.set_row_hidden(row).expect("hidden");
    }
    sheet.set_column_hidden(2).expect("hidden");
    let read = read(&workbook.save_to_buffer().expect("saved"));
    let said = [("file.hidden_columns", 1, ""), ("file.hidden_rows", 3, ""), ("file.external_reference", 4, "E")];
    assert_eq!(places(&read.faults.0), said);
    assert_eq!(read.faults.0[0].value.as_deref(), Some("period"));
    assert!(read.faults.0[1].message.get(Language::En).starts_with("2 hidden rows"));
    assert_eq!(read.faults.0[2].value.as_deref(), Some("='[1]Last year'!B2"));
    assert_eq!((read.is_sound(), read.rows.len(), read.warnings_total), (true, 4, 3));
}

#[test]
fn a_workbook_with_a_password_is_told_from_an_old_one() {
    let compound = |name: &str| {
        let mut bytes = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec();
        bytes.resize(1_024, 0);
        bytes.extend(name.encode_utf16().flat_map(u16::to_le_bytes));
        bytes.resize(4_096, 0);
        bytes
    };
    assert_eq!(codes(&compound("EncryptedPackage")), ["file.password"]);
    let old = read(&compound("Workbook"));
    assert_eq!(places(&old.faults.0), [("file.unreadable", 0, "")]);
    assert!(old.faults.0[0].message.get(Language::En).contains("XLS"));
}

#[test]
fn what_a_spreadsheet_hides_is_reported_with_sheet_row_and_column() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet().set_name("数据").expect("a name");
    header(sheet, 0);
    let date = CellFormat::new().set_num_format("yyyy-mm");
    let day = ExcelDateTime::from_ymd(2026, 9, 1).expect("a day");
    for row in 1..=5 {
        sheet.write_row(row, 1, ["hz", &format!("20{row:02}"), "gdp"]).expect("written");
    }
    sheet.write_datetime_with_format(1, 2, &day, &date).expect("written");
    sheet.write_number(1, 4, 1.0).expect("written");
    sheet.write_formula(2, 4, Formula::new("=1/0").set_result("#DIV/0!")).expect("written");
    sheet.write_datetime_with_format(3, 4, &day, &date).expect("written");
    sheet.write_string(4, 4, "1,200").expect("written");
    sheet.write_number(5, 4, 1.0).expect("written");
    sheet.write_number(5, 30, 1.0).expect("written");
    let read = read(&workbook.save_to_buffer().expect("saved"));
    assert_eq!(
        places(&read.faults.0),
        [
            ("period.invalid", 2, "period"),
            ("cell.error", 3, "value"),
            ("observation.not_a_number", 4, "value"),
            ("observation.not_a_number", 5, "value"),
            ("file.ragged_row", 6, "AE"),
        ]
    );
    assert!(read.faults.0.iter().all(|fault| fault.sheet.as_deref() == Some("数据")));
    assert_eq!(read.faults.0[0].value.as_deref(), Some("2026-09-01"));
}

/// A workbook whose single sheet holds `data` and whose shared strings are `strings`.
pub(crate) fn workbook_of(data: &str, strings: &str) -> Vec<u8> {
    let sheet = format!("<worksheet><dimension ref=\"A1:XFD1048576\"/><sheetData>{data}</sheetData></worksheet>");
    let relationship = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let parts = [
        (
            "_rels/.rels",
            format!(
                "<Relationships><Relationship Id=\"a\" Type=\"{relationship}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        ("xl/workbook.xml", "<workbook><sheets><sheet name=\"s\" sheetId=\"1\" r:id=\"b\"/></sheets></workbook>".into()),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                "<Relationships><Relationship Id=\"b\" Type=\"{relationship}/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>"
            ),
        ),
        ("xl/sharedStrings.xml", strings.to_owned()),
        ("xl/worksheets/sheet1.xml", sheet),
    ];
    archive_of(&parts.map(|(name, text)| (name.to_owned(), text.into_bytes())))
}

fn archive_of(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        zip.start_file(name.as_str(), SimpleFileOptions::default()).expect("begun");
        zip.write_all(bytes).expect("written");
    }
    zip.finish().expect("finished").into_inner()
}

pub(crate) fn inline(place: &str, text: &str) -> String {
    format!("<c r=\"{place}\" t=\"inlineStr\"><is><t>{text}</t></is></c>")
}

fn header_row() -> String {
    let cells = ["A", "B", "C", "D"].into_iter().zip(["city", "period", "item", "value"]);
    format!("<row r=\"1\">{}</row>", cells.map(|(column, name)| inline(&format!("{column}1"), name)).collect::<String>())
}

fn codes(bytes: &[u8]) -> Vec<&'static str> {
    read(bytes).faults.0.iter().map(|fault| fault.code).collect()
}

#[test]
fn a_lone_cell_in_the_farthest_corner_costs_nothing() {
    let far = format!("{}<row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row>", header_row());
    assert_eq!(places(&read(&workbook_of(&far, "<sst></sst>")).faults.0), [("file.ragged_row", 1_048_576, "XFD")]);
    let beyond = format!("{}<row r=\"4000000000\"><c r=\"A4000000000\"><v>1</v></c></row>", header_row());
    assert_eq!(codes(&workbook_of(&beyond, "<sst></sst>")), ["file.unreadable"]);
    let overflow = format!("{}<row r=\"2\"><c r=\"ZZZZZZZZZ99999999999\"><v>1</v></c></row>", header_row());
    assert_eq!(codes(&workbook_of(&overflow, "<sst></sst>")), ["file.unreadable"]);
    let backwards = format!("{}<row r=\"1\"><c r=\"A1\"><v>1</v></c></row>", header_row());
    assert_eq!(codes(&workbook_of(&backwards, "<sst></sst>")), ["file.unreadable"]);
}

#[test]
fn a_formula_that_was_never_calculated_is_no_empty_cell() {
    let row = |number: u32, value: &str| {
        let cells = [("A", "hz"), ("B", "2026"), ("C", ["gdp", "share"][number as usize - 2])];
        let cells: String = cells.map(|(column, text)| inline(&format!("{column}{number}"), text)).concat();
        format!("<row r=\"{number}\">{cells}<c r=\"D{number}\" {value}</c></row>")
    };
    let sheet = [header_row(), row(2, "><f>1+1</f>"), row(3, "t=\"str\"><f>IF(1,\"\")</f><v></v>")].concat();
    let read = read(&workbook_of(&sheet, "<sst></sst>"));
    assert_eq!(places(&read.faults.0), [("cell.error", 2, "value")]);
    assert_eq!(read.rows[0].status, citygauge_indicators::Status::Missing);
}

#[test]
fn announced_strings_reserve_no_memory() {
    let row = header_row();
    assert_eq!(codes(&workbook_of(&row, "<sst uniqueCount=\"9999999999999\"></sst>")), ["file.unreadable"]);
    assert_eq!(codes(&workbook_of(&row, "<sst uniqueCount=\"4\"></sst>")), ["file.no_rows"]);
}

#[test]
fn an_archive_that_unpacks_to_too_much_is_refused_before_it_is_read() {
    let part = |name: &str, bytes: usize| (name.to_owned(), vec![b' '; bytes]);
    assert_eq!(codes(&archive_of(&[part("xl/worksheets/sheet1.xml", 64 << 20)])), ["file.archive"]);
    assert_eq!(codes(&archive_of(&(0..2_001).map(|i| part(&i.to_string(), 0)).collect::<Vec<_>>())), ["file.archive"]);
    assert_eq!(codes(&archive_of(&[part("xl/styles.xml", 5 << 20)])), ["file.archive"]);
    let noise: Vec<u8> = (0..900_000_u32).flat_map(|i| (i.wrapping_mul(2_654_435_761) >> 7).to_le_bytes()).collect();
    let strings = [noise, b"<si/>".repeat(2_000_000)].concat();
    assert_eq!(codes(&archive_of(&[("xl/sharedStrings.xml".into(), strings.clone())])), ["file.unreadable"]);
    let tags: Vec<u8> = strings.into_iter().map(|byte| byte.max(b'!')).collect();
    let limits = super::super::ArchiveLimits { max_shared_strings_tags: 1_000_000, ..Default::default() };
    let fault = super::archive::check(&archive_of(&[("xl/sharedStrings.xml".into(), tags)]), &limits).expect_err("too many");
    assert_eq!(fault.code, "file.archive");
}

#[test]
fn an_archive_that_lies_about_its_sizes_is_refused() {
    let mut bytes = workbook_of(&header_row(), "<sst></sst>");
    let real = u32::try_from("<sst></sst>".len()).expect("small").to_le_bytes();
    let lied = 5_u32.to_le_bytes();
    let name = b"xl/sharedStrings.xml";
    let places: Vec<usize> = (0..bytes.len() - name.len()).filter(|at| bytes[*at..].starts_with(name)).collect();
    // The size stands before the name, 8 bytes in the local header and 22 in the central directory.
    for (place, before) in places.into_iter().zip([8, 22]) {
        assert_eq!(bytes[place - before..place - before + 4], real);
        bytes[place - before..place - before + 4].copy_from_slice(&lied);
    }
    assert_eq!(codes(&bytes), ["file.unreadable"]);
}

#[test]
fn what_is_no_workbook_is_refused() {
    for bytes in [&b""[..], b"city,period,item,value\n", b"PK\x03\x04", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"] {
        assert_eq!(codes(bytes), ["file.unreadable"]);
    }
    assert_eq!(codes(&archive_of(&[("a.txt".into(), b"a".to_vec())])), ["file.unreadable"]);
}
