//! Scores as entities of the type `KeyPerformanceIndicator` of the Smart Data Models, in the normalised form of NGSI-LD.
//!
//! Sources: <https://github.com/smart-data-models/dataModel.KeyPerformanceIndicator>, `KeyPerformanceIndicator/schema.json`; ETSI GS
//! CIM 009, 4.5.1. What the model has no attribute for (points, rank and so on) is a property of `kpiValue`. A node without a score is no
//! entity, because a property has a value.

use std::collections::HashMap;
use std::io::Write;

use citygauge_indicators::{City, Language, Node, Period, PeriodKind};
use citygauge_openapi::{self as wire, Moment, path_segment};
use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::{Value, json};

use super::scores::Found;
use crate::export::ExportError;

const CONTEXT: [&str; 2] = [
    "https://raw.githubusercontent.com/smart-data-models/dataModel.KeyPerformanceIndicator/master/context.jsonld",
    "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context.jsonld",
];

/// Writes an array of entities, one per city, node and period with a score.
pub(super) fn write(found: &Found, cities: &[City], language: Language, mut writer: impl Write) -> Result<(), ExportError> {
    let names: HashMap<&str, &City> = cities.iter().map(|city| (city.code.as_str(), city)).collect();
    let formulas: HashMap<&str, &str> = found.set.document().nodes.iter().filter_map(formula).collect();
    writer.write_all(b"[")?;
    let mut before = "\n";
    for &cell in &found.cells {
        let Some(scored) = found.row(cell) else { continue };
        let Some(score) = scored.score else { continue };
        let city = names.get(scored.city.as_str()).map_or("", |city| city.name.get(language));
        let formula = formulas.get(scored.node.as_str()).copied();
        let entity = entity(found, cell.2, (&scored, score, formula), (city, language));
        write!(writer, "{before}{entity}")?;
        before = ",\n";
    }
    writer.write_all(b"\n]\n")?;
    Ok(writer.flush()?)
}

/// The code of a leaf and its formula.
fn formula(node: &Node) -> Option<(&str, &str)> {
    Some((node.code.as_str(), node.indicator.as_ref()?.formula.as_deref()?))
}

fn entity(
    found: &Found,
    node: usize,
    (row, score, formula): (&wire::ScoreRow, f64, Option<&str>),
    (city, language): (&str, Language),
) -> Value {
    let node = &found.set.nodes()[node];
    let assessment = &found.stored.request.id;
    let city = if city.is_empty() { row.city.as_str() } else { city };
    let urn = [assessment.as_str(), row.city.as_str(), row.node.as_str(), row.period.as_str()].map(path_segment).join(":");
    let set = found.about.set();
    let property = |value: Value| json!({"type": "Property", "value": value});
    let mut value = property(json!(score));
    let more = [
        ("rawValue", row.value.map(Value::from)),
        ("mark", row.mark.map(Value::from)),
        ("points", row.points.map(Value::from)),
        ("coverage", row.coverage.map(Value::from)),
        ("low", row.low.map(Value::from)),
        ("high", row.high.map(Value::from)),
        ("rank", row.rank.map(Value::from)),
        ("level", row.level.as_ref().map(|level| json!(level))),
    ];
    for (name, said) in more {
        if let Some(said) = said {
            value[name] = property(said);
        }
    }
    let mut entity = json!({
        "id": format!("urn:ngsi-ld:KeyPerformanceIndicator:{urn}"),
        "type": "KeyPerformanceIndicator",
        "@context": CONTEXT,
        "name": property(json!(node.code)),
        "description": property(json!(node.title.get(language))),
        "category": property(json!(["quantitative"])),
        "process": property(json!(format!("{}@{}", set.code, set.version))),
        "organization": property(json!(city)),
        "area": property(json!(row.city)),
        "address": property(json!({"type": "PostalAddress", "addressLocality": city})),
        "calculatedBy": property(json!("CityGauge")),
        "calculationMethod": property(json!("automatic")),
        "source": property(json!(format!("{}/assessments/{assessment}", wire::API_ROOT))),
        "kpiValue": value,
    });
    if let Some(formula) = formula {
        entity["calculationFormula"] = property(json!(formula));
    }
    if let Ok(period) = row.period.as_str().parse::<Period>() {
        entity["calculationPeriod"] = property(calculation_period(period));
        if let Some(frequency) = frequency(period) {
            entity["calculationFrequency"] = property(json!(frequency));
        }
    }
    if let Some(finished) = found.stored.finished_at_ms {
        entity["updatedAt"] = property(json!({"@type": "DateTime", "@value": Moment::from_ms(finished)}));
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
