//! The aggregations: what points arithmetic allows, and parameters inside their ranges.

use super::tree::Tree;
use crate::document::aggregation::{Aggregation, Method};
use crate::document::{Arithmetic, SetDocument};
use crate::fault::{Fault, Faults};

/// The greatest magnitude of the exponent of a power mean; beyond it the mean is the smallest or largest score.
const MAX_EXPONENT: f64 = 1_000.0;
/// The least magnitude of one that is not 0; below it the mean is the geometric.
const MIN_EXPONENT: f64 = 0.001;

/// Checks the aggregation that stands at a pointer.
pub(super) fn check(document: &SetDocument, aggregation: &Aggregation, at: &str, faults: &mut Faults) {
    let plain = aggregation.method == Method::Arithmetic && aggregation.floor.is_none();
    if document.arithmetic == Arithmetic::Points && !plain {
        faults.push(
            Fault::error(
                "aggregation.points",
                "分值算法（points）只允许算术平均",
                "points arithmetic knows the arithmetic mean only",
            )
            .at(at)
            .value(aggregation.method.word())
            .expected("arithmetic")
            .hint("改用 arithmetic，或把 arithmetic 设为 scores", "use 'arithmetic', or set the set's arithmetic to 'scores'"),
        );
    }
    if let Some(floor) = aggregation.floor
        && !(0.0..=document.full_mark).contains(&floor)
    {
        faults.push(
            Fault::error("aggregation.floor", "floor 应在 0 与满分之间", "the floor lies between 0 and the full mark")
                .at(at)
                .value(floor.to_string())
                .hint("例如 1", "1, for example"),
        );
    }
    match &aggregation.method {
        Method::Power { p } => exponent(*p, at, faults),
        Method::Vikor { v, .. } if !(0.0..=1.0).contains(v) => faults.push(
            Fault::error("aggregation.v", "v 应在 0 到 1 之间", "v lies between 0 and 1")
                .at(format!("{at}/v"))
                .value(v.to_string())
                .expected("0..1")
                .hint("通常取 0.5", "it is usually 0.5"),
        ),
        Method::GreyRelational { rho, .. } if !(*rho > 0.0 && *rho <= 1.0) => faults.push(
            Fault::error("aggregation.rho", "分辨系数 rho 应大于 0 且不超过 1", "rho lies above 0 and is at most 1")
                .at(format!("{at}/rho"))
                .value(rho.to_string())
                .expected("0..1")
                .hint("通常取 0.5", "it is usually 0.5"),
        ),
        Method::Fuzzy { grades, .. } => centres(document, grades, at, faults),
        Method::Owa { weights } => positions(weights, at, faults),
        _ => {}
    }
}

fn exponent(p: f64, at: &str, faults: &mut Faults) {
    if p == 0.0 || (MIN_EXPONENT..=MAX_EXPONENT).contains(&p.abs()) {
        return;
    }
    let (zh, en) = if p.abs() > MAX_EXPONENT {
        ("改用 minimum，或取较小的指数", "use 'minimum', or a smaller exponent")
    } else {
        ("取 0 即几何平均", "take 0, the geometric mean")
    };
    faults.push(
        Fault::error(
            "aggregation.p",
            "幂平均的指数应为 0，或绝对值在 0.001 到 1000 之间",
            "the exponent of a power mean is 0, or its magnitude lies between 0.001 and 1,000",
        )
        .at(format!("{at}/p"))
        .value(p.to_string())
        .expected("0, 0.001..1000")
        .hint(zh, en),
    );
}

fn centres(document: &SetDocument, grades: &[f64], at: &str, faults: &mut Faults) {
    let rising = grades.windows(2).all(|pair| pair[0] < pair[1]);
    let inside = grades.iter().all(|grade| (0.0..=document.full_mark).contains(grade));
    if grades.len() < 2 || !rising || !inside {
        faults.push(
            Fault::error(
                "aggregation.grades",
                "等级中心值至少两个，须递增，并在 0 与满分之间",
                "the centres of grades are at least two, rise, and lie between 0 and the full mark",
            )
            .at(format!("{at}/grades"))
            .expected("[20, 40, 60, 80, 95]")
            .hint("按由差到好的顺序填写", "list them from poor to excellent"),
        );
    }
}

fn positions(weights: &[f64], at: &str, faults: &mut Faults) {
    let sum: f64 = weights.iter().sum();
    if weights.iter().any(|&weight| weight < 0.0) || sum <= 0.0 || !sum.is_finite() {
        faults.push(
            Fault::error(
                "aggregation.weights",
                "位置权重不能为负，且总和须大于 0",
                "weights of positions are not negative and add up to more than 0",
            )
            .at(format!("{at}/weights"))
            .value(sum.to_string())
            .hint("例如 [0.5, 0.3, 0.2]", "[0.5, 0.3, 0.2], for example"),
        );
    }
}

/// Checks that every ordered weighted average has a weight for each of the children that count.
pub(super) fn check_positions(document: &SetDocument, tree: &Tree, faults: &mut Faults) {
    let mut parents: Vec<Option<usize>> = tree.children.keys().copied().collect();
    parents.sort_unstable();
    for parent in parents {
        let listed = parent.or(tree.total);
        let own = listed.and_then(|i| Some((format!("/nodes/{i}/aggregation"), document.nodes[i].aggregation.as_ref()?)));
        let (at, aggregation) = own.unwrap_or_else(|| ("/aggregation".to_owned(), &document.aggregation));
        let Method::Owa { weights } = &aggregation.method else { continue };
        let counted = tree.children_of(parent).iter().filter(|&&child| document.nodes[child].weight > 0.0).count();
        if weights.len() == counted {
            continue;
        }
        let code = parent.map_or(crate::TOTAL, |i| document.nodes[i].code.as_str());
        faults.push(
            Fault::error(
                "aggregation.weights",
                format!("“{code}”有 {counted} 个计分下级，位置权重却有 {} 个", weights.len()),
                format!("'{code}' has {counted} children that count, but {} weights of positions", weights.len()),
            )
            .at(format!("{at}/weights"))
            .of(code)
            .value(weights.len().to_string())
            .expected(counted.to_string())
            .hint("每个计分下级对应一个位置权重", "give a weight for each child that counts"),
        );
    }
}

#[cfg(test)]
mod tests;
