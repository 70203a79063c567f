//! Passes over columns of doubles that do several operations at once, where one expression per operation would spend
//! its time on planning and on columns in between.

use polars::prelude::*;

/// What a look at a whole column tells.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Extent {
    /// The smallest value.
    pub smallest: f64,
    /// The largest value.
    pub largest: f64,
}

impl Extent {
    /// The greatest magnitude.
    pub(crate) fn magnitude(self) -> f64 {
        self.smallest.abs().max(self.largest.abs())
    }
}

/// Smallest and largest value of a column; none where it has no value. What is no number makes both infinite.
pub(crate) fn extent(values: &Float64Chunked) -> Option<Extent> {
    let (mut low, mut high) = ([f64::INFINITY; LANES], [f64::NEG_INFINITY; LANES]);
    let (mut spoilt, mut any) = ([0.0; LANES], 0);
    by_lanes(values, |_, numbers, there| {
        any |= there;
        for lane in 0..LANES {
            let here = there & (1 << lane) != 0;
            let number = numbers[lane];
            low[lane] = if here & (number < low[lane]) { number } else { low[lane] };
            high[lane] = if here & (number > high[lane]) { number } else { high[lane] };
            // Zero times what is not finite is no number.
            spoilt[lane] += if here { number * 0.0 } else { 0.0 };
        }
    });
    if any == 0 {
        return None;
    }
    if spoilt.iter().any(|sum| *sum != 0.0) {
        return Some(Extent { smallest: f64::NEG_INFINITY, largest: f64::INFINITY });
    }
    let smallest = low.into_iter().fold(f64::INFINITY, f64::min);
    Some(Extent { smallest, largest: high.into_iter().fold(f64::NEG_INFINITY, f64::max) })
}

/// Adds `factor` times every value that is there to `sums`, and `weight` to `present` in its place.
pub(crate) fn accumulate(values: &Float64Chunked, factor: f64, weight: f64, sums: &mut [f64], present: &mut [f64]) {
    by_lanes(values, |start, numbers, there| {
        let add = |lane: usize, sum: &mut f64, weights: &mut f64| {
            let here = there & (1 << lane) != 0;
            *sum += if here { factor * numbers[lane] } else { 0.0 };
            *weights += if here { weight } else { 0.0 };
        };
        let (sums, present) = (&mut sums[start..], &mut present[start..]);
        match (sums.first_chunk_mut::<LANES>(), present.first_chunk_mut::<LANES>()) {
            (Some(sums), Some(present)) => (0..LANES).for_each(|lane| add(lane, &mut sums[lane], &mut present[lane])),
            _ => sums.iter_mut().zip(present).enumerate().for_each(|(lane, (sum, weights))| add(lane, sum, weights)),
        }
    });
}

/// How values lie around a number.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Deviations {
    /// How many values there are.
    pub count: usize,
    /// The sum of the deviations.
    pub sum: f64,
    /// The sum of their squares.
    pub squares: f64,
}

impl std::ops::Add for Deviations {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { count: self.count + other.count, sum: self.sum + other.sum, squares: self.squares + other.squares }
    }
}

/// The deviations of a column from a number. The sums are compensated: their error does not grow with their length
/// (Ogita, Rump and Oishi, "Accurate sum and dot product", SIAM Journal on Scientific Computing 26 (2005), algorithm 4.4).
pub(crate) fn deviations(values: &Float64Chunked, from: f64) -> Deviations {
    let (mut sums, mut squares) = ([Compensated::default(); LANES], [Compensated::default(); LANES]);
    by_lanes(values, |_, numbers, there| {
        for lane in 0..LANES {
            let deviation = if there & (1 << lane) != 0 { numbers[lane] - from } else { 0.0 };
            sums[lane].add(deviation);
            squares[lane].add(deviation * deviation);
        }
    });
    let total = |lanes: [Compensated; LANES]| {
        let mut total = Compensated::default();
        lanes.into_iter().for_each(|lane| {
            total.add(lane.sum);
            total.rest += lane.rest;
        });
        total.sum + total.rest
    };
    Deviations { count: values.len() - values.null_count(), sum: total(sums), squares: total(squares) }
}

/// A sum with what rounding has cut off.
#[derive(Debug, Clone, Copy, Default)]
struct Compensated {
    sum: f64,
    rest: f64,
}

impl Compensated {
    fn add(&mut self, value: f64) {
        let sum = self.sum + value;
        let added = sum - self.sum;
        self.rest += (self.sum - (sum - added)) + (value - added);
        self.sum = sum;
    }
}

/// (value - from) x slope + to, in one pass.
pub(crate) fn line(value: Expr, from: f64, slope: f64, to: f64) -> Expr {
    value.map(
        move |column| Ok(column.f64()?.apply_values(|value| (value - from) * slope + to).into_column()),
        |_, field| Ok(field.clone()),
    )
}

