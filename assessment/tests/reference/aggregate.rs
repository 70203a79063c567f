//! A parent's score out of its children's scores (4.3), method by method, as the sources define them. Where roots or
//! powers take part, or a cohort is looked at, the result is rounded to 50 significant digits, once.

use citygauge_indicators::{CopelandScale, FuzzyOperator, Ideals, Method, Norm, Penalty, Spread, Standardise};
use num_traits::{One, Signed, Zero};

use super::irrational::{geometric_mean, power_mean, unrounded_root};
use super::number::{Exact, decimal, significant, whole};

/// The significant digits of a result.
const DIGITS: i64 = 50;

/// Why there is no score.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoScore {
    NotPositive,
    Negative,
    DivisionByZero,
}

impl NoScore {
    /// The code of the warning.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotPositive => "aggregation.not_positive",
            Self::Negative => "aggregation.negative",
            Self::DivisionByZero => "aggregation.division_by_zero",
        }
    }
}

/// A score or why there is none.
type Score = Result<Exact, NoScore>;

/// One city: weight and score of each child, in the order of the set; no score where the child is left out.
pub type City = Vec<(Exact, Option<Exact>)>;

/// Whether a method looks at the other cities.
pub fn compares(method: &Method) -> bool {
    match method {
        Method::Copeland { .. } => true,
        Method::MazziottaPareto { standardise, .. } => *standardise != Standardise::None,
        Method::Topsis { ideals, norm } => (*ideals, *norm) != (Ideals::Fixed, Norm::None),
        Method::Vikor { ideals, .. } | Method::GreyRelational { ideals, .. } => *ideals == Ideals::Cohort,
        _ => false,
    }
}

/// The score of a city by a method that looks at it alone; (weight, score) of the children that are there.
pub fn alone(method: &Method, used: &[(Exact, Exact)], full: &Exact) -> Score {
    let total: Exact = used.iter().map(|(weight, _)| weight).sum();
    let scores = || used.iter().map(|(_, score)| score);
    // Weights that add up to 1.
    let parts: Vec<(Exact, &Exact)> = used.iter().map(|(weight, score)| (weight / &total, score)).collect();
    Ok(match method {
        Method::Arithmetic | Method::ReportedPoints => parts.iter().map(|(weight, score)| weight * *score).sum(),
        Method::Geometric => return power(used, 0.0),
        Method::Harmonic => return power(used, -1.0),
        Method::Power { p } => return power(used, *p),
        Method::Minimum => scores().min().expect("a child is there").clone(),
        Method::Median => {
            let mut sorted: Vec<&Exact> = scores().collect();
            sorted.sort();
            (sorted[(sorted.len() - 1) / 2] + sorted[sorted.len() / 2]) / whole(2)
        }
        Method::MazziottaPareto { penalty, sd, .. } => return penalised(used, *penalty, *sd),
        Method::Topsis { .. } => {
            let distance = |ideal: &Exact| {
                let squares: Exact = parts.iter().map(|(weight, score)| (weight * (*score - ideal)).pow(2)).sum();
                unrounded_root(&squares)
            };
            let (to_best, to_worst) = (distance(full), distance(&Exact::zero()));
            settled(&to_worst / (&to_best + &to_worst) * full)
        }
        Method::Vikor { v, .. } => {
            let regrets: Vec<Exact> = parts.iter().map(|(weight, score)| weight * (full - *score) / full).collect();
            let heaviest = parts.iter().map(|(weight, _)| weight).max().expect("a child is there");
            let sum: Exact = regrets.iter().sum();
            let greatest = regrets.iter().max().expect("a child is there");
            let v = decimal(*v);
            settled((Exact::one() - &v * sum - (Exact::one() - &v) * greatest / heaviest) * full)
        }
        Method::GreyRelational { rho, .. } => {
            let rho = decimal(*rho);
            let xi = |score: &Exact| &rho / (((full - score) / full).abs() + &rho);
            parts.iter().map(|(weight, score)| weight * xi(score)).sum::<Exact>() * full
        }
        Method::Fuzzy { grades, operator } => fuzzy(&parts, grades, *operator),
        Method::Owa { weights } => ordered(scores().cloned().collect(), weights),
        Method::Copeland { .. } => panic!("it compares cities"),
    })
}

