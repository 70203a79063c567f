//! The aggregation of a node under score arithmetic: method, parameters, each child's part, and the numbers on the way
//! from the children's scores to the node's.

use citygauge_indicators::exact::nearest_double;
use citygauge_indicators::{Aggregation, Ideals, Method, NodeIndex, Standardise};
use dashu_ratio::RBig;

use super::{Explainer, Operation};
use crate::aggregate::cohort::{self, Ends};
use crate::aggregate::number::{Number, Why};
use crate::aggregate::{Way, fuzzy, grey_relational, mazziotta_pareto, owa, topsis, vikor, warning, way};

/// Weight and score of the children that entered.
type Terms = [(RBig, RBig)];

impl Explainer<'_> {
    /// The steps from the children's scores to the node's, and the score before rounding.
    pub(super) fn aggregated(
        &self,
        index: NodeIndex,
        aggregation: &Aggregation,
        terms: &Terms,
    ) -> (Vec<Operation>, Option<RBig>) {
        let score = self.nodes.aggregated(index, aggregation, terms, self.row).ok();
        let method = &aggregation.method;
        // What cannot be told is not on the way to a score either.
        let mut operations = self.steps(index, method, terms).unwrap_or_default();
        let (zh, en) = warning::name(method);
        let each: Vec<String> = terms.iter().map(|(weight, score)| format!("{} × {}", shown(weight), shown(score))).collect();
        let each = each.join(", ");
        let (told, how_zh, how_en) = match parameters(aggregation) {
            parameters if parameters.is_empty() => (String::new(), "", ""),
            parameters => (parameters, "，", ", "),
        };
        let (not_zh, not_en) =
            if is_additive(method) { ("", "") } else { ("；不可加，各下级之和不等于得分", "; not additive") };
        operations.push(Operation::new(
            format!("{zh}（权重 × 得分{how_zh}{told}）：{each}{not_zh}"),
            format!("{en} (weight x score{how_en}{told}): {each}{not_en}"),
            score.as_ref(),
        ));
        (operations, score)
    }

    /// The numbers between the children's scores and the node's.
    fn steps(&self, index: NodeIndex, method: &Method, terms: &Terms) -> Result<Vec<Operation>, Why> {
        let full_mark = self.set().full_mark();
        let (weights, scores): (Vec<RBig>, Vec<RBig>) = terms.iter().cloned().unzip();
        let mut operations = Vec::new();
        let mut tell = |zh: &str, en: &str, result: &RBig| operations.push(Operation::new(zh, en, Some(result)));
        match method {
            Method::MazziottaPareto { sd, standardise: Standardise::None, .. } => {
                let (mean, variance) = mazziotta_pareto::mean_and_variance(&scores, &weights, *sd)?;
                tell("平均值 M", "mean M", &mean);
                tell("方差 S²", "variance S^2", &variance);
            }
            Method::Topsis { norm: citygauge_indicators::Norm::None, ideals } => {
                let (ends, told) = self.ends(index, *ideals, full_mark)?;
                let norms = vec![Some(RBig::ONE); scores.len()];
                let (to_best, to_worst) = topsis::distances(&scores, &weights, &ends, &norms)?;
                tell(&format!("到正理想解的距离 D+（{told}）"), &format!("distance D+ from the ideal ({told})"), &to_best);
                tell("到负理想解的距离 D-", "distance D- from its opposite", &to_worst);
            }
            Method::Vikor { ideals, .. } => {
                let (ends, told) = self.ends(index, *ideals, full_mark)?;
                let (sum, greatest) = vikor::regrets(&scores, &weights, &ends)?;
                tell(&format!("群体遗憾 S（{told}）"), &format!("sum S of regrets ({told})"), &sum);
                tell("个体最大遗憾 R", "greatest regret R", &greatest);
            }
            Method::GreyRelational { rho, ideals } => {
                let (ends, told) = self.ends(index, *ideals, full_mark)?;
                let coefficients = grey_relational::coefficients(&scores, &ends, *rho)?;
                let listed = listed(&coefficients);
                operations.push(Operation::new(
                    format!("关联系数（{told}）：{listed}"),
                    format!("relational coefficients ({told}): {listed}"),
                    None,
                ));
            }
            Method::Fuzzy { grades, operator } => {
                let memberships = fuzzy::memberships(&scores, &weights, grades, *operator)?;
                let of_grade = |(grade, membership): (&f64, &RBig)| format!("{grade}: {}", shown(membership));
                let listed: Vec<String> = grades.iter().zip(&memberships).map(of_grade).collect();
                let listed = listed.join(", ");
                operations.push(Operation::new(
                    format!("对各等级的隶属度：{listed}"),
                    format!("membership in each grade: {listed}"),
                    None,
                ));
            }
            Method::Owa { weights: positions } => {
                let positions: Vec<RBig> = owa::positions(positions, scores.len())?;
                let ordered = positions.iter().zip(RBig::falling(&scores));
                let listed: Vec<String> =
                    ordered.map(|(weight, score)| format!("{} × {}", shown(weight), shown(&score))).collect();
                let listed = listed.join(", ");
                operations.push(Operation::new(
                    format!("由高到低（位置权重 × 得分）：{listed}"),
                    format!("from the best down (weight of position x score): {listed}"),
                    None,
                ));
            }
            Method::Copeland { .. } => {
                let cities = self.nodes.cities(index).iter().flatten().count();
                operations.push(Operation::new(
                    format!("与 {cities} 个城市中的其他各城市两两比较：胜场减负场"),
                    format!("wins less losses against each other of {cities} cities"),
                    None,
                ));
            }
            _ => {}
        }
        Ok(operations)
    }

    /// What a city's children are measured from, with a sentence about it.
    fn ends(&self, index: NodeIndex, ideals: Ideals, full_mark: f64) -> Result<(Vec<Ends<RBig>>, String), Why> {
        let cities = self.nodes.cities(index);
        let city = cities.get(self.row).and_then(Option::as_ref);
        let present = city.map(|city| cohort::present(city).0).unwrap_or_default();
        let all = cohort::ends(&cities, city.map_or(0, Vec::len), ideals, full_mark)?;
        let ends = cohort::at(&all, &present);
        let told = match ideals {
            Ideals::Fixed => format!("0..{full_mark}"),
            Ideals::Cohort => {
                let one = |ends: &Ends<RBig>| match ends {
                    Some((worst, best)) => format!("{}..{}", shown(worst), shown(best)),
                    None => "—".to_owned(),
                };
                ends.iter().map(one).collect::<Vec<_>>().join(", ")
            }
        };
        Ok((ends, told))
    }
}

