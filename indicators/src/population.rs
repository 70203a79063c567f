//! The sizes of cities by the resident population of their urban area.
//!
//! Source: 国务院关于调整城市规模划分标准的通知, 国发〔2014〕51号, 2014-10-29: seven classes, 以上 including the limit and 以下
//! excluding it, counted on the resident population of the urban area (城区常住人口), which is not that of the whole
//! prefecture. The attribute `population_tier` of a city holds the word; nothing derives it on its own.

/// A class of cities by size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PopulationTier {
    /// Ⅱ型小城市: below 200,000.
    SmallTwo,
    /// Ⅰ型小城市: from 200,000.
    SmallOne,
    /// 中等城市: from 500,000.
    Medium,
    /// Ⅱ型大城市: from 1,000,000.
    LargeTwo,
    /// Ⅰ型大城市: from 3,000,000.
    LargeOne,
    /// 特大城市: from 5,000,000.
    VeryLarge,
    /// 超大城市: from 10,000,000.
    Super,
}

impl PopulationTier {
    /// Every class with its least population, its word and its Chinese name, the smallest first.
    pub const TABLE: [(Self, u64, &'static str, &'static str); 7] = [
        (Self::SmallTwo, 0, "small_2", "Ⅱ型小城市"),
        (Self::SmallOne, 200_000, "small_1", "Ⅰ型小城市"),
        (Self::Medium, 500_000, "medium", "中等城市"),
        (Self::LargeTwo, 1_000_000, "large_2", "Ⅱ型大城市"),
        (Self::LargeOne, 3_000_000, "large_1", "Ⅰ型大城市"),
        (Self::VeryLarge, 5_000_000, "very_large", "特大城市"),
        (Self::Super, 10_000_000, "super", "超大城市"),
    ];

    /// The class of a city by the resident population of its urban area, in persons.
    #[must_use]
    pub fn of_urban_residents(persons: u64) -> Self {
        let reached = Self::TABLE.iter().rev().find(|(_, least, ..)| persons >= *least);
        reached.map_or(Self::SmallTwo, |(tier, ..)| *tier)
    }

    /// The word that the attribute `population_tier` holds.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::TABLE[self as usize].2
    }

    /// The Chinese name.
    #[must_use]
    pub fn name_zh(self) -> &'static str {
        Self::TABLE[self as usize].3
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_belongs_to_the_larger_class() {
        let word = |persons| PopulationTier::of_urban_residents(persons).word();
        assert_eq!((word(0), word(199_999), word(200_000), word(499_999)), ("small_2", "small_2", "small_1", "small_1"));
        assert_eq!((word(500_000), word(1_000_000), word(2_999_999)), ("medium", "large_2", "large_2"));
        assert_eq!((word(3_000_000), word(5_000_000), word(10_000_000)), ("large_1", "very_large", "super"));
        for (place, (tier, ..)) in PopulationTier::TABLE.iter().enumerate() {
            assert_eq!(*tier as usize, place);
        }
        assert_eq!(PopulationTier::VeryLarge.name_zh(), "特大城市");
    }
}
