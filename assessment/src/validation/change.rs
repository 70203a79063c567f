//! The change of an item since an earlier period of the same length.
//!
//! The ratio is value / earlier value, silent unless the earlier value is above 0; the difference is value - earlier
//! value. A finding lies strictly outside the bounds, decided in exact arithmetic on decimals.
//!
//! Source: ratio edits of official statistics, Hidiroglou and Berthelot, "Statistical editing and imputation for
//! periodic business surveys", *Survey Methodology* 12 (1986), pages 73-83, section 3.

use citygauge_indicators::exact::rational;
use citygauge_indicators::{ChangeMeasure, ItemIndex};

use super::finding::{Found, interval, shown};
use super::{CLOSE, Panel};

/// What is no finding.
pub(super) struct Bounds {
    pub measure: ChangeMeasure,
    pub at_least: Option<f64>,
    pub at_most: Option<f64>,
}

impl Bounds {
    /// The change, where it lies outside the bounds.
    pub(super) fn outside(&self, value: f64, earlier: f64) -> Option<f64> {
        let change = match self.measure {
            ChangeMeasure::Ratio if earlier <= 0.0 => return None,
            ChangeMeasure::Ratio => value / earlier,
            ChangeMeasure::Difference => value - earlier,
        };
        let below = self.at_least.is_some_and(|bound| self.is_less(change, bound, value, earlier, false));
        let above = self.at_most.is_some_and(|bound| self.is_less(change, bound, value, earlier, true));
        (below || above).then_some(change)
    }

    /// Whether the change is less than a bound, or the bound less than the change.
    fn is_less(&self, change: f64, bound: f64, value: f64, earlier: f64, turned: bool) -> bool {
        let size = match self.measure {
            ChangeMeasure::Ratio => change.abs() + bound.abs(),
            ChangeMeasure::Difference => value.abs() + earlier.abs() + bound.abs(),
        };
        if (change - bound).abs() > CLOSE * size {
            return if turned { bound < change } else { change < bound };
        }
        let (Some(value), Some(earlier), Some(bound)) = (rational(value), rational(earlier), rational(bound)) else {
            return false;
        };
        // A ratio is compared after both sides are multiplied by the earlier value, which is above 0.
        let bound = match self.measure {
            ChangeMeasure::Ratio => bound * earlier,
            ChangeMeasure::Difference => bound + earlier,
        };
        if turned { bound < value } else { value < bound }
    }
}

pub(super) fn find(items: &[ItemIndex], panel: &Panel, periods: u32, bounds: &Bounds) -> Vec<Found> {
    let mut findings = Vec::new();
    for &item in items {
        for (period, column) in panel.of_item(item) {
            let since = period.earlier(periods);
            let Some(before) = panel.column(item, since) else { continue };
            for (city, pair) in column.iter().zip(before).enumerate() {
                let (Some(value), Some(earlier)) = pair else { continue };
                let Some(change) = bounds.outside(*value, *earlier) else { continue };
                let figure = shown(change);
                let (zh, en) = match bounds.measure {
                    ChangeMeasure::Ratio => (
                        format!("为 {since} 的 {figure} 倍（{earlier} → {value}）"),
                        format!("is {figure} times that of {since} ({earlier} -> {value})"),
                    ),
                    ChangeMeasure::Difference => (
                        format!("较 {since} 变动 {figure}（{earlier} → {value}）"),
                        format!("changed by {figure} since {since} ({earlier} -> {value})"),
                    ),
                };
                let expected = interval(bounds.at_least, bounds.at_most);
                findings.push(Found { city, since, period, items: vec![item], value: figure, expected, zh, en });
            }
        }
    }
    findings
}
