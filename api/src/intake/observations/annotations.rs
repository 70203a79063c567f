//! What a long row says beside its value: quality, provenance and what is known of a sample.

use citygauge_indicators::{Fault, Item, Provider, QualityGrade, Status};
use jiff::civil::Date;

use super::super::cell::Cell;
use super::super::findings::Findings;
use super::columns::Long;
use super::value;

/// What a long row says about its value.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Annotations {
    /// The quality grade.
    pub quality: Option<QualityGrade>,
    /// Where the value comes from.
    pub source: Option<String>,
    /// A remark; the reason, where the item does not apply.
    pub note: Option<String>,
    /// How the value was obtained.
    pub method: Option<String>,
    /// Who delivered it: the provider of its item in the set.
    pub provider: Option<Provider>,
    /// The day of which the value speaks.
    pub as_of: Option<Date>,
    /// The unit in which the source states the value. It is kept and not used: the value is in the item's unit.
    pub unit: Option<String>,
    /// How many were asked or measured; at least 1. Only of an item that [may be
    /// sampled](citygauge_indicators::ItemKind::may_be_sampled).
    pub sample_size: Option<i64>,
    /// The half-width of the 95 % interval, in the item's unit; at least 0, and only beside a sample size.
    pub margin: Option<f64>,
}

/// What a row says beside its value.
pub(super) fn annotations(
    cells: &[Cell<'_>],
    columns: &Long,
    item: Option<&Item>,
    status: Option<Status>,
    findings: &mut Findings,
) -> Option<Box<Annotations>> {
    let mut row = Row { cells, findings };
    let annotations = Annotations {
        quality: row.read(columns.quality, grade),
        source: row.text(columns.source),
        note: row.text(columns.note),
        method: row.text(columns.method),
        provider: row.read(columns.provider, |cell| provider(cell, item)),
        as_of: row.read(columns.as_of, day),
        unit: row.text(columns.unit),
        sample_size: row.read(columns.sample_size, |cell| sampled("sample_size", item, status).and_then(|()| sample_size(cell))),
        margin: row.read(columns.margin, |cell| sampled("margin", item, status).and_then(|()| margin(cell))),
    };
    if let (Some(column), Some(margin)) = (columns.margin, annotations.margin)
        && columns.sample_size.is_none_or(|column| matches!(cells[column], Cell::Empty))
    {
        findings.cell(column, of_no_sample(margin));
    }
    (annotations != Annotations::default()).then(|| Box::new(annotations))
}

/// The cells of a row, and what is wrong with them.
struct Row<'r, 'c> {
    cells: &'r [Cell<'c>],
    findings: &'r mut Findings,
}

