//! Priority directions as requirements of a design (GB/T 36333-2018, 6.5.2), of the kind `goal`.

use citygauge_indicators::{Language, Text};
use citygauge_openapi::{self as wire, Code, GapRequirement, GapRequirementOrigin, Id, SetRef};

use crate::export::number::shortest;
use crate::export::{Column, Table};
use crate::verdicts;

/// What the requirements follow from.
#[derive(Debug, Clone, Copy)]
pub struct Origin<'a> {
    /// The analysis, where it is kept.
    pub analysis: Option<&'a Id>,
    /// The set version.
    pub set: &'a SetRef,
    /// The reference.
    pub against: &'a str,
    /// The deadline.
    pub by: Option<&'a str>,
}

/// One requirement per priority direction; `titles` are those of the gaps.
#[must_use]
pub fn requirements(
    gaps: &[wire::GapRow],
    titles: &[Text],
    priorities: &[wire::GapDirection],
    origin: Origin<'_>,
) -> Vec<GapRequirement> {
    let all: f64 = priorities.iter().map(|direction| direction.points_lost).sum();
    let mut before = 0.0;
    let mut made = Vec::with_capacity(priorities.len());
    for direction in priorities {
        let found = gaps.iter().zip(titles).find(|(gap, _)| gap.node == direction.node);
        let urgency = urgency(direction.range.as_deref(), before, all);
        before += direction.points_lost;
        let Some((gap, title)) = found else { continue };
        let (zh, en) = (title.get(Language::Zh), title.get(Language::En));
        let of_gap =
            origin.analysis.map(|analysis| GapRequirementOrigin::Gap { analysis: analysis.clone(), node: gap.node.clone() });
        let of_indicator = GapRequirementOrigin::Indicator {
            set: origin.set.code.clone(),
            version: origin.set.version.clone(),
            node: gap.node.clone(),
        };
        let (raise_zh, raise_en) =
            if gap.gap_value.is_some_and(|change| change < 0.0) { ("降低", "Lower") } else { ("提升", "Raise") };
        made.push(GapRequirement {
            code: Code::trusted(format!("R{:03}", direction.priority)),
            kind: "goal".into(),
            title: Text::both(format!("{raise_zh}“{zh}”"), format!("{raise_en} '{en}'")),
            text: text(gap, direction, (zh, en), (raise_zh, raise_en), origin),
            origins: of_gap.into_iter().chain([of_indicator]).collect(),
            urgency,
        });
    }
    made
}

/// 1 to 5: by the range of U4SSC, else by the part of all points lost that is lost to what comes first.
fn urgency(range: Option<&str>, before: f64, all: f64) -> u32 {
    match range {
        Some("0-33%") => 5,
        Some("33-66%") => 4,
        Some("66-95%") => 3,
        Some(_) => 2,
        None => {
            let share = if all > 0.0 { before / all } else { 0.0 };
            [0.2, 0.4, 0.6, 0.8].iter().zip([5, 4, 3, 2]).find(|(limit, _)| share < **limit).map_or(1, |(_, urgency)| urgency)
        }
    }
}

fn text(
    gap: &wire::GapRow,
    direction: &wire::GapDirection,
    (zh, en): (&str, &str),
    (raise_zh, raise_en): (&str, &str),
    origin: Origin<'_>,
) -> Text {
    let unit = gap.unit.as_deref().filter(|unit| *unit != "1").map(|unit| format!(" {unit}")).unwrap_or_default();
    let by = origin.by.map(|by| (format!("在 {by} 之前"), format!(" by {by}"))).unwrap_or_default();
    let node = &gap.node;
    let score = |score: Option<f64>| score.map(shortest).unwrap_or_default();
    let (change_zh, change_en) = match (gap.value, gap.target_value) {
        (Some(value), Some(target)) => {
            let (value, target) = (shortest(value), shortest(target));
            (
                format!("{}将“{zh}”（{node}）由 {value} {raise_zh}到 {target}{unit}", by.0),
                format!("{raise_en} '{en}' ({node}) from {value} to {target}{unit}{}", by.1),
            )
        }
        (None, Some(target)) => {
            let target = shortest(target);
            (format!("{}使“{zh}”（{node}）达到 {target}{unit}", by.0), format!("Bring '{en}' ({node}) to {target}{unit}{}", by.1))
        }
        (_, None) => {
            let (own, reference) = (score(gap.score), score(gap.reference));
            (
                format!("{}将“{zh}”（{node}）的得分由 {own} 提升到 {reference}", by.0),
                format!("Raise the score of '{en}' ({node}) from {own} to {reference}{}", by.1),
            )
        }
    };
    let lost = shortest(direction.points_lost);
    let verdict = gap.verdict.map(|verdict| verdicts::meant(verdict).title());
    let needed = gap.required_rate.map(shortest);
    let (rate_zh, rate_en) = match (needed, verdict) {
        (Some(needed), Some(verdict)) => {
            let is_score = gap.rate_of == Some(wire::GapRateOf::Score);
            let (of_zh, of_en) = if is_score { (" 得分点", " points of the score") } else { (unit.as_str(), unit.as_str()) };
            let (zh, en) = (verdict.get(Language::Zh), verdict.get(Language::En));
            (format!("；每年需变化 {needed}{of_zh}：{zh}"), format!("; it takes {needed}{of_en} a year: {en}"))
        }
        _ => Default::default(),
    };
    let against = origin.against;
    Text::both(
        format!("{change_zh}；与参照 {against} 相比失去总分 {lost} 分{rate_zh}。"),
        format!("{change_en}; {lost} points of the total are lost to {against}{rate_en}."),
    )
}

/// The requirements as a table.
#[must_use]
pub fn requirements_table(requirements: &[GapRequirement]) -> Table<'_> {
    let columns = ["code", "kind", "title_zh", "title_en", "text_zh", "text_en", "node", "analysis", "set", "version"];
    let columns = columns.into_iter().map(Column::text).chain([Column::integer("urgency")]).collect();
    let rows = requirements.iter().map(|requirement| {
        let (mut node, mut analysis, mut set, mut version) = (None, None, None, None);
        for origin in &requirement.origins {
            match origin {
                GapRequirementOrigin::Gap { analysis: of, .. } => analysis = Some(of.as_str()),
                GapRequirementOrigin::Indicator { set: of, version: at, node: code } => {
                    (set, version, node) = (Some(of.as_str()), Some(at.as_str()), Some(code.as_str()));
                }
            }
        }
        vec![
            requirement.code.as_str().into(),
            requirement.kind.as_str().into(),
            requirement.title.zh.as_deref().into(),
            requirement.title.en.as_deref().into(),
            requirement.text.zh.as_deref().into(),
            requirement.text.en.as_deref().into(),
            node.into(),
            analysis.into(),
            set.into(),
            version.into(),
            requirement.urgency.into(),
        ]
    });
    Table::new("requirements", columns, rows.collect())
}
