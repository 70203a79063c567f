//! Gap analyses: the distance of a city from a reference, node by node.

mod create;
mod list;
mod show;
#[cfg(test)]
mod tests;

use citygauge_assessment::Assessment;
use citygauge_assessment::gap::GapAnalysis;
use citygauge_indicators::Text;
use citygauge_openapi::{self as wire, Code, Moment};
use serde::{Deserialize, Serialize};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::error::Failure;
use crate::store::gap_analyses::GapAnalysis as Stored;

/// Mounts the operations on gap analyses.
pub fn operations(config: &mut ServiceConfig) {
    config.service(list::list_gap_analyses).service(create::create_gap_analysis).service(show::show_gap_analysis);
}

/// An analysis as it is kept: the answer, with its texts in both languages.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Kept {
    analysis: wire::GapAnalysis,
    titles: Vec<Text>,
    notes: Vec<Option<Text>>,
    rule: Text,
}

impl Kept {
    fn of(assessment: &Assessment, found: &GapAnalysis, frame: wire::GapAnalysis) -> Self {
        let nodes = assessment.set().nodes();
        let code = |node: usize| Code::trusted(nodes[node].code.clone());
        let codes = |listed: &[usize]| listed.iter().map(|&node| code(node)).collect();
        let gaps = found.gaps.iter().map(|gap| wire::GapRow {
            city: frame.city.clone(),
            period: frame.period.clone(),
            node: code(gap.node),
            title: String::new(),
            against: frame.against.clone(),
            reference: gap.reference,
            score: gap.score,
            gap_score: gap.gap_score,
            gap_points: gap.gap_points,
            value: gap.value,
            target_value: gap.target_value,
            gap_value: gap.gap_value,
            unit: nodes[gap.node].leaf().and_then(|leaf| leaf.unit.clone()),
            note: None,
        });
        let priorities = found.priorities.iter().zip(1..).map(|(&(node, points_lost), priority)| wire::GapDirection {
            priority,
            node: code(node),
            title: String::new(),
            points_lost,
        });
        let analysis = wire::GapAnalysis {
            gaps: gaps.collect(),
            foundations: codes(&found.foundations),
            strengths: codes(&found.strengths),
            weaknesses: codes(&found.weaknesses),
            priorities: priorities.collect(),
            without_data: codes(&found.without_data),
            without_reference: codes(&found.without_reference),
            ..frame
        };
        Self {
            analysis,
            titles: nodes.iter().map(|node| node.title.clone()).collect(),
            notes: found.gaps.iter().map(|gap| gap.note.clone()).collect(),
            rule: GapAnalysis::rule(),
        }
    }

    /// The answer in one language.
    fn present(self, language: citygauge_indicators::Language) -> wire::GapAnalysis {
        let Self { mut analysis, titles, notes, rule } = self;
        let titled: Vec<(Code, String)> =
            analysis.gaps.iter().zip(&titles).map(|(gap, title)| (gap.node.clone(), title.get(language).to_owned())).collect();
        for ((gap, note), (_, title)) in analysis.gaps.iter_mut().zip(notes).zip(&titled) {
            gap.title.clone_from(title);
            gap.note = note.map(|note| note.get(language).to_owned());
        }
        for direction in &mut analysis.priorities {
            let title = titled.iter().find(|(code, _)| *code == direction.node);
            direction.title = title.map(|(_, title)| title.clone()).unwrap_or_default();
        }
        analysis.rule = rule.get(language).to_owned();
        analysis
    }
}

/// The cities whose scores an analysis shows: its own, and the one that it is compared with by name.
fn cities(stored: &Stored) -> impl Iterator<Item = &str> {
    std::iter::once(stored.city.as_str()).chain(stored.against.strip_prefix("city:"))
}

fn present(stored: Stored, language: citygauge_indicators::Language) -> Result<wire::GapAnalysis, Failure> {
    let created_at = Moment::from_ms(stored.created_at_ms);
    let kept: Kept = serde_json::from_value(stored.document).map_err(Failure::internal)?;
    Ok(wire::GapAnalysis { created_at, ..kept.present(language) })
}
