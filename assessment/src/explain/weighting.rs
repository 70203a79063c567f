//! Derived weights in an explanation: by what, out of how many cities, and a city's own weights in its best light.

use citygauge_indicators::NodeIndex;
use dashu_ratio::RBig;

use super::{Explainer, Operation};
use crate::normalise::number;
use crate::weigh::{DIGITS, Derivation};

/// How the weights of a node's children were derived.
pub(super) fn derived(derivation: &Derivation) -> Operation {
    let told =
        |name: &str| derivation.statistics.iter().find(|told| told.name == name && told.matrix.is_none()).map(|told| told.value);
    let (mut zh, mut en) = (
        format!("下级权重由 {} 推导，取 {DIGITS} 位有效数字", derivation.method),
        format!("weights of the children derived by {}, to {DIGITS} significant digits", derivation.method),
    );
    if let Some(cities) = derivation.cities {
        zh += &format!("；样本为下级取值齐全的 {cities} 个城市");
        en += &format!("; out of {cities} cities with a value of every child");
    }
    if let Some(ratio) = told("consistency_ratio") {
        zh += &format!("；一致性比例 {ratio:.4}");
        en += &format!("; consistency ratio {ratio:.4}");
    }
    if let Some(explained) = told("explained_variance") {
        zh += &format!("；第一主成分解释方差的 {:.1}%", explained * 100.0);
        en += &format!("; the first component explains {:.1} % of the variance", explained * 100.0);
    }
    Operation::new(zh, en, None)
}

impl Explainer<'_> {
    /// The score of a node that shows the city in its best light, before rounding.
    pub(super) fn in_best_light(&self, index: NodeIndex) -> (Operation, Option<RBig>) {
        let set = self.set();
        let lights = self.assessment.computed[self.at].actual.lights.get(&index);
        let score = lights.and_then(|lights| lights.score(self.row)).map(number);
        let shares = set.nodes()[index].children.iter().filter_map(|&child| {
            let share = lights?.share(child, self.row)?;
            Some(format!("{} {:.2} %", set.nodes()[child].code, share * 100.0))
        });
        let shares = shares.collect::<Vec<_>>().join(", ");
        let operation = Operation::new(
            format!("最有利权重下的得分（线性规划；各下级占比：{shares}）"),
            format!("score in the city's best light (linear programme; shares of the children: {shares})"),
            score.as_ref(),
        );
        (operation, score)
    }
}
