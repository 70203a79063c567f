//! Scores as key performance indicators: one per city, node and period that has a score.

use std::collections::HashMap;
use std::io::Write;

use citygauge_indicators::{City, Language, Node};
use citygauge_openapi as wire;
use serde_json::{Value, json};

use super::scores::Found;
use crate::assessments::reading::{name_of, names};
use crate::export::ExportError;
use crate::export::ngsi_ld::{Entities, Indicator};

pub(super) fn write(found: &Found, cities: &[City], language: Language, writer: impl Write) -> Result<(), ExportError> {
    let names = names(cities, language);
    let formulas: HashMap<&str, &str> = found.set.document().nodes.iter().filter_map(formula).collect();
    let (set, assessment) = (found.about.set(), found.stored.request.id.as_str());
    let process = format!("{}@{}", set.code, set.version);
    let source = format!("{}/assessments/{assessment}", wire::API_ROOT);
    let mut entities = Entities::begin(writer)?;
    for &cell in &found.cells {
        let Some(row) = found.row(cell) else { continue };
        let Some(score) = row.score else { continue };
        let (city, code) = (row.city.as_str(), row.node.as_str());
        entities.push(Indicator {
            named_by: [assessment, city, code, row.period.as_str()],
            code,
            title: found.set.nodes()[cell.2].title.get(language),
            city,
            city_name: &name_of(&names, city),
            period: row.period.as_str(),
            value: json!(score),
            of_value: vec![
                ("rawValue", row.value.map(Value::from)),
                ("mark", row.mark.map(Value::from)),
                ("points", row.points.map(Value::from)),
                ("coverage", row.coverage.map(Value::from)),
                ("low", row.low.map(Value::from)),
                ("high", row.high.map(Value::from)),
                ("rank", row.rank.map(Value::from)),
                ("level", row.level.as_ref().map(|level| json!(level))),
            ],
            more: vec![
                ("process", Some(json!(process))),
                ("source", Some(json!(source))),
                ("calculatedBy", Some(json!("CityGauge"))),
                ("calculationMethod", Some(json!("automatic"))),
                ("calculationFormula", formulas.get(code).map(|formula| json!(formula))),
            ],
            updated_at_ms: found.stored.finished_at_ms,
        })?;
    }
    entities.end()
}

/// The code of a leaf and its formula.
fn formula(node: &Node) -> Option<(&str, &str)> {
    Some((node.code.as_str(), node.indicator.as_ref()?.formula.as_deref()?))
}
