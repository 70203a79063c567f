//! Documents go into workbooks and come back; what is wrong with a workbook is told by cell.

use std::path::Path;

use calamine::{Reader, Xlsx};
use citygauge_indicators::{catalog, parse_strict};
use rust_xlsxwriter::Workbook;
use serde_json::{Value, json};

use super::*;

#[path = "../../../assessment/tests/reference"]
mod reference {
    pub mod random;
}

fn same(set: &IndicatorSet, what: &str) {
    for language in [Language::Zh, Language::En] {
        let bytes = workbook(set.document(), language).expect("written");
        let back = read(&bytes).unwrap_or_else(|faults| panic!("{what}:\n{faults}"));
        assert_eq!(back.document(), set.document(), "{what}");
        assert_eq!(back.digest(), set.digest(), "{what}");
    }
}

fn checked(document: &Value) -> IndicatorSet {
    SetDocument::check_value(document).unwrap_or_else(|faults| panic!("{faults}"))
}

#[test]
fn the_sets_of_the_catalog_come_back_as_they_went() {
    for entry in catalog::ENTRIES {
        same(&SetDocument::check_text(entry.document.as_bytes()).expect("a test checks every entry"), entry.code);
    }
}

#[test]
fn random_sets_come_back_as_they_went() {
    let cases = std::env::var("CITYGAUGE_AGREEMENT_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(60);
    for seed in 0..cases {
        same(&reference::random::case(seed).set, &format!("seed {seed}"));
    }
}

#[test]
fn the_examples_of_the_method_handbook_come_back_as_they_went() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/methods");
    let mut examples = 0;
    for page in std::fs::read_dir(folder).expect("the handbook").flatten() {
        let page = std::fs::read_to_string(page.path()).unwrap_or_default();
        for block in page.split("```json set\n").skip(1) {
            let text = block.split("```").next().unwrap_or_default();
            same(&checked(&parse_strict(text.as_bytes()).expect("JSON")), text);
            examples += 1;
        }
    }
    assert!(examples > 0);
}

#[test]
fn validation_rules_come_back_as_they_went_and_their_faults_are_told_by_cell() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/validation.md");
    let page = std::fs::read_to_string(page).expect("the page of the rules");
    let mut examples = 0;
    for block in page.split("```json set\n").skip(1) {
        let text = block.split("```").next().unwrap_or_default();
        let set = checked(&parse_strict(text.as_bytes()).expect("JSON"));
        assert!(!set.rules().is_empty());
        same(&set, text);
        examples += 1;
    }
    assert_eq!(examples, 6);
    for (severity, expected) in
        [("fatal", "rules 2 Severity set.wrong_word"), ("error", "rules 2 check.holds formula.unknown_item")]
    {
        let bytes = typed(&[
            ("set", SET),
            ("items", &[&["Code"], &["a"]]),
            ("nodes", &[&["Code", "Title (en)", "公式", "Rule"], &["A", "A", "a", "min_max"]]),
            ("rules", &[&["Code", "Severity", "check.rule", "check.holds"], &["R", severity, "formula", "a <= b"]]),
        ]);
        assert_eq!(places(&read(&bytes).expect_err("at fault")), [expected]);
    }
}

/// Everything that a spreadsheet is known to change, in one set.
fn awkward() -> Value {
    let leaf = |code: &str, scoring: Value| json!({"code": code, "title": {"en": "=1+1", "zh": " 甲 "}, "indicator": {"formula": "`001` * 1", "scoring": scoring}});
    json!({
        "code": "1.10", "version": "01", "title": {"en": "", "zh": "\"引\""}, "full_mark": 1e300,
        "basis": {"standard": "", "note": {"zh": "_x000D_\r\n换行"}},
        "derived_from": {"code": "b", "version": "1", "digest": "0".repeat(64)},
        "items": [
            {"code": "001", "min": 0.1, "max": 1e308, "unit": "1", "as_of": "10-31", "note": {"en": "TRUE"}},
            {"code": "1e5", "kind": "choice", "options": ["a|b", "是", "1.0"]},
            {"code": "ok", "kind": "boolean", "title": {"en": "+SUM(A1)", "zh": "@x"}}
        ],
        "nodes": [
            {"code": "TOTAL", "title": {"en": "T"}, "aggregation": {"method": "geometric", "floor": 0.1}, "note": {"en": "-"}},
            leaf("1.1", json!({"rule": "goalposts", "worst": 0.30000000000000004, "best": -5e-324, "clamp": false})),
            leaf("1.10", json!({"rule": "piecewise", "points": [[0, 0], [1e21, 5]]})),
            {"code": "0", "title": {"zh": "零"}, "indicator": {"formula": "`1e5`",
             "scoring": {"rule": "choice", "scores": {"a|b": 1, "是": 2.5, "1.0": 0}}}},
            {"code": "c", "title": {"zh": "x".repeat(40_000)}, "provenance": {},
             "indicator": {"scoring": {"rule": "checklist", "items": {"ok": 2}}}}
        ],
        "levels": {"bands": [{"code": "A", "from": 0}, {"code": "B", "from": 60, "title": {"zh": "乙"}}],
                   "gates": [{"level": "B", "require": [{"node": "1.10", "at_least": 0.5}, {"item": "001", "at_least": 3}]}]}
    })
}

