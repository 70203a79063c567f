//! What is said where a method leaves a node without a score, or a child tells nothing.

use citygauge_indicators::{Fault, Method, NodeKind, Period, SetNode};

use super::number::Why;

/// Why a node has no score in a city although children have; `child` is the one at fault, where one is.
pub(crate) fn without(why: Why, node: &SetNode, child: &str) -> Fault {
    let NodeKind::Inner { aggregation, .. } = &node.kind else {
        return Fault::warning("aggregation.no_score", "该节点无得分", "the node has no score");
    };
    let (zh, en) = name(&aggregation.method);
    let code = &node.code;
    match why {
        Why::NotPositive => Fault::warning(
            "aggregation.not_positive",
            format!("“{code}”的下级“{child}”得分不大于 0，{zh}无法计算，该节点无得分"),
            format!("the score of '{child}' is not above 0, so '{code}' has no {en} and no score"),
        )
        .hint("给该节点设 floor，或改用算术平均", "give the node a floor, or use the arithmetic mean"),
        Why::Negative => Fault::warning(
            "aggregation.negative",
            format!("“{code}”的下级“{child}”得分小于 0，{zh}无法计算，该节点无得分"),
            format!("the score of '{child}' is below 0, so '{code}' has no {en} and no score"),
        )
        .hint("给该节点设 floor，或改用算术平均", "give the node a floor, or use the arithmetic mean"),
        Why::Overflow => Fault::warning(
            "score.overflow",
            format!("“{code}”得分的绝对值超过 1e150，按无得分处理"),
            format!("the score of '{code}' lies beyond 1e150 and counts as missing"),
        )
        .hint("请检查下级得分的量级", "look at the magnitudes of the children's scores"),
        Why::DivisionByZero | Why::Open => {
            let (zh_cause, en_cause, zh_hint, en_hint) = cause(&aggregation.method);
            Fault::warning(
                "aggregation.division_by_zero",
                format!("“{code}”的{zh}除数为零（{zh_cause}），该节点无得分"),
                format!("the {en} of '{code}' divides by zero ({en_cause}); the node has no score"),
            )
            .hint(zh_hint, en_hint)
        }
    }
}

/// A child in which the compared cities do not differ.
pub(crate) fn constant(node: &SetNode, child: &str, period: Period) -> Fault {
    Fault::warning(
        "aggregation.constant",
        format!("“{}”的下级“{child}”在所有参评城市得分相同，对合成结果不起作用", node.code),
        format!("'{child}' scores the same in every city, so it tells nothing in '{}'", node.code),
    )
    .of(node.code.clone())
    .period(period.to_string())
    .value(child)
    .hint("改用 ideals: fixed，或移除该下级", "use ideals: fixed, or leave the child out")
}

/// What a method is called, for people.
pub(crate) fn name(method: &Method) -> (&'static str, &'static str) {
    match method {
        Method::Arithmetic => ("加权算术平均", "weighted arithmetic mean"),
        Method::Geometric => ("加权几何平均", "weighted geometric mean"),
        Method::Harmonic => ("加权调和平均", "weighted harmonic mean"),
        Method::Power { .. } => ("加权幂平均", "weighted power mean"),
        Method::Minimum => ("最小值", "minimum"),
        Method::Median => ("中位数", "median"),
        Method::Copeland { .. } => ("科普兰规则", "Copeland score"),
        Method::MazziottaPareto { .. } => ("马齐奥塔-帕累托指数", "Mazziotta-Pareto index"),
        Method::ReportedPoints => ("得分占满分之比", "points over maximum points"),
        Method::Topsis { .. } => ("TOPSIS 贴近度", "TOPSIS closeness"),
        Method::Vikor { .. } => ("VIKOR 折衷值", "VIKOR compromise"),
        Method::GreyRelational { .. } => ("灰色关联度", "grey relational grade"),
        Method::Fuzzy { .. } => ("模糊综合评价", "fuzzy comprehensive evaluation"),
        Method::Owa { .. } => ("有序加权平均", "ordered weighted average"),
    }
}

/// What makes a method divide by zero, and what to do about it.
fn cause(method: &Method) -> (&'static str, &'static str, &'static str, &'static str) {
    match method {
        Method::MazziottaPareto { .. } => (
            "下级得分的平均值为 0",
            "the mean of the children's scores is 0",
            "检查下级的负得分，或改用 standardise: z_score",
            "look at the negative scores of the children, or use standardise: z_score",
        ),
        _ => (
            "各参评城市没有差别",
            "no city differs from another",
            "改用 ideals: fixed，或增加参评城市",
            "use ideals: fixed, or compare more cities",
        ),
    }
}
