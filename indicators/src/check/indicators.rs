//! The leaves: formula, scoring rule, direction.

use std::collections::{HashMap, HashSet};

use crate::document::SetDocument;
use crate::document::indicator::{Direction, Indicator};
use crate::document::item::ItemKind;
use crate::document::scoring::{Cohort, Scoring};
use crate::fault::{Fault, Faults};
use crate::formula::Formula;
use crate::period::Period;
use crate::set::Leaf;

/// The leaves that are in order, by the place of their node in the document.
pub(super) fn check(document: &SetDocument, items: &HashMap<String, usize>, faults: &mut Faults) -> HashMap<usize, Leaf> {
    let mut leaves = HashMap::new();
    for (i, node) in document.nodes.iter().enumerate() {
        if let Some(indicator) = &node.indicator {
            let at = format!("/nodes/{i}/indicator");
            leaves.extend(leaf(indicator, &at, document, items, faults).map(|leaf| (i, leaf)));
        }
    }
    leaves
}

fn leaf(
    indicator: &Indicator,
    at: &str,
    document: &SetDocument,
    items: &HashMap<String, usize>,
    faults: &mut Faults,
) -> Option<Leaf> {
    let before = faults.0.len();
    let scoring = &indicator.scoring;
    let is_choice = matches!(scoring, Scoring::Choice { .. });
    let formula = match (&indicator.formula, scoring) {
        (Some(_), Scoring::Checklist { .. }) => {
            faults.push(
                Fault::error("formula.not_here", "checklist 规则没有公式", "a checklist has no formula")
                    .at(format!("{at}/formula"))
                    .hint("删除 formula", "remove the formula"),
            );
            None
        }
        (None, Scoring::Checklist { .. }) => None,
        (None, _) => {
            faults.push(
                Fault::error("formula.missing", "指标没有公式", "the indicator has no formula")
                    .at(at)
                    .expected("formula")
                    .hint("请补上 formula", "add a formula"),
            );
            None
        }
        (Some(text), _) => super::formula(text, &format!("{at}/formula"), document, items, is_choice, faults),
    };
    let shape = rule(scoring, formula.as_ref(), &format!("{at}/scoring"), document, items, faults);
    let direction = direction(indicator, shape, at, faults);
    if !indicator.treatment.is_empty() && scoring.cohort().is_none() {
        faults.push(
            Fault::error(
                "treatment.not_here",
                "只有基于参评城市的规则才能预处理原始值",
                "only a cohort rule has its raw values treated",
            )
            .at(format!("{at}/treatment"))
            .hint("删除 treatment", "remove the treatment"),
        );
    }
    if faults.0.len() > before {
        return None;
    }
    let read: Vec<usize> = match (scoring, &formula) {
        (Scoring::Checklist { items: listed }, _) => listed.iter().filter_map(|(code, _)| items.get(code).copied()).collect(),
        (_, Some(formula)) => formula.current_items().into_iter().filter_map(|code| items.get(code).copied()).collect(),
        _ => Vec::new(),
    };
    Some(Leaf {
        formula,
        scoring: scoring.clone(),
        direction,
        unit: indicator.unit.clone(),
        display: indicator.display,
        treatment: indicator.treatment.clone(),
        options: if is_choice { options(&read, document) } else { Vec::new() },
        items: read,
    })
}

fn options(read: &[usize], document: &SetDocument) -> Vec<String> {
    let item = read.first().map(|&index| &document.items[index]);
    match item {
        Some(item) if item.kind == ItemKind::Choice => item.options.clone(),
        _ => vec!["false".to_owned(), "true".to_owned()],
    }
}

/// Which way the score moves when the raw value rises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Rising,
    Falling,
    /// Both, as with a target interval.
    Mixed,
    /// Neither: the rule goes by the direction, or the value is no number.
    Free,
}

fn shape_of(scores: impl Iterator<Item = f64>) -> Shape {
    let scores: Vec<f64> = scores.collect();
    let rises = scores.windows(2).any(|pair| pair[1] > pair[0]);
    let falls = scores.windows(2).any(|pair| pair[1] < pair[0]);
    match (rises, falls) {
        (true, true) => Shape::Mixed,
        (false, true) => Shape::Falling,
        (true, false) => Shape::Rising,
        (false, false) => Shape::Free,
    }
}

