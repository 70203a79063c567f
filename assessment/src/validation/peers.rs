//! The distance of a city from the cities of the period.
//!
//! - **Modified z-score**: M = 0.6745 (x - median) / MAD, MAD the median of |x - median|. Where MAD is 0, as more than
//!   half of the cities have one value, M = (x - median) / (1.253314 MeanAD), MeanAD the mean of |x - median|; where that
//!   is 0 too, nothing differs and there is no finding. Source: Iglewicz and Hoaglin, *How to Detect and Handle
//!   Outliers* (ASQC, 1993), which recommends 3.5; for MAD = 0 the factor sqrt(pi / 2) that makes MeanAD estimate the
//!   standard deviation of a normal distribution.
//! - **z-score**: (x - mean) / sd, divisor n - 1. Of n cities none is farther than (n - 1) / sqrt(n).
//! - **IQR**: how many interquartile ranges x lies beyond the nearer quartile (R's type 7); 0 between the quartiles.
//!   Source: Tukey, *Exploratory Data Analysis* (1977), whose inner fence is at 1.5.
//!
//! The city itself is one of the cities. A distance within 1e-9 of the bound is on it, and no finding.

use std::collections::BTreeMap;

use citygauge_indicators::{ItemIndex, PeerMeasure};

use super::finding::{Found, shown};
use super::{CLOSE, Panel};
use crate::sample::moments::{mean, sd};
use crate::sample::order::{quantile, sorted};

/// 0.6745, the third quartile of the standard normal distribution as the source rounds it.
const NORMAL_QUARTILE: f64 = 0.6745;
/// sqrt(pi / 2).
const NORMAL_MEAN_DEVIATION: f64 = 1.253_314_137_315_5;

pub(super) fn find(
    items: &[ItemIndex],
    panel: &Panel,
    measure: PeerMeasure,
    at_most: f64,
    group: Option<&str>,
    min_cities: usize,
) -> Vec<Found> {
    let mut findings = Vec::new();
    for &item in items {
        for (period, column) in panel.of_item(item) {
            for members in groups(panel, column, group).into_values().filter(|members| members.len() >= min_cities) {
                let values: Vec<f64> = members.iter().map(|(_, value)| *value).collect();
                let Some(standing) = Standing::of(&values, measure) else { continue };
                for &(city, value) in &members {
                    let distance = standing.distance(value);
                    if distance.abs() <= at_most * (1.0 + CLOSE) {
                        continue;
                    }
                    let (figure, count, usual) = (shown(distance), members.len(), shown(standing.centre()));
                    let word = match measure {
                        PeerMeasure::ModifiedZScore => ("修正 z 分数", "modified z-score"),
                        PeerMeasure::ZScore => ("z 分数", "z-score"),
                        PeerMeasure::Iqr => ("四分位距倍数", "distance in interquartile ranges"),
                    };
                    findings.push(Found {
                        city,
                        since: period,
                        period,
                        items: vec![item],
                        value: value.to_string(),
                        expected: format!("|{}| <= {at_most}", word.1),
                        zh: format!("= {value}，与 {count} 个城市（中心 {usual}）相比{}为 {figure}", word.0),
                        en: format!("= {value} is far from the {count} cities around {usual}: {} {figure}", word.1),
                    });
                }
            }
        }
    }
    findings
}

/// The cities with a value, by the attribute; all of them together where there is none to group by.
fn groups<'p>(panel: &'p Panel, column: &[Option<f64>], group: Option<&str>) -> BTreeMap<&'p str, Vec<(usize, f64)>> {
    let mut groups: BTreeMap<&str, Vec<(usize, f64)>> = BTreeMap::new();
    for (city, value) in column.iter().enumerate() {
        let name = match group {
            None => Some(""),
            Some(group) => panel.cities()[city].attributes.get(group).map(String::as_str).filter(|name| !name.is_empty()),
        };
        if let (Some(value), Some(name)) = (value, name) {
            groups.entry(name).or_default().push((city, *value));
        }
    }
    groups
}

/// Where a group stands and how far it spreads.
enum Standing {
    /// A centre and what one step from it measures.
    Around { centre: f64, step: f64 },
    /// The quartiles.
    Between { low: f64, high: f64 },
}

impl Standing {
    /// None where nothing differs.
    fn of(values: &[f64], measure: PeerMeasure) -> Option<Self> {
        let ordered = sorted(values);
        let (centre, step) = match measure {
            PeerMeasure::ModifiedZScore => {
                let median = quantile(&ordered, 0.5)?;
                let deviations: Vec<f64> = values.iter().map(|value| (value - median).abs()).collect();
                let mad = quantile(&sorted(&deviations), 0.5)?;
                let step = if mad > 0.0 { mad / NORMAL_QUARTILE } else { NORMAL_MEAN_DEVIATION * mean(&deviations)? };
                (median, step)
            }
            PeerMeasure::ZScore => {
                // Equal values can have a mean that rounding moves away from them.
                let step = if ordered.first() == ordered.last() { 0.0 } else { sd(values)? };
                (mean(values)?, step)
            }
            PeerMeasure::Iqr => {
                let (low, high) = (quantile(&ordered, 0.25)?, quantile(&ordered, 0.75)?);
                return (high > low).then_some(Self::Between { low, high });
            }
        };
        (step > 0.0).then_some(Self::Around { centre, step })
    }

    fn centre(&self) -> f64 {
        match self {
            Self::Around { centre, .. } => *centre,
            Self::Between { low, high } => f64::midpoint(*low, *high),
        }
    }

    fn distance(&self, value: f64) -> f64 {
        match *self {
            Self::Around { centre, step } => (value - centre) / step,
            Self::Between { low, high } if value < low => (value - low) / (high - low),
            Self::Between { low, high } if value > high => (value - high) / (high - low),
            Self::Between { .. } => 0.0,
        }
    }
}
