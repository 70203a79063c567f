//! How good a value is: the six grades of the United for Smart Sustainable Cities initiative.

use crate::text::Text;

/// How a value came about, from the best grade to the worst.
///
/// Source: U4SSC, *KPIs Verification Manual: A guide for verifiers* (ITU, 2022), p. 153, column T of the data collection
/// template. The manual gives the six sentences, in this order, and no codes; the codes are ours and stable. The English
/// titles are the manual's sentences.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum QualityGrade {
    /// Based on accurate measurements.
    AccurateMeasurement,
    /// Extrapolated based on survey of inhabitants.
    SurveyExtrapolation,
    /// Extrapolated based on higher-level data.
    HigherLevelExtrapolation,
    /// Estimation based on certain assumptions.
    AssumptionEstimate,
    /// Personal estimation.
    PersonalEstimate,
    /// Unknown methodology, not traceable.
    NotTraceable,
}

impl QualityGrade {
    /// Every grade, the best first.
    pub const ALL: [Self; 6] = [
        Self::AccurateMeasurement,
        Self::SurveyExtrapolation,
        Self::HigherLevelExtrapolation,
        Self::AssumptionEstimate,
        Self::PersonalEstimate,
        Self::NotTraceable,
    ];

    /// The word used in files and answers.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::AccurateMeasurement => "accurate_measurement",
            Self::SurveyExtrapolation => "survey_extrapolation",
            Self::HigherLevelExtrapolation => "higher_level_extrapolation",
            Self::AssumptionEstimate => "assumption_estimate",
            Self::PersonalEstimate => "personal_estimate",
            Self::NotTraceable => "not_traceable",
        }
    }

    /// The grade that a word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|grade| grade.word() == word)
    }

    /// What it means.
    #[must_use]
    pub fn title(self) -> Text {
        let (zh, en) = match self {
            Self::AccurateMeasurement => ("依据准确测量", "Based on accurate measurements"),
            Self::SurveyExtrapolation => ("依据居民调查推算", "Extrapolated based on survey of inhabitants"),
            Self::HigherLevelExtrapolation => ("依据上级数据推算", "Extrapolated based on higher-level data"),
            Self::AssumptionEstimate => ("依据一定假设估计", "Estimation based on certain assumptions"),
            Self::PersonalEstimate => ("个人估计", "Personal estimation"),
            Self::NotTraceable => ("方法不明，无法追溯", "Unknown methodology, not traceable"),
        };
        Text::both(zh, en)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Language;

    #[test]
    fn every_grade_has_a_word_of_its_own_and_a_title() {
        for grade in QualityGrade::ALL {
            assert_eq!(QualityGrade::from_word(grade.word()), Some(grade));
            assert!([Language::Zh, Language::En].iter().all(|language| !grade.title().get(*language).is_empty()));
        }
        assert!(QualityGrade::ALL.is_sorted(), "the best comes first");
        assert_eq!(QualityGrade::from_word("estimated"), None);
    }
}