impl Row<'_, '_> {
    /// The cell of a column, if there is one and it says something.
    fn read<T>(&mut self, column: Option<usize>, read: impl FnOnce(&Cell<'_>) -> Result<T, Box<Fault>>) -> Option<T> {
        let column = column?;
        let cell = &self.cells[column];
        if matches!(cell, Cell::Empty | Cell::Faulty) {
            return None;
        }
        read(cell).map_err(|fault| self.findings.cell(column, fault)).ok()
    }

    fn text(&mut self, column: Option<usize>) -> Option<String> {
        self.read(column, |cell| Ok(cell.as_text()?.unwrap_or_default().into_owned()))
    }
}

fn grade(cell: &Cell<'_>) -> Result<QualityGrade, Box<Fault>> {
    let grade = cell.as_text().ok().flatten().and_then(|word| QualityGrade::from_word(&word));
    grade.ok_or_else(|| {
        Fault::error("observation.unknown_quality", "没有这种数据质量等级", "there is no such quality grade")
            .value(cell.shown())
            .expected(QualityGrade::ALL.map(QualityGrade::word).join(" | "))
            .hint(
                "请填写其中一个等级，或留空；文字说明写在 method 或 note 列",
                "write one of these, or leave it empty; words of your own belong in the column method or note",
            )
            .into()
    })
}

/// A value counts as its provider's alone, so a row that names another one than the set is refused.
fn provider(cell: &Cell<'_>, item: Option<&Item>) -> Result<Provider, Box<Fault>> {
    let named = cell.as_text().ok().flatten().and_then(|word| Provider::from_word(&word));
    let Some(named) = named else {
        let fault = Fault::error("observation.unknown_provider", "没有这种数据来源方", "there is no such provider");
        let fault = fault.value(cell.shown()).expected(Provider::ALL.map(Provider::word).join(" | "));
        return Err(fault.hint("请填写其中一个，或留空", "write one of these, or leave it empty").into());
    };
    match item {
        Some(item) if item.provider != named => {
            let (code, named, own) = (&item.code, named.word(), item.provider.word());
            let fault = Fault::error(
                "observation.wrong_provider",
                format!("来源方为 {named}，而指标体系规定“{code}”由 {own} 提供"),
                format!("the provider is {named}, yet the set has '{code}' from {own}"),
            );
            let fault = fault.of(code).value(named).expected(own);
            Err(fault
                .hint(
                    "请改正来源方或留空；该数据项只接受规定来源方的数据",
                    "correct the provider or leave it empty; only values of the set's provider are taken",
                )
                .into())
        }
        _ => Ok(named),
    }
}

/// A day; a workbook's date is one where it has no time of the day.
fn day(cell: &Cell<'_>) -> Result<Date, Box<Fault>> {
    let text = match cell {
        Cell::Date(date) => Some(date.as_str()),
        Cell::Text(text) => Some(&**text),
        _ => None,
    };
    // `strptime` takes more and fewer digits than the form has.
    let day = text.filter(|text| text.len() == 10).and_then(|text| Date::strptime("%Y-%m-%d", text).ok());
    day.ok_or_else(|| {
        Fault::error("observation.not_a_day", "这里应是日期", "a day is expected here")
            .value(cell.shown())
            .expected("YYYY-MM-DD")
            .hint("请写作 2026-10-31 的形式，或留空", "write it as 2026-10-31, or leave it empty")
            .into()
    })
}

/// Whether the row may speak of a sample: its item is one that may be sampled, and there is a value.
fn sampled(name: &str, item: Option<&Item>, status: Option<Status>) -> Result<(), Box<Fault>> {
    if let Some(item) = item.filter(|item| !item.kind.may_be_sampled()) {
        let code = &item.code;
        let fault = Fault::error(
            "observation.not_sampled",
            format!("“{code}”是计数、是否或选项，没有 {name}"),
            format!("'{code}' is a count, a yes/no or a choice and has no {name}"),
        );
        let fault = fault.of(code).expected("amount | ratio | index | survey");
        return Err(fault.hint("请清空该单元格", "clear the cell").into());
    }
    match status {
        Some(status @ (Status::Missing | Status::NotApplicable)) => {
            let word = status.word();
            let fault = Fault::error(
                "observation.sample_without_value",
                format!("状态为 {word}，没有值，却有 {name}"),
                format!("the status is {word} and there is no value, yet there is a {name}"),
            );
            Err(fault.hint("请填写值，或清空该单元格", "enter the value, or clear the cell").into())
        }
        _ => Ok(()),
    }
}

/// The largest whole number that every JSON reader keeps: 2^53 - 1.
const LARGEST_SAMPLE: i64 = (1 << 53) - 1;

fn sample_size(cell: &Cell<'_>) -> Result<i64, Box<Fault>> {
    let size = match cell {
        Cell::Text(_) | Cell::Number(_) => cell.as_text().ok().flatten().and_then(|text| {
            let digits = text.bytes().all(|byte| byte.is_ascii_digit());
            if digits { text.parse::<i64>().ok() } else { None }
        }),
        _ => None,
    };
    size.filter(|size| (1..=LARGEST_SAMPLE).contains(size)).ok_or_else(|| {
        Fault::error("observation.invalid_sample_size", "样本量应是正整数", "a sample size is a whole number of 1 or more")
            .value(cell.shown())
            .expected(format!("1..{LARGEST_SAMPLE}"))
            .hint("请写作 1200 的形式，不用分隔符，或留空", "write it as 1200, without separators, or leave it empty")
            .into()
    })
}

/// A margin of error is that of a sample, whose size is then known.
fn of_no_sample(margin: f64) -> Fault {
    Fault::error(
        "observation.margin_without_sample_size",
        "有误差范围而没有样本量",
        "there is a margin of error and no sample size",
    )
    .value(margin.to_string())
    .hint("请填写 sample_size，或清空 margin", "give `sample_size`, or clear `margin`")
}

fn margin(cell: &Cell<'_>) -> Result<f64, Box<Fault>> {
    let margin = value::finite(cell)?;
    if margin >= 0.0 {
        return Ok(margin);
    }
    let fault = Fault::error("observation.invalid_margin", "误差范围不能为负", "a margin of error is not negative");
    let fault = fault.value(cell.shown()).expected(">= 0");
    Err(fault
        .hint("请填写 95% 置信区间宽度的一半，单位与该数据项相同", "give half the width of the 95 % interval, in the item's unit")
        .into())
}
