//! Goals can be attained (7.3.3 c): the rate that a target asks for beside those that were reached, and the limits of what it measures.

use citygauge_indicators::NodeIndex;
use citygauge_indicators::planning::GoalQuantity;

use super::measurable::{direction, is_worse};
use super::rule::{BEYOND_BOUNDS, BEYOND_SCALE, NO_EVIDENCE, NOT_BROUGHT, STRETCH, UNPRECEDENTED};
use super::{GoalEvidence, Linter, Looked, Report};
use crate::goals::apply::apply;
use crate::goals::evidence::{Evidence, Span};
use crate::goals::level_place;
use crate::goals::propose::is_beyond_scale;
use crate::rates::Verdict;
use crate::years::Quantity;

pub(super) fn look(linter: &Linter, report: &mut Report) {
    for looked in &linter.goals {
        let Some(node) = looked.node else { continue };
        limits(linter, looked, node, report);
        rate(linter, looked, node, report);
    }
}

fn limits(linter: &Linter, looked: &Looked, node: NodeIndex, report: &mut Report) {
    let (assessment, plan) = (linter.ground.assessment, linter.plan);
    let (Some(target), set) = (looked.goal.target_value, assessment.set()) else { return };
    if looked.quantity == GoalQuantity::Score {
        let full = set.full_mark();
        if !(0.0..=full).contains(&target) {
            let said = (
                format!("目标得分 {target} 不在 0 至满分 {full} 之间"),
                format!("the score {target} does not lie between 0 and the full mark {full}"),
            );
            let finding =
                looked.finding(BEYOND_BOUNDS, "target_value", said, ("给出满分以内的得分", "give a score up to the full mark"));
            report.findings.push(finding.with(&[("target", target), ("max", full)]));
        }
        return;
    }
    let (Some(leaf), Some(rows)) = (set.nodes()[node].leaf(), linter.rows) else { return };
    if looked.quantity != GoalQuantity::Value || rows[node].value.is_none() {
        return;
    }
    let single = leaf.formula.as_ref().and_then(|formula| match formula.root() {
        citygauge_indicators::formula::Expr::Item(item) => set.item_index(item),
        _ => None,
    });
    if let Some(fault) = single.and_then(|item| crate::observations::refused(set, item, target)) {
        let expected = fault.expected.map(|expected| format!("（{expected}）")).unwrap_or_default();
        let said = (
            format!("数据项不能取 {target}：{}{expected}", fault.message.zh.as_deref().unwrap_or_default()),
            format!("the data item cannot be {target}: {}{expected}", fault.message.en.as_deref().unwrap_or_default()),
        );
        let finding = looked.finding(
            BEYOND_BOUNDS,
            "target_value",
            said,
            ("给出数据项取值范围内的目标", "give a target that the data item can be"),
        );
        report.findings.push(finding.with(&[("target", target)]));
        return;
    }
    let Ok(applied) = apply(assessment, &plan.city, plan.baseline.period, &[(node, target)]) else { return };
    if let Some(unmoved) = applied.unmoved.first() {
        let (zh, en) = (unmoved.reason.zh.clone().unwrap_or_default(), unmoved.reason.en.clone().unwrap_or_default());
        report.findings.push(looked.finding(
            NOT_BROUGHT,
            "target_value",
            (zh, en),
            ("核对目标值与公式", "check the target and the formula"),
        ));
        return;
    }
    let full = set.full_mark();
    let score = applied.nodes[node].score.filter(|score| *score >= full);
    if score.is_some_and(|score| is_beyond_scale(assessment, &rows[node], node, target, score)) {
        let said = (
            format!("目标值 {target} 超过得满分所需，不再增加得分"),
            format!("the target {target} goes further than the full mark needs and gains nothing more"),
        );
        let finding = looked.finding(BEYOND_SCALE, "target_value", said, ("确认确有需要", "make sure that it is wanted"));
        report.findings.push(finding.with(&[("target", target), ("full_mark", full)]));
    }
}

