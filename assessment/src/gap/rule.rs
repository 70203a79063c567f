//! How the priority directions are ranked.

use std::fmt;
use std::str::FromStr;

use citygauge_indicators::{Fault, Text};

use crate::exact::RBig;
use crate::normalise::number;

/// A rule for the order of the priority directions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Rule {
    /// By points of the total lost, then by verdict.
    #[default]
    PointsLost,
    /// By how much of the reference is attained, in the ranges in which U4SSC shows a result over its benchmark.
    U4ssc,
}

/// The range of U4SSC in which the attainment of a reference lies. The sources do not say which range owns its limit; here it is the
/// upper one, as in the scoring rule `benchmark_share`.
///
/// Source: U4SSC verification reports and factsheets (ITU): 0-33 %, 33-66 %, 66-95 %, 95 % and above.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Range {
    /// Below 33 %.
    Below33,
    /// From 33 to below 66 %.
    From33To66,
    /// From 66 to below 95 %.
    From66To95,
    /// From 95 % on.
    From95,
}

impl Range {
    /// The word in files and answers.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Below33 => "0-33%",
            Self::From33To66 => "33-66%",
            Self::From66To95 => "66-95%",
            Self::From95 => "95%+",
        }
    }

    /// The range of a score over the reference's; a reference that is not above 0 is attained by any score that reaches it, and by
    /// none that does not.
    #[must_use]
    pub fn of(score: &RBig, reference: &RBig) -> Self {
        if *reference <= RBig::ZERO {
            return if score >= reference { Self::From95 } else { Self::Below33 };
        }
        let share = score / reference;
        let reaches = |limit: f64| share >= number(limit);
        match () {
            () if reaches(0.95) => Self::From95,
            () if reaches(0.66) => Self::From66To95,
            () if reaches(0.33) => Self::From33To66,
            () => Self::Below33,
        }
    }
}

impl Rule {
    /// Every rule.
    pub const ALL: [Self; 2] = [Self::PointsLost, Self::U4ssc];

    /// The word in requests and answers.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::PointsLost => "points_lost",
            Self::U4ssc => "u4ssc",
        }
    }

    /// How the lists are made; it is published with every analysis.
    #[must_use]
    pub fn text(self) -> Text {
        let lists = (
            "建设基础：得分不低于满分 80% 的节点，按所得分值排序；优势：领先参照的节点，按领先分值排序；劣势：落后参照的节点，按失分排序；",
            "Foundations: nodes with at least 80 % of the full mark, by points. Strengths: nodes ahead of the reference, by points ahead. \
             Weaknesses: nodes behind it, by points lost. ",
        );
        let order = match self {
            Self::PointsLost => (
                "重点提升方向：落后参照的指标分项，按折算总分的失分从大到小排序，失分相同者按判定由易到难（reached、on_track、attainable、stretch、\
                 unprecedented、no_evidence、无判定），再相同者按指标体系顺序。",
                "Priority directions: indicators behind it, by points of the total lost; equal losses by verdict, the easiest first \
                 (reached, on_track, attainable, stretch, unprecedented, no_evidence, none), then in the order of the set. ",
            ),
            Self::U4ssc => (
                "重点提升方向（U4SSC）：落后参照的指标分项，按得分占参照得分的比例分组：低于 33%、33% 至 66%、66% 至 95%、95% 及以上（界限值归入较高一组），\
                 比例低的组在前；组内按折算总分的失分从大到小排序，再按判定和指标体系顺序。",
                "Priority directions (U4SSC): indicators behind it, grouped by their score as a share of the reference's: below 33 %, 33 to \
                 66 %, 66 to 95 %, from 95 % (a limit belongs to the upper group), the lowest group first; within a group by points of the \
                 total lost, then by verdict and the order of the set. ",
            ),
        };
        Text::both(
            format!("{}{}总分不列入各清单。", lists.0, order.0),
            format!("{}{}TOTAL stands in none of the lists.", lists.1, order.1),
        )
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for Rule {
    type Err = Fault;

    fn from_str(text: &str) -> Result<Self, Fault> {
        Self::ALL.into_iter().find(|rule| rule.word() == text).ok_or_else(|| {
            let known = "points_lost | u4ssc";
            Fault::error("gap.unknown_rule", format!("没有规则“{text}”"), format!("there is no rule '{text}'"))
                .value(text)
                .expected(known)
                .hint(format!("可选：{known}"), format!("one of: {known}"))
        })
    }
}
