//! Trends: how a score or a raw value of one city moved over the periods.
//!
//! Time counts in years; a quarter is a quarter of one. Periods of different lengths are series of their own.

use citygauge_indicators::exact::nearest_double;
use citygauge_indicators::{NodeIndex, Period, PeriodKind, Text};
use dashu_ratio::RBig;

use super::mann_kendall;
use crate::assessment::Assessment;
use crate::normalise::number;

/// What is followed over the periods.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Quantity {
    /// The score of a node.
    #[default]
    Score,
    /// The raw value of a leaf, in its unit.
    Value,
}

/// Where a series is to go.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Target {
    /// The number that is wanted.
    pub value: f64,
    /// From where progress counts; from the first value of the series unless given.
    pub base: Option<f64>,
}

/// How one quantity moved; what there is none of is named in `notes`.
#[derive(Debug, Clone, PartialEq)]
pub struct Trend<'a> {
    /// The code of the city.
    pub city: &'a str,
    /// The place of the node in the set.
    pub node: NodeIndex,
    /// The length of the periods.
    pub frequency: PeriodKind,
    /// How many periods of this length the assessment has.
    pub periods: usize,
    /// In how many of them there is a value.
    pub points: usize,
    /// The first period with a value, and the value.
    pub first: Option<(Period, f64)>,
    /// The latest period with a value, and the value.
    pub latest: Option<(Period, f64)>,
    /// The latest value less the first.
    pub change: Option<f64>,
    /// The compound annual growth rate, a fraction per year.
    pub growth_rate: Option<f64>,
    /// The average change per year, in per cent of where the series starts.
    pub percent_per_year: Option<f64>,
    /// The median of the slopes between all pairs, per year.
    pub slope: Option<f64>,
    /// How likely so one-sided a movement is without a trend (two-sided).
    pub p_value: Option<f64>,
    /// The share of the way from the base to the target.
    pub progress: Option<f64>,
    /// When the target is reached at the slope, in years: 2030.5 is the middle of 2030.
    pub reached_in: Option<f64>,
    /// What is missing and why, and what else a reader should know.
    pub notes: Vec<Text>,
}

/// The trends of the nodes of the cities that are named; of all unless given. By city, then node, then length of period.
#[must_use]
pub fn trends<'a>(
    assessment: &'a Assessment,
    quantity: Quantity,
    target: Option<Target>,
    cities: Option<&[&str]>,
    nodes: Option<&[NodeIndex]>,
) -> Vec<Trend<'a>> {
    let observations = &assessment.observations;
    let slices: Vec<usize> = assessment.periods.iter().map(|period| period.at).collect();
    let mut series: Vec<(PeriodKind, Vec<usize>)> = Vec::new();
    for at in slices {
        let kind = observations.slices[at].period.kind();
        match series.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, slices)) => slices.push(at),
            None => series.push((kind, vec![at])),
        }
    }
    let is_wanted = |node: &NodeIndex| {
        let has_it = quantity == Quantity::Score || assessment.set.nodes()[*node].leaf().is_some();
        has_it && nodes.is_none_or(|nodes| nodes.contains(node))
    };
    let nodes: Vec<NodeIndex> = (0..assessment.set.nodes().len()).filter(is_wanted).collect();
    let mut trends = Vec::new();
    for (place, city) in observations.cities.iter().enumerate() {
        if cities.is_some_and(|cities| !cities.contains(&city.code.as_str())) {
            continue;
        }
        for &node in &nodes {
            for (kind, slices) in &series {
                let rows = slices.iter().filter_map(|&at| Some((at, observations.slices[at].row_of(place)?)));
                let rows: Vec<(usize, usize)> = rows.collect();
                if rows.is_empty() {
                    continue;
                }
                let value = |&(at, row): &(usize, usize)| {
                    let value = match quantity {
                        Quantity::Score => assessment.computed[at].actual.score(node, row),
                        Quantity::Value => assessment.measured[at].values.get(&node).and_then(|values| values.get(row)),
                    };
                    Some((observations.slices[at].period, value?))
                };
                let points: Vec<(Period, f64)> = rows.iter().filter_map(value).collect();
                trends.push(trend(&city.code, node, *kind, slices.len(), &points, target));
            }
        }
    }
    trends
}

