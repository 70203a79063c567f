//! Drafts a plan of goals: from an assessment, a deadline and an ambition to targets of indicators in raw units, with a path per year.

use citygauge_indicators::planning::GoalPlan;
use citygauge_indicators::{Fault, Faults, NodeIndex, Period, Text};

use super::aims::raw_target;
use super::ambition::Ambition;
use super::apply::{Unmoved, apply};
use super::draft::{Drafting, draft};
use super::evidence::Evidence;
use super::interpolate::{per_year, years_between};
use super::targets::{SAME, found};
use crate::assessment::{Assessment, Row};
use crate::error::{AssessmentError, Result};
use crate::normalise::number;

/// What a plan is asked for.
#[derive(Debug, Clone)]
pub struct Asked<'a> {
    /// The code that the plan is to have.
    pub code: &'a str,
    /// What it is to be called; named after the city and the years unless given.
    pub title: Option<Text>,
    /// The city.
    pub city: &'a str,
    /// The period of the baselines.
    pub period: Period,
    /// The period by whose end the ambition is to be reached; of the same length.
    pub by: Period,
    /// What is to be reached.
    pub ambition: &'a Ambition,
    /// Targets of indicators by code, in raw units: those of a path under `given`, else in the place of what the ambition asks for.
    pub given: &'a [(String, f64)],
    /// The peers; the cohort unless given.
    pub peers: Option<&'a [String]>,
    /// Into how many stages the years are cut; three, or as many as there are years, unless given.
    pub stages: Option<u32>,
}

/// A drafted plan with what it rests on.
#[derive(Debug, Clone)]
pub struct Proposal {
    /// The plan.
    pub plan: GoalPlan,
    /// TOTAL in the period of the baseline.
    pub score: Option<f64>,
    /// TOTAL with all targets reached, as the engine scores it among the present peers.
    pub score_reached: Option<f64>,
    /// The level of TOTAL with all targets reached.
    pub level_reached: Option<String>,
    /// Whether the targets reach the ambition.
    pub reached: bool,
    /// By how many points of TOTAL they fall short, where the ambition is a score or a level that starts at one.
    pub shortfall: Option<f64>,
    /// Which part of its way every indicator goes, 0 to 1 towards the peers' 90th percentile and 1 to 2 from there to the full mark.
    pub part: Option<f64>,
    /// The targets with the numbers behind them, in the order of the set.
    pub targets: Vec<Proposed>,
    /// The goals about scores with the numbers behind them, by the code of the goal.
    pub scores: Vec<(String, Evidence)>,
    /// Targets that no data item brings; they are not in the plan.
    pub unmoved: Vec<Unmoved>,
}

/// The target of one indicator.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposed {
    /// The code of the goal.
    pub goal: String,
    /// The rates.
    pub evidence: Evidence,
    /// The score in the period of the baseline.
    pub score: Option<f64>,
    /// The score once the target is reached.
    pub score_reached: Option<f64>,
}

impl Proposal {
    /// How targets are found; it is published with every proposal.
    #[must_use]
    pub fn rule() -> Text {
        Text::both(
            "得分或等级：各落后指标按同一比例推进，先向对标城市得分的第 90 百分位，全部达到仍不足时再由此向满分推进；\
             该比例由评估引擎以二分法求得，为达到目标的最小值。分位与参照：各落后指标达到参照得分对应的最近原始值。\
             目标值取有限位数并向有利方向进位，年度路径按原始单位线性推进，期末等于目标值。对标城市保持现状。",
            "Score or level: every indicator behind goes the same part of its way, first to the 90th percentile of the peers' scores and, \
             where all of that is not enough, from there to the full mark; the part is the least that reaches it, found by bisection with \
             the engine. Percentile or reference: every indicator behind goes to the nearest raw value that has the reference's score. \
             Targets have few digits, rounded on the way; paths are linear in the raw unit and end at the target. Peers stay as they are.",
        )
    }
}

/// Drafts a plan.
///
/// # Errors
/// Everything that is wrong with what is asked for, at once, and whatever keeps the engine from supposing the targets.
pub fn propose(assessment: &Assessment, asked: &Asked) -> Result<Proposal> {
    let rows = assessment.city(asked.city, asked.period).ok_or_else(|| unknown_city(asked.city, asked.period))?;
    let given = checked(assessment, asked, &rows)?;
    let mut found = found(assessment, asked, &rows)?;
    for &(node, target) in &given {
        found.targets.retain(|(known, _)| *known != node);
        found.targets.push((node, target));
    }
    found.targets.sort_by_key(|(node, _)| *node);
    if found.targets.is_empty() {
        let fault = Fault::error(
            "goals.nothing_behind",
            format!("按“{}”没有落后的指标，无须拟定目标", asked.ambition),
            format!("under '{}' no indicator lies behind, so there is no target to draft", asked.ambition),
        );
        return Err(fault.city(asked.city).hint("请提高抱负", "ask for more").into());
    }
    let reached = apply(assessment, asked.city, asked.period, &found.targets)?;
    found.targets.retain(|(node, _)| !reached.unmoved.iter().any(|unmoved| unmoved.node == *node));
    // A target is what its data items can take: of things that are counted, whole ones.
    for (node, target) in &mut found.targets {
        if let Some(value) = reached.nodes[*node].value.filter(|value| (value - *target).abs() > SAME * target.abs()) {
            *target = value;
        }
    }
    let is_reached = found.is_reached(assessment, asked, &reached.nodes, reached.unmoved.is_empty());
    let total = &reached.nodes[0];
    let shortfall =
        found.wanted.zip(total.score).map(|(wanted, score)| wanted - score).filter(|short| *short > 0.0 && !is_reached);
    let drafting = Drafting { assessment, asked, rows: &rows, targets: &found.targets, reached: &reached.nodes };
    let drafted = draft(&drafting)?;
    Ok(Proposal {
        score: rows[0].score,
        score_reached: total.score,
        level_reached: total.level.map(str::to_owned),
        reached: is_reached,
        shortfall,
        part: found.part,
        plan: drafted.plan,
        targets: drafted.targets,
        scores: drafted.scores,
        unmoved: reached.unmoved,
    })
}

