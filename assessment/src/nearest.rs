//! The cities most like one city: nearest neighbours by standardised Euclidean distance.
//!
//! Source: CIPFA Nearest Neighbours Model (2019), which standardises every variable over all authorities to mean 0 and
//! standard deviation 1 and sums the squared differences; missing values as in R's `dist`: "the sum is scaled up
//! proportionally to the number of columns used".

use citygauge_indicators::Fault;

/// A city with its values of the chosen items, in one order for all cities.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// Its code.
    pub code: String,
    /// Its finite values; `None` where it has none.
    pub values: Vec<Option<f64>>,
}

/// What becomes of a city that lacks a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MissingItems {
    /// It is no candidate, and the items are standardised over the cities that have all of them.
    Complete,
    /// Two cities are compared on the items that both have, if those are at least so many.
    Shared(usize),
}

/// A city with its distance.
#[derive(Debug, Clone, PartialEq)]
pub struct Neighbour {
    /// Its code.
    pub code: String,
    /// The distance, 0 or more, in standard deviations.
    pub distance: f64,
    /// How many items both cities have.
    pub shared: usize,
}

/// The `k` cities nearest to one among the candidates, the nearest first; those equally far stand by code. The city itself
/// takes part in standardising and is not among them. An item that does not vary tells nothing and adds no distance.
///
/// # Errors
/// When the city is not among the candidates, or lacks the items that the comparison needs.
pub fn nearest(candidates: &[Candidate], city: &str, k: usize, missing: MissingItems) -> Result<Vec<Neighbour>, Fault> {
    let enough = |candidate: &&Candidate| match missing {
        MissingItems::Complete => candidate.values.iter().all(Option::is_some),
        MissingItems::Shared(least) => candidate.values.iter().flatten().count() >= least,
    };
    let compared: Vec<&Candidate> = candidates.iter().filter(enough).collect();
    let Some(own) = compared.iter().find(|candidate| candidate.code == city) else {
        return Err(Fault::error(
            "nearest.no_values",
            format!("城市“{city}”缺少用于比较的数据项，或不符合条件"),
            format!("the city '{city}' lacks items to be compared on, or does not fulfil the conditions"),
        )
        .city(city)
        .hint("请补报数据项，或选择其他数据项或时期", "report the items, or choose other items or another period"));
    };
    let spreads: Vec<Option<f64>> = (0..own.values.len()).map(|item| spread(&compared, item)).collect();
    let least = match missing {
        MissingItems::Complete => own.values.len(),
        MissingItems::Shared(least) => least,
    };
    let mut neighbours: Vec<Neighbour> = compared
        .iter()
        .filter(|candidate| candidate.code != city)
        .map(|candidate| distance(own, candidate, &spreads))
        .filter(|neighbour| neighbour.shared >= least)
        .collect();
    neighbours.sort_by(|one, other| one.distance.total_cmp(&other.distance).then_with(|| one.code.cmp(&other.code)));
    neighbours.truncate(k);
    Ok(neighbours)
}

fn distance(own: &Candidate, other: &Candidate, spreads: &[Option<f64>]) -> Neighbour {
    let (mut squares, mut shared) = (0.0, 0);
    for ((one, other), spread) in own.values.iter().zip(&other.values).zip(spreads) {
        if let (Some(one), Some(other)) = (one, other) {
            shared += 1;
            // The means of the two z-scores cancel.
            squares += spread.map_or(0.0, |spread| ((one - other) / spread).powi(2));
        }
    }
    let scaled = if shared == 0 { 0.0 } else { squares * spreads.len() as f64 / shared as f64 };
    Neighbour { code: other.code.clone(), distance: scaled.sqrt(), shared }
}

