//! The values that a treatment is fitted on: doubles with a bound, and the exact values where the doubles leave open
//! which is greater.

use std::cell::RefCell;
use std::cmp::Ordering;
use std::collections::HashMap;

use dashu_ratio::RBig;

use super::map::Map;

/// A sample.
pub(super) struct Sample<'a> {
    pub doubles: Vec<f64>,
    /// How far any double may lie from its exact value.
    pub bound: f64,
    is_decimal: bool,
    exact: Box<dyn Fn(usize) -> RBig + 'a>,
    known: RefCell<HashMap<usize, RBig>>,
}

impl<'a> Sample<'a> {
    pub(super) fn new(doubles: Vec<f64>, bound: f64, is_decimal: bool, exact: impl Fn(usize) -> RBig + 'a) -> Self {
        Self { doubles, bound, is_decimal, exact: Box::new(exact), known: RefCell::default() }
    }

    pub(super) fn len(&self) -> usize {
        self.doubles.len()
    }

    /// A value exactly.
    pub(super) fn exact(&self, place: usize) -> RBig {
        if self.is_decimal {
            return crate::normalise::number(self.doubles[place]);
        }
        self.learn(place);
        self.known.borrow()[&place].clone()
    }

    /// Makes a value exactly, once.
    fn learn(&self, place: usize) {
        self.known.borrow_mut().entry(place).or_insert_with(|| (self.exact)(place));
    }

    /// Which of two values is greater: the doubles tell unless they lie within their bounds.
    pub(super) fn compare(&self, one: usize, other: usize) -> Ordering {
        let (left, right) = (self.doubles[one], self.doubles[other]);
        if self.is_decimal || (left - right).abs() > 2.0 * self.bound {
            left.total_cmp(&right)
        } else {
            self.learn(one);
            self.learn(other);
            let known = self.known.borrow();
            let (one, other) = (&known[&one], &known[&other]);
            // Many may be one imputed mean, a fraction of many digits: to see that is cheaper than to multiply them.
            if one == other { Ordering::Equal } else { one.cmp(other) }
        }
    }

    /// The places in the order of their values.
    pub(super) fn order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.len()).collect();
        order.sort_by(|&one, &other| self.compare(one, other));
        order
    }

    /// Smallest and largest value, exactly; none of nothing.
    pub(super) fn ends(&self) -> Option<[RBig; 2]> {
        let places = || 0..self.len();
        let smallest = places().min_by(|&one, &other| self.compare(one, other))?;
        let largest = places().max_by(|&one, &other| self.compare(one, other))?;
        Some([self.exact(smallest), self.exact(largest)])
    }

    /// The sample after a treatment; a value outside its domain is left out.
    pub(super) fn treated<'s>(&'s self, map: &'s Map) -> Sample<'s> {
        let (mut doubles, mut places) = (Vec::new(), Vec::new());
        let mut greatest = 0.0_f64;
        for (place, value) in self.doubles.iter().enumerate() {
            if let Ok((value, bound)) = map.apply(*value, self.bound, self.is_decimal, || Ok(self.exact(place))) {
                doubles.push(value);
                places.push(place);
                greatest = greatest.max(bound);
            }
        }
        let exact =
            move |place: usize| map.exact(&self.exact(places[place])).expect("a value that has a double has an exact one");
        Sample::new(doubles, greatest, self.is_decimal && map.keeps_decimals(), exact)
    }
}
