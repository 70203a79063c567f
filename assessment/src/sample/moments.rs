//! Mean, spread and shape of a sample.
//!
//! Source: skewness and kurtosis are the sample-corrected ones of spreadsheets (`SKEW`, `KURT`), also types 2 of R's
//! e1071 and what COINr tests: n / ((n-1)(n-2)) sum(z^3), and
//! n(n+1) / ((n-1)(n-2)(n-3)) sum(z^4) - 3 (n-1)^2 / ((n-2)(n-3)), z = (x - mean) / sd, sd of the sample.

/// The arithmetic mean; none of nothing.
pub(crate) fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// The sum of the squared distances from the mean.
fn squares(values: &[f64], mean: f64) -> f64 {
    values.iter().map(|value| (value - mean).powi(2)).sum()
}

/// The variance of the sample (divisor n - 1); none of fewer than two values.
pub(crate) fn variance(values: &[f64]) -> Option<f64> {
    let mean = mean(values)?;
    (values.len() > 1).then(|| squares(values, mean) / (values.len() - 1) as f64)
}

/// The standard deviation of the sample (divisor n - 1); none of fewer than two values.
pub(crate) fn sd(values: &[f64]) -> Option<f64> {
    variance(values).map(f64::sqrt)
}

/// The skewness; none of fewer than three values, and none where nothing differs.
pub(crate) fn skewness(values: &[f64]) -> Option<f64> {
    let n = values.len() as f64;
    if values.len() < 3 {
        return None;
    }
    Some(n / ((n - 1.0) * (n - 2.0)) * standardised(values, 3)?)
}

/// The kurtosis in excess of the normal distribution's; none of fewer than four values, and none where nothing differs.
pub(crate) fn kurtosis(values: &[f64]) -> Option<f64> {
    let n = values.len() as f64;
    if values.len() < 4 {
        return None;
    }
    let scale = n * (n + 1.0) / ((n - 1.0) * (n - 2.0) * (n - 3.0));
    Some(scale * standardised(values, 4)? - 3.0 * (n - 1.0).powi(2) / ((n - 2.0) * (n - 3.0)))
}

/// The sum of a power of the standardised values; none where nothing differs.
fn standardised(values: &[f64], power: i32) -> Option<f64> {
    let (mean, sd) = (mean(values)?, sd(values)?);
    let differs = values.iter().any(|value| *value != values[0]);
    (differs && sd > 0.0).then(|| values.iter().map(|value| ((value - mean) / sd).powi(power)).sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_by_hand() {
        // LibreOffice: =SKEW(3;4;5;2;3;4;5;6;4;7) 0.359543071406797, =KURT(...) -0.151799637208416
        let values = [3.0, 4.0, 5.0, 2.0, 3.0, 4.0, 5.0, 6.0, 4.0, 7.0];
        assert_eq!(mean(&values), Some(4.3));
        assert!((sd(&values).expect("ten values") - 1.494_434_118_097_338).abs() < 1e-12);
        assert!((skewness(&values).expect("ten values") - 0.359_543_071_406_797).abs() < 1e-12);
        assert!((kurtosis(&values).expect("ten values") + 0.151_799_637_208_416).abs() < 1e-12);
    }

    #[test]
    fn too_few_values_and_equal_ones_have_no_shape() {
        assert_eq!((mean(&[]), sd(&[1.0]), skewness(&[1.0, 2.0]), kurtosis(&[1.0, 2.0, 4.0])), (None, None, None, None));
        assert_eq!((skewness(&[0.1; 5]), kurtosis(&[0.1; 5])), (None, None));
    }
}
