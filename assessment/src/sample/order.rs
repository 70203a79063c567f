//! Order in a sample: quantiles.

use dashu_ratio::RBig;

/// The values in rising order.
pub(crate) fn sorted(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}

/// The quantile `p` (0 to 1) of values in rising order; none of nothing.
///
/// Source: R's type 7: linear between the order statistics at 1 + (n - 1) p.
pub(crate) fn quantile(sorted: &[f64], p: f64) -> Option<f64> {
    let at = (sorted.len().checked_sub(1)?) as f64 * p;
    let (below, above) = (sorted[at.floor() as usize], sorted[at.ceil() as usize]);
    Some(below + (above - below) * at.fract())
}

/// The same of fractions.
pub(crate) fn exact_quantile(sorted: &[RBig], p: &RBig) -> Option<RBig> {
    let last = sorted.len().checked_sub(1)?;
    let at = RBig::from(last) * p;
    let below = at.floor();
    let place = usize::try_from(below.clone()).ok()?;
    let (low, high) = (&sorted[place], &sorted[(place + 1).min(last)]);
    Some(low + (at - RBig::from(below)) * (high - low))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normalise::number;

    #[test]
    fn quantiles_lie_between_order_statistics() {
        let values = sorted(&[40.0, 10.0, 30.0, 20.0]);
        assert_eq!([0.0, 0.25, 0.5, 1.0].map(|p| quantile(&values, p)), [Some(10.0), Some(17.5), Some(25.0), Some(40.0)]);
        assert_eq!(quantile(&[], 0.5), None);
        // In doubles 70.36 + 0.5 * (70.37 - 70.36) is 70.36500000000001.
        let decimals = [70.36, 70.37].map(number);
        assert_eq!(
            [0.0, 0.5, 1.0].map(|p| exact_quantile(&decimals, &number(p))),
            [70.36, 70.365, 70.37].map(|p| Some(number(p)))
        );
    }
}
