//! Who moved between two editions.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use citygauge_indicators::exact::{nearest_double, rational};

/// Where a city stood in an edition.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Standing {
    /// Its score.
    pub score: Option<f64>,
    /// Its rank.
    pub rank: Option<u32>,
}

/// How a city moved.
#[derive(Debug, Clone, PartialEq)]
pub struct Move {
    /// The code of the city.
    pub city: String,
    /// Where it stood; none where it took no part.
    pub before: Option<Standing>,
    /// Where it stands; none where it takes no part.
    pub after: Option<Standing>,
    /// The places that it rose; negative where it fell.
    pub rank_change: Option<i64>,
    /// The later less the earlier score, exact on the decimals.
    pub score_change: Option<f64>,
}

/// The moves of every city of two editions: who rose most places first, then who gained more, then by code; those without a
/// rank in one of them last. `earlier` gives the score that is compared in place of the earlier one, as where a break is bridged.
#[must_use]
pub fn moves<'c>(
    before: impl IntoIterator<Item = (&'c str, Standing)>,
    after: impl IntoIterator<Item = (&'c str, Standing)>,
    earlier: impl Fn(&str, f64) -> Option<f64>,
) -> Vec<Move> {
    let (before, after): (BTreeMap<_, _>, BTreeMap<_, _>) = (before.into_iter().collect(), after.into_iter().collect());
    let mut cities: Vec<&str> = before.keys().chain(after.keys()).copied().collect();
    cities.sort_unstable();
    cities.dedup();
    let mut moves: Vec<Move> = cities
        .into_iter()
        .map(|city| {
            let (was, is) = (before.get(city).copied(), after.get(city).copied());
            let rank = |standing: Option<Standing>| standing.and_then(|standing| standing.rank).map(i64::from);
            let score = |standing: Option<Standing>| standing.and_then(|standing| standing.score);
            let earlier = score(was).and_then(|was| earlier(city, was));
            Move {
                city: city.to_owned(),
                before: was,
                after: is,
                rank_change: rank(was).zip(rank(is)).map(|(was, is)| was - is),
                score_change: earlier.zip(score(is)).and_then(|(was, is)| less(is, was)),
            }
        })
        .collect();
    moves.sort_by(|one, other| {
        let key = |it: &Move| (it.rank_change.is_none(), Reverse(it.rank_change));
        let gain = |it: &Move| it.score_change.unwrap_or(f64::NEG_INFINITY);
        key(one).cmp(&key(other)).then(gain(other).total_cmp(&gain(one))).then_with(|| one.city.cmp(&other.city))
    });
    moves
}

/// One number less another, as the nearest double.
fn less(one: f64, other: f64) -> Option<f64> {
    Some(nearest_double(&(rational(one)? - rational(other)?)) + 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(score: f64, rank: u32) -> Standing {
        Standing { score: Some(score), rank: Some(rank) }
    }

    #[test]
    fn who_rose_most_comes_first_and_who_took_no_part_last() {
        let before = [("a", at(80.3, 1)), ("b", at(70.0, 2)), ("c", at(60.0, 3)), ("e", Standing::default())];
        let after = [("a", at(80.1, 2)), ("b", at(70.5, 3)), ("c", at(90.0, 1)), ("d", at(1.0, 4)), ("e", at(0.5, 5))];
        let found = moves(before, after, |_, score| Some(score));
        let shown: Vec<_> = found.iter().map(|it| (it.city.as_str(), it.rank_change, it.score_change)).collect();
        assert_eq!(
            shown,
            [
                ("c", Some(2), Some(30.0)),
                ("b", Some(-1), Some(0.5)),
                ("a", Some(-1), Some(-0.2)),
                ("d", None, None),
                ("e", None, None)
            ]
        );
        assert_eq!((found[3].before, found[4].before), (None, Some(Standing::default())));
    }

    #[test]
    fn the_earlier_score_may_be_a_bridged_one() {
        let found = moves([("a", at(50.0, 1))], [("a", at(60.0, 1))], |city, score| (city == "a").then_some(score + 4.5));
        assert_eq!((found[0].score_change, found[0].rank_change), (Some(5.5), Some(0)));
        let found = moves([("a", at(50.0, 1))], [("a", at(60.0, 1))], |_, _| None);
        assert_eq!(found[0].score_change, None);
    }
}
