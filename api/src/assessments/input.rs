//! What an assessment reads: a release and the cities as they were described when it was computed.

use std::collections::BTreeMap;

use bytes::Bytes;
use citygauge_assessment::Observations;
use citygauge_indicators::{AttributeChange, City, Fault, Faults, IndicatorSet, Observation, Period, Status, Text, Value};
use polars::prelude::{DataFrame, ParquetReader, PolarsResult, SerReader};
use serde::{Deserialize, Serialize};

/// A city as an artifact keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptCity {
    code: String,
    name: Text,
    attributes: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    history: Vec<AttributeChange>,
}

/// The cities as an artifact.
pub fn cities_to_bytes(cities: &[City]) -> Result<Bytes, serde_json::Error> {
    let kept: Vec<KeptCity> = cities
        .iter()
        .map(|city| KeptCity {
            code: city.code.clone(),
            name: city.name.clone(),
            attributes: city.attributes.clone(),
            history: city.history.clone(),
        })
        .collect();
    serde_json::to_vec(&kept).map(Bytes::from)
}

/// The cities out of an artifact.
pub fn cities_from_bytes(bytes: &[u8]) -> Result<Vec<City>, serde_json::Error> {
    let kept: Vec<KeptCity> = serde_json::from_slice(bytes)?;
    Ok(kept.into_iter().map(|KeptCity { code, name, attributes, history }| City { code, name, attributes, history }).collect())
}

/// Reads a release for a set. Items of other sets are passed over; with `listed`, so are other cities, and every listed
/// city has a row in every period.
pub fn observations(
    set: &IndicatorSet,
    release: Bytes,
    listed: Option<&[String]>,
    cities: &[City],
) -> Result<Observations, Faults> {
    let frame = ParquetReader::new(std::io::Cursor::new(release)).finish().map_err(unreadable)?;
    let long = rows(set, &frame, listed).map_err(unreadable)??;
    match listed {
        None => Observations::from_long_observed(set, &long, cities),
        Some(codes) => {
            let described: BTreeMap<&str, &City> = cities.iter().map(|city| (city.code.as_str(), city)).collect();
            let cohort: Vec<City> = codes
                .iter()
                .map(|code| {
                    described
                        .get(code.as_str())
                        .map_or_else(|| City { code: code.clone(), ..City::default() }, |city| (*city).clone())
                })
                .collect();
            Observations::from_long(set, &long, Some(&cohort))
        }
    }
}

fn rows(set: &IndicatorSet, frame: &DataFrame, listed: Option<&[String]>) -> PolarsResult<Result<Vec<Observation>, Faults>> {
    let text = |name: &str| frame.column(name)?.str().cloned();
    let (city, period, item, choice, status) = (text("city")?, text("period")?, text("item")?, text("choice")?, text("status")?);
    let value = frame.column("value")?.f64()?.clone();
    let mut rows = Vec::new();
    for row in 0..frame.height() {
        let (Some(city), Some(period), Some(item)) = (city.get(row), period.get(row), item.get(row)) else { continue };
        let wanted = set.item_index(item).is_some() && listed.is_none_or(|codes| codes.iter().any(|code| code == city));
        if !wanted {
            continue;
        }
        let period = match period.parse::<Period>() {
            Ok(period) => period,
            Err(fault) => return Ok(Err(fault.into())),
        };
        let status = status.get(row).and_then(Status::from_word).unwrap_or_default();
        let number = value.get(row).map(Value::Number);
        let value = number.or_else(|| choice.get(row).map(|option| Value::Choice(option.to_owned())));
        rows.push(Observation { city: city.to_owned(), period, item: item.to_owned(), value, status });
    }
    Ok(Ok(rows))
}

fn unreadable(error: impl std::fmt::Display) -> Faults {
    Fault::error("release.unreadable", "数据版本文件无法读取", format!("the file of the release cannot be read: {error}")).into()
}
