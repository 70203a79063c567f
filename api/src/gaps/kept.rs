//! A gap analysis as it is kept: the answer, with its texts in both languages.

use citygauge_assessment::Assessment;
use citygauge_assessment::gap::GapAnalysis;
use citygauge_indicators::{Language, Text};
use citygauge_openapi::{self as wire, PeriodCode};
use serde::{Deserialize, Serialize};

use super::Sections;
use super::sections::tell;

/// An analysis with its texts in both languages.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Kept {
    /// The answer; titles and notes are those of no language.
    pub analysis: wire::GapAnalysis,
    /// The titles of the nodes, in the order of the gaps.
    pub titles: Vec<Text>,
    notes: Vec<Option<Text>>,
    rule: Text,
}

impl Kept {
    /// What was found, in the frame of an answer.
    #[must_use]
    pub fn of(assessment: &Assessment, found: &GapAnalysis, frame: wire::GapAnalysis) -> Self {
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
    #[must_use]
    pub fn present(self, language: Language) -> wire::GapAnalysis {
        let Self { mut analysis, titles, notes, rule } = self;
        tell(&mut analysis.gaps, &mut analysis.priorities, &titles, &notes, language);
        rule.get(language).clone_into(&mut analysis.rule);
        analysis
    }
}
