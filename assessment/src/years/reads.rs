//! What the scores of a city depend on beside its own data of the period.

use citygauge_indicators::formula::{Expr, Formula};
use citygauge_indicators::{Cohort, Ends, Imputation, IndicatorSet, Method, MissingRule, NodeKind, Weighting};

/// Whether a score may depend on other cities. What is not known to look at one city alone is taken to.
pub(super) fn other_cities(set: &IndicatorSet) -> bool {
    let is_alone = |method: &Method| {
        use Method::{Arithmetic, Geometric, Harmonic, Median, Minimum, Power, ReportedPoints};
        matches!(method, Arithmetic | Geometric | Harmonic | Power { .. } | Minimum | Median | ReportedPoints)
    };
    let by_peers = |rule: &MissingRule| matches!(rule, MissingRule::PeerMean { .. } | MissingRule::PeerMedian { .. });
    let of_node = set.nodes().iter().any(|node| {
        by_peers(&node.missing)
            || match &node.kind {
                NodeKind::Leaf(leaf) => leaf.scoring.cohort().is_some() || !leaf.treatment.is_empty(),
                NodeKind::Inner { aggregation, weighting } => !is_alone(&aggregation.method) || is_derived(weighting.as_ref()),
            }
    });
    of_node || imputations(set).any(|imputation| !matches!(imputation, Imputation::None | Imputation::Previous { .. }))
}

/// Whether weights are derived of what cities have, and not of judgements.
fn is_derived(weighting: Option<&Weighting>) -> bool {
    !matches!(weighting, None | Some(Weighting::Given | Weighting::Equal | Weighting::Ahp { .. }))
}

/// Whether a score may depend on periods beyond those that the city's own data reach back to.
pub(super) fn whole_timeline(set: &IndicatorSet) -> bool {
    let of_node = set.nodes().iter().any(|node| match &node.kind {
        NodeKind::Leaf(leaf) => leaf.scoring.cohort().is_some_and(|cohort| *cohort != Cohort::Period),
        NodeKind::Inner { weighting, .. } => is_derived(weighting.as_ref()),
    });
    of_node
        || imputations(set)
            .any(|imputation| !matches!(imputation, Imputation::None | Imputation::Mean { .. } | Imputation::Median { .. }))
}

/// The furthest that is looked back at all, in periods.
const FURTHEST: u32 = 4_000;

/// How many periods before its own a score may look at the city's data.
pub(super) fn lookback(set: &IndicatorSet) -> u32 {
    let formulas = set.leaves().filter_map(|(_, leaf)| leaf.formula.as_ref()).chain(set.adjustment_formulas());
    let mut by_formula = 0;
    for formula in formulas.map(Formula::root) {
        formula.visit(&mut |part| {
            if let Expr::Previous { periods, .. } = part {
                by_formula = by_formula.max(*periods);
            }
        });
    }
    let by_rule = set.nodes().iter().map(|node| match node.missing {
        MissingRule::Previous { at_most } => at_most,
        _ => 0,
    });
    let by_imputation = imputations(set).map(|imputation| match imputation {
        Imputation::Previous { at_most, ends: Ends::Missing } => *at_most,
        Imputation::Previous { .. } | Imputation::Interpolate { .. } => FURTHEST,
        _ => 0,
    });
    let sum = by_formula.saturating_add(by_rule.max().unwrap_or(0)).saturating_add(by_imputation.max().unwrap_or(0));
    sum.min(FURTHEST)
}

fn imputations(set: &IndicatorSet) -> impl Iterator<Item = &Imputation> {
    let document = set.document();
    let own = document.nodes.iter().filter_map(|node| node.indicator.as_ref()?.imputation.as_ref());
    own.chain([&document.imputation])
}