#[test]
fn what_a_spreadsheet_changes_comes_back_as_it_went() {
    same(&checked(&awkward()), "awkward");
}

#[test]
fn nothing_in_a_workbook_is_a_formula_and_its_header_stays_in_view() {
    let bytes = workbook(checked(&awkward()).document(), Language::Zh).expect("written");
    let mut book: Xlsx<_> = Xlsx::new(std::io::Cursor::new(&bytes)).expect("a workbook");
    assert_eq!(book.sheet_names(), ["set", "items", "nodes", "levels", "notes"]);
    for name in book.sheet_names() {
        assert_eq!(book.worksheet_formula(&name).expect("a sheet").used_cells().count(), 0);
    }
    let nodes = book.worksheet_range("nodes").expect("a sheet");
    assert_eq!(nodes.get_value((0, 4)).map(ToString::to_string).as_deref(), Some("权重"));
    assert_eq!(nodes.get_value((2, 3)).map(ToString::to_string).as_deref(), Some("=1+1"));
}

/// The text of a member of a workbook's archive.
fn part(bytes: &[u8], name: &str) -> String {
    use std::io::Read as _;
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).expect("an archive");
    let mut text = String::new();
    archive.by_name(name).expect("it is there").read_to_string(&mut text).expect("text");
    text
}

#[test]
fn words_are_chosen_from_drop_downs_and_titles_are_explained() {
    let bytes = workbook(checked(&awkward()).document(), Language::En).expect("written");
    let nodes = part(&bytes, "xl/worksheets/sheet3.xml");
    for list in ["siblings,parent,total", "higher,lower,target", "TRUE,FALSE", "$A$2:$A$506"] {
        assert!(nodes.contains(list), "{list}");
    }
    for word in ["goalposts", "percentile_rank", "power", "benefit_of_the_doubt"] {
        assert!(nodes.contains(word), "{word}");
    }
    assert!(nodes.contains("state=\"frozen\"") && nodes.contains("<autoFilter"));
    assert!(part(&bytes, "xl/worksheets/sheet1.xml").contains("scores,points"));
    assert!(part(&bytes, "xl/comments2.xml").contains("1 unless given; 0 is shown but not counted"));
}

/// A workbook as a person might leave it: sheets of rows of cells.
fn typed(sheets: &[(&str, &[&[&str]])]) -> Vec<u8> {
    let mut book = Workbook::new();
    for (name, rows) in sheets {
        let sheet = book.add_worksheet().set_name(*name).expect("a name");
        for (row, cells) in (0_u32..).zip(*rows) {
            for (column, cell) in (0_u16..).zip(*cells) {
                match (cell.parse::<f64>(), *cell) {
                    (_, "") => continue,
                    (Ok(number), _) => sheet.write_number(row, column, number).expect("written"),
                    (_, "TRUE") => sheet.write_boolean(row, column, true).expect("written"),
                    (_, text) => sheet.write_string(row, column, text).expect("written"),
                };
            }
        }
    }
    book.save_to_buffer().expect("saved")
}

/// Sheet, row, column, pointer and code of every fault.
fn places(faults: &Faults) -> Vec<String> {
    let place = |fault: &Fault| {
        let (sheet, row) = (fault.sheet.clone().unwrap_or_default(), fault.row.unwrap_or_default());
        let (column, pointer) = (fault.column.clone().unwrap_or_default(), fault.pointer.clone().unwrap_or_default());
        format!("{sheet} {row} {column}{pointer} {}", fault.code)
    };
    faults.0.iter().map(place).collect()
}

const SET: &[&[&str]] = &[&["设置", "取值"], &["代码", "s"], &["version", "1"], &["Title (zh)", "体系"]];

#[test]
fn a_workbook_that_a_person_wrote_is_read_whatever_the_language_of_its_header() {
    let bytes = typed(&[
        ("set", SET),
        ("items", &[&["Code", "最小值"], &["1", "0"], &["b", ""]]),
        (
            "nodes",
            &[&["代码", "TITLE (ZH)", "indicator.formula", "Rule", "Worst", "best", "clamp"], &["1.10", "", "", "", "", "", ""]],
        ),
    ]);
    let faults = read(&bytes).expect_err("a code that lost its last digit, and no title");
    assert_eq!(places(&faults), ["nodes 2 代码 cell.not_text", "nodes 2 TITLE (ZH) set.missing_key"]);
    let bytes = typed(&[
        ("set", SET),
        ("items", &[&["Code", "最小值"], &["1", "0"]]),
        (
            "nodes",
            &[
                &["代码", "TITLE (ZH)", "indicator.formula", "Rule", "Worst", "最优值", "clamp"],
                &["A", "甲", "`1`", "goalposts", "0", "10", "TRUE"],
            ],
        ),
    ]);
    let bytes = bytes.clone();
    let set = read(&bytes).unwrap_or_else(|faults| panic!("{faults}"));
    assert_eq!((set.items()[0].code.as_str(), set.nodes().len()), ("1", 2));
}

