//! Observations as a table, and as data with a structure that an import reads back.

use citygauge_indicators::Text;
use citygauge_openapi::Moment;

use crate::auth::Caller;
use crate::error::Failure;
use crate::export::sdmx::{Code, Codelist, Component, Holds, Role, Structure, id};
use crate::export::{Cell, Column, Table};
use crate::sets;
use crate::state::State;
use crate::store::observations::{self, Observation, Status};
use crate::store::{Word, cities};
use crate::tables::feed::Fed;

/// How many columns the table has.
pub(super) const COLUMNS: usize = 18;

/// The table of observations: the columns that an import knows, with a chosen option in a column of its own, then where they come from.
pub(super) fn table(fed: &Fed<Observation>) -> Table<'_> {
    let texts = |names: &[&str]| names.iter().map(|name| Column::text(*name)).collect::<Vec<Column>>();
    let columns = [
        texts(&["city", "period", "item"]),
        vec![Column::number("value")],
        texts(&["choice", "status", "quality", "source", "note", "method", "provider", "as_of", "unit"]),
        vec![Column::integer("sample_size"), Column::number("margin")],
        texts(&["import", "recorded_at", "recorded_by"]),
    ];
    Table::streamed("observations", columns.concat(), move |emit| {
        fed.each(|observation| {
            let value = &observation.value;
            emit(&[
                Cell::from(&value.city),
                Cell::from(&value.period),
                Cell::from(&value.item),
                value.number.into(),
                value.choice.as_ref().into(),
                value.status.as_str().into(),
                stated(&value.quality),
                stated(&value.source),
                value.note.as_deref().map_or(Cell::Empty, stated),
                stated(&value.method),
                value.provider.map(Word::as_str).into(),
                value.as_of.as_ref().into(),
                stated(&value.original_unit),
                value.sample_size.into(),
                value.margin.into(),
                observation.import_id.as_ref().into(),
                Moment::from_ms(observation.recorded_at_ms).to_string().into(),
                Cell::from(&observation.recorded_by),
            ])
        })
    })
}

fn stated(text: &str) -> Cell<'_> {
    if text.is_empty() { Cell::Empty } else { text.into() }
}

/// The structure of observations; its code lists grow, so its version is one that may change. Of what moment it is, the caller adds.
pub(super) async fn structure(state: &State, caller: &Caller) -> Result<Structure, Failure> {
    let code = |code: &str, name: Text| Code { id: id(code).into(), name, parent: None };
    let registered = cities::all(state.db()).await?.into_iter().filter(|city| caller.may_touch(&city.profile.code));
    let areas = registered.map(|city| {
        let profile = city.profile;
        code(&profile.code, Text { zh: profile.name_zh, en: profile.name_en.or(Some(profile.name)) })
    });
    let titles = sets::item_titles(state).await?;
    let items = observations::items(state.db(), caller.cities().unwrap_or_default()).await?;
    let items = items.into_iter().map(|item| code(&item, titles.get(&item).cloned().unwrap_or_default()));
    let statuses = STATUSES.map(|(status, (zh, en))| code(status, Text::both(zh, en)));
    let list = |name: &str, title: (&str, &str), codes| {
        Holds::Codes(Codelist { id: format!("CL_{name}"), name: Text::both(title.0, title.1), codes })
    };
    let dimension = |id, title, holds| Component::new(id, Role::Dimension, title, holds);
    let attribute = |id, title, holds| Component::new(id, Role::Attribute, title, holds);
    Ok(Structure {
        id: "OBSERVATIONS".into(),
        version: "1.0",
        name: Text::both("观测值", "Observations"),
        prepared: Moment::from_ms(0).to_string(),
        components: vec![
            dimension("REF_AREA", ("城市", "City"), list("AREA", ("城市", "Cities"), areas.collect())),
            dimension("INDICATOR", ("数据项", "Data item"), list("ITEM", ("数据项", "Data items"), items.collect())),
            dimension("TIME_PERIOD", ("时期", "Period"), Holds::Period),
            Component::new("OBS_VALUE", Role::Measure, ("值", "Value"), Holds::Number),
            Component::new("CG_CHOICE", Role::Measure, ("所选选项", "Chosen option"), Holds::Text),
            attribute(
                "OBS_STATUS",
                ("状态", "Status"),
                list("OBS_STATUS", ("观测值状态", "Observation status"), statuses.into()),
            ),
            attribute("UNIT_MEASURE", ("来源所用单位", "Unit of the source"), Holds::Text),
            attribute("OBS_COMMENT", ("说明", "Note"), Holds::Text),
            attribute("CG_QUALITY", ("质量等级", "Quality grade"), Holds::Text),
            attribute("CG_SOURCE", ("来源", "Source"), Holds::Text),
            attribute("CG_METHOD", ("取得方法", "Method"), Holds::Text),
            attribute("CG_PROVIDER", ("提供方", "Provider"), Holds::Text),
            attribute("CG_AS_OF", ("所述日期", "Day of which it speaks"), Holds::Text),
            attribute("CG_SAMPLE_SIZE", ("样本量", "Sample size"), Holds::Integer),
            attribute("CG_MARGIN", ("误差范围", "Half-width of the 95 % interval"), Holds::Number),
        ],
    })
}

/// The status as `CL_OBS_STATUS` has it; it knows no value that was rejected.
fn status(status: Status) -> &'static str {
    match status {
        Status::Reported => "A",
        Status::Missing => "O",
        Status::NotApplicable => "M",
        Status::Rejected => "CG_REJECTED",
    }
}

const STATUSES: [(&str, (&str, &str)); 4] = [
    ("A", ("正常值", "Normal value")),
    ("O", ("缺失", "Missing value")),
    ("M", ("不适用，数据不可能存在", "Missing value; data cannot exist")),
    ("CG_REJECTED", ("审核未通过", "Rejected in review")),
];

/// The observations, with identifiers for codes.
pub(super) fn rows<'f>(structure: &Structure, fed: &'f Fed<Observation>) -> Table<'f> {
    Table::streamed("data", structure.columns(), move |emit| {
        fed.each(|observation| {
            let value = &observation.value;
            emit(&[
                Cell::Text(id(&value.city)),
                Cell::Text(id(&value.item)),
                Cell::from(&value.period),
                value.number.into(),
                value.choice.as_ref().into(),
                status(value.status).into(),
                stated(&value.original_unit),
                value.note.as_deref().map_or(Cell::Empty, stated),
                stated(&value.quality),
                stated(&value.source),
                stated(&value.method),
                value.provider.map(Word::as_str).into(),
                value.as_of.as_ref().into(),
                value.sample_size.into(),
                value.margin.into(),
            ])
        })
    })
}
