//! Monitoring (7.3.4): what was reached beside what a plan expects by then.

use citygauge_indicators::planning::{Goal, GoalPlan, GoalQuantity};
use citygauge_indicators::{Direction, Fault, Faults, Period, Text};

use super::interpolate::{end_in_years, expected_at, slope_into};
use super::level_place;
use crate::assessment::{Assessment, Row};

/// How far beside its path a goal may lie and still be on track, in parts of the way from baseline to target.
pub const TOLERANCE: f64 = 0.05;

/// How a goal stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Beyond its path by more than the tolerance.
    Ahead,
    /// Beside its path within the tolerance.
    OnTrack,
    /// Behind its path by more than the tolerance.
    Behind,
    /// There is no value in the period.
    NoData,
    /// It says nothing that could be measured.
    NotMeasured,
}

impl Standing {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Ahead, Self::OnTrack, Self::Behind, Self::NoData, Self::NotMeasured];

    /// The word in files and answers.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Ahead => "ahead",
            Self::OnTrack => "on_track",
            Self::Behind => "behind",
            Self::NoData => "no_data",
            Self::NotMeasured => "not_measured",
        }
    }

    /// What it is called on a page.
    #[must_use]
    pub fn title(self) -> Text {
        match self {
            Self::Ahead => Text::both("超前", "ahead"),
            Self::OnTrack => Text::both("符合进度", "on track"),
            Self::Behind => Text::both("滞后", "behind"),
            Self::NoData => Text::both("无数据", "no data"),
            Self::NotMeasured => Text::both("无法衡量", "not measured"),
        }
    }
}

/// One goal in one period.
#[derive(Debug, Clone, PartialEq)]
pub struct Monitored {
    /// The code of the goal.
    pub goal: String,
    /// The code of the node.
    pub node: Option<String>,
    /// What its path has at the end of the period.
    pub expected: Option<f64>,
    /// What was reached.
    pub actual: Option<f64>,
    /// What was reached less what was expected, in the unit of the goal.
    pub deviation: Option<f64>,
    /// The same in years of the path at that time; above 0 it is ahead.
    pub deviation_years: Option<f64>,
    /// Which part of the way from the baseline to the target was gone.
    pub progress: Option<f64>,
    /// The level that was reached, of a goal about one.
    pub level: Option<String>,
    /// How it stands.
    pub standing: Standing,
}

/// Compares what was reached in a period with the plan. `tolerance` is a part of the way from baseline to target.
///
/// # Errors
/// A period that is not after the baseline, and a city or period without results.
pub fn monitor(plan: &GoalPlan, assessment: &Assessment, period: Period, tolerance: f64) -> Result<Vec<Monitored>, Faults> {
    let mut faults = Faults::default();
    if end_in_years(period) <= end_in_years(plan.baseline.period) {
        let baseline = plan.baseline.period;
        let fault = Fault::error(
            "goals.before_plan",
            format!("{period} 不在基期 {baseline} 之后"),
            format!("{period} is not after the baseline {baseline}"),
        );
        faults.push(fault.period(period.to_string()).hint("选择基期之后的时期", "choose a period after the baseline"));
    }
    if !(0.0..=1.0).contains(&tolerance) {
        let fault = Fault::error(
            "goals.tolerance",
            format!("容差 {tolerance} 不在 0 至 1 之间"),
            format!("the tolerance {tolerance} does not lie between 0 and 1"),
        );
        faults.push(fault.expected("0..1").hint("给出 0 至 1 的容差", "give a part of the way, 0 to 1"));
    }
    let rows = assessment.city(&plan.city, period);
    if rows.is_none() {
        let city = &plan.city;
        let fault = Fault::error(
            "gap.unknown_city",
            format!("评估结果中没有城市“{city}”在 {period} 的数据"),
            format!("the assessment has no city '{city}' in {period}"),
        );
        faults.push(
            fault
                .city(city.clone())
                .period(period.to_string())
                .hint("检查城市代码与时期", "check the code of the city and the period"),
        );
    }
    match rows {
        Some(rows) if faults.is_empty() => {
            Ok(plan.goals.iter().map(|goal| of_goal(plan, assessment, &rows, goal, period, tolerance)).collect())
        }
        _ => Err(faults),
    }
}

fn of_goal(plan: &GoalPlan, assessment: &Assessment, rows: &[Row], goal: &Goal, period: Period, tolerance: f64) -> Monitored {
    let set = assessment.set();
    let node = goal.node.as_deref().and_then(|code| set.node_index(code));
    let mut monitored = Monitored {
        goal: goal.code.clone(),
        node: goal.node.clone(),
        expected: None,
        actual: None,
        deviation: None,
        deviation_years: None,
        progress: None,
        level: None,
        standing: Standing::NotMeasured,
    };
    let Some(node) = node else { return monitored };
    let leaf = set.nodes()[node].leaf();
    let quantity = goal.quantity(leaf.is_some());
    let due = goal.due.or(goal.to);
    if quantity == GoalQuantity::Level {
        let wanted = goal.target_level.as_deref().and_then(|level| level_place(set, level));
        let (Some(wanted), Some(due)) = (wanted, due) else { return monitored };
        monitored.level = rows[node].level.map(str::to_owned);
        let reached = rows[node].level.and_then(|level| level_place(set, level));
        let is_due = end_in_years(period) >= end_in_years(due);
        monitored.standing = match reached {
            None => Standing::NoData,
            Some(place) if place >= wanted && !is_due => Standing::Ahead,
            Some(place) if place >= wanted => Standing::OnTrack,
            Some(_) if is_due => Standing::Behind,
            // A level says nothing of the way to it.
            Some(_) => Standing::NotMeasured,
        };
        return monitored;
    }
    let (Some(due), Some(target)) = (due, goal.target_value) else { return monitored };
    let mut points: Vec<(Period, f64)> = goal.baseline_value.map(|value| (plan.baseline.period, value)).into_iter().collect();
    points.extend(goal.path.iter().map(|point| (point.period, point.value)));
    points.retain(|(period, _)| end_in_years(*period) < end_in_years(due));
    points.push((due, target));
    monitored.expected = expected_at(&points, period);
    monitored.actual = if quantity == GoalQuantity::Value { rows[node].value } else { rows[node].score };
    let (Some(expected), Some(actual)) = (monitored.expected, monitored.actual) else {
        monitored.standing = Standing::NoData;
        return monitored;
    };
    let way = goal.baseline_value.map(|baseline| target - baseline).filter(|way| *way != 0.0);
    let is_lower_better = quantity == GoalQuantity::Value && leaf.is_some_and(|leaf| leaf.direction == Direction::Lower);
    let sign = match way {
        Some(way) => way.signum(),
        None if is_lower_better => -1.0,
        None => 1.0,
    };
    let deviation = actual - expected;
    monitored.deviation = Some(deviation);
    let slope = slope_into(&points, period).filter(|slope| slope.signum() == sign && *slope != 0.0);
    monitored.deviation_years = slope.map(|slope| deviation / slope);
    monitored.progress = way.and_then(|way| Some((actual - goal.baseline_value?) / way));
    // A little more than the tolerance, for what subtraction in doubles leaves.
    let limit = tolerance * way.map_or(0.0, f64::abs) + 1e-12 * expected.abs();
    monitored.standing = match sign * deviation {
        ahead if ahead > limit => Standing::Ahead,
        behind if behind < -limit => Standing::Behind,
        _ => Standing::OnTrack,
    };
    monitored
}
