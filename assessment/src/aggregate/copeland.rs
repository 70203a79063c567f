//! Copeland's rule: wins less losses in pairwise comparisons by weighted majority.
//!
//! Source: Munda and Nardo, *Constructing consistent composite indicators: the issue of weights* (2005); OECD/JRC,
//! *Handbook*, section 6.2; COINr's `a_copeland`. A city outranks another where the children in which it is better weigh
//! more than those in which it is worse; a tie between two cities counts for neither. Only the children that both cities
//! have are compared, so that weights are in effect rescaled over them; two cities with no child in common tie.
//!
//! The score counts from minus to plus the number of the other cities; on the scale `full_mark` a city that loses to
//! every other one has 0, one that wins against every other one the full mark, and a city alone half of it.

use std::cmp::Ordering;

use citygauge_indicators::CopelandScale;
use dashu_int::IBig;
use dashu_ratio::RBig;

use super::cohort::{City, Scores};
use super::number::{Number, Why};

/// The place of each city among the scores of one child, worst first, equal scores sharing one; `None` without a score.
pub(crate) type Places = Vec<Option<u32>>;

/// The scores of every city that has one of the node.
pub(crate) fn of_cohort<N: Number>(
    cities: &[City<N>],
    weights: &[N],
    scale: CopelandScale,
    full_mark: f64,
) -> Result<Scores<N>, Why> {
    let child = |child: usize| -> Vec<Option<N>> { cities.iter().map(|city| city.as_ref()?[child].clone()).collect() };
    let children: Vec<Places> = (0..weights.len()).map(|place| N::places(&child(place))).collect::<Result<_, _>>()?;
    let weights: Vec<RBig> = weights.iter().map(N::fraction).collect();
    let takes_part: Vec<bool> =
        cities.iter().map(|city| city.as_ref().is_some_and(|city| city.iter().any(Option::is_some))).collect();
    Ok(scores(&children, &weights, &takes_part, scale, full_mark))
}

/// The scores out of the places of the children's scores.
pub(crate) fn scores<N: Number>(
    children: &[Places],
    weights: &[RBig],
    takes_part: &[bool],
    scale: CopelandScale,
    full_mark: f64,
) -> Scores<N> {
    let balances = balances(children, weights, takes_part);
    let cities = balances.iter().flatten().count();
    balances.into_iter().map(|balance| Some(scaled(balance?, cities, scale, full_mark))).collect()
}

/// Wins less losses of each of the cities that take part.
pub(crate) fn balances(children: &[Places], weights: &[RBig], takes_part: &[bool]) -> Vec<Option<i64>> {
    match whole(weights) {
        Whole::Small(weights) => count(children, &weights, takes_part),
        Whole::Large(weights) => count(children, &weights, takes_part),
    }
}

/// Weights as whole numbers in the same proportions.
enum Whole {
    Small(Vec<i128>),
    Large(Vec<IBig>),
}

fn whole(weights: &[RBig]) -> Whole {
    let denominators = weights.iter().fold(RBig::ONE, |all, weight| all * RBig::from(weight.denominator().clone()));
    let large: Vec<IBig> = weights.iter().map(|weight| (weight * &denominators).numerator().clone()).collect();
    let divisor = large.iter().fold(IBig::ZERO, |divisor, weight| gcd(divisor, weight.clone()));
    let large: Vec<IBig> = if divisor == IBig::ZERO { large } else { large.iter().map(|weight| weight / &divisor).collect() };
    // The sum of a few thousand such numbers is far from the limit.
    let limit = IBig::from(i128::MAX >> 20);
    let small = large.iter().map(|weight| if *weight < limit { i128::try_from(weight.clone()).ok() } else { None });
    match small.collect::<Option<Vec<i128>>>() {
        Some(small) => Whole::Small(small),
        None => Whole::Large(large),
    }
}

fn gcd(mut one: IBig, mut other: IBig) -> IBig {
    while other != IBig::ZERO {
        (one, other) = (other.clone(), one % other);
    }
    one
}

fn count<W>(children: &[Places], weights: &[W], takes_part: &[bool]) -> Vec<Option<i64>>
where
    W: for<'w> std::ops::AddAssign<&'w W> + Default + Ord,
{
    let mut balances: Vec<Option<i64>> = takes_part.iter().map(|takes_part| takes_part.then_some(0)).collect();
    for one in 0..takes_part.len() {
        for other in (0..one).filter(|&other| takes_part[one] && takes_part[other]) {
            let (wins, losses) = weighed(children, weights, one, other);
            let balance = match wins.cmp(&losses) {
                Ordering::Greater => 1,
                Ordering::Less => -1,
                Ordering::Equal => 0,
            };
            balances[one] = balances[one].map(|own| own + balance);
            balances[other] = balances[other].map(|own| own - balance);
        }
    }
    balances
}

/// The weights of the children in which one city is better than another, and of those in which it is worse.
pub(crate) fn weighed<W>(children: &[Places], weights: &[W], one: usize, other: usize) -> (W, W)
where
    W: for<'w> std::ops::AddAssign<&'w W> + Default,
{
    let (mut wins, mut losses) = (W::default(), W::default());
    for (places, weight) in children.iter().zip(weights) {
        let (Some(own), Some(others)) = (places[one], places[other]) else { continue };
        match own.cmp(&others) {
            Ordering::Greater => wins += weight,
            Ordering::Less => losses += weight,
            Ordering::Equal => {}
        }
    }
    (wins, losses)
}

/// A balance on its scale, among so many cities.
pub(crate) fn scaled<N: Number>(balance: i64, cities: usize, scale: CopelandScale, full_mark: f64) -> Result<N, Why> {
    let own = N::decimal(balance as f64);
    match scale {
        CopelandScale::Own => Ok(own),
        CopelandScale::FullMark if cities < 2 => N::decimal(full_mark).over(N::decimal(2.0)),
        CopelandScale::FullMark => {
            let others = (cities - 1) as f64;
            ((own + N::decimal(others)) * N::decimal(full_mark)).over(N::decimal(2.0 * others))
        }
    }
}

/// The places of scores in an order.
pub(crate) fn places<T>(scores: &[Option<T>], order: impl Fn(&T, &T) -> Ordering) -> Places {
    let mut present: Vec<(usize, &T)> =
        scores.iter().enumerate().filter_map(|(city, score)| Some((city, score.as_ref()?))).collect();
    present.sort_by(|(_, one), (_, other)| order(one, other));
    let mut places = vec![None; scores.len()];
    let mut place = 0;
    for (at, (city, score)) in present.iter().enumerate() {
        if at > 0 && order(present[at - 1].1, score) != Ordering::Equal {
            place += 1;
        }
        places[*city] = Some(place);
    }
    places
}