fn rule(
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
            shape_of(points.iter().map(|point| point[1]))
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
            shape_of(scores())
        }
        Scoring::Choice { scores } => {
            choice(scores, formula, at, document, items, faults);
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
            checklist(listed, at, document, items, faults);
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
            shape_of(bands.iter().map(|band| band.score))
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

fn choice(
    scores: &[(String, f64)],
    formula: Option<&Formula>,
    at: &str,
    document: &SetDocument,
    items: &HashMap<String, usize>,
    faults: &mut Faults,
) {
    let Some(formula) = formula else { return };
    let item = formula.as_item().and_then(|code| items.get(code)).map(|&index| &document.items[index]);
    let options: Vec<&str> = match item {
        Some(item) if item.kind == ItemKind::Choice => item.options.iter().map(String::as_str).collect(),
        Some(item) if item.kind == ItemKind::Boolean => vec!["true", "false"],
        _ => {
            faults.push(
                Fault::error(
                    "scoring.choice",
                    "choice 规则的公式只能是一个选项型或布尔型数据项",
                    "the rule 'choice' reads one choice or boolean item and nothing else",
                )
                .at(at)
                .value(formula.text())
                .hint("公式只写数据项代码", "let the formula be the code of that item"),
            );
            return;
        }
    };
    for option in &options {
        if !scores.iter().any(|(scored, _)| scored == option) {
            faults.push(
                Fault::error("scoring.choice", format!("选项“{option}”没有得分"), format!("the option '{option}' has no score"))
                    .at(format!("{at}/scores"))
                    .hint("请补上", "add it"),
            );
        }
    }
    for (scored, _) in scores.iter().filter(|(scored, _)| !options.contains(&scored.as_str())) {
        faults.push(
            Fault::error("scoring.choice", format!("没有选项“{scored}”"), format!("there is no option '{scored}'"))
                .at(format!("{at}/scores/{}", crate::json::escape(scored)))
                .expected(options.join(" | "))
                .hint("删除或改正", "remove or correct it"),
        );
    }
}

fn checklist(listed: &[(String, f64)], at: &str, document: &SetDocument, items: &HashMap<String, usize>, faults: &mut Faults) {
    if listed.is_empty() {
        faults.push(
            Fault::error("scoring.checklist", "清单为空", "the checklist is empty")
                .at(format!("{at}/items"))
                .hint("请列出布尔型数据项", "list boolean items"),
        );
    }
    for (code, points) in listed {
        let place = format!("{at}/items/{}", crate::json::escape(code));
        match items.get(code).map(|&index| &document.items[index]) {
            None => faults.push(
                Fault::error(
                    "formula.unknown_item",
                    format!("清单引用了不存在的数据项“{code}”"),
                    format!("the checklist names an item '{code}' that does not exist"),
                )
                .at(place.clone())
                .of(code.clone())
                .hint("在 items 中定义它，或改正拼写", "define it in items or correct its spelling"),
            ),
            Some(item) if item.kind != ItemKind::Boolean => faults.push(
                Fault::error(
                    "scoring.checklist",
                    format!("清单中的“{code}”不是布尔型"),
                    format!("'{code}' on the checklist is not boolean"),
                )
                .at(place.clone())
                .of(code.clone())
                .expected("boolean")
                .hint("把该数据项的 kind 设为 boolean", "make the item boolean"),
            ),
            Some(_) => {}
        }
        if *points <= 0.0 {
            faults.push(
                Fault::error("scoring.checklist", "清单分值必须大于 0", "the points of a checklist item must be above 0")
                    .at(place)
                    .of(code.clone())
                    .hint("请给出正数", "give a positive number"),
            );
        }
    }
}

fn direction(indicator: &Indicator, shape: Shape, at: &str, faults: &mut Faults) -> Direction {
    let contradicts = match (indicator.direction, shape) {
        (Some(Direction::Higher), Shape::Falling | Shape::Mixed) | (Some(Direction::Lower), Shape::Rising | Shape::Mixed) => true,
        (Some(Direction::Target), Shape::Rising | Shape::Falling) => true,
        (Some(Direction::Target), Shape::Free) => indicator.scoring.cohort().is_some(),
        _ => false,
    };
    if contradicts {
        faults.push(
            Fault::error("direction.contradicted", "评分规则与 direction 相矛盾", "the scoring rule contradicts the direction")
                .at(format!("{at}/direction"))
                .value(indicator.scoring.word())
                .hint("改正 direction 或评分规则", "correct the direction or the scoring rule"),
        );
    }
    indicator.direction.unwrap_or(match shape {
        Shape::Rising | Shape::Free => Direction::Higher,
        Shape::Falling => Direction::Lower,
        Shape::Mixed => Direction::Target,
    })
}

/// The codes of all items that anything reads.
pub(super) fn used_items(leaves: &HashMap<usize, Leaf>, adjustments: &[Formula], document: &SetDocument) -> HashSet<String> {
    let mut used: HashSet<String> = HashSet::new();
    for leaf in leaves.values() {
        used.extend(leaf.items.iter().map(|&item| document.items[item].code.clone()));
        used.extend(leaf.formula.iter().flat_map(Formula::items).map(str::to_owned));
    }
    used.extend(adjustments.iter().flat_map(Formula::items).map(str::to_owned));
    used.extend(super::levels::items(document).map(str::to_owned));
    used
}