/// The standard deviation of an item over the cities that have it (n - 1); `None` where it does not vary.
fn spread(candidates: &[&Candidate], item: usize) -> Option<f64> {
    let values: Vec<f64> = candidates.iter().filter_map(|candidate| candidate.values[item]).collect();
    // Scaled by the largest, so that no square overflows.
    let largest = values.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
    if values.len() < 2 || largest == 0.0 || values.iter().all(|value| *value == values[0]) {
        return None;
    }
    let mean = values.iter().map(|value| value / largest).sum::<f64>() / values.len() as f64;
    let squares: f64 = values.iter().map(|value| (value / largest - mean).powi(2)).sum();
    let spread = (squares / (values.len() - 1) as f64).sqrt() * largest;
    (spread.is_finite() && spread > 0.0).then_some(spread)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(code: &str, values: &[Option<f64>]) -> Candidate {
        Candidate { code: code.into(), values: values.to_vec() }
    }

    fn codes(neighbours: &[Neighbour]) -> Vec<&str> {
        neighbours.iter().map(|neighbour| neighbour.code.as_str()).collect()
    }

    /// By hand: the variances are 10/3 and 500/3, so that the squares from a are 0.3 + 2.4, 2.7 + 0.6 and 4.8 + 5.4.
    #[test]
    fn distances_are_those_of_scaled_columns() {
        let cities = [
            candidate("a", &[Some(1.0), Some(10.0)]),
            candidate("b", &[Some(2.0), Some(30.0)]),
            candidate("c", &[Some(4.0), Some(20.0)]),
            candidate("d", &[Some(5.0), Some(40.0)]),
        ];
        let found = nearest(&cities, "a", 3, MissingItems::Complete).expect("it is there");
        assert_eq!(codes(&found), ["b", "c", "d"]);
        for (neighbour, distance) in found.iter().zip([2.7_f64, 3.3, 10.2]) {
            assert!((neighbour.distance - distance.sqrt()).abs() < 1e-12, "{neighbour:?}");
        }
        assert_eq!(nearest(&cities, "a", 1, MissingItems::Complete).expect("it is there").len(), 1);
    }

    #[test]
    fn cities_that_are_equally_far_stand_by_code() {
        let cities =
            [candidate("m", &[Some(0.0)]), candidate("z", &[Some(1.0)]), candidate("a", &[Some(-1.0)]), candidate("q", &[None])];
        assert_eq!(codes(&nearest(&cities, "m", 5, MissingItems::Complete).expect("it is there")), ["a", "z"]);
        assert_eq!(nearest(&cities, "q", 5, MissingItems::Complete).expect_err("it is refused").code, "nearest.no_values");
        assert_eq!(nearest(&cities, "nowhere", 5, MissingItems::Shared(1)).expect_err("it is refused").code, "nearest.no_values");
    }

    #[test]
    fn shared_items_are_scaled_up_to_all_of_them() {
        let cities = [
            candidate("a", &[Some(0.0), Some(0.0)]),
            candidate("b", &[Some(1.0), None]),
            candidate("c", &[Some(2.0), Some(0.0)]),
            candidate("d", &[None, Some(3.0)]),
        ];
        let found = nearest(&cities, "a", 5, MissingItems::Shared(1)).expect("it is there");
        // The first item has a standard deviation of 1: b differs by 1 on one item of two.
        let b = found.iter().find(|neighbour| neighbour.code == "b").expect("it is there");
        assert_eq!((b.distance, b.shared), (2.0_f64.sqrt(), 1));
        assert_eq!(codes(&nearest(&cities, "a", 5, MissingItems::Shared(2)).expect("it is there")), ["c"]);
    }

    #[test]
    fn an_item_that_does_not_vary_tells_nothing_and_huge_values_do_not_overflow() {
        let cities = [
            candidate("a", &[Some(7.0), Some(1e300)]),
            candidate("b", &[Some(7.0), Some(-1e300)]),
            candidate("c", &[Some(7.0), Some(9e299)]),
        ];
        let found = nearest(&cities, "a", 2, MissingItems::Complete).expect("it is there");
        assert_eq!(codes(&found), ["c", "b"]);
        assert!(found.iter().all(|neighbour| neighbour.distance.is_finite() && neighbour.distance > 0.0));
    }
}
