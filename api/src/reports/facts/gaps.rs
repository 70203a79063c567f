//! The gap analysis that a report quotes. It is kept under an identifier of its own, so that a reader finds it again.

use std::sync::Arc;

use citygauge_assessment::Assessment;
use citygauge_assessment::gap::{Asked, Reference, analyse_with};
use citygauge_indicators::{NodeIndex, Period};
use citygauge_openapi::{self as wire, Code, GapRow, GapRule, Id, Moment, PeriodCode, ScoreRow, SetRef};
use serde_json::json;

use super::{percent, plain, root, signed};
use crate::assessments::reading::shown;
use crate::charts::Opened;
use crate::charts::waterfall::against;
use crate::error::Failure;
use crate::gaps::Kept;
use crate::gaps::sections::rule;
use crate::reports::ReportError;
use crate::reports::document::context::{Direction, Gaps, Named, Standing};
use crate::state::State;
use crate::store::gap_analyses::GapAnalysis;
use crate::store::reports::NewReport;

/// So many priority directions stand in a report.
const MOST: usize = 20;

/// What a report quotes, the analysis to be kept, and its answer in the language of the report.
pub(super) async fn gather(
    state: &State,
    asked: &NewReport,
    opened: &Opened,
    assessment: &Arc<Assessment>,
    rows: &[ScoreRow],
) -> Result<(Gaps, (GapAnalysis, wire::GapAnalysis)), ReportError> {
    let city = asked.city.clone().unwrap_or_default();
    let reference = asked.against.as_deref().unwrap_or("peer_median").parse::<Reference>().map_err(Failure::invalid)?;
    let at = opened.period.parse::<Period>().map_err(Failure::invalid)?;
    let by = asked.by.as_deref().map(str::parse::<Period>).transpose().map_err(Failure::invalid)?;
    let key = &opened.stored.request.set;
    let document = opened.set.document();
    let frame = wire::GapAnalysis {
        id: Id::trusted(state.sources().id()),
        assessment: Id::trusted(asked.assessment_id.clone()),
        set: SetRef { code: Code::trusted(key.code.clone()), version: Code::trusted(key.version.clone()) },
        set_title: document.title.clone(),
        basis: document.basis.as_ref().map(Into::into),
        city: Code::trusted(city.clone()),
        period: PeriodCode::trusted(opened.period.clone()),
        against: reference.to_string(),
        peer_group: None,
        peers: Vec::new(),
        by: asked.by.clone().map(PeriodCode::trusted),
        reference_period: None,
        ranked_by: GapRule::default(),
        outputs: Vec::new(),
        gaps: Vec::new(),
        foundations: Vec::new(),
        strengths: Vec::new(),
        weaknesses: Vec::new(),
        priorities: Vec::new(),
        without_data: Vec::new(),
        without_reference: Vec::new(),
        rule: String::new(),
        created_at: Moment::from_ms(asked.created_at_ms),
        created_by: asked.created_by.clone(),
    };
    let (used, of) = (assessment.clone(), city.clone());
    let kept = state.engine(move || {
        let asked = Asked { peers: None, by, rule: rule(GapRule::default()) };
        analyse_with(&used, &of, at, &reference, asked).map(|found| Kept::of(&used, &found, frame))
    });
    let kept = kept.await?.map_err(Failure::Invalid)?;
    let stored = GapAnalysis {
        id: kept.analysis.id.to_string(),
        assessment_id: asked.assessment_id.clone(),
        city,
        against: kept.analysis.against.clone(),
        by: asked.by.clone(),
        document: json!(kept),
        created_at_ms: asked.created_at_ms,
        created_by: asked.created_by.clone(),
    };
    let analysis = kept.present(opened.language);
    Ok((told(state, opened, &analysis, rows), (stored, analysis)))
}

fn told(state: &State, opened: &Opened, analysis: &wire::GapAnalysis, rows: &[ScoreRow]) -> Gaps {
    let node = |code: &Code| opened.set.node_index(code.as_str());
    let gap = |code: &Code| analysis.gaps.iter().find(|row| row.node == *code);
    let named = |codes: &[Code]| {
        let each = codes.iter().filter_map(|code| Some(Named { code: code.to_string(), name: opened.title(node(code)?) }));
        each.collect::<Vec<_>>()
    };
    let standings = |codes: &[Code]| {
        let each = codes.iter().filter_map(|code| {
            let (node, row) = (node(code)?, gap(code)?);
            let score = |score: Option<f64>| shown(&opened.set, node, score);
            Some(Standing {
                code: code.to_string(),
                title: opened.title(node),
                dimension: opened.title(dimension(opened, node)),
                score: score(row.score),
                reference: score(row.reference),
                lead: row.gap_score.map(|gap| signed(-gap, 2)),
                share: percent(opened.set.nodes()[node].share_f64()),
                rank: rows[node].rank.map(|rank| rank.to_string()),
            })
        });
        each.collect::<Vec<_>>()
    };
    let directions = analysis.priorities.iter().take(MOST).filter_map(|direction| {
        let (node, row) = (node(&direction.node)?, gap(&direction.node)?);
        Some(direction_of(opened, node, row, direction))
    });
    let lost: f64 = analysis.priorities.iter().map(|direction| direction.points_lost).sum();
    let say = |zh: &str, en: &str| opened.language.pick(zh, en).to_owned();
    Gaps {
        id: analysis.id.to_string(),
        address: format!("{}/gap-analyses/{}", root(state), analysis.id),
        against: against(&analysis.against, opened.language),
        peers: say("参评城市（不含本市）", "the cohort without the city itself"),
        by: analysis.by.as_ref().map(ToString::to_string),
        rule: analysis.rule.clone(),
        foundations: standings(&analysis.foundations),
        strengths: standings(&analysis.strengths),
        weaknesses: standings(&analysis.weaknesses),
        priorities: directions.collect(),
        priorities_total: analysis.priorities.len().to_string(),
        points_lost: (!analysis.priorities.is_empty()).then(|| format!("{lost:.2}")),
        without_data: named(&analysis.without_data),
        without_reference: named(&analysis.without_reference),
    }
}

fn direction_of(opened: &Opened, node: NodeIndex, row: &GapRow, direction: &wire::GapDirection) -> Direction {
    let score = |score: Option<f64>| shown(&opened.set, node, score);
    Direction {
        priority: direction.priority.to_string(),
        code: direction.node.to_string(),
        title: opened.title(node),
        score: score(row.score),
        reference: score(row.reference),
        points: format!("{:.2}", direction.points_lost),
        value: row.value.map(plain),
        target: row.target_value.map(plain),
        unit: row.unit.clone(),
        required: row.required_rate.map(plain),
        own: row.own_rate.map(plain),
        verdict: row.verdict.map(|verdict| crate::verdicts::meant(verdict).title().get(opened.language).to_owned()),
        note: row.note.clone(),
    }
}

/// The dimension to which a node belongs.
fn dimension(opened: &Opened, node: NodeIndex) -> NodeIndex {
    let nodes = opened.set.nodes();
    let mut at = node;
    while let Some(parent) = nodes[at].parent.filter(|_| nodes[at].depth > 1) {
        at = parent;
    }
    at
}