fn settled(score: Exact) -> Exact {
    significant(&score, DIGITS)
}

fn power(used: &[(Exact, Exact)], p: f64) -> Score {
    let total: Exact = used.iter().map(|(weight, _)| weight).sum();
    if p == 1.0 {
        return Ok(used.iter().map(|(weight, score)| weight * score).sum::<Exact>() / total);
    }
    if p > 0.0 && used.iter().any(|(_, score)| score.is_negative()) {
        return Err(NoScore::Negative);
    }
    if p <= 0.0 && used.iter().any(|(_, score)| !score.is_positive()) {
        return Err(NoScore::NotPositive);
    }
    Ok(if p == 0.0 {
        geometric_mean(used)
    } else if p == -1.0 {
        total / used.iter().map(|(weight, score)| weight / score).sum::<Exact>()
    } else {
        power_mean(used, &decimal(p))
    })
}

fn penalised(used: &[(Exact, Exact)], penalty: Penalty, sd: Spread) -> Score {
    let total: Exact = used.iter().map(|(weight, _)| weight).sum();
    let mean: Exact = used.iter().map(|(weight, score)| weight * score).sum::<Exact>() / &total;
    let mut variance: Exact = used.iter().map(|(weight, score)| weight * (score - &mean).pow(2)).sum::<Exact>() / total;
    if sd == Spread::Sample && used.len() > 1 {
        variance = variance * whole(used.len()) / whole(used.len() - 1);
    }
    if variance.is_zero() || (sd == Spread::Sample && used.len() == 1) {
        return Ok(mean);
    }
    if mean.is_zero() {
        return Err(NoScore::DivisionByZero);
    }
    let unevenness = variance / &mean;
    Ok(if penalty == Penalty::Negative { mean - unevenness } else { mean + unevenness })
}

fn fuzzy(parts: &[(Exact, &Exact)], grades: &[f64], operator: FuzzyOperator) -> Exact {
    let centres: Vec<Exact> = grades.iter().map(|&grade| decimal(grade)).collect();
    // The membership of a score, by the two centres that it lies between.
    let belongs = |score: &Exact, grade: usize| -> Exact {
        if *score == centres[grade] {
            return Exact::one();
        }
        let neighbour = if *score < centres[grade] { grade.checked_sub(1) } else { Some(grade + 1) };
        let Some(neighbour) = neighbour.and_then(|at| centres.get(at)) else { return Exact::one() };
        let part = Exact::one() - (score - &centres[grade]) / (neighbour - &centres[grade]);
        if part.is_negative() { Exact::zero() } else { part }
    };
    let membership = |grade: usize| -> Exact {
        let products = parts.iter().map(|(weight, score)| weight * belongs(score, grade));
        let smaller = parts.iter().map(|(weight, score)| weight.clone().min(belongs(score, grade)));
        match operator {
            FuzzyOperator::WeightedAverage => products.sum(),
            FuzzyOperator::MaxProduct => products.max().expect("a child is there"),
            FuzzyOperator::MaxMin => smaller.max().expect("a child is there"),
            FuzzyOperator::BoundedSumMin => smaller.sum::<Exact>().min(Exact::one()),
        }
    };
    let memberships: Vec<Exact> = (0..centres.len()).map(membership).collect();
    let all: Exact = memberships.iter().sum();
    memberships.iter().zip(&centres).map(|(membership, centre)| membership * centre).sum::<Exact>() / all
}