fn unknown_city(city: &str, period: Period) -> AssessmentError {
    Fault::error("gap.unknown_city", format!("评估结果中没有城市“{city}”"), format!("the assessment has no city '{city}'"))
        .city(city)
        .period(period.to_string())
        .hint("检查城市代码与时期", "check the code of the city and the period")
        .into()
}

/// The targets that were given, by their places; every fault of what is asked for at once.
fn checked(assessment: &Assessment, asked: &Asked, rows: &[Row]) -> Result<Vec<(NodeIndex, f64)>> {
    let mut faults = Faults::default();
    let (period, by) = (asked.period, asked.by);
    let years = by.since(period).map(|count| f64::from(count) / f64::from(per_year(period.kind())));
    match years {
        None => faults.push(
            Fault::error(
                "goals.deadline_length",
                format!("期限 {by} 与基期 {period} 的长度不同"),
                format!("the deadline {by} is not of the length of the baseline {period}"),
            )
            .at("/by")
            .hint("期限须与基期的时期长度相同", "give a deadline of the same length as the baseline"),
        ),
        Some(years) if !(0.0 < years && years <= 30.0) => faults.push(
            Fault::error(
                "goals.deadline",
                format!("期限 {by} 须在基期 {period} 之后 30 年以内"),
                format!("the deadline {by} does not lie within the 30 years after the baseline {period}"),
            )
            .at("/by")
            .hint("请给出基期之后的期限", "give a deadline after the baseline"),
        ),
        Some(_) => {}
    }
    let periods = by.since(period).unwrap_or(0);
    if let Some(stages) = asked.stages.filter(|stages| *stages == 0 || i64::from(*stages) > i64::from(periods.max(1))) {
        let fault = Fault::error(
            "goals.stages",
            format!("不能分为 {stages} 个阶段"),
            format!("the years cannot be cut into {stages} stages"),
        );
        faults.push(fault.at("/stages").expected(format!("1..{}", periods.max(1))).hint("请减少阶段数", "ask for fewer stages"));
    }
    if let Ambition::Score(score) = asked.ambition
        && !(0.0..=assessment.set().full_mark()).contains(score)
    {
        let full = assessment.set().full_mark();
        let fault = Fault::error(
            "goals.beyond_full_mark",
            format!("得分 {score} 不在 0 至满分 {full} 之间"),
            format!("the score {score} does not lie between 0 and the full mark {full}"),
        );
        faults.push(fault.at("/ambition").hint("请给出满分以内的得分", "ask for a score up to the full mark"));
    }
    if let (Ambition::Given, true) = (asked.ambition, asked.given.is_empty()) {
        let fault = Fault::error("goals.no_targets", "没有给出任何目标值", "no target is given");
        faults.push(fault.at("/targets").hint("请给出各指标的目标值", "give targets of indicators"));
    }
    let mut given = Vec::new();
    for (place, (code, target)) in asked.given.iter().enumerate() {
        let at = format!("/targets/{place}");
        let node = assessment.set().node_index(code);
        let leaf = node.filter(|&node| assessment.set().nodes()[node].leaf().is_some());
        let refuse = |code_of: &'static str, zh: &str, en: &str| Fault::error(code_of, zh, en).at(at.clone()).of(code.clone());
        match leaf {
            None => faults.push(
                refuse("goals.unknown_indicator", "指标体系中没有这个指标", "the set has no such indicator")
                    .value(code)
                    .hint("请核对指标代码", "check the code of the indicator"),
            ),
            Some(node) if rows[node].value.is_none() => faults.push(
                refuse("goals.no_data", "该指标没有基期数值", "the indicator has no value in the period of the baseline")
                    .hint("请先补充数据", "report its data first"),
            ),
            Some(node) if given.iter().any(|(known, _)| *known == node) => {
                faults.push(
                    refuse("goals.duplicate", "该指标给出了两次", "the indicator is given twice")
                        .hint("删除其中一个", "take one out"),
                );
            }
            Some(node) => given.push((node, *target)),
        }
    }
    if faults.is_empty() { Ok(given) } else { Err(faults.into()) }
}

/// The score that a target of an indicator brings by its rule alone, for who compares; none where no value does.
pub(super) fn is_beyond_scale(assessment: &Assessment, row: &Row, node: NodeIndex, target: f64, score: f64) -> bool {
    // A score that several raw values have is that of the nearest; a target beyond it gains nothing.
    let nearest = raw_target(assessment, row, node, &number(score));
    let leaf = assessment.set().nodes()[node].leaf();
    nearest.zip(leaf).and_then(|(nearest, leaf)| super::aims::is_better(leaf, target, nearest)).unwrap_or(false)
}

/// The periods of a path: one a year after the baseline, and the deadline.
pub(super) fn path_periods(period: Period, by: Period) -> Vec<Period> {
    let step = per_year(period.kind());
    let mut periods: Vec<Period> = (1_u32..)
        .map_while(|year| period.later(year.checked_mul(step)?))
        .take_while(|later| years_between(*later, by) > dashu_ratio::RBig::ZERO)
        .collect();
    periods.push(by);
    periods
}