/// The trend of values in the order of time.
fn trend<'a>(
    city: &'a str,
    node: NodeIndex,
    frequency: PeriodKind,
    periods: usize,
    points: &[(Period, f64)],
    target: Option<Target>,
) -> Trend<'a> {
    let (first, latest) = (points.first().copied(), points.last().copied());
    let mut trend = Trend {
        city,
        node,
        frequency,
        periods,
        points: points.len(),
        first,
        latest,
        change: None,
        growth_rate: None,
        percent_per_year: None,
        slope: None,
        p_value: None,
        progress: None,
        reached_in: None,
        notes: Vec::new(),
    };
    let gaps = periods - points.len();
    if gaps > 0 {
        trend.notes.push(Text::both(format!("{gaps} 个时期没有值"), format!("{gaps} periods have no value")));
    }
    let (Some(first), Some(latest)) = (first, latest) else { return trend };
    let slope = match points {
        [_] => {
            trend.notes.push(Text::both("只有一个时期有值，没有趋势", "one period alone has a value; there is no trend"));
            None
        }
        _ => {
            trend.change = Some(nearest_double(&(number(latest.1) - number(first.1))));
            trend.growth_rate = growth_rate(first, latest);
            if trend.growth_rate.is_none() {
                trend.notes.push(Text::both(
                    "首末值须大于 0，没有年均增长率",
                    "the first and the latest value must be above 0 for a growth rate",
                ));
            }
            trend.percent_per_year = percent_per_year(points);
            if trend.percent_per_year.is_none() {
                trend.notes.push(Text::both(
                    "序列的起点须大于 0，没有年均变化百分比",
                    "the series must start above 0 for a change in per cent",
                ));
            }
            trend.p_value = mann_kendall::p_value(&points.iter().map(|(_, value)| *value).collect::<Vec<f64>>());
            if trend.p_value.is_none() {
                trend.notes.push(Text::both(
                    "有相同的值且不足十个，没有显著性水平",
                    "values are tied and fewer than ten; there is no p-value",
                ));
            }
            let slope = median_slope(points);
            trend.slope = Some(nearest_double(&slope));
            Some(slope)
        }
    };
    if let Some(target) = target {
        towards(target, first, latest, slope.as_ref(), &mut trend);
    }
    trend
}

fn years_between(from: Period, to: Period) -> RBig {
    to.in_years() - from.in_years()
}

/// The compound annual growth rate (latest / first)^(1 / years) - 1, 0 where the two are equal; none where one of them is
/// not above 0.
///
/// Source: COINr 1.1, `CAGR`, which takes whatever power R makes of numbers below 0.
fn growth_rate(first: (Period, f64), latest: (Period, f64)) -> Option<f64> {
    if first.1 == latest.1 {
        return Some(0.0);
    }
    let years = nearest_double(&years_between(first.0, latest.0));
    // Logarithms apart, so that no quotient leaves the range of doubles.
    (first.1 > 0.0 && latest.1 > 0.0).then(|| ((latest.1.ln() - first.1.ln()) / years).exp_m1()).filter(|rate| rate.is_finite())
}

/// The average change per year in per cent of the start: of two values by their difference, of more by the line of least
/// squares; 0 where all are equal; none where the start is not above 0.
///
/// Source: COINr 1.1, `prc_change`.
fn percent_per_year(points: &[(Period, f64)]) -> Option<f64> {
    if points.iter().all(|(_, value)| *value == points[0].1) {
        return Some(0.0);
    }
    let points: Vec<(RBig, RBig)> = points.iter().map(|(period, value)| (period.in_years(), number(*value))).collect();
    let count = RBig::from(points.len());
    let sum = |of: &dyn Fn(&(RBig, RBig)) -> RBig| points.iter().map(of).fold(RBig::ZERO, |sum, next| sum + next);
    let (mean_time, mean_value) = (sum(&|(time, _)| time.clone()) / &count, sum(&|(_, value)| value.clone()) / &count);
    let shared = sum(&|(time, value)| (time - &mean_time) * (value - &mean_value));
    let slope = shared / sum(&|(time, _)| (time - &mean_time) * (time - &mean_time));
    let start = &mean_value + &slope * (&points[0].0 - &mean_time);
    (start > RBig::ZERO).then(|| nearest_double(&(slope * RBig::from(100) / start))).filter(|percent| percent.is_finite())
}

