//! What an assessment reads: a release and the cities as they were described when it was computed.

use std::collections::BTreeMap;

use bytes::Bytes;
use citygauge_assessment::{Observations, Pivot};
use citygauge_indicators::{AttributeChange, City, Fault, Faults, IndicatorSet, Text};
use serde::{Deserialize, Serialize};

use crate::release::ReleaseFile;

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
    release: &ReleaseFile,
    listed: Option<&[String]>,
    cities: &[City],
) -> Result<Observations, Faults> {
    let mut pivot = Pivot::new(set, listed);
    release.each_block(|rows| pivot.add(&rows)).map_err(unreadable)?;
    pivot.finish(cities)
}

fn unreadable(error: impl std::fmt::Display) -> Faults {
    Fault::error("release.unreadable", "数据版本文件无法读取", format!("the file of the release cannot be read: {error}")).into()
}