/// Whether the parts of the children add up to the score.
fn is_additive(method: &Method) -> bool {
    way(method) == Way::Arithmetic
}

/// The parameters of a method, as the document writes them.
fn parameters(aggregation: &Aggregation) -> String {
    let mut told: Vec<String> = match &aggregation.method {
        Method::Power { p } => vec![format!("p = {p}")],
        Method::Copeland { scale } => vec![format!("scale = {}", scale.word())],
        Method::MazziottaPareto { penalty, standardise, sd } => vec![
            format!("penalty = {}", penalty.word()),
            format!("standardise = {}", standardise.word()),
            format!("sd = {}", sd.word()),
        ],
        Method::Topsis { ideals, norm } => vec![format!("ideals = {}", ideals.word()), format!("norm = {}", norm.word())],
        Method::Vikor { v, ideals } => vec![format!("v = {v}"), format!("ideals = {}", ideals.word())],
        Method::GreyRelational { rho, ideals } => vec![format!("rho = {rho}"), format!("ideals = {}", ideals.word())],
        Method::Fuzzy { operator, .. } => vec![format!("operator = {}", operator.word())],
        _ => Vec::new(),
    };
    told.extend(aggregation.floor.map(|floor| format!("floor = {floor}")));
    told.join(", ")
}

fn listed(numbers: &[RBig]) -> String {
    numbers.iter().map(shown).collect::<Vec<_>>().join(", ")
}

fn shown(number: &RBig) -> String {
    nearest_double(number).to_string()
}

#[cfg(test)]
mod tests;