/// The ordered weighted average; with fewer scores than weights, weights by the quantifier that runs straight between
/// (i / n, sum of the first i).
fn ordered(mut scores: Vec<Exact>, weights: &[f64]) -> Exact {
    scores.sort_by(|one, other| other.cmp(one));
    let weights: Vec<Exact> = weights.iter().map(|&weight| decimal(weight)).collect();
    let all: Exact = weights.iter().sum();
    let quantifier = |at: Exact| -> Exact {
        let mut sum = Exact::zero();
        for (i, weight) in weights.iter().enumerate() {
            // The part of this step that lies at or below the place asked for.
            let covered = (&at * whole(weights.len()) - whole(i)).min(Exact::one()).max(Exact::zero());
            sum += weight * covered;
        }
        sum / &all
    };
    let place = |j: usize| Exact::new(j.into(), scores.len().into());
    scores.iter().enumerate().map(|(j, score)| (quantifier(place(j + 1)) - quantifier(place(j))) * score).sum()
}

/// The scores of all cities of a period, by a method that compares them.
pub fn together(method: &Method, cities: &[City], full: &Exact) -> Vec<Score> {
    match method {
        Method::Copeland { scale } => copeland(cities, *scale, full),
        Method::MazziottaPareto { penalty, standardise, sd } => {
            let standardised = |city: &City| -> Vec<(Exact, Exact)> {
                let each = city.iter().enumerate().filter_map(|(child, (weight, score))| {
                    Some((weight.clone(), standard(&column(cities, child), score.as_ref()?, *standardise, *sd)))
                });
                each.collect()
            };
            cities.iter().map(|city| penalised(&standardised(city), *penalty, *sd).map(settled)).collect()
        }
        Method::Topsis { ideals, norm } => cities.iter().map(|city| closeness(cities, city, *ideals, *norm, full)).collect(),
        Method::Vikor { v, .. } => vikor(cities, &decimal(*v), full),
        Method::GreyRelational { rho, .. } => {
            let rho = decimal(*rho);
            let none_differs = (0..cities.first().map_or(0, Vec::len)).all(|child| is_constant(cities, child).unwrap_or(true));
            let grade = |city: &City| {
                if none_differs {
                    return Err(NoScore::DivisionByZero);
                }
                let weights: Exact = present(city).map(|(_, weight, _)| weight).sum();
                let sum: Exact = present(city)
                    .map(|(child, weight, score)| {
                        let difference = Exact::one() - relative(&column(cities, child), score).unwrap_or_else(Exact::one);
                        weight * &rho / (difference + &rho)
                    })
                    .sum();
                Ok(settled(sum / weights * full))
            };
            cities.iter().map(grade).collect()
        }
        other => panic!("'{}' looks at one city", other.word()),
    }
}

/// The children that are there: place, weight and score.
fn present(city: &City) -> impl Iterator<Item = (usize, &Exact, &Exact)> {
    city.iter().enumerate().filter_map(|(child, (weight, score))| Some((child, weight, score.as_ref()?)))
}

/// The scores of a child in all cities that have one.
fn column(cities: &[City], child: usize) -> Vec<&Exact> {
    cities.iter().filter_map(|city| city[child].1.as_ref()).collect()
}

/// Whether a child that some city has is the same in all of them.
pub fn is_constant(cities: &[City], child: usize) -> Option<bool> {
    let column = column(cities, child);
    let first = *column.first()?;
    Some(column.iter().all(|score| *score == first))
}

/// Where a score lies between the smallest and the largest; nothing where they are the same.
fn relative(column: &[&Exact], score: &Exact) -> Option<Exact> {
    let (smallest, largest) = (*column.iter().min()?, *column.iter().max()?);
    (smallest != largest).then(|| (score - smallest) / (largest - smallest))
}

fn standard(column: &[&Exact], score: &Exact, standardise: Standardise, sd: Spread) -> Exact {
    let hundred = whole(100);
    let (smallest, largest) = (*column.iter().min().expect("it has the score"), *column.iter().max().expect("it has the score"));
    if smallest == largest {
        return hundred;
    }
    let mean = column.iter().copied().sum::<Exact>() / whole(column.len());
    match standardise {
        Standardise::None => score.clone(),
        Standardise::Goalposts => {
            let half = (largest - smallest) / whole(2);
            let (low, high) = (&mean - &half, &mean + &half);
            (score - &low) / (high - &low) * whole(60) + whole(70)
        }
        Standardise::ZScore => {
            let divisor = if sd == Spread::Sample { column.len() - 1 } else { column.len() };
            let variance = column.iter().map(|value| (*value - &mean).pow(2)).sum::<Exact>() / whole(divisor);
            hundred + (score - mean) / unrounded_root(&variance) * whole(10)
        }
    }
}

