//! What methods fit on the scores of a cohort: worst and best score of each child.

use std::cmp::Ordering;

use citygauge_indicators::Ideals;

use super::number::{Number, Why};

/// The scores of the children of a node in one city: `None` in place of a child that is left out, and in place of all
/// where the node has no score, so that the city is not compared with.
pub(crate) type City<N> = Option<Vec<Option<N>>>;

/// A score by city, or why there is none; `None` where nothing was asked.
pub(crate) type Scores<N> = Vec<Option<Result<N, Why>>>;

/// The ends that a child's scores are measured from; `None` where they do not differ, so that the child tells nothing.
pub(crate) type Ends<N> = Option<(N, N)>;

/// 0 and the full mark for every child.
pub(crate) fn fixed<N: Number>(children: usize, full_mark: f64) -> Vec<Ends<N>> {
    vec![Some((N::decimal(0.0), N::decimal(full_mark))); children]
}

/// Worst and best of each child as the ideals say.
pub(crate) fn ends<N: Number>(cities: &[City<N>], children: usize, ideals: Ideals, full_mark: f64) -> Result<Vec<Ends<N>>, Why> {
    match ideals {
        Ideals::Fixed => Ok(fixed(children, full_mark)),
        Ideals::Cohort => (0..children).map(|child| extremes(cities, child)).collect(),
    }
}

/// Smallest and largest score of a child.
pub(crate) fn extremes<N: Number>(cities: &[City<N>], child: usize) -> Result<Ends<N>, Why> {
    let smallest = of_child(cities, child).cloned().reduce(N::least);
    let largest = of_child(cities, child).cloned().reduce(N::greatest);
    let (Some(smallest), Some(largest)) = (smallest, largest) else { return Ok(None) };
    let differ = (largest.clone() - smallest.clone()).sign()? != Ordering::Equal;
    Ok(differ.then_some((smallest, largest)))
}

/// The scores of a child, city by city.
pub(crate) fn of_child<N>(cities: &[City<N>], child: usize) -> impl Iterator<Item = &N> {
    cities.iter().filter_map(move |city| city.as_ref()?[child].as_ref())
}

/// Calls a method on the children that are there in each city, with their places.
pub(crate) fn by_city<N: Number>(cities: &[City<N>], of: impl Fn(&[usize], &[N]) -> Result<N, Why>) -> Result<Scores<N>, Why> {
    let each = cities.iter().map(|city| {
        let Some((places, scores)) = city.as_ref().map(|city| present(city)) else { return Ok(None) };
        if places.is_empty() {
            return Ok(None);
        }
        Ok(Some(of(&places, &scores)))
    });
    each.collect()
}

/// Place and score of the children that are there.
pub(crate) fn present<N: Clone>(city: &[Option<N>]) -> (Vec<usize>, Vec<N>) {
    city.iter().enumerate().filter_map(|(place, score)| Some((place, score.clone()?))).unzip()
}

/// The members at some places.
pub(crate) fn at<T: Clone>(all: &[T], places: &[usize]) -> Vec<T> {
    places.iter().map(|&place| all[place].clone()).collect()
}
