//! The four outputs that Annex A of GB/T 36333-2018 names for the assessment of the present state (智慧城市现状评估).

use citygauge_indicators::Text;

/// One of the four.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Output {
    /// The results, node by node.
    Situation,
    /// What carries the city.
    Foundations,
    /// Where it is ahead of the reference, and where behind.
    StrengthsAndWeaknesses,
    /// What to improve first.
    Priorities,
}

impl Output {
    /// All of them, in the order of the annex.
    pub const ALL: [Self; 4] = [Self::Situation, Self::Foundations, Self::StrengthsAndWeaknesses, Self::Priorities];

    /// The word in answers and files.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Situation => "situation",
            Self::Foundations => "foundations",
            Self::StrengthsAndWeaknesses => "strengths_and_weaknesses",
            Self::Priorities => "priorities",
        }
    }

    /// Its name, in Chinese that of the annex.
    #[must_use]
    pub fn title(self) -> Text {
        match self {
            Self::Situation => Text::both("智慧城市建设现状评估结果", "Assessment of the present state"),
            Self::Foundations => Text::both("智慧城市建设基础", "Foundations"),
            Self::StrengthsAndWeaknesses => Text::both("智慧城市建设优劣势", "Strengths and weaknesses"),
            Self::Priorities => Text::both("智慧城市建设重点提升方向", "Priority directions"),
        }
    }
}
