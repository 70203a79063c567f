//! Last digits that look invented.
//!
//! The last digit of a value is the one at the decimal place that the rule names, of the value's shortest decimal; a
//! value of fewer than two digits down to that place does not count, as its last digit is its first.
//!
//! - **Heaping**: the share of values that end in 0 or 5, of which a fifth is expected (Whipple's index over 5 of
//!   demography, without its age span; Shryock and Siegel, *The Methods and Materials of Demography*, 1976, chapter 8).
//! - **Last digit**: X2 = sum over the ten digits of (count - n/10)^2 / (n/10), nine degrees of freedom. Source: Mosimann,
//!   Wiseman and Edelman, "Data fabrication: Can people generate random digits?", *Accountability in Research* 4 (1995);
//!   Dlugosz and Müller-Funk, "The value of the last digit", *Advances in Data Analysis and Classification* 3 (2009).

use std::collections::BTreeMap;

use citygauge_indicators::{DigitsOver, ItemIndex, Period, PeriodKind};
use statrs::distribution::{ChiSquared, ContinuousCDF};

use super::Panel;
use super::finding::{Found, shown};

/// How often each digit is the last one.
type Counts = [usize; 10];

/// What is looked at together: the cities whose finding it is, the first and last period, the items and the counts.
struct Sample {
    cities: Vec<usize>,
    since: Period,
    period: Period,
    items: Vec<ItemIndex>,
    counts: Counts,
}

pub(super) fn heaping(
    items: &[ItemIndex],
    panel: &Panel,
    over: DigitsOver,
    decimals: u32,
    at_most: f64,
    min_values: usize,
) -> Vec<Found> {
    let judge = |counts: &Counts| {
        let (count, round) = (counts.iter().sum::<usize>(), counts[0] + counts[5]);
        let share = round as f64 / count as f64;
        (share > at_most).then(|| {
            let (value, expected) = (shown(share), format!("..{at_most}"));
            let zh = format!("的 {count} 个数值中有 {round} 个末位为 0 或 5（{value}）");
            let en = format!(": {round} of {count} values end in 0 or 5 ({value})");
            (value, expected, zh, en)
        })
    };
    find(items, panel, over, decimals, min_values, judge)
}

pub(super) fn last_digit(
    items: &[ItemIndex],
    panel: &Panel,
    over: DigitsOver,
    decimals: u32,
    significance: f64,
    min_values: usize,
) -> Vec<Found> {
    let judge = |counts: &Counts| {
        let count = counts.iter().sum::<usize>();
        let statistic = chi_square(counts);
        let p = ChiSquared::new(9.0).map_or(1.0, |distribution| distribution.sf(statistic));
        (p < significance).then(|| {
            let (value, expected) = (format!("{p:.3e}"), format!("p >= {significance}"));
            let statistic = shown(statistic);
            let zh = format!("的 {count} 个数值末位数字分布不均（卡方 {statistic}，p = {value}）");
            let en = format!(": the last digits of {count} values are not spread evenly (chi-square {statistic}, p = {value})");
            (value, expected, zh, en)
        })
    };
    find(items, panel, over, decimals, min_values, judge)
}

/// The chi-square statistic of ten digits that should be equally frequent; at least one is counted.
fn chi_square(counts: &Counts) -> f64 {
    let expected = counts.iter().sum::<usize>() as f64 / 10.0;
    counts.iter().map(|&count| (count as f64 - expected).powi(2) / expected).sum()
}

fn find(
    items: &[ItemIndex],
    panel: &Panel,
    over: DigitsOver,
    decimals: u32,
    min_values: usize,
    judge: impl Fn(&Counts) -> Option<(String, String, String, String)>,
) -> Vec<Found> {
    let mut findings = Vec::new();
    for sample in samples(items, panel, over, decimals) {
        if sample.counts.iter().sum::<usize>() < min_values.max(1) {
            continue;
        }
        let Some((value, expected, zh, en)) = judge(&sample.counts) else { continue };
        for city in sample.cities {
            findings.push(Found {
                city,
                since: sample.since,
                period: sample.period,
                items: sample.items.clone(),
                value: value.clone(),
                expected: expected.clone(),
                zh: zh.clone(),
                en: en.clone(),
            });
        }
    }
    findings
}

fn samples(items: &[ItemIndex], panel: &Panel, over: DigitsOver, decimals: u32) -> Vec<Sample> {
    let mut samples = Vec::new();
    let mut by_city: BTreeMap<(PeriodKind, usize), Sample> = BTreeMap::new();
    for &item in items {
        for (period, column) in panel.of_item(item) {
            let mut together = Sample { cities: Vec::new(), since: period, period, items: vec![item], counts: [0; 10] };
            for (city, value) in column.iter().enumerate() {
                let Some(digit) = value.and_then(|value| digit(value, decimals)) else { continue };
                if over == DigitsOver::Item {
                    together.counts[digit] += 1;
                    together.cities.push(city);
                    continue;
                }
                let own = by_city.entry((period.kind(), city)).or_insert_with(|| Sample {
                    cities: vec![city],
                    since: period,
                    period,
                    items: Vec::new(),
                    counts: [0; 10],
                });
                own.counts[digit] += 1;
                (own.since, own.period) = (own.since.min(period), own.period.max(period));
                if own.items.last() != Some(&item) {
                    own.items.push(item);
                }
            }
            samples.push(together);
        }
    }
    samples.extend(by_city.into_values());
    samples
}

/// The digit at a decimal place of the shortest decimal; none where fewer than two digits lead up to it.
pub(super) fn digit(value: f64, decimals: u32) -> Option<usize> {
    let text = value.abs().to_string();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let fraction = fraction.bytes().chain(std::iter::repeat(b'0')).take(decimals as usize);
    let digits: Vec<u8> = whole.bytes().chain(fraction).skip_while(|digit| *digit == b'0').collect();
    let last = *digits.last().filter(|_| digits.len() >= 2)?;
    Some(usize::from(last - b'0'))
}
