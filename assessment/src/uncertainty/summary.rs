//! What the replications say of each city: its ranks, its scores, and from whom it cannot be told apart.

use std::num::NonZeroUsize;

use crate::error::Result;
use crate::parallel::in_parallel;
use crate::sample::moments::mean;
use crate::sample::order::quantile;

/// What the replications say of one city.
#[derive(Debug, Clone, PartialEq)]
pub struct CityUncertainty {
    /// The code of the city.
    pub city: String,
    /// Its published score.
    pub score: Option<f64>,
    /// Its published rank.
    pub rank: Option<u32>,
    /// In how many replications it has a rank; of a Sobol design only those of the matrices A and B count, here and below,
    /// since the others are no draws of their own.
    pub ranked: usize,
    /// Its ranks over those.
    pub ranks: Option<Spread>,
    /// Its scores over those.
    pub scores: Option<Spread>,
    /// The group of cities that cannot be told apart, from 1; see [`INDISTINCT`].
    pub group: Option<u32>,
}

/// Mean and quantiles (R's type 7).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    /// The mean.
    pub mean: f64,
    /// The median.
    pub median: f64,
    /// The 5th percentile.
    pub p5: f64,
    /// The 95th percentile.
    pub p95: f64,
}

/// The share of the replications in which a city holds a rank.
#[derive(Debug, Clone, PartialEq)]
pub struct RankShare {
    /// The code of the city.
    pub city: String,
    /// The rank.
    pub rank: u32,
    /// The share of all replications, above 0 and at most 1.
    pub share: f64,
}

/// Two cities cannot be told apart where the one behind is level or ahead in at least this share of the replications in
/// which both have a rank. Groups are made from the top, by mean rank: a city that cannot be told apart from the first of
/// the group joins it, the next one begins a new group.
pub const INDISTINCT: f64 = 0.05;

/// What is published of a city.
pub(super) struct Published {
    pub city: String,
    pub score: Option<f64>,
    pub rank: Option<u32>,
}

/// What a replication came to as a whole.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Outcome {
    /// How many cities have a rank.
    pub ranked: usize,
    /// The mean, over the cities that have both, of how far their rank lies from the published one.
    pub shift: Option<f64>,
}

pub(super) fn outcome(ranks: &[u32], published: &[Published]) -> Outcome {
    let both = ranks.iter().zip(published).filter_map(|(&rank, known)| Some((rank, known.rank?))).filter(|(rank, _)| *rank > 0);
    let (mut count, mut distance) = (0_u64, 0_u64);
    for (rank, known) in both {
        count += 1;
        distance += u64::from(rank.abs_diff(known));
    }
    let shift = (count > 0).then(|| distance as f64 / count as f64);
    Outcome { ranked: ranks.iter().filter(|&&rank| rank > 0).count(), shift }
}

/// Scores and ranks of TOTAL, the replications of a city side by side; NaN and 0 where it has none.
#[derive(Debug, Clone)]
pub(super) struct Runs {
    replications: usize,
    /// How many replications, from the first on, are drawn by themselves: all, of a Sobol design those of A and B.
    pub independent: usize,
    scores: Vec<f64>,
    ranks: Vec<u32>,
}

impl PartialEq for Runs {
    /// The same digits; what is missing equals what is missing.
    fn eq(&self, other: &Self) -> bool {
        let digits = |runs: &Self| runs.scores.iter().map(|score| score.to_bits()).collect::<Vec<_>>();
        self.replications == other.replications && self.ranks == other.ranks && digits(self) == digits(other)
    }
}

impl Runs {
    pub(super) fn of(cities: usize, replications: usize) -> Self {
        let results = cities * replications;
        Self { replications, independent: replications, scores: vec![f64::NAN; results], ranks: vec![0; results] }
    }

    /// Takes the scores and ranks of a replication.
    pub(super) fn put(&mut self, replication: usize, scores: &[f64], ranks: &[u32]) {
        for (city, (&score, &rank)) in scores.iter().zip(ranks).enumerate() {
            self.scores[city * self.replications + replication] = score;
            self.ranks[city * self.replications + replication] = rank;
        }
    }

    pub(super) fn replications(&self) -> usize {
        self.replications
    }

    /// Score and rank of a city in a replication.
    pub(super) fn result(&self, replication: usize, city: usize) -> (Option<f64>, Option<u32>) {
        let at = city * self.replications + replication;
        let score = self.scores.get(at).copied().filter(|score| !score.is_nan());
        (score, self.ranks.get(at).copied().filter(|&rank| rank > 0))
    }

    /// What a city has in the replications that are drawn by themselves.
    fn of_city<'a, T>(&self, all: &'a [T], city: usize) -> &'a [T] {
        &all[city * self.replications..][..self.independent]
    }
}

