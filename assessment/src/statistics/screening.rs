//! Which cities have enough data to be looked at.
//!
//! Source: COINr's `Screen`: the least share of data, the least share of data that are not zero, or both; cities may be
//! kept or dropped by name. It says who would stay; who takes part is decided by the list of cities of an assessment.

use citygauge_indicators::{Fault, Faults};

use super::{Availability, Statistics};

/// What keeps a city out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reason {
    /// Missing data.
    #[default]
    Missing,
    /// Zeros.
    Zeros,
    /// Either.
    Both,
}

/// How cities are screened.
#[derive(Debug, Clone, PartialEq)]
pub struct Screening {
    /// The least share of data, 0 to 1.
    pub least: f64,
    /// The least share of the data that are not zero, 0 to 1.
    pub least_nonzero: f64,
    /// What keeps a city out.
    pub by: Reason,
    /// Cities that stay whatever they have.
    pub keep: Vec<String>,
    /// Cities that go whatever they have.
    pub drop: Vec<String>,
}

impl Default for Screening {
    fn default() -> Self {
        Self { least: 0.65, least_nonzero: 0.05, by: Reason::Missing, keep: Vec::new(), drop: Vec::new() }
    }
}

/// What became of one city.
#[derive(Debug, Clone, PartialEq)]
pub struct Screened<'a> {
    /// Its data.
    pub data: Availability<'a>,
    /// Whether it has too few data.
    pub low_data: bool,
    /// Whether too many of its data are zero.
    pub low_nonzero: bool,
    /// Whether it stays.
    pub included: bool,
    /// Whether it was named, so that its data decided nothing.
    pub forced: bool,
}

impl<'a> Statistics<'a> {
    /// Screens the cities, in their order.
    ///
    /// # Errors
    /// A share outside 0 to 1; a city that is unknown, or both kept and dropped. Every fault at once.
    pub fn screening(&self, screening: &Screening) -> Result<Vec<Screened<'a>>, Faults> {
        let cities = self.availability_of_cities();
        let faults = faults(screening, &cities);
        if !faults.is_empty() {
            return Err(faults);
        }
        let screened = cities.into_iter().map(|data| {
            let (keep, drop) = (named(&screening.keep, data.city), named(&screening.drop, data.city));
            // A city to which nothing applies has no share, and no data either.
            let low_data = data.available_share.is_none_or(|share| share < screening.least);
            let low_nonzero = data.nonzero_share.is_none_or(|share| share < screening.least_nonzero);
            let passes = match screening.by {
                Reason::Missing => !low_data,
                Reason::Zeros => !low_nonzero,
                Reason::Both => !low_data && !low_nonzero,
            };
            Screened { data, low_data, low_nonzero, included: keep || (passes && !drop), forced: keep || drop }
        });
        Ok(screened.collect())
    }
}

fn named(codes: &[String], city: &str) -> bool {
    codes.iter().any(|code| code == city)
}

fn faults(screening: &Screening, cities: &[Availability]) -> Faults {
    let mut faults = Faults::default();
    for (name, share) in [("least", screening.least), ("least_nonzero", screening.least_nonzero)] {
        if !(0.0..=1.0).contains(&share) {
            let fault = Fault::error("statistics.share", "份额应在 0 与 1 之间", "a share lies between 0 and 1");
            faults.push(fault.column(name).value(share.to_string()).expected("0..1"));
        }
    }
    for city in screening.keep.iter().chain(&screening.drop) {
        if !cities.iter().any(|known| known.city == city) {
            let fault = Fault::error("statistics.unknown_city", "该时期没有此城市", "the period has no such city");
            faults.push(fault.city(city).hint("检查城市代码与时期", "check the code of the city and the period"));
        }
    }
    for city in screening.keep.iter().filter(|city| named(&screening.drop, city)) {
        let (zh, en) = ("同一城市既要保留又要剔除", "a city is both to be kept and to be dropped");
        let fault = Fault::error("statistics.kept_and_dropped", zh, en).city(city);
        faults.push(fault.hint("只在其中一处列出", "name it in one of the two"));
    }
    faults
}
