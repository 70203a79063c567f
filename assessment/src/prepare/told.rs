//! How preparation is told to people: where an imputed value comes from, and what each treatment did.

use citygauge_indicators::exact::nearest_double;
use citygauge_indicators::{NodeIndex, Text};
use dashu_ratio::RBig;

use super::Preparation;
use super::impute::Source;
use super::treat::{Applied, Map};
use crate::exact::leaf::Cells;

/// One step of the preparation of a value, and what came out.
pub(crate) struct Told {
    pub text: Text,
    pub result: Option<RBig>,
}

impl Preparation {
    /// Every step from the raw value of a cell to the one that its rule scores.
    pub(crate) fn told(&self, cells: Cells, node: NodeIndex, row: usize) -> Vec<Told> {
        let mut told = Vec::new();
        let mut value = cells.value(node, row).0;
        if value.is_none() {
            let Some(imputed) = self.imputed(cells, node, row) else { return told };
            told.push(Told { text: source(&imputed.source, cells, node), result: Some(imputed.value.clone()) });
            value = Some(imputed.value);
        }
        for step in self.applied(node, cells.slice.period) {
            let Some(before) = value else { break };
            value = step.map.exact(&before).ok();
            told.push(Told { text: treated(step, &before, value.as_ref()), result: value.clone() });
        }
        told
    }
}

fn source(source: &Source, cells: Cells, node: NodeIndex) -> Text {
    let leaf = cells.set.nodes()[node].leaf();
    let attribute = leaf.and_then(|leaf| leaf.imputation.group()).unwrap_or_default();
    let within = |group: &Option<String>| match group {
        Some(group) => (format!("{attribute}为“{group}”的"), format!(" of {attribute} {group}")),
        None => (String::new(), String::new()),
    };
    match source {
        Source::Mean { group, cities } => {
            let (zh, en) = within(group);
            Text::both(format!("插补：{zh}{cities} 个城市的均值"), format!("imputed: mean{en}, {cities} cities"))
        }
        Source::Median { group, cities } => {
            let (zh, en) = within(group);
            Text::both(format!("插补：{zh}{cities} 个城市的中位数"), format!("imputed: median{en}, {cities} cities"))
        }
        Source::Period(period) => {
            Text::both(format!("插补：该城市 {period} 的取值"), format!("imputed: the city's own value of {period}"))
        }
        Source::Between(earlier, later) => Text::both(
            format!("插补：在 {earlier} 与 {later} 之间线性内插"),
            format!("imputed: on the line between {earlier} and {later}"),
        ),
        Source::Row { indicators } => Text::both(
            format!("插补：该城市其他 {indicators} 个指标归一化值的均值，换回原尺度"),
            format!("imputed: mean of the city's {indicators} other normalised indicators, taken back to the scale of this one"),
        ),
    }
}

fn treated(step: &Applied, before: &RBig, after: Option<&RBig>) -> Text {
    let shown = |value: &RBig| nearest_double(value).to_string();
    match (&step.map, after) {
        (_, None) => Text::both(
            format!("处理 {}：超出定义域，按缺失处理", step.method),
            format!("{}: outside of its domain, so the value is missing", step.method),
        ),
        (Map::Clamp { .. }, Some(after)) if before != after => Text::both(
            format!("缩尾：由 {} 移至 {}", shown(before), shown(after)),
            format!("winsorised from {} to {}", shown(before), shown(after)),
        ),
        (Map::Clamp { .. }, _) => Text::both(
            format!("缩尾：参评城市中移动了 {} 个极值，该值未动", step.moved),
            format!("winsorising moved {} extremes of the cohort, and not this value", step.moved),
        ),
        (map, _) => Text::both(format!("处理 {}：{}", step.method, formula(map)), format!("{}: {}", step.method, formula(map))),
    }
}

/// What a map does, as it is written.
pub(crate) fn formula(map: &Map) -> String {
    let shown = |value: &RBig| nearest_double(value).to_string();
    match map {
        Map::Clamp { low, high } => {
            let end = |end: &Option<RBig>| end.as_ref().map_or_else(|| "-".to_owned(), shown);
            format!("{} .. {}", end(low), end(high))
        }
        Map::Log { slope, offset, turned } => {
            let sign = if *turned { "-" } else { "" };
            let inner = if *slope == RBig::ONE { "x".to_owned() } else { format!("{} x", shown(slope)) };
            if *offset == RBig::ZERO { format!("{sign}ln({inner})") } else { format!("{sign}ln({inner} + {})", shown(offset)) }
        }
        Map::Power { offset, lambda } => format!("((x + {})^{lambda} - 1) / {lambda}", shown(offset)),
    }
}
