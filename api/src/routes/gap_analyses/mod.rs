//! Gap analyses: the distance of a city from a reference, node by node.

mod create;
mod list;
pub(super) mod requirements;
pub(super) mod show;
#[cfg(test)]
mod tests;

use citygauge_assessment::Assessment;
use citygauge_assessment::gap::GapAnalysis;
use citygauge_indicators::Text;
use citygauge_openapi::{self as wire, Moment, PeriodCode};
use serde::{Deserialize, Serialize};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::error::Failure;
use crate::gaps::Sections;
use crate::gaps::sections::tell;
use crate::store::gap_analyses::GapAnalysis as Stored;

/// Mounts the operations on gap analyses.
pub fn operations(config: &mut ServiceConfig) {
    config
        .service(list::list_gap_analyses)
        .service(create::create_gap_analysis)
        .service(show::show_gap_analysis)
        .service(requirements::list_gap_requirements);
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
        let sections = Sections::of(assessment, found);
        let analysis = wire::GapAnalysis {
            reference_period: found.reference_period.map(|period| PeriodCode::trusted(period.to_string())),
            outputs: sections.outputs,
            gaps: sections.gaps,
            foundations: sections.foundations,
            strengths: sections.strengths,
            weaknesses: sections.weaknesses,
            priorities: sections.priorities,
            without_data: sections.without_data,
            without_reference: sections.without_reference,
            ..frame
        };
        Self { analysis, titles: sections.titles, notes: sections.notes, rule: sections.rule }
    }

    /// The answer in one language.
    fn present(self, language: citygauge_indicators::Language) -> wire::GapAnalysis {
        let Self { mut analysis, titles, notes, rule } = self;
        tell(&mut analysis.gaps, &mut analysis.priorities, &titles, &notes, language);
        rule.get(language).clone_into(&mut analysis.rule);
        analysis
    }
}

/// The cities whose scores an analysis shows: its own, and the one that it is compared with by name.
fn cities(stored: &Stored) -> impl Iterator<Item = &str> {
    std::iter::once(stored.city.as_str()).chain(stored.against.strip_prefix("city:"))
}

fn kept(stored: &Stored) -> Result<Kept, Failure> {
    serde_json::from_value(stored.document.clone()).map_err(Failure::internal)
}

fn present(stored: Stored, language: citygauge_indicators::Language) -> Result<wire::GapAnalysis, Failure> {
    let created_at = Moment::from_ms(stored.created_at_ms);
    let kept: Kept = serde_json::from_value(stored.document).map_err(Failure::internal)?;
    Ok(wire::GapAnalysis { created_at, ..kept.present(language) })
}
