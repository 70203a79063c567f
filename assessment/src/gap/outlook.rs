//! The outlook of a gap: the yearly rate that closes it by a deadline, beside the city's own and its peers' rates, and the verdict.
//!
//! A leaf with a raw target, or with a raw value that has reached the reference, is looked at in its raw unit; any other node in its
//! score. The way is that of the gap; where there is none, that in which the indicator improves.

use citygauge_indicators::exact::nearest_double;
use citygauge_indicators::{Direction, Fault, Period, Scoring, SetNode};

use crate::assessment::Assessment;
use crate::exact::RBig;
use crate::rates::{Rates, Verdict, Way};
use crate::years::Quantity;

/// Rates per year of one node, and what they say.
#[derive(Debug, Clone, PartialEq)]
pub struct Outlook {
    /// Whether the rates are of the raw value, in its unit, or of the score.
    pub of: Quantity,
    /// Which way is looked at.
    pub way: Way,
    /// The change per year that closes the gap by the deadline, signed.
    pub required: Option<f64>,
    /// The city's own change per year (Theil-Sen), signed.
    pub own: Option<f64>,
    /// The peers' 50th, 75th and 90th percentiles on the way, signed.
    pub percentiles: [Option<f64>; 3],
    /// In how many periods the city has a value.
    pub own_periods: usize,
    /// How many peers have a rate.
    pub peers: usize,
    /// What the rates say of the deadline; without one, whether the reference is reached.
    pub verdict: Option<Verdict>,
}

impl Default for Outlook {
    /// Of nothing: no rate and no verdict.
    fn default() -> Self {
        Self {
            of: Quantity::Score,
            way: Way::Up,
            required: None,
            own: None,
            percentiles: [None; 3],
            own_periods: 0,
            peers: 0,
            verdict: None,
        }
    }
}

/// What is to change by the deadline: of what, and by how much; no change where the reference is reached or says nothing.
pub(super) struct Wanted {
    pub of: Quantity,
    pub change: Option<RBig>,
    pub is_reached: bool,
}

/// The years between the period and the deadline.
///
/// # Errors
/// A deadline that is no later, or of another length of period.
pub(super) fn years(period: Period, by: Option<Period>) -> Result<Option<RBig>, Fault> {
    let Some(by) = by else { return Ok(None) };
    let fault = |code, zh, en| {
        Fault::error(code, zh, en)
            .value(by.to_string())
            .expected(format!("> {period}"))
            .hint("给出同一长度、晚于所分析时期的时期", "give a period of the same length, later than the one that is analysed")
    };
    if by.kind() != period.kind() {
        return Err(fault(
            "gap.deadline_kind",
            format!("期限 {by} 与所分析时期 {period} 的长度不同"),
            format!("the deadline {by} is a period of another length than {period}, which is analysed"),
        ));
    }
    if by <= period {
        return Err(fault(
            "gap.deadline_past",
            format!("期限 {by} 不晚于所分析时期 {period}"),
            format!("the deadline {by} is no later than {period}, which is analysed"),
        ));
    }
    Ok(Some(by.in_years() - period.in_years()))
}

impl Outlook {
    pub(super) fn of(
        assessment: &Assessment,
        place: (&str, Period, usize),
        peers: Option<&[String]>,
        wanted: &Wanted,
        years: Option<&RBig>,
    ) -> Self {
        let (city, period, index) = place;
        let change = wanted.change.as_ref();
        let way = change.map_or_else(|| improving(&assessment.set().nodes()[index], wanted.of), Way::of);
        let rates = Rates::of(assessment, wanted.of, index, city, period, peers, way);
        let required = change.zip(years).map(|(change, years)| change / years);
        let verdict = match &required {
            _ if wanted.is_reached => Some(Verdict::Reached),
            Some(required) => Some(rates.verdict(required)),
            None => None,
        };
        Self {
            of: wanted.of,
            way,
            required: required.as_ref().map(nearest_double),
            own: rates.own(),
            percentiles: [0.5, 0.75, 0.9].map(|p| rates.percentile(p)),
            own_periods: rates.own_periods(),
            peers: rates.peers(),
            verdict,
        }
    }
}

/// Whether a leaf is scored on a raw value that moves by degrees, as neither an option nor a checklist does.
pub(super) fn moves(node: &SetNode) -> bool {
    node.leaf()
        .is_some_and(|leaf| leaf.formula.is_some() && !matches!(leaf.scoring, Scoring::Checklist { .. } | Scoring::Choice { .. }))
}

fn improving(node: &SetNode, of: Quantity) -> Way {
    let falls = of == Quantity::Value && node.leaf().is_some_and(|leaf| leaf.direction == Direction::Lower);
    if falls { Way::Down } else { Way::Up }
}
