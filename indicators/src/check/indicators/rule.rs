//! The parameters of a scoring rule.

use std::collections::HashMap;

use super::direction::Shape;
use super::{checklist, choice};
use crate::document::SetDocument;
use crate::document::scoring::{Cohort, Scoring};
use crate::fault::{Fault, Faults};
use crate::formula::Formula;
use crate::period::Period;

/// Names what is wrong with the parameters; gives the way that the score moves with the raw value.
pub(super) fn check(
    scoring: &Scoring,
    formula: Option<&Formula>,
    at: &str,
    document: &SetDocument,
    items: &HashMap<String, usize>,
    faults: &mut Faults,
) -> Shape {
    let full_mark = document.full_mark;
    let mut refuse = |code, place: &str, zh: &str, en: &str, hint_zh: &str, hint_en: &str| {
        faults.push(Fault::error(code, zh, en).at(format!("{at}{place}")).hint(hint_zh, hint_en));
    };
    let outside =
        |mut scores: &mut dyn Iterator<Item = f64>| Iterator::any(&mut scores, |score| !(0.0..=full_mark).contains(&score));
    let (score_zh, score_en) = ("得分应在 0 与满分之间", "a score lies between 0 and the full mark");
    let shape = match scoring {
        Scoring::Ratio { cap } => {
            if *cap <= 0.0 {
                refuse("scoring.cap", "/cap", "cap 必须大于 0", "cap must be above 0", "通常为 1", "it is usually 1");
            }
            Shape::Rising
        }
        Scoring::Goalposts { worst, best, .. } => {
            if worst == best {
                refuse(
                    "scoring.goalposts",
                    "",
                    "worst 与 best 相等",
                    "worst equals best",
                    "请给出两个不同的值",
                    "give two different values",
                );
            }
            if worst > best { Shape::Falling } else { Shape::Rising }
        }
        Scoring::Piecewise { points } => {
            if points.len() < 2 || points.windows(2).any(|pair| pair[0][0] >= pair[1][0]) {
                refuse(
                    "scoring.points",
                    "/points",
                    "至少两个点，且原始值严格递增",
                    "at least two points, their raw values strictly rising",
                    "请排序并去掉重复",
                    "sort them and remove duplicates",
                );
            }
            if outside(&mut points.iter().map(|point| point[1])) {
                refuse("scoring.score", "/points", score_zh, score_en, "请改正得分", "correct the scores");
            }
            Shape::of(points.iter().map(|point| point[1]))
        }
        Scoring::Steps { steps, otherwise, .. } => {
            if steps.is_empty() || steps.windows(2).any(|pair| pair[0].from >= pair[1].from) {
                refuse(
                    "scoring.steps",
                    "/steps",
                    "至少一个阈值，且严格递增",
                    "at least one threshold, strictly rising",
                    "请排序并去掉重复",
                    "sort them and remove duplicates",
                );
            }
            let scores = || std::iter::once(*otherwise).chain(steps.iter().map(|step| step.score));
            if outside(&mut scores()) {
                refuse("scoring.score", "/steps", score_zh, score_en, "请改正得分", "correct the scores");
            }
            Shape::of(scores())
        }
        Scoring::Choice { scores } => {
            choice::check(scores, formula, at, document, items, faults);
            if outside(&mut scores.iter().map(|(_, score)| *score)) {
                faults.push(
                    Fault::error("scoring.score", score_zh, score_en)
                        .at(format!("{at}/scores"))
                        .hint("请改正得分", "correct the scores"),
                );
            }
            Shape::Free
        }
        Scoring::Checklist { items: listed } => {
            checklist::check(listed, at, document, items, faults);
            Shape::Free
        }
        Scoring::BenchmarkShare { benchmark, bands } => {
            if *benchmark <= 0.0 {
                refuse(
                    "scoring.benchmark",
                    "/benchmark",
                    "基准值必须大于 0",
                    "the benchmark must be above 0",
                    "请给出正数",
                    "give a positive number",
                );
            }
            let rising =
                bands.windows(2).all(|pair| pair[1].from.is_some_and(|from| pair[0].from.is_none_or(|before| before < from)));
            if bands.is_empty() || !rising || bands[0].from.is_some() {
                refuse(
                    "scoring.bands",
                    "/bands",
                    "各档递增，第一档没有 from",
                    "the bands rise, and the first has no 'from'",
                    "请排序；第一档去掉 from",
                    "sort them; take 'from' off the first",
                );
            }
            if outside(&mut bands.iter().map(|band| band.score)) {
                refuse("scoring.score", "/bands", score_zh, score_en, "请改正得分", "correct the scores");
            }
            Shape::of(bands.iter().map(|band| band.score))
        }
        Scoring::Survey { scale: [low, high] } => {
            if low >= high {
                refuse(
                    "scoring.scale",
                    "/scale",
                    "scale 的下限必须小于上限",
                    "the scale's low end must be below its high end",
                    "例如 [1, 5]",
                    "[1, 5], for example",
                );
            }
            Shape::Rising
        }
        Scoring::Scaled { range: [low, high] } => {
            if low == high {
                refuse(
                    "scoring.range",
                    "/range",
                    "range 的两端相等",
                    "the ends of the range are equal",
                    "请给出两个不同的值",
                    "give two different values",
                );
            }
            if low > high { Shape::Falling } else { Shape::Rising }
        }
        Scoring::MinMax { range: Some([low, high]), .. } => {
            if low >= high || outside(&mut [*low, *high].into_iter()) {
                refuse(
                    "scoring.range",
                    "/range",
                    "range 应递增且在 0 与满分之间",
                    "the range rises and lies between 0 and the full mark",
                    "例如 [1, 100]",
                    "[1, 100], for example",
                );
            }
            Shape::Free
        }
        Scoring::ZScore { sd, .. } => {
            if *sd <= 0.0 {
                refuse("scoring.sd", "/sd", "sd 必须大于 0", "sd must be above 0", "请给出正数", "give a positive number");
            }
            Shape::Free
        }
        Scoring::ReferenceDistance { city, .. } => {
            if city.is_empty() {
                refuse(
                    "scoring.city",
                    "/city",
                    "没有参照城市代码",
                    "the reference city has no code",
                    "请给出城市代码",
                    "give the code of a city",
                );
            }
            Shape::Free
        }
        _ => Shape::Free,
    };
    cohort(scoring, at, faults);
    shape
}

fn cohort(scoring: &Scoring, at: &str, faults: &mut Faults) {
    let Some(Cohort::Base(base)) = scoring.cohort() else { return };
    if let Err(fault) = base.parse::<Period>() {
        faults.push(fault.at(format!("{at}/cohort/base")));
    }
    if matches!(scoring, Scoring::Rank { .. } | Scoring::Borda { .. }) {
        faults.push(
            Fault::error("scoring.cohort", "rank 与 borda 不能固定在基期", "rank and borda cannot be frozen on a base period")
                .at(format!("{at}/cohort"))
                .expected("period | pooled")
                .hint("改用 period 或 pooled", "use 'period' or 'pooled'"),
        );
    }
}