#[test]
fn every_fault_of_a_set_is_told_by_its_cell() {
    let bytes = typed(&[
        (
            "set",
            &[
                &["Setting", "Value"],
                &["代码", "s"],
                &["Version", "1"],
                &["Title (en)", "S"],
                &["满分", "-1"],
                &["more", r#"{"colour": "red"}"#],
            ],
        ),
        ("items", &[&["Code", "Kind", "Least", "Options"], &["a", "number", "ten", ""], &["c", "choice", "", ""]]),
        (
            "nodes",
            &[
                &["Code", "Parent", "Title (en)", "Weight", "公式", "Rule", "Points", "Aggregation", "more"],
                &["A", "Z", "A", "-1", "a +", "ratio", "", "", ""],
                &["B", "", "B", "1", "a", "piecewise", "0 = x", "", r#"{"indicator": {"colour": 1}}"#],
                &["C", "", "", "1", "x", "ratio", "", "", "{"],
            ],
        ),
        (
            "levels",
            &[
                &["Kind", "Code", "From", "Requirements", "Guarded level"],
                &["band", "low", "", "", ""],
                &["gate", "", "", "node:Q >= 5", "low"],
                &["colour", "", "", "", ""],
            ],
        ),
        ("notes", &[&["Of", "Code", "Note (en)"], &["node", "Y", "x"], &["set", "", "a"], &["set", "", "b"]]),
    ]);
    let faults = read(&bytes).expect_err("at fault");
    let found = places(&faults);
    for expected in [
        "set 6 more/colour set.unknown_key",
        "items 2 Kind set.wrong_word",
        "items 2 Least set.wrong_type",
        "nodes 3 Points set.wrong_type",
        "nodes 3 more/indicator/colour set.unknown_key",
        "nodes 4 more cell.not_json",
        "nodes 4 title.zh set.missing_key",
        "levels 2 From set.missing_key",
        "levels 4 Kind set.wrong_word",
        "notes 2 Code workbook.unknown_code",
        "notes 4 Of workbook.twice",
    ] {
        assert!(found.iter().any(|place| place == expected), "{expected} in {found:#?}");
    }
    assert!(faults.0.iter().all(|fault| fault.sheet.is_some()), "{faults}");
    for fault in &faults.0 {
        assert!(fault.message.zh.is_some() && fault.message.en.is_some());
    }
}

#[test]
fn faults_of_meaning_are_told_by_their_cells_too() {
    let bytes = typed(&[
        ("set", SET),
        ("items", &[&["Code"], &["a"], &["a"]]),
        (
            "nodes",
            &[
                &["Code", "Parent", "Title (en)", "Weight", "Weight scale", "公式", "Rule", "Worst", "Best"],
                &["A", "Z", "A", "30", "parent", "q", "goalposts", "1", "1"],
            ],
        ),
    ]);
    let faults = read(&bytes).expect_err("at fault");
    let hint = faults.0.iter().find(|fault| fault.code == "item.duplicate").and_then(|fault| fault.hint.clone());
    assert!(hint.expect("it has one").get(Language::En).contains("row 2 of the sheet 'items'"));
    let found = places(&faults);
    for expected in ["items 3 Code item.duplicate", "nodes 2 Parent node.unknown_parent", "nodes 2 公式 formula.unknown_item"] {
        assert!(found.iter().any(|place| place == expected), "{expected} in {found:#?}");
    }
}

#[test]
fn a_sheet_or_column_that_no_set_has_is_told_and_the_rest_is_not_guessed() {
    let bytes = typed(&[
        ("set", &[&["Setting", "Value"], &["Colour", "red"], &["Code", "s"], &["Code", "t"]]),
        ("nodes", &[&["Code", "Colour", "Code", ""], &["A", "red", "B", "stray"]]),
        ("scratch", &[&["x"]]),
        ("about", &[&["x"]]),
    ]);
    let found = places(&read(&bytes).expect_err("at fault"));
    assert_eq!(
        found,
        [
            "scratch 0  workbook.unknown_sheet",
            "set 2 A workbook.unknown_column",
            "set 4 A workbook.twice",
            "items 0  workbook.missing_sheet",
            "nodes 1 B workbook.unknown_column",
            "nodes 1 C workbook.twice",
            "nodes 2 D file.ragged_row",
        ]
    );
}

#[test]
fn what_is_no_workbook_is_refused() {
    for bytes in [&b""[..], b"code,version\n", b"PK\x03\x04"] {
        let faults = read(bytes).expect_err("no workbook");
        assert_eq!(faults.0.iter().map(|fault| fault.code).collect::<Vec<_>>(), ["file.unreadable"]);
    }
}