/// The median of the slopes between all pairs of values, per year, exactly.
///
/// Sources: H. Theil, A rank-invariant method of linear and polynomial regression analysis, 1950; P. K. Sen, Estimates of
/// the regression coefficient based on Kendall's tau, Journal of the American Statistical Association 63, 1968.
pub(crate) fn median_slope(points: &[(Period, f64)]) -> RBig {
    let points: Vec<(RBig, RBig)> = points.iter().map(|(period, value)| (period.in_years(), number(*value))).collect();
    let pairs = points.iter().enumerate().flat_map(|(i, early)| points[i + 1..].iter().map(move |late| (early, late)));
    let mut slopes: Vec<RBig> = pairs.map(|(early, late)| (&late.1 - &early.1) / (&late.0 - &early.0)).collect();
    slopes.sort();
    let middle = slopes.len() / 2;
    match slopes.len() % 2 {
        1 => slopes.swap_remove(middle),
        _ => (&slopes[middle - 1] + &slopes[middle]) / RBig::from(2),
    }
}

/// The greatest number of years that is projected; what takes longer is not called reached.
const HORIZON: u32 = 1_000;

/// Progress to a target, and when it is reached at the slope.
fn towards(target: Target, first: (Period, f64), latest: (Period, f64), slope: Option<&RBig>, trend: &mut Trend) {
    let (base, wanted, now) = (number(target.base.unwrap_or(first.1)), number(target.value), number(latest.1));
    let mut note = |zh: &str, en: &str| trend.notes.push(Text::both(zh, en));
    let way = &wanted - &base;
    if way == RBig::ZERO {
        return note("目标值等于基准值，没有进度", "the target is the base; there is no way to go");
    }
    let gone = (&now - &base) / &way;
    if gone >= RBig::ONE {
        note("已达到目标", "the target is reached");
    } else if let Some(slope) = slope {
        // Years from the latest value on; the slope divides only where it leads towards the target.
        match (slope / &way > RBig::ZERO).then(|| (&wanted - &now) / slope) {
            Some(years) if years <= RBig::from(HORIZON) => {
                trend.reached_in = Some(nearest_double(&(latest.0.in_years() + years)));
            }
            Some(_) => note("按此趋势一千年内达不到目标", "at this slope the target is not reached within 1,000 years"),
            None => note("趋势没有朝向目标", "the series does not move towards the target"),
        }
    }
    trend.progress = Some(nearest_double(&gone)).filter(|progress| progress.is_finite());
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{assessed, leaf, period};

    fn of(values: &[(&str, f64)], target: Option<Target>) -> Trend<'static> {
        let points: Vec<(Period, f64)> = values.iter().map(|(at, value)| (period(at), *value)).collect();
        trend("A", 0, PeriodKind::Year, values.len(), &points, target)
    }

    fn said(trend: &Trend) -> Vec<String> {
        trend.notes.iter().filter_map(|note| note.en.clone()).collect()
    }

    #[test]
    fn a_series_by_hand() {
        // Slopes 10, 10/2, 20/4; 0, 10/3; 10/2: sorted 0, 10/3, 5, 5, 5, 10.
        let trend = of(&[("2020", 100.0), ("2021", 110.0), ("2022", 110.0), ("2024", 120.0)], None);
        assert_eq!((trend.change, trend.slope), (Some(20.0), Some(5.0)));
        assert!((trend.growth_rate.expect("positive") - (1.2_f64.powf(0.25) - 1.0)).abs() < 1e-15);
        // Mean time 2021.75 and value 110: slope 40/8.75, start 110 - 1.75 x 40/8.75 = 102.
        assert!((trend.percent_per_year.expect("starts above 0") - 100.0 * (40.0 / 8.75) / 102.0).abs() < 1e-12);
        assert_eq!(trend.p_value, None, "two of four are tied");
        assert_eq!(of(&[("2020", 50.0), ("2022", 60.0)], None).percent_per_year, Some(10.0));
    }

    #[test]
    fn shorter_periods_count_in_years() {
        let trend = of(&[("2020-Q1", 10.0), ("2020-Q2", 11.0), ("2020-Q4", 13.0)], None);
        assert_eq!(trend.slope, Some(4.0));
        assert!((trend.growth_rate.expect("positive") - (1.3_f64.powf(4.0 / 3.0) - 1.0)).abs() < 1e-14);
    }

    #[test]
    fn what_there_is_none_of_is_named() {
        let single = of(&[("2020", 10.0)], Some(Target { value: 20.0, base: Some(0.0) }));
        assert_eq!((single.change, single.slope, single.progress, single.reached_in), (None, None, Some(0.5), None));
        assert_eq!(said(&single), ["one period alone has a value; there is no trend"]);
        let falling = of(&[("2020", -1.0), ("2021", 4.0)], None);
        assert_eq!((falling.growth_rate, falling.percent_per_year, falling.slope), (None, None, Some(5.0)));
        assert_eq!(said(&falling).len(), 2);
        let still = of(&[("2020", 0.0), ("2021", 0.0)], None);
        assert_eq!((still.growth_rate, still.percent_per_year, still.slope), (Some(0.0), Some(0.0), Some(0.0)));
        let huge = of(&[("2020", 1e-300), ("2021", 1e150)], None);
        assert!(huge.growth_rate.is_none_or(f64::is_finite) && huge.percent_per_year.is_none_or(f64::is_finite));
    }

    #[test]
    fn progress_goes_from_the_base_to_the_target() {
        let rising = [("2020", 50.0), ("2022", 60.0)];
        let trend = of(&rising, Some(Target { value: 75.0, base: None }));
        assert_eq!((trend.progress, trend.reached_in), (Some(0.4), Some(2025.0)));
        let trend = of(&rising, Some(Target { value: 30.0, base: None }));
        assert_eq!((trend.progress, trend.reached_in), (Some(-0.5), None));
        assert_eq!(said(&trend), ["the series does not move towards the target"]);
        assert_eq!(
            said(&of(&rising, Some(Target { value: 50.0, base: None }))),
            ["the target is the base; there is no way to go"]
        );
        let reached = of(&rising, Some(Target { value: 60.0, base: None }));
        assert_eq!((reached.progress, said(&reached)), (Some(1.0), vec!["the target is reached".to_owned()]));
        let slow = of(&[("2020", 50.0), ("2021", 50.001)], Some(Target { value: 75.0, base: None }));
        assert_eq!((slow.reached_in, said(&slow).len()), (None, 1));
        // Less is better: from 80 down to 40.
        let sinking = of(&[("2020", 80.0), ("2021", 70.0)], Some(Target { value: 40.0, base: None }));
        assert_eq!((sinking.progress, sinking.reached_in), (Some(0.25), Some(2024.0)));
    }

    #[test]
    fn a_slope_of_decimals_is_zero_where_they_say_so() {
        // The middle slopes are -1/10 and 1/10; of doubles their mean is 2e-17.
        let trend = of(&[("2020", 0.1), ("2021", 0.6), ("2022", 0.5), ("2023", 0.4)], None);
        assert_eq!(trend.slope, Some(0.0));
    }

    #[test]
    fn an_assessment_has_a_series_per_city_node_and_length_of_period() {
        let observed = [("A", "2024", "x", 10.0), ("A", "2025", "x", 30.0), ("A", "2025-Q1", "x", 1.0), ("B", "2025", "x", 5.0)];
        let assessment = assessed(json!({}), &[leaf("X", json!({}))], &observed, None);
        let found = trends(&assessment, Quantity::Score, None, None, Some(&[0]));
        let seen: Vec<_> = found.iter().map(|trend| (trend.city, trend.frequency, trend.periods, trend.points)).collect();
        let (year, quarter) = (PeriodKind::Year, PeriodKind::Quarter);
        assert_eq!(seen, [("A", year, 2, 2), ("A", quarter, 1, 1), ("B", year, 2, 1)]);
        assert_eq!(trends(&assessment, Quantity::Value, None, Some(&["A"]), None)[0].slope, Some(20.0));
        assert_eq!(trends(&assessment, Quantity::Value, None, None, Some(&[0])), []);
    }
}