/// How many values are looked at together: as many as a byte has bits.
const LANES: usize = 8;

/// Calls `each` with the place of every eight values, the values, and a bit for each that is there; what follows the
/// last value is not there.
fn by_lanes(values: &Float64Chunked, mut each: impl FnMut(usize, &[f64; LANES], u8)) {
    let mut start = 0;
    for array in values.downcast_iter() {
        let numbers = array.values().as_slice();
        let (lanes, rest) = numbers.as_chunks::<LANES>();
        // The bits of a sliced column need not begin with a byte.
        let bits = array.validity().map(|valid| valid.as_slice());
        let there = |place: usize| match bits {
            None => u8::MAX,
            Some((bytes, shift, _)) => {
                (u16::from_le_bytes([bytes[place], bytes.get(place + 1).copied().unwrap_or(0)]) >> shift) as u8
            }
        };
        for (place, lanes) in lanes.iter().enumerate() {
            each(start + place * LANES, lanes, there(place));
        }
        if !rest.is_empty() {
            let mut last = [0.0; LANES];
            last[..rest.len()].copy_from_slice(rest);
            each(start + lanes.len() * LANES, &last, there(lanes.len()) & ((1 << rest.len()) - 1));
        }
        start += numbers.len();
    }
}

/// A column with other values in some rows.
pub(crate) fn patched(values: &Float64Chunked, patches: impl IntoIterator<Item = (usize, Option<f64>)>) -> Float64Chunked {
    let mut all: Vec<Option<f64>> = values.iter().collect();
    for (row, value) in patches {
        all[row] = value;
    }
    all.into_iter().collect()
}

/// The rows in which a column of flags says so.
pub(crate) fn rows(flags: &BooleanChunked) -> Vec<usize> {
    flags.iter().enumerate().filter(|(_, flag)| *flag == Some(true)).map(|(row, _)| row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(values: &[Option<f64>]) -> Float64Chunked {
        values.iter().copied().collect()
    }

    /// Heights around the eight values that are looked at together, with and without what is missing, sliced or not.
    fn columns() -> impl Iterator<Item = (Vec<Option<f64>>, Float64Chunked)> {
        (0..40).flat_map(|height| {
            let value = |row: usize| ((row * 37 + height) % 11) as f64 - 4.0;
            let full: Vec<Option<f64>> = (0..height).map(|row| Some(value(row))).collect();
            let gaps: Vec<Option<f64>> = (0..height).map(|row| (row % 3 != 1).then(|| value(row))).collect();
            let sliced = column(&gaps).slice(3, height);
            let behind = gaps.iter().skip(3).copied().collect();
            let mut parts = column(&gaps);
            parts.append(&column(&full)).expect("columns of numbers");
            let both = gaps.iter().chain(&full).copied().collect();
            [(full.clone(), column(&full)), (gaps.clone(), column(&gaps)), (behind, sliced), (both, parts)]
        })
    }

    #[test]
    fn the_extent_is_that_of_the_values_one_by_one() {
        for (values, column) in columns() {
            let present: Vec<f64> = values.iter().flatten().copied().collect();
            let expected = (!present.is_empty()).then(|| Extent {
                smallest: present.iter().copied().fold(f64::INFINITY, f64::min),
                largest: present.iter().copied().fold(f64::NEG_INFINITY, f64::max),
            });
            assert_eq!(extent(&column), expected, "{values:?}");
        }
    }

    #[test]
    fn what_is_not_finite_shows_in_the_extent() {
        for spoilt in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            let extent = extent(&column(&[Some(1.0), Some(spoilt), Some(2.0)])).expect("it has values");
            assert!(!extent.magnitude().is_finite(), "{spoilt}");
        }
    }

    #[test]
    fn deviations_lose_nothing_to_their_number_nor_to_what_is_missing() {
        for (values, column) in columns() {
            let present: Vec<f64> = values.iter().flatten().map(|value| value - 1.0).collect();
            let squares = present.iter().map(|value| value * value).sum();
            assert_eq!(deviations(&column, 1.0), Deviations { count: present.len(), sum: present.iter().sum(), squares });
        }
        let tenths = column(&[Some(0.1); 100_000]);
        // Adding one by one gives 10000.000000018848.
        assert_eq!(deviations(&tenths, 0.0).sum, 10_000.0);
    }

    #[test]
    fn what_is_missing_adds_nothing() {
        for (values, column) in columns() {
            let (mut sums, mut present) = (vec![1.0; values.len()], vec![0.5; values.len()]);
            accumulate(&column, 2.0, 3.0, &mut sums, &mut present);
            let expected: Vec<f64> = values.iter().map(|value| 1.0 + value.map_or(0.0, |value| 2.0 * value)).collect();
            assert_eq!(sums, expected);
            let weights: Vec<f64> = values.iter().map(|value| if value.is_some() { 3.5 } else { 0.5 }).collect();
            assert_eq!(present, weights);
        }
    }
}
