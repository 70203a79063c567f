//! The scores of an assessment as data with a structure.

use citygauge_indicators::{City, IndicatorSet, TOTAL, Text};
use citygauge_openapi::Moment;

use super::scores::Found;
use crate::export::sdmx::{Code, Codelist, Component, Holds, Role, Structure, id};
use crate::export::{Cell, Table};
use crate::rounds::visibility::Sight;
use crate::store::assessments::Assessment;

/// The structure of the scores of an assessment. It never changes, as the assessment does not; in it are
/// the cities that are seen.
pub(super) fn structure(stored: &Assessment, sight: &Sight, set: &IndicatorSet, cities: &[City]) -> Structure {
    let assessment = &stored.request.id;
    let list = |name: &str, title: (&str, &str), codes| Codelist {
        id: format!("CL_{name}_{assessment}"),
        name: Text::both(title.0, title.1),
        codes,
    };
    let seen = |city: &City| {
        let seen = sight.city(&city.code, (set, set.node_index(TOTAL)?))?;
        let name = if seen.is_pseudonym { Text::default() } else { city.name.clone() };
        Some(Code { id: id(&seen.code).into(), name, parent: None })
    };
    let mut areas: Vec<Code> = cities.iter().filter_map(seen).collect();
    // What is seen under a pseudonym does not stand where its code would.
    areas.sort_by(|one, other| one.id.cmp(&other.id));
    let nodes = set.nodes().iter().map(|node| Code {
        id: id(&node.code).into(),
        name: node.title.clone(),
        parent: node.parent.map(|parent| id(&set.nodes()[parent].code).into_owned()),
    });
    let number = |id, role, title| Component::new(id, role, title, Holds::Number);
    let mut components = vec![
        Component::new("REF_AREA", Role::Dimension, ("城市", "City"), Holds::Codes(list("AREA", ("城市", "Cities"), areas))),
        Component::new(
            "INDICATOR",
            Role::Dimension,
            ("节点", "Node"),
            Holds::Codes(list("NODE", ("节点", "Nodes"), nodes.collect())),
        ),
        Component::new("TIME_PERIOD", Role::Dimension, ("时期", "Period"), Holds::Period),
        number("OBS_VALUE", Role::Measure, ("得分", "Score")),
        number("RAW_VALUE", Role::Measure, ("原始值", "Raw value of an indicator")),
        number("MARK", Role::Measure, ("分项分数", "Mark")),
        number("POINTS", Role::Measure, ("分值", "Points of the total")),
        number("LOW", Role::Measure, ("缺失记零时的得分", "Score if what is missing had scored 0")),
        number("HIGH", Role::Measure, ("缺失记满分时的得分", "Score if what is missing had the full mark")),
        Component::new("RANK", Role::Measure, ("名次", "Rank"), Holds::Integer),
        number("COVERAGE", Role::Attribute, ("覆盖率", "Coverage, 0 to 1")),
    ];
    let levels = levels(set);
    if !levels.is_empty() {
        let levels = Holds::Codes(list("LEVEL", ("成熟度等级", "Maturity levels"), levels));
        components.push(Component::new("LEVEL", Role::Attribute, ("成熟度等级", "Maturity level"), levels));
    }
    if set.imputes() {
        components.push(Component::new(
            "IMPUTED",
            Role::Attribute,
            ("是否插补", "1 where the raw value was imputed"),
            Holds::Integer,
        ));
    }
    Structure {
        id: format!("SCORES_{assessment}"),
        version: "1.0.0",
        name: set.document().title.clone(),
        prepared: Moment::from_ms(stored.finished_at_ms.unwrap_or(stored.request.created_at_ms)).to_string(),
        components,
    }
}

/// The levels that a set knows.
fn levels(set: &IndicatorSet) -> Vec<Code> {
    let Some(levels) = set.levels() else { return Vec::new() };
    let bands = levels.bands.iter().map(|band| (&band.code, &band.title));
    let stages = levels.staged.iter().map(|stage| (&stage.code, &stage.title));
    bands.chain(stages).map(|(code, title)| Code { id: id(code).into(), name: title.clone(), parent: None }).collect()
}

/// The scores, with identifiers for codes.
pub(super) fn table<'f>(found: &'f Found, structure: &Structure) -> Table<'f> {
    let has_levels = structure.components.iter().any(|component| component.id == "LEVEL");
    let imputes = found.set.imputes();
    Table::streamed("data", structure.columns(), move |emit| {
        found.rows().try_for_each(|row| {
            let mut cells = Vec::with_capacity(13);
            cells.extend([Cell::Text(id(row.city.as_str())), Cell::Text(id(row.node.as_str())), row.period.as_str().into()]);
            cells.extend([row.score, row.value, row.mark, row.points, row.low, row.high].map(Cell::from));
            cells.push(row.rank.and_then(|rank| i64::try_from(rank).ok()).into());
            cells.push(row.coverage.into());
            if has_levels {
                cells.push(row.level.as_ref().map(|level| id(level.as_str()).into_owned()).into());
            }
            if imputes {
                cells.push(u32::from(row.imputed).into());
            }
            emit(&cells)
        })
    })
}
