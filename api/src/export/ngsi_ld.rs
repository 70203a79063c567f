//! Entities of the type `KeyPerformanceIndicator` of the Smart Data Models, in the normalised form of NGSI-LD.
//!
//! Sources: <https://github.com/smart-data-models/dataModel.KeyPerformanceIndicator>, `KeyPerformanceIndicator/schema.json`; ETSI GS
//! CIM 009, 4.5.1. What the model has no attribute for is a property of `kpiValue`. Where there is no value there is no entity, because a
//! property has a value.

use std::io::Write;

use citygauge_indicators::{Period, PeriodKind};
use citygauge_openapi::{Moment, path_segment};
use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::{Value, json};

use super::ExportError;

const CONTEXT: [&str; 2] = [
    "https://raw.githubusercontent.com/smart-data-models/dataModel.KeyPerformanceIndicator/master/context.jsonld",
    "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context.jsonld",
];

/// Members that a thing may have.
pub type Members = Vec<(&'static str, Option<Value>)>;

/// A number of a city in a period.
#[derive(Debug, Clone, PartialEq)]
pub struct Indicator<'i> {
    /// What tells it from others, in the order of its URN.
    pub named_by: [&'i str; 4],
    /// The code of what is measured.
    pub code: &'i str,
    /// Its title.
    pub title: &'i str,
    /// The code of the city.
    pub city: &'i str,
    /// The name of the city; its code where it has none.
    pub city_name: &'i str,
    /// The period.
    pub period: &'i str,
    /// The value.
    pub value: Value,
    /// What the model has no attribute for: properties of the value.
    pub of_value: Members,
    /// Further attributes of the model.
    pub more: Members,
    /// When it was found, in milliseconds since 1970 in UTC.
    pub updated_at_ms: Option<i64>,
}

/// An array of entities that grows.
pub struct Entities<W> {
    writer: W,
    before: &'static str,
}

impl<W: Write> Entities<W> {
    /// Begins it.
    ///
    /// # Errors
    /// The target refuses.
    pub fn begin(mut writer: W) -> Result<Self, ExportError> {
        writer.write_all(b"[")?;
        Ok(Self { writer, before: "\n" })
    }

    /// Adds an entity.
    ///
    /// # Errors
    /// The target refuses.
    pub fn push(&mut self, indicator: Indicator<'_>) -> Result<(), ExportError> {
        write!(self.writer, "{}{}", self.before, entity(indicator))?;
        self.before = ",\n";
        Ok(())
    }

    /// Ends it.
    ///
    /// # Errors
    /// The target refuses.
    pub fn end(mut self) -> Result<(), ExportError> {
        self.writer.write_all(b"\n]\n")?;
        Ok(self.writer.flush()?)
    }
}

fn property(value: Value) -> Value {
    json!({"type": "Property", "value": value})
}

fn entity(indicator: Indicator<'_>) -> Value {
    let Indicator { named_by, code, title, city, city_name, period, value, of_value, more, updated_at_ms } = indicator;
    let mut value = property(value);
    for (name, said) in of_value {
        if let Some(said) = said {
            value[name] = property(said);
        }
    }
    let mut entity = json!({
        "id": format!("urn:ngsi-ld:KeyPerformanceIndicator:{}", named_by.map(path_segment).join(":")),
        "type": "KeyPerformanceIndicator",
        "@context": CONTEXT,
        "name": property(json!(code)),
        "description": property(json!(title)),
        "category": property(json!(["quantitative"])),
        "organization": property(json!(city_name)),
        "area": property(json!(city)),
        "address": property(json!({"type": "PostalAddress", "addressLocality": city_name})),
        "kpiValue": value,
    });
    for (name, said) in more {
        if let Some(said) = said {
            entity[name] = property(said);
        }
    }
    if let Ok(period) = period.parse::<Period>() {
        entity["calculationPeriod"] = property(calculation_period(period));
        if let Some(frequency) = frequency(period) {
            entity["calculationFrequency"] = property(json!(frequency));
        }
    }
    if let Some(at_ms) = updated_at_ms {
        entity["updatedAt"] = property(json!({"@type": "DateTime", "@value": Moment::from_ms(at_ms)}));
    }
    entity
}

/// From the first to the last day.
fn calculation_period(period: Period) -> Value {
    let last = period.last_day();
    let first = period.earlier(1).last_day().parse::<Date>().ok().and_then(|day| day.checked_add(1.day()).ok());
    match first {
        Some(first) => json!({"from": first.to_string(), "to": last}),
        None => json!({"to": last}),
    }
}

/// The word of the model, which has none for half a year.
fn frequency(period: Period) -> Option<&'static str> {
    match period.kind() {
        PeriodKind::Year => Some("yearly"),
        PeriodKind::Quarter => Some("quarterly"),
        PeriodKind::Month => Some("monthly"),
        PeriodKind::HalfYear => None,
    }
}
