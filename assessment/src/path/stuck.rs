//! Why a leaf stays as it is.

use citygauge_indicators::Text;

/// Why a leaf does not move.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stuck {
    /// It does not enter the goal, or with weight 0.
    NotCounted,
    /// It has no data.
    NoData,
    /// It does not apply to the city.
    NotApplicable,
    /// A node above it has no score.
    NoScoreAbove,
    /// The caller keeps it.
    Fixed,
    /// Its raw value is an option or yes and no.
    NoScale,
    /// Its score goes by the place among the cities.
    ByPlace,
    /// Its raw value is treated by a curve before it is scored.
    Treated,
    /// Its score is the same for every raw value.
    Constant,
    /// A bonus or deduction reads its item.
    Adjusted,
    /// A level asks for its item, which other formulas read too.
    Required,
    /// Leaves that are the same item pull in opposite ways.
    Opposed,
    /// No raw value within its scale scores more.
    AtEnd,
    /// Too few peers have a history or a value.
    NoEvidence,
    /// The peers' percentile does not lead the way that is wanted, or not beyond the present value.
    NoPrecedent,
    /// The peers do not differ, so that there is no unit of effort.
    NoSpread,
    /// The limit that the caller gives.
    Bound,
}

impl Stuck {
    /// The word in answers.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::NotCounted => "not_counted",
            Self::NoData => "no_data",
            Self::NotApplicable => "not_applicable",
            Self::NoScoreAbove => "no_score_above",
            Self::Fixed => "fixed",
            Self::NoScale => "no_scale",
            Self::ByPlace => "by_place",
            Self::Treated => "treated",
            Self::Constant => "constant",
            Self::Adjusted => "adjusted",
            Self::Required => "required",
            Self::Opposed => "opposed",
            Self::AtEnd => "at_end",
            Self::NoEvidence => "no_evidence",
            Self::NoPrecedent => "no_precedent",
            Self::NoSpread => "no_spread",
            Self::Bound => "bound",
        }
    }

    /// What it is told as.
    #[must_use]
    pub fn text(self) -> Text {
        match self {
            Self::NotCounted => Text::both("不计入该目标，或权重为 0", "does not count for the goal, or with weight 0"),
            Self::NoData => Text::both("起始时期没有数据", "has no data in the period from which the path starts"),
            Self::NotApplicable => Text::both("不适用于本市", "does not apply to the city"),
            Self::NoScoreAbove => Text::both("其上级节点没有得分", "a node above it has no score"),
            Self::Fixed => Text::both("按要求保持不变", "is kept as it is, as asked for"),
            Self::NoScale => Text::both("原始值是选项或是非，没有速度", "is an option or yes and no, which have no rate"),
            Self::ByPlace => Text::both("按名次计分，得分随其他城市而变", "is scored by its place among the cities"),
            Self::Treated => Text::both("计分前经过曲线处理", "is treated by a curve before it is scored"),
            Self::Constant => Text::both("任何原始值的得分都相同", "scores the same whatever its raw value"),
            Self::Adjusted => Text::both("加减分也读取其数据项", "its item is read by a bonus or deduction as well"),
            Self::Required => {
                Text::both("等级要求其数据项，而其他公式也读取该项", "a level asks for its item, which other formulas read too")
            }
            Self::Opposed => {
                Text::both("同一数据项的指标分项方向相反", "indicators that are the same item pull in opposite ways")
            }
            Self::AtEnd => Text::both("在其量程内已无可提高", "no raw value within its scale scores more"),
            Self::NoEvidence => Text::both("有依据的同类城市太少", "too few peers have a history or a value"),
            Self::NoPrecedent => {
                Text::both("同类城市没有朝该方向的先例", "the percentile of the peers does not lead the way that is wanted")
            }
            Self::NoSpread => Text::both("同类城市没有差异，投入没有单位", "the peers do not differ, so effort has no unit"),
            Self::Bound => Text::both("已到自给的限度", "stands at the limit that was given"),
        }
    }
}
