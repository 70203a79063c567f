//! Sums of many fractions.

use dashu_ratio::RBig;

/// The sum, by halves: denominators grow with every addition, so that adding one by one would take quadratic time.
pub(crate) fn sum(values: &[RBig]) -> RBig {
    match values {
        [] => RBig::ZERO,
        [value] => value.clone(),
        _ => {
            let (left, right) = values.split_at(values.len() / 2);
            sum(left) + sum(right)
        }
    }
}

/// The mean; none of nothing.
pub(crate) fn mean(values: &[RBig]) -> Option<RBig> {
    (!values.is_empty()).then(|| sum(values) / RBig::from(values.len()))
}

/// The variance of the sample (divisor n - 1); none of fewer than two values.
pub(crate) fn variance(values: &[RBig]) -> Option<RBig> {
    if values.len() < 2 {
        return None;
    }
    let total = sum(values);
    let squares: Vec<RBig> = values.iter().map(|value| value * value).collect();
    Some((sum(&squares) - &total * &total / RBig::from(values.len())) / RBig::from(values.len() - 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalise::number;

    #[test]
    fn a_sample_by_hand() {
        let values = [0.1, 0.2, 0.6].map(number);
        assert_eq!((sum(&values), mean(&values)), (number(0.9), Some(number(0.3))));
        assert_eq!(variance(&values), Some(number(0.07)));
        assert_eq!((mean(&[]), variance(&values[..1])), (None, None));
    }
}
