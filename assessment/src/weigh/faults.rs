//! What keeps weights from being derived, in words.

use citygauge_indicators::{Fault, IndicatorSet, NodeIndex, Period};

use super::method::{FEWEST, Obstacle};

/// Why the weights below a node cannot be derived; `children` are those that count.
pub(super) fn refusal(
    set: &IndicatorSet,
    node: NodeIndex,
    period: Option<Period>,
    obstacle: Obstacle,
    children: &[NodeIndex],
) -> Fault {
    let code = &set.nodes()[node].code;
    let child = |place: usize| children.get(place).map_or("", |&child| set.nodes()[child].code.as_str());
    let fault = match obstacle {
        Obstacle::TooFewCities(count) => Fault::error(
            "weighting.too_few_cities",
            format!("只有 {count} 个城市在“{code}”的全部下级上有取值，不足以推导权重"),
            format!("only {count} cities have a value of every child of '{code}', too few to derive weights from"),
        )
        .value(count.to_string())
        .expected(format!("{FEWEST}.."))
        .hint("补充数据，改用 pooled 或给定权重", "add data, use the cohort 'pooled', or give the weights"),
        Obstacle::Constant => Fault::error(
            "weighting.constant",
            format!("“{code}”的下级在所有城市都相同，无法推导权重"),
            format!("the children of '{code}' are the same in every city, which tells nothing of their weights"),
        )
        .hint("检查数据，或给定权重", "look at the data, or give the weights"),
        Obstacle::ZeroSum => Fault::error(
            "weighting.zero_sum",
            format!("“{code}”下级的推导权重之和为 0"),
            format!("the weights derived below '{code}' add up to 0"),
        )
        .hint("改用其他权重方法，或给定权重", "use another method, or give the weights"),
        Obstacle::Negative(place) => Fault::error(
            "weighting.negative_value",
            format!("“{}”有小于 0 的取值，“{code}”无法用熵权法", child(place)),
            format!("'{}' has a value below 0, of which '{code}' cannot take the entropy", child(place)),
        )
        .value(child(place))
        .hint("用 on: min_max，或加大 shift", "use on: min_max, or a greater shift"),
        Obstacle::ZeroMean(place) => Fault::error(
            "weighting.zero_mean",
            format!("“{}”的均值为 0，“{code}”无法计算变异系数", child(place)),
            format!("the mean of '{}' is 0, so '{code}' has no coefficient of variation to weigh by", child(place)),
        )
        .value(child(place))
        .hint("改用 std_dev", "use 'std_dev'"),
        Obstacle::NotConverged => Fault::error(
            "weighting.not_converged",
            format!("“{code}”下级权重的求解没有收敛"),
            format!("the search for the weights below '{code}' did not end"),
        )
        .hint("改用其他权重方法", "use another method"),
        Obstacle::NoBase(base) => Fault::error(
            "weighting.base_period",
            format!("“{code}”权重的基期 {base} 没有数据"),
            format!("there are no data in {base}, the base period of the weights below '{code}'"),
        )
        .value(base.to_string())
        .hint("补充基期数据，或改用 period", "add the data of the base period, or use 'period'"),
        Obstacle::NoPeriod => Fault::error(
            "weighting.base_period",
            format!("“{code}”权重的基期无法识别"),
            format!("the base period of the weights below '{code}' is no period"),
        )
        .hint("写成 2020、2020-Q1 或 2020-01", "write 2020, 2020-Q1 or 2020-01"),
    };
    let fault = fault.of(code.clone());
    match period {
        Some(period) => fault.period(period.to_string()),
        None => fault,
    }
}

/// A child that does not differ and therefore weighs nothing.
pub(super) fn constant_child(set: &IndicatorSet, node: NodeIndex, child: NodeIndex, period: Period) -> Fault {
    let (node, child) = (&set.nodes()[node].code, &set.nodes()[child].code);
    Fault::warning(
        "weighting.constant_child",
        format!("“{child}”在所有城市都相同，推导权重为 0，不计入“{node}”"),
        format!("'{child}' is the same in every city, so its derived weight is 0 and it does not count in '{node}'"),
    )
    .of(child.clone())
    .period(period.to_string())
    .hint("检查数据，或给定权重", "look at the data, or give the weights")
}