fn closeness(cities: &[City], city: &City, ideals: Ideals, norm: Norm, full: &Exact) -> Score {
    let (mut to_best, mut to_worst) = (Exact::zero(), Exact::zero());
    for (child, weight, score) in present(city) {
        let column = column(cities, child);
        let (worst, best) = match ideals {
            Ideals::Fixed => (Exact::zero(), full.clone()),
            Ideals::Cohort => {
                let (worst, best) =
                    (column.iter().min().expect("it has the score"), column.iter().max().expect("it has the score"));
                ((*worst).clone(), (*best).clone())
            }
        };
        let square = match norm {
            Norm::None => Exact::one(),
            Norm::Vector => column.iter().map(|score| score.pow(2)).sum(),
        };
        // Where every score is 0 there is nothing to divide by, and nothing to tell.
        if !square.is_zero() {
            to_best += (weight * (score - best)).pow(2) / &square;
            to_worst += (weight * (score - worst)).pow(2) / &square;
        }
    }
    if to_best.is_zero() && to_worst.is_zero() {
        return Err(NoScore::DivisionByZero);
    }
    let (to_best, to_worst) = (unrounded_root(&to_best), unrounded_root(&to_worst));
    Ok(settled(&to_worst / (to_best + &to_worst) * full))
}

fn vikor(cities: &[City], v: &Exact, full: &Exact) -> Vec<Score> {
    let regrets = |city: &City| -> Vec<Exact> {
        let weights: Exact = present(city).map(|(_, weight, _)| weight).sum();
        let each = present(city).map(|(child, weight, score)| {
            let attained = relative(&column(cities, child), score).unwrap_or_else(Exact::one);
            weight / &weights * (Exact::one() - attained)
        });
        each.collect()
    };
    let all: Vec<Vec<Exact>> = cities.iter().map(regrets).collect();
    let sums: Vec<Exact> = all.iter().map(|city| city.iter().sum()).collect();
    let greatest: Vec<Exact> = all.iter().map(|city| city.iter().max().expect("a child is there").clone()).collect();
    let one = Exact::one();
    let parts: Vec<(Exact, &Vec<Exact>)> = vec![(v.clone(), &sums), (&one - v, &greatest)];
    let score = |row: usize| {
        let mut compromise: Option<Exact> = None;
        for (part, values) in &parts {
            let attained = relative(&values.iter().collect::<Vec<_>>(), &values[row]);
            if let Some(attained) = attained.filter(|_| !part.is_zero()) {
                compromise = Some(compromise.unwrap_or_else(Exact::zero) + part * attained);
            }
        }
        compromise.map(|compromise| settled((&one - compromise) * full)).ok_or(NoScore::DivisionByZero)
    };
    (0..cities.len()).map(score).collect()
}

fn copeland(cities: &[City], scale: CopelandScale, full: &Exact) -> Vec<Score> {
    let outranks = |one: &City, other: &City| -> i64 {
        let mut balance = Exact::zero();
        for ((weight, own), (_, others)) in one.iter().zip(other) {
            if let (Some(own), Some(others)) = (own, others) {
                balance += weight * (own - others).signum();
            }
        }
        if balance.is_positive() { 1 } else { -i64::from(balance.is_negative()) }
    };
    let others = whole(cities.len() - usize::from(!cities.is_empty()));
    let score = |city: &City| {
        let balance = whole(cities.iter().map(|other| outranks(city, other)).sum::<i64>());
        Ok(match scale {
            CopelandScale::Own => balance,
            CopelandScale::FullMark if others.is_zero() => full / whole(2),
            CopelandScale::FullMark => (balance + &others) / (&others * whole(2)) * full,
        })
    };
    cities.iter().map(score).collect()
}
