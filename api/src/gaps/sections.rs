//! What an analysis found, in the words of the interface; texts are kept in both languages until a caller asks.

use citygauge_assessment::Assessment;
use citygauge_assessment::gap::{Gap, GapAnalysis, Output, Rule};
use citygauge_assessment::years::Quantity;
use citygauge_indicators::{Language, Text};
use citygauge_openapi::{self as wire, Code, PeriodCode};

use crate::verdicts;

/// The lists of an analysis with the texts that depend on a language.
#[derive(Debug, Clone)]
pub struct Sections {
    /// The gaps, in the order of the set; titles and notes are empty until a language is chosen.
    pub gaps: Vec<wire::GapRow>,
    /// The titles of the nodes.
    pub titles: Vec<Text>,
    /// The notes of the nodes.
    pub notes: Vec<Option<Text>>,
    /// 建设基础.
    pub foundations: Vec<Code>,
    /// 优势.
    pub strengths: Vec<Code>,
    /// 劣势.
    pub weaknesses: Vec<Code>,
    /// 重点提升方向.
    pub priorities: Vec<wire::GapDirection>,
    /// The leaves without data.
    pub without_data: Vec<Code>,
    /// The nodes for which the reference says nothing.
    pub without_reference: Vec<Code>,
    /// The four outputs of Annex A.
    pub outputs: Vec<wire::GapOutput>,
    /// How the lists are made.
    pub rule: Text,
}

impl Sections {
    /// Says what was found.
    #[must_use]
    pub fn of(assessment: &Assessment, found: &GapAnalysis) -> Self {
        let nodes = assessment.set().nodes();
        let code = |node: usize| Code::trusted(nodes[node].code.clone());
        let codes = |listed: &[usize]| listed.iter().map(|&node| code(node)).collect();
        let priorities = found.priorities.iter().zip(1..).map(|(direction, priority)| wire::GapDirection {
            priority,
            node: code(direction.node),
            title: String::new(),
            points_lost: direction.points_lost,
            range: direction.range.map(|range| range.word().to_owned()),
        });
        Self {
            gaps: found.gaps.iter().map(|gap| row(assessment, found, gap)).collect(),
            titles: nodes.iter().map(|node| node.title.clone()).collect(),
            notes: found.gaps.iter().map(|gap| gap.note.clone()).collect(),
            foundations: codes(&found.foundations),
            strengths: codes(&found.strengths),
            weaknesses: codes(&found.weaknesses),
            priorities: priorities.collect(),
            without_data: codes(&found.without_data),
            without_reference: codes(&found.without_reference),
            outputs: outputs(),
            rule: found.rule(),
        }
    }

    /// Fills titles and notes in one language.
    #[must_use]
    pub fn told(mut self, language: Language) -> Self {
        tell(&mut self.gaps, &mut self.priorities, &self.titles, &self.notes, language);
        self
    }
}

/// Fills titles and notes in one language.
pub(crate) fn tell(
    gaps: &mut [wire::GapRow],
    priorities: &mut [wire::GapDirection],
    titles: &[Text],
    notes: &[Option<Text>],
    language: Language,
) {
    for ((gap, title), note) in gaps.iter_mut().zip(titles).zip(notes) {
        title.get(language).clone_into(&mut gap.title);
        gap.note = note.as_ref().map(|note| note.get(language).to_owned());
    }
    for direction in priorities {
        if let Some(gap) = gaps.iter().find(|gap| gap.node == direction.node) {
            direction.title.clone_from(&gap.title);
        }
    }
}

fn row(assessment: &Assessment, found: &GapAnalysis, gap: &Gap) -> wire::GapRow {
    let node = &assessment.set().nodes()[gap.node];
    let outlook = &gap.outlook;
    let [p50, p75, p90] = outlook.percentiles;
    let says = outlook.own.is_some() || p50.is_some() || outlook.required.is_some();
    wire::GapRow {
        city: Code::trusted(found.city.clone()),
        period: PeriodCode::trusted(found.period.to_string()),
        node: Code::trusted(node.code.clone()),
        title: String::new(),
        against: found.against.to_string(),
        reference: gap.reference,
        score: gap.score,
        gap_score: gap.gap_score,
        gap_points: gap.gap_points,
        value: gap.value,
        target_value: gap.target_value,
        target_score: gap.target_score,
        gap_value: gap.gap_value,
        unit: node.leaf().and_then(|leaf| leaf.unit.clone()),
        rate_of: says.then_some(match outlook.of {
            Quantity::Value => wire::GapRateOf::Value,
            Quantity::Score => wire::GapRateOf::Score,
        }),
        required_rate: outlook.required,
        own_rate: outlook.own,
        p50,
        p75,
        p90,
        peers_with_rate: u64::try_from(outlook.peers).ok(),
        verdict: outlook.verdict.map(verdicts::told),
        note: None,
    }
}

fn outputs() -> Vec<wire::GapOutput> {
    let outputs = Output::ALL.into_iter().map(|output| wire::GapOutput {
        output: output.word().to_owned(),
        title: output.title(),
        members: members(output).iter().map(|member| (*member).to_owned()).collect(),
    });
    outputs.collect()
}

/// The members of an analysis that hold an output.
fn members(output: Output) -> &'static [&'static str] {
    match output {
        Output::Situation => &["gaps", "without_data", "without_reference"],
        Output::Foundations => &["foundations"],
        Output::StrengthsAndWeaknesses => &["strengths", "weaknesses"],
        Output::Priorities => &["priorities"],
    }
}

/// The rule that a request names.
pub(crate) fn rule(rule: wire::GapRule) -> Rule {
    match rule {
        wire::GapRule::PointsLost => Rule::PointsLost,
        wire::GapRule::U4ssc => Rule::U4ssc,
    }
}
