//! The faults of an import as people read them on a terminal: how many of each kind, then the first of them in a table.
//! In a pipe each is a line of its own.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal};

use citygauge_indicators::Language;
use citygauge_openapi as wire;
use citygauge_openapi::client::{Client, ClientError};
use citygauge_openapi::{CityScore, Cursor, Import, ImportScoreChange, ImportScoreChanges};
use comfy_table::presets::UTF8_HORIZONTAL_ONLY;
use comfy_table::{Cell, ColumnConstraint, ContentArrangement, Table, Width};

use super::super::output::tell;
use super::super::remote;
use crate::export::number::shortest;

/// More faults than this are counted by kind before the first of them are shown.
const FEW: u64 = 8;

/// Prints the faults of an import; on a terminal the first `shown` of them.
pub(in crate::commands) async fn faults(
    client: &Client,
    import: &Import,
    shown: usize,
    language: Language,
) -> Result<(), ClientError> {
    let total = import.faults.total + import.warnings.total;
    if total == 0 {
        return Ok(());
    }
    let is_terminal = io::stderr().is_terminal();
    let mut kinds: BTreeMap<String, Kind> = BTreeMap::new();
    let mut first: Vec<wire::Fault> = Vec::new();
    let mut cursor: Option<Cursor> = None;
    loop {
        let page = client.import_faults(&import.id, cursor.as_ref()).await?;
        if !is_terminal {
            remote::print(&page.items, language);
        }
        for fault in page.items.into_iter().filter(|_| is_terminal) {
            kinds.entry(fault.code.clone()).or_insert_with(|| Kind::of(&fault)).count += 1;
            if first.len() < shown {
                first.push(fault);
            }
        }
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    if is_terminal {
        if total > FEW && kinds.len() > 1 {
            tell(format_args!("\n{}", counts(kinds, language)));
        }
        tell(format_args!("\n{}", table(&first, None, language)));
        let beyond = total.saturating_sub(first.len() as u64);
        if beyond > 0 {
            tell(language.pick(
                format!("另有 {beyond} 处未显示：--show {total} 显示全部，--faults 文件.xlsx 写出全部"),
                format!("{beyond} more are not shown: --show {total} shows all, --faults FILE.xlsx writes all"),
            ));
        }
        tell("");
    }
    Ok(())
}

/// Prints what a commit would do to scores, one line each.
pub(super) fn score_changes(changes: &ImportScoreChanges, language: Language) {
    remote::print(&changes.faults, language);
    for line in score_lines(changes, language) {
        tell(line);
    }
}

fn score_lines(changes: &ImportScoreChanges, language: Language) -> Vec<String> {
    let shown = |score: Option<&CityScore>| {
        let Some(score) = score else { return language.pick("无", "none").to_owned() };
        let number = score.score.map_or_else(|| language.pick("无得分", "no score").to_owned(), shortest);
        score.level.as_ref().map_or(number.clone(), |level| format!("{number} ({level})"))
    };
    let line = |change: &ImportScoreChange| {
        let (before, after) = (shown(change.before.as_ref()), shown(change.after.as_ref()));
        format!("{} {}: {before} -> {after}", change.city, change.period)
    };
    let mut lines: Vec<String> = changes.items.iter().map(line).collect();
    if !lines.is_empty() {
        lines.insert(0, language.pick("导入后得分将变为：", "scores would become:").to_owned());
    }
    let beyond = changes.total.saturating_sub(changes.items.len() as u64);
    if beyond > 0 {
        lines.push(language.pick(format!("另有 {beyond} 处"), format!("and {beyond} more")));
    }
    if changes.others > 0 {
        let others = changes.others;
        lines.push(language.pick(
            format!("另有 {others} 个其他城市的得分随之变化"),
            format!("scores of cities that are not in the file change with them: {others}"),
        ));
    }
    lines
}

/// One kind of fault.
struct Kind {
    count: u64,
    severity: wire::Severity,
    example: String,
}

impl Kind {
    fn of(fault: &wire::Fault) -> Self {
        Self { count: 0, severity: fault.severity, example: fault.message.clone() }
    }
}

/// How many faults there are of each kind, the most frequent first.
fn counts(kinds: BTreeMap<String, Kind>, language: Language) -> String {
    let mut kinds: Vec<(String, Kind)> = kinds.into_iter().collect();
    kinds.sort_by(|a, b| (a.1.severity.word(), b.1.count).cmp(&(b.1.severity.word(), a.1.count)));
    let mut table = Table::new();
    table.load_style(comfy_table::presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    for (code, kind) in kinds {
        let severity = severity(kind.severity, language);
        let count = Cell::new(kind.count).set_alignment(comfy_table::CellAlignment::Right);
        let example = language.pick(format!("如：{}", kind.example), format!("such as: {}", kind.example));
        table.add_row([count, Cell::new(severity), Cell::new(code), Cell::new(cut(&example, 60))]);
    }
    table.trim_fmt()
}

/// The faults as a table, as wide as the terminal unless a width is given.
pub(in crate::commands) fn table(faults: &[wire::Fault], width: Option<u16>, language: Language) -> String {
    let header = language.pick(["位置", "值", "问题", "建议"], ["Where", "Value", "What is wrong", "How to mend it"]);
    let mut table = Table::new();
    table.load_style(UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic).use_stderr().set_header(header);
    if let Some(width) = width {
        table.set_width(width);
    }
    for fault in faults {
        let mut wrong = fault.message.clone();
        if fault.severity == wire::Severity::Warning {
            wrong = format!("{}{wrong}", language.pick("[提醒] ", "[warning] "));
        }
        let mut mend = fault.hint.clone().unwrap_or_default();
        if let Some(expected) = fault.expected.as_deref().filter(|expected| !mend.contains(expected) && !wrong.contains(expected))
        {
            let expected = language.pick(format!("应为：{expected}"), format!("Expected: {expected}"));
            mend = if mend.is_empty() { expected } else { format!("{expected}\n{mend}") };
        }
        table.add_row([place(fault, language), cut(fault.value.as_deref().unwrap_or_default(), 40), wrong, mend]);
    }
    let share = |percent| ColumnConstraint::UpperBoundary(Width::Percentage(percent));
    table.set_constraints([share(24), share(16), share(30), share(40)]);
    table.trim_fmt()
}

/// Where a fault stands: sheet, row and column, then what is known of the city and the item.
fn place(fault: &wire::Fault, language: Language) -> String {
    let mut place = fault.sheet.as_ref().map(|sheet| format!("{sheet}!")).unwrap_or_default();
    if let Some(row) = fault.row {
        place.push_str(&language.pick(format!("第 {row} 行 "), format!("row {row} ")));
    }
    if let Some(column) = &fault.column {
        place.push_str(&cut(column, 24));
    }
    if let Some(pointer) = &fault.pointer {
        place.push_str(pointer);
    }
    let place = place.trim_end_matches('!').trim().to_owned();
    let known: Vec<&str> = [&fault.city, &fault.period, &fault.node_or_item].into_iter().flatten().map(String::as_str).collect();
    match (place.is_empty(), known.is_empty()) {
        (_, true) => place,
        (true, false) => known.join(" "),
        (false, false) => format!("{place}\n{}", known.join(" ")),
    }
}

fn severity(severity: wire::Severity, language: Language) -> &'static str {
    match severity {
        wire::Severity::Error => language.pick("错误", "error"),
        wire::Severity::Warning => language.pick("提醒", "warning"),
    }
}

fn cut(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use citygauge_indicators::Fault;

    use super::*;

    fn some() -> Vec<wire::Fault> {
        let mut fault = Fault::error("observation.out_of_range", "101 高于上限 100", "101 is above 100");
        fault.sheet = Some("教育局".into());
        let first =
            fault.row(7).column("value").value("101").expected("0..100").city("330100").hint("请检查单位", "check the unit");
        let second = Fault::warning("file.hidden_sheet", "隐藏的工作表含有内容", "a hidden sheet holds something");
        [first, second].iter().map(|fault| wire::Fault::new(fault, Language::Zh)).collect()
    }

    #[test]
    fn a_table_says_where_what_and_how_to_mend_it_and_keeps_its_width() {
        let columns = |line: &str| line.chars().map(|c| if u32::from(c) >= 0x2E80 { 2 } else { 1 }).sum::<usize>();
        for width in [60, 100, 160] {
            let table = table(&some(), Some(width), Language::Zh);
            assert!(table.lines().all(|line| columns(line) <= usize::from(width)), "{width}\n{table}");
            let bare: String = table.chars().filter(|c| !c.is_whitespace()).collect();
            for part in ["教育局!第7", "330100", "101", "应为：0..100", "请检查单位", "[提醒]"] {
                assert!(bare.contains(part), "{part} in\n{table}");
            }
        }
    }

    #[test]
    fn changes_of_scores_are_a_line_each_in_either_language() {
        let score = |score: f64, level: &str| Some(CityScore { score: Some(score), level: level.parse().ok(), coverage: None });
        let change = |city: &str, before: Option<CityScore>, after: Option<CityScore>| ImportScoreChange {
            city: city.parse().expect("a code"),
            period: "2026".parse().expect("a period"),
            before,
            after,
        };
        let items = vec![change("a", score(55.5, "L2"), score(75.0, "L3")), change("b", None, score(1.0, ""))];
        let changes = ImportScoreChanges { items, total: 4, others: 7, faults: Vec::new() };
        let lines = score_lines(&changes, Language::En);
        assert_eq!(lines[1..4], ["a 2026: 55.5 (L2) -> 75 (L3)", "b 2026: none -> 1", "and 2 more"]);
        assert!(lines[4].ends_with('7'));
        assert_eq!(score_lines(&changes, Language::Zh)[2], "b 2026: 无 -> 1");
        assert_eq!(score_lines(&ImportScoreChanges::default(), Language::En), Vec::<String>::new());
    }

    #[test]
    fn kinds_are_counted_with_errors_first() {
        let kind = |severity, count| Kind { count, severity, example: "x".into() };
        let kinds = BTreeMap::from([
            ("a".to_owned(), kind(wire::Severity::Warning, 9)),
            ("b".to_owned(), kind(wire::Severity::Error, 2)),
            ("c".to_owned(), kind(wire::Severity::Error, 30)),
        ]);
        let counts = counts(kinds, Language::En);
        let codes: Vec<&str> = counts.lines().filter_map(|line| line.split_whitespace().nth(2)).collect();
        assert_eq!(codes, ["c", "b", "a"]);
    }
}
