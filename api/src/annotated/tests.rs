//! Annotated copies of workbooks.

use citygauge_indicators::Severity;
use rust_xlsxwriter::{Format as CellFormat, Formula, Note, Workbook};

use super::*;
use crate::intake::observations::tests::read_as;
use crate::intake::xlsx::tests::{inline, workbook_of};
use crate::intake::{Format, Limits, xlsx::grid};

fn faults_of(bytes: &[u8], language: Language) -> Vec<wire::Fault> {
    read_as(bytes, Format::Xlsx).faults.0.iter().map(|fault| wire::Fault::new(fault, language)).collect()
}

fn annotate(bytes: &[u8], language: Language) -> Vec<u8> {
    let faults = faults_of(bytes, language);
    let findings = Findings { faults: &faults, total: faults.len() as u64, language };
    annotated(bytes, findings).expect("annotated")
}

fn part(bytes: &[u8], path: &str) -> String {
    Package::open(bytes).expect("a workbook").text(path).unwrap_or_else(|_| panic!("no {path}"))
}

/// A workbook with formats, a formula, a note of its own and two faults.
fn sent() -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet().set_name("数 据's").expect("a name");
    let bold = CellFormat::new().set_bold().set_background_color("#00FF00");
    sheet.write_row(0, 0, ["city", "period", "item", "value", "status"]).expect("written");
    sheet.write_row(1, 0, ["hz", "2026", "share"]).expect("written");
    sheet.write_number_with_format(1, 3, 101.0, &bold).expect("written");
    sheet.write_row(2, 0, ["hz", "2026", "gdp"]).expect("written");
    sheet.write_formula(2, 3, Formula::new("=1+1").set_result("2")).expect("written");
    sheet.write_row(3, 0, ["hz", "2025", "gdp"]).expect("written");
    sheet.write_string(3, 4, "reported").expect("written");
    sheet.insert_note(2, 3, &Note::new("mine")).expect("written");
    sheet.insert_note(1, 3, &Note::new("also mine")).expect("written");
    sheet.set_column_width(3, 33).expect("set");
    workbook.save_to_buffer().expect("saved")
}

#[test]
fn every_fault_is_marked_in_its_cell_and_listed_with_a_link_and_the_rest_stays() {
    let sent = sent();
    let copy = annotate(&sent, Language::En);
    let sheets = grid::sheets(&copy, &Limits::default()).expect("a sound workbook");
    assert_eq!(sheets.iter().map(|sheet| sheet.name.as_str()).collect::<Vec<_>>(), ["数 据's", "faults"]);
    assert_eq!(sheets[0], grid::sheets(&sent, &Limits::default()).expect("sound")[0]);
    let text = |row: &grid::Row| row.cells.iter().map(|(_, cell)| cell.as_ref().expect("sound").shown()).collect::<Vec<_>>();
    let listed: Vec<Vec<String>> = sheets[1].rows.iter().skip(2).map(text).collect();
    assert_eq!(listed.len(), 2);
    assert_eq!(listed[0][..4], ["error", "数 据's", "D2", "value"]);
    assert_eq!(listed[1][2], "D4");

    let sheet = part(&copy, "xl/worksheets/sheet1.xml");
    let style = |reference: &str| -> usize {
        let at = sheet.find(&format!("r=\"{reference}\"")).unwrap_or_else(|| panic!("no {reference}: {sheet}"));
        let element = &sheet[at..at + sheet[at..].find('>').expect("an end")];
        let style = element.split(" s=\"").nth(1).unwrap_or("0").split('"').next().expect("a number");
        style.parse().expect("a number")
    };
    let styles = part(&copy, "xl/styles.xml");
    let formats = styles.split("<cellXfs").nth(1).expect("formats").split("</cellXfs>").next().expect("an end");
    let formats: Vec<&str> = formats.split("<xf ").skip(1).collect();
    let fill = |reference: &str| -> usize {
        let number = formats[style(reference)].split("fillId=\"").nth(1).expect("a fill").split('"').next().expect("a number");
        number.parse().expect("a number")
    };
    let fills: Vec<&str> =
        styles.split("<fills").nth(1).expect("fills").split("</fills>").next().expect("an end").split("<fill>").skip(1).collect();
    assert!(fills[fill("D2")].contains("FFFFC7CE") && fills[fill("D4")].contains("FFFFC7CE"), "{styles}");
    assert!(!fills[fill("D3")].contains("FFFFC7CE"));
    assert!(formats[style("D2")].contains("fontId=\"1\""), "the bold of the cell stays: {}", formats[style("D2")]);
    assert!(sheet.contains("<f>1+1</f>") && sheet.contains("customWidth"));
    assert_eq!(sheet.matches("legacyDrawing").count(), 1);

    let notes = part(&copy, "xl/comments1.xml");
    assert!(notes.contains("also mine") && notes.contains("ref=\"D4\""), "{notes}");
    assert_eq!(notes.matches("ref=\"D2\"").count(), 1, "a cell keeps its own note");
    assert!(part(&copy, "xl/drawings/vmlDrawing1.vml").contains("<x:Row>3</x:Row>"));
    let list = part(&copy, "xl/worksheets/sheetCityGauge1.xml");
    assert!(list.contains("location=\"&apos;数 据&apos;&apos;s&apos;!D2\""), "{list}");
}

