//! A path as it is kept: the answer, with its texts in both languages.

use std::collections::BTreeMap;

use crate::verdicts;
use citygauge_assessment::Assessment;
use citygauge_assessment::path::{Change, Outcome, Path, Place, Request};
use citygauge_indicators::{Language, Text};
use citygauge_openapi::{self as wire, Code, PeriodCode};
use serde::{Deserialize, Serialize};

/// A path as it is kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Kept {
    pub path: wire::Path,
    titles: BTreeMap<String, Text>,
    reasons: Vec<Text>,
    rule: Text,
    notes: Vec<Text>,
}

impl Kept {
    pub(super) fn of(assessment: &Assessment, request: &Request, found: &Path, frame: wire::Path) -> Self {
        let nodes = assessment.set().nodes();
        let code = |node: usize| Code::trusted(nodes[node].code.clone());
        let unmoved = found.unmoved.iter().map(|unmoved| wire::PathUnmoved {
            node: code(unmoved.node),
            reason: unmoved.reason.word().to_owned(),
            message: String::new(),
        });
        let curve = found.curve.points.iter().map(|point| wire::PathPoint {
            effort: point.effort,
            score: point.score,
            node: point.node.map(code),
        });
        let mut path = wire::Path {
            node: code(found.node),
            wanted: found.wanted,
            before: place(&found.before),
            furthest: place(&found.furthest),
            movable: found.movable as u64,
            unmoved: unmoved.collect(),
            curve_is_exact: found.curve.is_exact,
            curve: curve.collect(),
            ..frame
        };
        match &found.outcome {
            Outcome::Reached => {
                path.after = Some(path.before.clone());
                (path.effort, path.least_effort) = (Some(0.0), Some(0.0));
            }
            Outcome::Path { after, changes, effort, least } => {
                path.outcome = wire::PathOutcome::Path;
                path.after = Some(place(after));
                (path.effort, path.least_effort) = (Some(*effort), Some(*least));
                path.changes = changes.iter().map(|change| changed(change, &code)).collect();
            }
            Outcome::Unreachable(when) => {
                path.outcome = if when.never { wire::PathOutcome::Never } else { wire::PathOutcome::NotReachable };
                path.earliest = when.earliest.map(|period| PeriodCode::trusted(period.to_string()));
            }
        }
        let titled = path.changes.iter().flat_map(|change| &change.indicators).map(|gain| gain.node.to_string());
        let titles = titled.filter_map(|code| {
            let node = assessment.set().node_index(&code)?;
            Some((code, nodes[node].title.clone()))
        });
        Self {
            titles: titles.collect(),
            reasons: found.unmoved.iter().map(|unmoved| unmoved.reason.text()).collect(),
            rule: Path::rule(&request.limits, request.minimise),
            notes: found.notes.clone(),
            path,
        }
    }

    /// The answer in one language; without ranks where they are not for the caller.
    pub(super) fn present(self, language: Language, ranks: bool) -> wire::Path {
        let Self { mut path, titles, reasons, rule, notes } = self;
        for gain in path.changes.iter_mut().flat_map(|change| &mut change.indicators) {
            gain.title = titles.get(gain.node.as_str()).map(|title| title.get(language).to_owned()).unwrap_or_default();
        }
        for (unmoved, reason) in path.unmoved.iter_mut().zip(reasons) {
            reason.get(language).clone_into(&mut unmoved.message);
        }
        if !ranks {
            let places = [Some(&mut path.before), path.after.as_mut(), Some(&mut path.furthest)];
            places.into_iter().flatten().for_each(|place| place.rank = None);
        }
        rule.get(language).clone_into(&mut path.rule);
        path.notes = notes.iter().map(|note| note.get(language).to_owned()).collect();
        path
    }
}

fn place(place: &Place) -> wire::PathPlace {
    wire::PathPlace { score: place.score, level: place.level.clone(), rank: place.rank }
}

fn changed(change: &Change, code: &impl Fn(usize) -> Code) -> wire::PathChange {
    let [p50, p75, p90] = change.percentiles;
    let indicators = change.leaves.iter().map(|gain| wire::PathGain {
        node: code(gain.node),
        title: String::new(),
        score_before: gain.before,
        score_after: gain.after,
        points_gained: gain.points,
    });
    let steps = change
        .steps
        .iter()
        .map(|(period, value)| wire::PathStep { period: PeriodCode::trusted(period.to_string()), value: *value });
    wire::PathChange {
        indicators: indicators.collect(),
        value: change.value,
        target: change.target,
        change: change.change,
        unit: change.unit.clone(),
        effort: change.effort,
        limit: change.limit,
        stopped_by: change.stop.map(|stop| stop.word().to_owned()),
        required_rate: change.required_rate,
        own_rate: change.own_rate,
        p50,
        p75,
        p90,
        peers: change.peers as u64,
        verdict: verdicts::told(change.verdict),
        steps: steps.collect(),
    }
}
