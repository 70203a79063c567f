//! How an assessment was computed, in sentences.

use std::collections::BTreeMap;

use citygauge_indicators::{Arithmetic, CoverageBy, Depths, Language, MissingRule, NodeKind, RoundingMode};

use super::{percent, plain};
use crate::charts::Opened;
use crate::reports::document::context::Method;

/// The method of a set.
pub(super) fn method(opened: &Opened) -> Method {
    let (set, language) = (&opened.set, opened.language);
    let document = set.document();
    let say = |zh: String, en: String| language.pick(zh, en);
    let mut rules: BTreeMap<&str, usize> = BTreeMap::new();
    set.leaves().for_each(|(_, leaf)| *rules.entry(leaf.scoring.word()).or_default() += 1);
    let counted = rules.iter().map(|(word, count)| match language {
        Language::Zh => format!("{}（{count} 项）", rule(word, language)),
        Language::En => format!("{} ({count})", rule(word, language)),
    });
    let counted = counted.collect::<Vec<_>>().join(language.pick("、", ", "));
    let derived = set.nodes().iter().filter(|node| matches!(&node.kind, NodeKind::Inner { weighting: Some(_), .. })).count();
    let arithmetic = match document.arithmetic {
        Arithmetic::Scores => language.pick("得分算法", "score arithmetic"),
        Arithmetic::Points => language.pick("分值算法（逐级取整）", "points arithmetic, rounded at every step"),
    };
    let aggregation = aggregation(document.aggregation.method.word(), language);
    Method {
        scoring: say(
            format!("各指标分项按下列规则计分：{counted}。"),
            format!("Indicators are scored by these rules: {counted}."),
        ),
        aggregation: say(
            format!("逐级汇总，默认方法为{aggregation}，采用{arithmetic}。"),
            format!(
                "Scores are put together level by level, by the {aggregation} unless a node says otherwise, under {arithmetic}."
            ),
        ),
        weights: match derived {
            0 => say("权重由指标体系给定。".into(), "Weights are given by the set.".into()),
            nodes => say(
                format!("{nodes} 个节点的下级权重由数据或判断矩阵导出，其余由指标体系给定。"),
                format!("The weights below {nodes} nodes are derived from data or judgements; the others are given by the set."),
            ),
        },
        rounding: rounding(opened),
        missing: missing(&document.missing, language),
        coverage: document.min_coverage.as_ref().map(|least| {
            let by = match least.by {
                CoverageBy::Weight => language.pick("权重", "by weight"),
                CoverageBy::Count => language.pick("个数", "by number"),
            };
            let share = percent(least.at_least);
            say(
                format!("节点的直接下级中有得分者按{by}计不足 {share} 时，该节点没有得分。"),
                format!("A node whose children with a score fall short of {share}, {by}, has no score."),
            )
        }),
        levels: set.levels().map(|levels| {
            let gates = levels.gates.len();
            let (bands, stages) = (levels.bands.len(), levels.staged.len());
            match stages {
                0 => say(
                    format!("成熟度等级按得分所在区间判定，共 {bands} 级；另有 {gates} 项门槛条件。"),
                    format!("Levels are read off {bands} bands of the score, with {gates} further conditions."),
                ),
                stages => say(
                    format!("成熟度等级为阶段式，共 {stages} 级；某级及以下各级的要求全部满足方为达到。"),
                    format!("Levels are staged, {stages} of them: one is reached when its requirements and all below hold."),
                ),
            }
        }),
        adjustments: (!document.adjustments.is_empty()).then(|| {
            let count = document.adjustments.len();
            say(
                format!("总分另有 {count} 项加分或扣分，在取整之后计算。"),
                format!("The total has {count} bonuses or deductions, computed after rounding."),
            )
        }),
    }
}

