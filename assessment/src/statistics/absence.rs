//! Why there is no statistic.

use citygauge_indicators::Text;

/// Why a statistic is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Absence {
    /// No city has a value.
    NoValues,
    /// Fewer cities have values than the statistic needs.
    TooFew,
    /// Every city has the same value, so that nothing can vary with it.
    Constant,
    /// A node with fewer than two members has nothing to compare.
    OneMember,
    /// The raw value is no number.
    NotNumeric,
    /// The sums leave the range of doubles.
    Overflow,
    /// The sum of the members does not vary, or the covariances of pairs contradict each other because different cities
    /// are missing in each.
    Indefinite,
    /// The iteration did not converge.
    NotConverged,
}

impl Absence {
    /// The word used in files.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::NoValues => "no_values",
            Self::TooFew => "too_few",
            Self::Constant => "constant",
            Self::OneMember => "one_member",
            Self::NotNumeric => "not_numeric",
            Self::Overflow => "overflow",
            Self::Indefinite => "indefinite",
            Self::NotConverged => "not_converged",
        }
    }

    /// The same as a sentence.
    #[must_use]
    pub fn text(self) -> Text {
        match self {
            Self::NoValues => Text::both("没有任何城市有数据", "no city has a value"),
            Self::TooFew => Text::both("有数据的城市太少", "too few cities have values"),
            Self::Constant => Text::both("所有城市的值都相同", "every city has the same value"),
            Self::OneMember => {
                Text::both("成员少于两个，无从比较", "fewer than two members, so that there is nothing to compare")
            }
            Self::NotNumeric => Text::both("原始值是选项，不是数字", "the raw value is an option and no number"),
            Self::Overflow => Text::both("数值超出可计算的范围", "the numbers leave the range that can be computed with"),
            Self::Indefinite => Text::both(
                "成员之和没有变化，或因各对所缺城市不同而协方差相互矛盾",
                "the sum of the members does not vary, or the covariances of pairs contradict each other because different cities are missing in each",
            ),
            Self::NotConverged => Text::both("迭代未收敛", "the iteration did not converge"),
        }
    }
}
