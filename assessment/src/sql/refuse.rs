//! What SQL does not tell, named with its place in the document.

use citygauge_indicators::formula::{Expr, Function, Operator};
use citygauge_indicators::{Fault, Faults, Imputation, IndicatorSet, MissingRule, NodeKind, Scoring, Weighting};

use super::formula::is_power_of_number;
use crate::aggregate;

/// The furthest period that a missing rule may look back to.
const FURTHEST: u32 = 12;

/// Everything in a set that is refused.
pub(crate) fn faults(set: &IndicatorSet) -> Faults {
    let mut faults = Faults::default();
    for node in set.nodes() {
        let place = Place::of(set, &node.code);
        match &node.kind {
            NodeKind::Leaf(leaf) => {
                if leaf.scoring.cohort().is_some() {
                    faults.push(place.refused(
                        "indicator/scoring",
                        leaf.scoring.word(),
                        ("计分规则", "the scoring rule"),
                        OF_COHORT,
                    ));
                }
                if leaf.imputation != Imputation::None {
                    let pointer = if place.has(|node| node.indicator.as_ref().is_some_and(|own| own.imputation.is_some())) {
                        place.at("indicator/imputation")
                    } else {
                        "/imputation".to_owned()
                    };
                    faults.push(refused(
                        &pointer,
                        &node.code,
                        leaf.imputation.word(),
                        ("插补方法", "the imputation"),
                        EXACT_ONLY,
                    ));
                }
                for treatment in &leaf.treatment {
                    faults.push(place.refused(
                        "indicator/treatment",
                        treatment.word(),
                        ("数据处理", "the treatment"),
                        EXACT_ONLY,
                    ));
                }
                let formulas = leaf.formula.iter().flat_map(|formula| untold(formula.root()));
                faults.0.extend(formulas.map(|part| {
                    refused(
                        &place.at("indicator/formula"),
                        &node.code,
                        &part,
                        ("公式中的部分", "the part of a formula"),
                        BY_NUMBER,
                    )
                }));
                if let Scoring::Choice { .. } = leaf.scoring
                    && leaf.formula.as_ref().is_none_or(|formula| formula.as_item().is_none())
                {
                    faults.push(place.refused("indicator/formula", "choice", ("公式", "the formula"), BY_NUMBER));
                }
            }
            NodeKind::Inner { aggregation, weighting } => {
                if aggregate::sql(&aggregation.method, super::Dialect::DuckDb, 0, 1.0).is_none() {
                    let own = place.has(|node| node.aggregation.is_some());
                    let pointer = if own { place.at("aggregation") } else { "/aggregation".to_owned() };
                    faults.push(refused(
                        &pointer,
                        &node.code,
                        aggregation.method.word(),
                        ("合成方法", "the aggregation"),
                        OTHER_METHOD,
                    ));
                }
                if let Some(weighting) = weighting.as_ref().filter(|weighting| **weighting != Weighting::Given) {
                    faults.push(place.refused("weighting", weighting.word(), ("赋权方法", "the weighting"), GIVEN_WEIGHTS));
                }
            }
        }
        let own = place.has(|node| node.missing.is_some());
        let pointer = if own { place.at("missing") } else { "/missing".to_owned() };
        let missing = |why| refused(&pointer, &node.code, node.missing.word(), ("缺失规则", "the missing rule"), why);
        match &node.missing {
            _ if node.parent.is_none() => {}
            MissingRule::PeerMean { group: Some(_) } | MissingRule::PeerMedian { group: Some(_) } => {
                faults.push(missing(NO_ATTRIBUTES))
            }
            MissingRule::Previous { at_most } if *at_most > FURTHEST => faults.push(missing(TOO_FAR)),
            _ => {}
        }
    }
    for (place, formula) in set.adjustment_formulas().iter().enumerate() {
        let code = &set.document().adjustments[place].code;
        let pointer = format!("/adjustments/{place}/formula");
        faults.0.extend(
            untold(formula.root())
                .into_iter()
                .map(|part| refused(&pointer, code, &part, ("公式中的部分", "the part of a formula"), BY_NUMBER)),
        );
    }
    if set.levels().is_some_and(|levels| !levels.staged.is_empty()) {
        faults.push(refused("/levels/staged", citygauge_indicators::TOTAL, "staged", ("等级模型", "the model of levels"), BANDS));
    }
    faults
}

/// The parts of a formula that are not told: powers whose exponent is no number.
fn untold(root: &Expr) -> Vec<String> {
    let mut parts = Vec::new();
    root.visit(&mut |part| match part {
        Expr::Binary(Operator::Power, _, exponent) if is_power_of_number(exponent).is_none() => parts.push(part.to_string()),
        Expr::Call(Function::Round, arguments) if arguments.get(1).is_some_and(|places| !matches!(places, Expr::Number(_))) => {
            parts.push(part.to_string());
        }
        _ => {}
    });
    parts
}

/// Why, and how to mend it: the hint in both languages.
type Hint = (&'static str, &'static str);

const OF_COHORT: Hint = (
    "改用按固定界限计分的规则（如 goalposts、piecewise），或用 citygauge assess 计算",
    "score by fixed limits (goalposts, piecewise), or compute it with citygauge assess",
);
const EXACT_ONLY: Hint = (
    "在导入前处理数据，或用 citygauge assess 计算",
    "prepare the data before they are loaded, or compute it with citygauge assess",
);
const BY_NUMBER: Hint = ("指数、小数位数写成数字", "write exponents and places as numbers");
const OTHER_METHOD: Hint = (
    "改用 arithmetic、geometric、harmonic、power、minimum 或 median，或用 citygauge assess 计算",
    "use arithmetic, geometric, harmonic, power, minimum or median, or compute it with citygauge assess",
);
const GIVEN_WEIGHTS: Hint =
    ("用 citygauge weigh 求出权重并写入指标体系", "derive the weights with citygauge weigh and write them into the set");
const NO_ATTRIBUTES: Hint = (
    "数据版本不含城市属性：去掉 group，或用 citygauge assess 计算",
    "a release has no attributes of cities: leave out group, or compute it with citygauge assess",
);
const TOO_FAR: Hint = ("at_most 不超过 12", "let at_most be 12 at most");
const BANDS: Hint =
    ("改用 bands 与 gates，或用 citygauge assess 计算", "use bands and gates, or compute it with citygauge assess");

fn refused(pointer: &str, code: &str, word: &str, (zh, en): (&str, &str), hint: Hint) -> Fault {
    Fault::error("sql.unsupported", format!("SQL 不能表达{zh}“{word}”"), format!("SQL does not express {en} '{word}'"))
        .at(pointer)
        .of(code)
        .value(word)
        .hint(hint.0, hint.1)
}

/// A node in the document.
struct Place<'s> {
    set: &'s IndicatorSet,
    code: &'s str,
    place: Option<usize>,
}

impl<'s> Place<'s> {
    fn of(set: &'s IndicatorSet, code: &'s str) -> Self {
        Self { set, code, place: set.document().nodes.iter().position(|node| node.code == code) }
    }

    fn has(&self, wanted: impl Fn(&citygauge_indicators::Node) -> bool) -> bool {
        self.place.is_some_and(|place| wanted(&self.set.document().nodes[place]))
    }

    fn at(&self, member: &str) -> String {
        self.place.map_or_else(|| format!("/{member}"), |place| format!("/nodes/{place}/{member}"))
    }

    fn refused(&self, member: &str, word: &str, named: (&str, &str), hint: Hint) -> Fault {
        refused(&self.at(member), self.code, word, named, hint)
    }
}