fn rounding(opened: &Opened) -> String {
    let language = opened.language;
    let Some(rounding) = &opened.set.document().rounding else {
        return language.pick("结果不取整；表中显示两位小数。", "Results are not rounded; tables show two decimals.").to_owned();
    };
    let mode = match rounding.mode {
        RoundingMode::HalfUp => language.pick("四舍五入", "half away from zero"),
        RoundingMode::HalfEven => language.pick("四舍六入五成双", "half to even"),
    };
    let depths = match &rounding.depths {
        Depths::All => language.pick("所有层级".to_owned(), "every depth".to_owned()),
        Depths::List(depths) => {
            let depths = depths.iter().map(ToString::to_string).collect::<Vec<_>>().join(language.pick("、", ", "));
            language.pick(format!("第 {depths} 层（0 为总分）"), format!("the depths {depths} (0 is the total)"))
        }
    };
    let places = rounding.places;
    language.pick(
        format!("{depths}的结果保留 {places} 位小数，{mode}；上级用取整后的数计算。"),
        format!("Results at {depths} are rounded to {places} decimals, {mode}; what stands above uses the rounded numbers."),
    )
}

fn missing(rule: &MissingRule, language: Language) -> String {
    match rule {
        MissingRule::Skip => language
            .pick(
                "没有得分的节点不参与汇总，其余权重按比例放大。",
                "A node without a score is left out, and the other weights rescale.",
            )
            .to_owned(),
        MissingRule::Zero => {
            language.pick("没有得分的节点按 0 计，权重不变。", "A node without a score counts 0, its weight stays.").to_owned()
        }
        MissingRule::NoScore => language
            .pick("有节点没有得分时，其上级也没有得分。", "Where a node has no score, its parent has none either.")
            .to_owned(),
        MissingRule::PeerMean { .. } => language
            .pick(
                "没有得分的节点按参评城市的平均得分计入上级。",
                "A node without a score counts the mean of the cohort in its parent.",
            )
            .to_owned(),
        MissingRule::PeerMedian { .. } => language
            .pick(
                "没有得分的节点按参评城市的得分中位数计入上级。",
                "A node without a score counts the median of the cohort in its parent.",
            )
            .to_owned(),
        MissingRule::Previous { at_most } => language.pick(
            format!("没有得分的节点按至多 {} 个时期之前的自身得分计入上级。", plain(f64::from(*at_most))),
            format!("A node without a score counts its own of at most {at_most} periods earlier in its parent."),
        ),
    }
}

/// What a scoring rule is called.
fn rule(word: &str, language: Language) -> &str {
    let (zh, en) = match word {
        "ratio" => ("比例", "ratio"),
        "goalposts" => ("上下限线性", "goalposts"),
        "piecewise" => ("分段线性", "piecewise linear"),
        "steps" => ("分档", "steps"),
        "choice" => ("选项", "choice"),
        "checklist" => ("清单", "checklist"),
        "benchmark_share" => ("基准占比", "share of a benchmark"),
        "survey" => ("调查量表", "survey scale"),
        "scaled" => ("量表换算", "scaled"),
        "min_max" => ("极差标准化", "min-max"),
        "z_score" => ("标准分", "z-score"),
        "rank" => ("名次", "rank"),
        "borda" => ("波达计分", "Borda"),
        "percentile_rank" => ("百分位", "percentile rank"),
        "target_distance" => ("与目标之距", "distance to a target"),
        "reference_distance" => ("与参照城市之距", "distance to a reference city"),
        "max_distance" => ("与最大值之距", "distance to the maximum"),
        "max_fraction" => ("占最大值之比", "fraction of the maximum"),
        other => (other, other),
    };
    language.pick(zh, en)
}

/// What an aggregation is called.
fn aggregation(word: &str, language: Language) -> &str {
    let (zh, en) = match word {
        "arithmetic" => ("加权算术平均", "weighted arithmetic mean"),
        "geometric" => ("加权几何平均", "weighted geometric mean"),
        "harmonic" => ("加权调和平均", "weighted harmonic mean"),
        "power" => ("加权幂平均", "weighted power mean"),
        "minimum" => ("最小值", "minimum"),
        "median" => ("中位数", "median"),
        "copeland" => ("科普兰法", "Copeland method"),
        "mazziotta_pareto" => ("马齐奥塔–帕累托指数", "Mazziotta-Pareto index"),
        "reported_points" => ("得分占应得分之比", "points over maximum points"),
        "topsis" => ("TOPSIS 法", "TOPSIS"),
        "vikor" => ("VIKOR 法", "VIKOR"),
        "grey_relational" => ("灰色关联度", "grey relational grade"),
        "fuzzy" => ("模糊综合评价", "fuzzy comprehensive evaluation"),
        "owa" => ("有序加权平均", "ordered weighted average"),
        other => (other, other),
    };
    language.pick(zh, en)
}