#[test]
fn a_copy_reads_back_with_the_same_faults_and_can_be_annotated_again() {
    let sent = sent();
    let copy = annotate(&sent, Language::Zh);
    assert_eq!(faults_of(&copy, Language::Zh), faults_of(&sent, Language::Zh));
    let again = annotate(&copy, Language::Zh);
    assert_eq!(faults_of(&again, Language::Zh), faults_of(&sent, Language::Zh));
    let names: Vec<_> = Package::open(&again).expect("a workbook").sheets.into_iter().map(|sheet| sheet.name).collect();
    assert_eq!(names, ["数 据's", "错误清单", "错误清单 (2)"]);
}

#[test]
fn a_workbook_without_formats_or_notes_is_annotated_too() {
    let header = ["city", "period", "item", "value"];
    let cells = |row: u32, texts: [&str; 4]| {
        let cells = ["A", "B", "C", "D"].into_iter().zip(texts).filter(|(_, text)| !text.is_empty());
        format!(
            "<row r=\"{row}\">{}</row>",
            cells.map(|(column, text)| inline(&format!("{column}{row}"), text)).collect::<String>()
        )
    };
    let sheet = [cells(1, header), cells(2, ["hz", "2026", "gdp", "a&lt;b"]), cells(3, ["", "2026", "gdp", "1"])].concat();
    let bytes = workbook_of(&sheet, "<sst></sst>");
    let copy = annotate(&bytes, Language::En);
    let sheet = part(&copy, "xl/worksheets/sheet1.xml");
    assert!(sheet.contains("<c r=\"A3\"/>") && sheet.contains("legacyDrawing"), "{sheet}");
    let notes = part(&copy, "xl/commentsCityGauge1.xml");
    assert!(notes.contains("ref=\"D2\"") && notes.contains("ref=\"A3\""), "{notes}");
    assert_eq!(faults_of(&copy, Language::En), faults_of(&bytes, Language::En));
}

#[test]
fn damaged_workbooks_are_refused_and_never_panic() {
    use rand::rngs::StdRng;
    use rand::{RngExt, SeedableRng};
    let sent = sent();
    let faults = faults_of(&sent, Language::En);
    let findings = Findings { faults: &faults, total: faults.len() as u64, language: Language::En };
    assert_eq!(annotated(b"PK", findings).expect_err("no archive").code, "file.unreadable");
    let mut random = StdRng::seed_from_u64(33);
    for _ in 0..200 {
        let mut bytes = sent.clone();
        for _ in 0..random.random_range(1..8) {
            let at = random.random_range(0..bytes.len());
            bytes[at] = random.random();
        }
        if let Err(fault) = annotated(&bytes, findings) {
            assert!(fault.is_error() && fault.severity == Severity::Error);
        }
    }
}

#[test]
fn faults_beyond_those_that_are_shown_are_counted() {
    let sent = sent();
    let faults = faults_of(&sent, Language::En);
    let copy = annotated(&sent, Findings { faults: &faults, total: 70_000, language: Language::En }).expect("annotated");
    assert!(part(&copy, "xl/worksheets/sheetCityGauge1.xml").contains("69998 more are not listed here"));
}
