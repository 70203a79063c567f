//! The workbook of a city: its nodes, with the sums that a reader may want to check, its gaps, and what the numbers rest on.

use citygauge_indicators::Language;
use citygauge_openapi::GapRow;
use rust_xlsxwriter::{Workbook, XlsxError};

use super::Sources;
use super::sheet::{Cell, Sheet};

/// The numbers of a city.
#[derive(Debug, Clone, PartialEq)]
pub struct City {
    /// Every node, the total first, every parent before its children.
    pub nodes: Vec<Node>,
    /// The gaps.
    pub gaps: Vec<GapRow>,
    /// What the numbers rest on.
    pub sources: Sources,
}

/// A node with its published numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Its code.
    pub code: String,
    /// What it is called.
    pub title: String,
    /// The place of its parent.
    pub parent: Option<usize>,
    /// The part of the total that it can contribute.
    pub share: f64,
    /// The raw value of an indicator.
    pub value: Option<f64>,
    /// The unit of that value.
    pub unit: Option<String>,
    /// The score.
    pub score: Option<f64>,
    /// What it contributes to the total.
    pub points: Option<f64>,
    /// The share of its weight for which a score exists.
    pub coverage: Option<f64>,
    /// The score if every missing indicator had scored 0.
    pub low: Option<f64>,
    /// The score if every missing indicator had the full mark.
    pub high: Option<f64>,
    /// The rank.
    pub rank: Option<u64>,
    /// The level.
    pub level: Option<String>,
}

// The columns of the sheet of scores that formulas name.
const SHARE: char = 'D';
const SCORE: char = 'G';
const POINTS: char = 'H';
const SUM: char = 'N';

pub(super) fn write(city: &City, workbook: &mut Workbook, language: Language) -> Result<(), XlsxError> {
    nodes(city, workbook, language)?;
    gaps(city, workbook, language)?;
    super::round::sources(&city.sources, workbook, language)
}

fn nodes(city: &City, workbook: &mut Workbook, language: Language) -> Result<(), XlsxError> {
    let header: [&str; 15] = match language {
        Language::Zh => [
            "节点",
            "名称",
            "上级",
            "占比",
            "原始值",
            "单位",
            "得分",
            "分值",
            "覆盖率",
            "下限",
            "上限",
            "名次",
            "成熟度等级",
            "下级分值之和",
            "差额（取整、缺失、调整）",
        ],
        Language::En => [
            "node",
            "title",
            "parent",
            "share",
            "value",
            "unit",
            "score",
            "points",
            "coverage",
            "low",
            "high",
            "rank",
            "level",
            "sum of the points below",
            "difference (rounding, missing data, adjustments)",
        ],
    };
    let widths = [14.0, 40.0, 14.0, 9.0, 12.0, 10.0, 9.0, 9.0, 9.0, 9.0, 9.0, 7.0, 14.0, 14.0, 18.0];
    let mut sheet = Sheet::new(workbook, language.pick("得分", "scores"), &header, &widths)?;
    for (place, node) in city.nodes.iter().enumerate() {
        let row = place + 2;
        let below: Vec<usize> =
            city.nodes.iter().enumerate().filter(|(_, other)| other.parent == Some(place)).map(|(place, _)| place).collect();
        let points: Vec<f64> = below.iter().filter_map(|&child| city.nodes[child].points).collect();
        let sum: f64 = points.iter().sum();
        let cells = below.iter().map(|child| format!("{POINTS}{}", child + 2)).collect::<Vec<_>>().join("+");
        let is_leaf = below.is_empty();
        sheet.add(&[
            node.code.as_str().into(),
            node.title.as_str().into(),
            node.parent.map(|parent| city.nodes[parent].code.clone()).into(),
            Cell::Number(node.share),
            node.value.into(),
            node.unit.clone().into(),
            node.score.into(),
            node.points.into(),
            node.coverage.into(),
            node.low.into(),
            node.high.into(),
            node.rank.map(|rank| rank as f64).into(),
            node.level.clone().into(),
            match is_leaf {
                // A leaf has nothing below it: its points are its share of its score.
                true if node.score.is_some() => {
                    let of = node.score.map(|score| node.share * score);
                    Cell::Formula(format!("={SHARE}{row}*{SCORE}{row}"), of)
                }
                true => Cell::Empty,
                false => Cell::Formula(format!("={cells}"), Some(sum)),
            },
            match node.points {
                Some(points) if is_leaf => {
                    let of = node.score.map(|score| points - node.share * score);
                    Cell::Formula(format!("={POINTS}{row}-{SUM}{row}"), of)
                }
                Some(points) => Cell::Formula(format!("={POINTS}{row}-{SUM}{row}"), Some(points - sum)),
                None => Cell::Empty,
            },
        ])?;
    }
    Ok(())
}

fn gaps(city: &City, workbook: &mut Workbook, language: Language) -> Result<(), XlsxError> {
    let header: [&str; 11] = match language {
        Language::Zh => ["节点", "名称", "得分", "参照", "差距", "复核：参照减得分", "失分", "原始值", "目标值", "单位", "结论"],
        Language::En => [
            "node",
            "title",
            "score",
            "reference",
            "gap",
            "check: reference less score",
            "points lost",
            "value",
            "target value",
            "unit",
            "verdict",
        ],
    };
    let widths = [14.0, 40.0, 9.0, 10.0, 9.0, 16.0, 11.0, 12.0, 12.0, 10.0, 14.0];
    let mut sheet = Sheet::new(workbook, language.pick("差距", "gaps"), &header, &widths)?;
    for (gap, row) in city.gaps.iter().zip(2..) {
        let check = gap.reference.zip(gap.score).map(|(reference, score)| reference - score);
        let verdict = gap.verdict.map(|verdict| crate::verdicts::meant(verdict).title().get(language).to_owned());
        sheet.add(&[
            gap.node.as_str().into(),
            gap.title.as_str().into(),
            gap.score.into(),
            gap.reference.into(),
            gap.gap_score.into(),
            check.map_or(Cell::Empty, |check| Cell::Formula(format!("=D{row}-C{row}"), Some(check))),
            gap.gap_points.into(),
            gap.value.into(),
            gap.target_value.into(),
            gap.unit.clone().into(),
            verdict.into(),
        ])?;
    }
    Ok(())
}