/// Competition ranks (1 2 2 4), highest first; scores equal to ten decimals tie. Doubles as close as their own errors tie
/// too, since a rounding to ten decimals could still tell them apart. 0 where there is no score.
pub(super) fn ranks(scores: &[f64], ranks: &mut [u32]) {
    let scale = crate::round::scale(crate::rank::TIE_PLACES);
    let present = scores.iter().enumerate().filter(|(_, score)| !score.is_nan());
    let mut order: Vec<(f64, usize)> = present.map(|(row, &score)| (score, row)).collect();
    order.sort_unstable_by(|(one, _), (other, _)| other.total_cmp(one));
    let key = |score: f64| crate::round::number(score, 0.0, scale).0;
    let ties = |above: f64, below: f64| {
        let distance = above - below;
        distance <= NOISE * above.abs().max(1.0) || (distance <= 1.0 / scale && key(above) == key(below))
    };
    ranks.fill(0);
    let mut first = 0;
    for place in 0..order.len() {
        if place > 0 && !ties(order[place - 1].0, order[place].0) {
            first = place;
        }
        ranks[order[place].1] = first as u32 + 1;
    }
}

/// How far doubles of one score may lie apart, relative to scores above 1.
const NOISE: f64 = 1e-12;

/// Summarises every city; what is published stands in the order of the runs' cities.
pub(super) fn cities(
    runs: &Runs,
    published: &[Published],
    threads: Option<NonZeroUsize>,
) -> Result<(Vec<CityUncertainty>, Vec<RankShare>)> {
    let each = in_parallel(threads, published.len(), |at| {
        let Published { city, score, rank } = &published[at];
        let mut counts = vec![0_usize; published.len() + 1];
        runs.of_city(&runs.ranks, at).iter().for_each(|&rank| counts[rank as usize] += 1);
        let held = || counts.iter().enumerate().skip(1).filter(|(_, count)| **count > 0);
        let ranks: Vec<f64> = held().flat_map(|(rank, &count)| std::iter::repeat_n(rank as f64, count)).collect();
        let mut scores: Vec<f64> = runs.of_city(&runs.scores, at).iter().copied().filter(|score| !score.is_nan()).collect();
        scores.sort_unstable_by(f64::total_cmp);
        let share = |(rank, &count): (usize, &usize)| RankShare {
            city: city.clone(),
            rank: rank as u32,
            share: count as f64 / runs.independent as f64,
        };
        let shares: Vec<RankShare> = held().map(share).collect();
        let summary = CityUncertainty {
            city: city.clone(),
            score: *score,
            rank: *rank,
            ranked: ranks.len(),
            ranks: spread(&ranks),
            scores: spread(&scores),
            group: None,
        };
        Ok((summary, shares))
    })?;
    let (mut cities, shares): (Vec<CityUncertainty>, Vec<Vec<RankShare>>) = each.into_iter().unzip();
    group(runs, &mut cities);
    Ok((cities, shares.into_iter().flatten().collect()))
}

/// Mean and quantiles of values in rising order.
fn spread(values: &[f64]) -> Option<Spread> {
    let at = |p| quantile(values, p);
    Some(Spread { mean: mean(values)?, median: at(0.5)?, p5: at(0.05)?, p95: at(0.95)? })
}

/// Puts the cities into groups that cannot be told apart; see [`INDISTINCT`].
fn group(runs: &Runs, cities: &mut [CityUncertainty]) {
    let mean = |at: usize| cities[at].ranks.map(|ranks| ranks.mean);
    let mut order: Vec<(f64, usize)> = (0..cities.len()).filter_map(|at| Some((mean(at)?, at))).collect();
    order.sort_by(|(one, _), (other, _)| one.total_cmp(other));
    let mut head: Option<usize> = None;
    let mut number = 0;
    for (_, at) in order {
        let joins = head.is_some_and(|head| {
            let (ahead, behind) = (runs.of_city(&runs.ranks, head), runs.of_city(&runs.ranks, at));
            let (mut level, mut all) = (0_usize, 0_usize);
            for (&ahead, &behind) in ahead.iter().zip(behind) {
                let both = ahead > 0 && behind > 0;
                all += usize::from(both);
                level += usize::from(both && behind <= ahead);
            }
            all > 0 && level as f64 >= INDISTINCT * all as f64
        });
        if !joins {
            head = Some(at);
            number += 1;
        }
        cities[at].group = Some(number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranked(scores: &[f64]) -> Vec<u32> {
        let mut places = vec![0; scores.len()];
        ranks(scores, &mut places);
        places
    }

    #[test]
    fn ties_share_a_rank_and_who_has_no_score_has_none() {
        assert_eq!(ranked(&[2.0, 2.000_000_000_04, f64::NAN]), [1, 1, 0]);
        assert_eq!(ranked(&[1.0, 3.0, 2.0]), [3, 1, 2]);
    }

    #[test]
    fn who_is_never_ahead_is_told_apart() {
        let known = |city: &str| Published { city: city.to_owned(), score: Some(1.0), rank: Some(1) };
        let published = ["A", "B", "C"].map(known);
        let mut runs = Runs::of(3, 3);
        for (i, scores) in [[9.0, 8.0, 1.0], [8.0, 9.0, 1.0], [9.0, 8.0, 2.0]].iter().enumerate() {
            runs.put(i, scores, &ranked(scores));
        }
        let (cities, shares) = cities(&runs, &published, None).expect("it is plain");
        let groups: Vec<_> = cities.iter().map(|city| city.group).collect();
        assert_eq!(groups, [Some(1), Some(1), Some(2)]);
        let of_a: Vec<_> = shares.iter().filter(|share| share.city == "A").map(|share| (share.rank, share.share)).collect();
        assert_eq!(of_a, [(1, 2.0 / 3.0), (2, 1.0 / 3.0)]);
    }
}
