//! What keeps a rule from being fitted.

use citygauge_indicators::{Fault, Period, Scoring};

use super::Fit;

pub(super) fn no_base(node: &str, base: Period) -> Fault {
    Fault::error(
        "scoring.base_period",
        format!("“{node}”在基期 {base} 没有取值"),
        format!("'{node}' has no value in {base}, its base period"),
    )
    .of(node)
    .period(base.to_string())
    .hint("补充基期数据，或改用 period", "add the data of the base period, or use 'period'")
}

pub(super) fn no_reference(node: &str, period: Option<Period>, city: &str) -> Fault {
    let fault = Fault::error(
        "scoring.no_reference",
        format!("参照城市“{city}”没有“{node}”的取值"),
        format!("the reference city '{city}' has no value for '{node}'"),
    )
    .of(node)
    .value(city)
    .hint("补充该城市的数据，或改用其他参照城市", "add the data of that city, or name another one");
    in_period(fault, period)
}

pub(super) fn constant(node: &str, period: Option<Period>, scoring: &Scoring, fit: &Fit) -> Fault {
    let (zh, en) = match scoring {
        _ if fit.count == 1 && matches!(scoring, Scoring::ZScore { .. } | Scoring::PercentileRank { .. }) => (
            format!("“{node}”只有一个参评值，无从比较"),
            format!("the cohort has a single value of '{node}', which compares with no other"),
        ),
        Scoring::MinMax { .. } | Scoring::MaxDistance { .. } | Scoring::ZScore { .. } => (
            format!("“{node}”在所有参评城市取值相同，无法归一化"),
            format!("'{node}' is the same in every city of the cohort and cannot be normalised"),
        ),
        Scoring::MaxFraction { .. } => (
            format!("“{node}”在参评城市中的最优值为 0，无法作为除数"),
            format!("the best value of '{node}' in the cohort is 0 and cannot divide"),
        ),
        Scoring::TargetDistance { .. } => (
            format!("“{node}”的目标值等于参评城市的最差值，无法归一化"),
            format!("the target of '{node}' is the worst value of the cohort, which leaves no distance"),
        ),
        _ => (
            format!("参照城市在“{node}”上就是参评城市的最差值，无法归一化"),
            format!("the reference city has the worst value of the cohort in '{node}', which leaves no distance"),
        ),
    };
    let fault = Fault::error("scoring.constant", zh, en).of(node).value(fit.smallest.to_string()).hint(
        "为该规则指定 constant: missing、half 或 full，或移除该指标",
        "give the rule constant: missing, half or full, or leave the indicator out",
    );
    in_period(fault, period)
}

fn in_period(fault: Fault, period: Option<Period>) -> Fault {
    match period {
        Some(period) => fault.period(period.to_string()),
        None => fault,
    }
}