/// Number that a target starts from, and the number that is to be reached; a level is the score at which it starts.
fn wanted(linter: &Linter, looked: &Looked, node: NodeIndex) -> Option<(Quantity, f64, f64)> {
    let goal = looked.goal;
    match looked.quantity {
        GoalQuantity::Value => Some((Quantity::Value, looked.published.or(goal.baseline_value)?, goal.target_value?)),
        GoalQuantity::Score => Some((Quantity::Score, looked.published.or(goal.baseline_value)?, goal.target_value?)),
        GoalQuantity::Level => {
            let set = linter.ground.assessment.set();
            let place = level_place(set, goal.target_level.as_deref()?)?;
            let from = set.levels()?.bands.get(place)?.from;
            Some((Quantity::Score, linter.rows?[node].score?, from))
        }
    }
}

fn rate(linter: &Linter, looked: &Looked, node: NodeIndex, report: &mut Report) {
    let (plan, ground) = (linter.plan, linter.ground);
    let (Some(due), Some((quantity, baseline, target))) = (looked.due(), wanted(linter, looked, node)) else { return };
    // On the wrong side there is nothing to attain.
    if is_worse(direction(linter, looked), looked.goal.bound, baseline, target) {
        return;
    }
    let span = Span { city: &plan.city, baseline: plan.baseline.period, due, peers: ground.peers };
    let Some(evidence) = Evidence::of(ground.assessment, quantity, node, span, baseline, target) else { return };
    let shown = |rate: Option<f64>| rate.map_or_else(|| "—".to_owned(), |rate| rate.to_string());
    let numbers_zh = format!(
        "每年需 {}；自身 {}，对标城市 P50 {}、P75 {}、P90 {}（{} 个）",
        evidence.required_rate,
        shown(evidence.own_rate),
        shown(evidence.peers_p50),
        shown(evidence.peers_p75),
        shown(evidence.peers_p90),
        evidence.peers
    );
    let numbers_en = format!(
        "it needs {} a year; the city itself had {}, its peers P50 {}, P75 {}, P90 {} ({} of them)",
        evidence.required_rate,
        shown(evidence.own_rate),
        shown(evidence.peers_p50),
        shown(evidence.peers_p75),
        shown(evidence.peers_p90),
        evidence.peers
    );
    let found = match evidence.verdict {
        Verdict::Unprecedented => Some((UNPRECEDENTED, "速度尚无先例", "the rate is unprecedented")),
        Verdict::Stretch => Some((STRETCH, "速度有挑战", "the rate is a stretch")),
        Verdict::NoEvidence => Some((NO_EVIDENCE, "历史数据不足，无法判断", "there are too few histories to tell")),
        Verdict::Reached | Verdict::OnTrack | Verdict::Attainable => None,
    };
    if let Some((rule, zh, en)) = found {
        let said = (format!("{zh}：{numbers_zh}"), format!("{en}: {numbers_en}"));
        let mend = match rule {
            NO_EVIDENCE => ("补充历年数据，或说明依据", "report earlier periods, or say what the target rests on"),
            _ => ("放宽期限，或降低目标", "give it more time, or ask for less"),
        };
        let numbers = [
            ("required_rate", Some(evidence.required_rate)),
            ("own_rate", evidence.own_rate),
            ("peers_p50", evidence.peers_p50),
            ("peers_p75", evidence.peers_p75),
            ("peers_p90", evidence.peers_p90),
            ("years", Some(evidence.years)),
        ];
        let numbers: Vec<(&'static str, f64)> = numbers.into_iter().filter_map(|(name, number)| Some((name, number?))).collect();
        report.findings.push(looked.finding(rule, "target_value", said, mend).with(&numbers));
    }
    report.evidence.push(GoalEvidence { goal: looked.goal.code.clone(), evidence });
}
