//! Order in a sample: quantiles.

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_lie_between_order_statistics() {
        let values = sorted(&[40.0, 10.0, 30.0, 20.0]);
        assert_eq!([0.0, 0.25, 0.5, 1.0].map(|p| quantile(&values, p)), [Some(10.0), Some(17.5), Some(25.0), Some(40.0)]);
        assert_eq!(quantile(&[], 0.5), None);
    }
}
