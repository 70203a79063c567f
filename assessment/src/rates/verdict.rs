//! What the histories say of the rate that a target asks for.

use std::fmt;

use citygauge_indicators::Text;
use citygauge_indicators::exact::nearest_double;
use dashu_ratio::RBig;

use super::{LEAST_PEERS, Rates, Way};
use crate::normalise::number;
use crate::years::trend::median_slope;

/// Whether a target can be reached by its deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// There is no gap.
    Reached,
    /// The city's own rate is enough.
    OnTrack,
    /// The rate is one that the peers' 75th percentile reaches.
    Attainable,
    /// The rate is one that the peers' 90th percentile reaches.
    Stretch,
    /// Fewer than a tenth of the peers have moved that fast.
    Unprecedented,
    /// Neither the city nor enough peers have a history.
    NoEvidence,
}

impl Verdict {
    /// All of them, from the easiest on.
    pub const ALL: [Self; 6] =
        [Self::Reached, Self::OnTrack, Self::Attainable, Self::Stretch, Self::Unprecedented, Self::NoEvidence];

    /// The word in files and answers.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Reached => "reached",
            Self::OnTrack => "on_track",
            Self::Attainable => "attainable",
            Self::Stretch => "stretch",
            Self::Unprecedented => "unprecedented",
            Self::NoEvidence => "no_evidence",
        }
    }

    /// What it is called on a page.
    #[must_use]
    pub fn title(self) -> Text {
        match self {
            Self::Reached => Text::both("已达到", "reached"),
            Self::OnTrack => Text::both("按现有速度可达", "on track"),
            Self::Attainable => Text::both("可达", "attainable"),
            Self::Stretch => Text::both("有挑战", "stretch"),
            Self::Unprecedented => Text::both("尚无先例", "unprecedented"),
            Self::NoEvidence => Text::both("缺少依据", "no evidence"),
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// How close two doubles lie whose order exact arithmetic decides, relative to the greater.
const NEAR: f64 = 1e-9;

impl Rates {
    /// What the histories say of a change per year, signed. A rate that leads nowhere or the other way is reached.
    #[must_use]
    pub fn verdict(&self, required: &RBig) -> Verdict {
        let required = if self.way == Way::Up { required.clone() } else { -required.clone() };
        if required <= RBig::ZERO {
            return Verdict::Reached;
        }
        if self.own.as_ref().is_some_and(|series| &number(self.way.sign()) * median_slope(series) >= required) {
            return Verdict::OnTrack;
        }
        if self.peers() < LEAST_PEERS {
            return Verdict::NoEvidence;
        }
        match () {
            () if self.is_reached_at(0.75, &required) => Verdict::Attainable,
            () if self.is_reached_at(0.90, &required) => Verdict::Stretch,
            () => Verdict::Unprecedented,
        }
    }

    /// Whether the peers' percentile is at least the rate; on the way, and as in exact arithmetic.
    fn is_reached_at(&self, p: f64, required: &RBig) -> bool {
        let Some(rate) = self.percentile(p).map(|rate| self.way.sign() * rate) else { return false };
        let wanted = nearest_double(required);
        if (rate - wanted).abs() > NEAR * rate.abs().max(wanted) {
            return rate > wanted;
        }
        self.exact_percentile(p).is_some_and(|rate| rate >= *required)
    }
}
