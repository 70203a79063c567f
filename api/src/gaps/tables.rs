//! An analysis as tables: the gaps with the columns of every file, and a table for each of the other outputs of Annex A, for the
//! formats that hold several.

use citygauge_assessment::gap::Output;
use citygauge_indicators::Language;
use citygauge_openapi::{self as wire, Code};

use crate::export::{Cell, Column, Format, Table, gaps_columns};
use crate::verdicts;

/// The lists of an analysis, told in one language.
#[derive(Debug, Clone, Copy)]
pub struct Lists<'a> {
    /// Every node.
    pub gaps: &'a [wire::GapRow],
    /// 建设基础.
    pub foundations: &'a [Code],
    /// 优势.
    pub strengths: &'a [Code],
    /// 劣势.
    pub weaknesses: &'a [Code],
    /// 重点提升方向.
    pub priorities: &'a [wire::GapDirection],
    /// The leaves without data.
    pub without_data: &'a [Code],
    /// The nodes for which the reference says nothing.
    pub without_reference: &'a [Code],
    /// The decimals that are shown of scores.
    pub places: Option<u32>,
    /// The language of the names of sheets.
    pub language: Language,
}

impl<'a> Lists<'a> {
    fn gap(&self, code: &Code) -> Option<&'a wire::GapRow> {
        self.gaps.iter().find(|gap| gap.node == *code)
    }
}

/// The tables of an analysis: all of them where the format holds several, else that of the gaps. A workbook's sheets bear the names of
/// the outputs.
#[must_use]
pub fn tables<'a>(lists: &Lists<'a>, format: Format) -> Vec<Table<'a>> {
    let several = matches!(format, Format::Json | Format::Xlsx);
    let name = |output: Output| match (format, output) {
        (Format::Xlsx, output) => output.title().get(lists.language).to_owned(),
        (_, Output::Situation) => "gaps".to_owned(),
        (_, output) => output.word().to_owned(),
    };
    let mut tables = vec![gaps(name(Output::Situation), lists)];
    if several {
        tables.push(foundations(name(Output::Foundations), lists));
        tables.push(sides(name(Output::StrengthsAndWeaknesses), lists));
        tables.push(priorities(name(Output::Priorities), lists));
        let without = match (format, lists.language) {
            (Format::Xlsx, Language::Zh) => "无数据或无参照",
            (Format::Xlsx, Language::En) => "Without data or reference",
            _ => "without",
        };
        tables.push(self::without(without, lists));
    }
    tables
}

fn word(verdict: Option<wire::Verdict>) -> Cell<'static> {
    verdict.map(|verdict| verdicts::meant(verdict).word()).into()
}

fn gaps<'a>(name: String, lists: &Lists<'a>) -> Table<'a> {
    let rows = lists.gaps.iter().map(|gap| {
        vec![
            gap.city.as_str().into(),
            gap.period.as_str().into(),
            gap.node.as_str().into(),
            gap.against.as_str().into(),
            gap.reference.into(),
            gap.score.into(),
            gap.gap_score.into(),
            gap.gap_points.into(),
            gap.value.into(),
            gap.target_value.into(),
            gap.gap_value.into(),
            gap.unit.as_deref().into(),
            gap.required_rate.into(),
            gap.own_rate.into(),
            gap.p50.into(),
            gap.p75.into(),
            gap.p90.into(),
            word(gap.verdict),
            gap.note.as_deref().into(),
        ]
    });
    Table::new(name, gaps_columns(lists.places), rows.collect())
}

fn order(place: usize) -> Cell<'static> {
    i64::try_from(place + 1).ok().into()
}

fn foundations<'a>(name: String, lists: &Lists<'a>) -> Table<'a> {
    let columns = vec![
        Column::integer("order"),
        Column::text("node"),
        Column::text("title"),
        Column::number("score").places(lists.places),
        Column::number("reference").places(lists.places),
        Column::number("gap_points"),
    ];
    let rows = lists.foundations.iter().enumerate().filter_map(|(place, code)| {
        let gap = lists.gap(code)?;
        Some(vec![
            order(place),
            gap.node.as_str().into(),
            gap.title.as_str().into(),
            gap.score.into(),
            gap.reference.into(),
            gap.gap_points.into(),
        ])
    });
    Table::new(name, columns, rows.collect())
}

fn sides<'a>(name: String, lists: &Lists<'a>) -> Table<'a> {
    let columns = vec![
        Column::text("side"),
        Column::integer("order"),
        Column::text("node"),
        Column::text("title"),
        Column::number("score").places(lists.places),
        Column::number("reference").places(lists.places),
        Column::number("gap_score").places(lists.places),
        Column::number("gap_points"),
        Column::text("verdict"),
    ];
    let sides = [("strength", lists.strengths), ("weakness", lists.weaknesses)];
    let rows =
        sides.into_iter().flat_map(|(side, listed)| listed.iter().enumerate().map(move |(place, code)| (side, place, code)));
    let rows = rows.filter_map(|(side, place, code)| {
        let gap = lists.gap(code)?;
        Some(vec![
            side.into(),
            order(place),
            gap.node.as_str().into(),
            gap.title.as_str().into(),
            gap.score.into(),
            gap.reference.into(),
            gap.gap_score.into(),
            gap.gap_points.into(),
            word(gap.verdict),
        ])
    });
    Table::new(name, columns, rows.collect())
}

fn priorities<'a>(name: String, lists: &Lists<'a>) -> Table<'a> {
    let columns = vec![
        Column::integer("priority"),
        Column::text("node"),
        Column::text("title"),
        Column::text("range"),
        Column::number("points_lost"),
        Column::number("value"),
        Column::number("target_value"),
        Column::number("gap_value"),
        Column::text("unit"),
        Column::number("required_rate"),
        Column::text("verdict"),
    ];
    let rows = lists.priorities.iter().filter_map(|direction| {
        let gap = lists.gap(&direction.node)?;
        Some(vec![
            i64::try_from(direction.priority).ok().into(),
            direction.node.as_str().into(),
            direction.title.as_str().into(),
            direction.range.as_deref().into(),
            direction.points_lost.into(),
            gap.value.into(),
            gap.target_value.into(),
            gap.gap_value.into(),
            gap.unit.as_deref().into(),
            gap.required_rate.into(),
            word(gap.verdict),
        ])
    });
    Table::new(name, columns, rows.collect())
}

fn without<'a>(name: &str, lists: &Lists<'a>) -> Table<'a> {
    let columns = vec![Column::text("node"), Column::text("title"), Column::text("reason")];
    let reasons = [("no_data", lists.without_data), ("no_reference", lists.without_reference)];
    let rows = reasons.into_iter().flat_map(|(reason, listed)| listed.iter().map(move |code| (reason, code)));
    let rows = rows.filter_map(|(reason, code)| {
        let gap = lists.gap(code)?;
        Some(vec![gap.node.as_str().into(), gap.title.as_str().into(), reason.into()])
    });
    Table::new(name, columns, rows.collect())
}
