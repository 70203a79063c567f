//! Observations as key performance indicators: one per city, data item and period that has a reported value.

use std::collections::HashMap;
use std::io::Write;

use citygauge_indicators::{Language, Text};
use serde_json::{Value, json};

use crate::error::Failure;
use crate::export::ExportError;
use crate::export::ngsi_ld::{Entities, Indicator};
use crate::sets;
use crate::state::State;
use crate::store::cities;
use crate::store::observations::{Observation, Status};
use crate::tables::feed::Fed;

/// What cities and data items are called in the language of whoever asks.
#[derive(Debug)]
pub(super) struct Names {
    cities: HashMap<String, String>,
    items: HashMap<String, Text>,
    language: Language,
}

impl Names {
    pub async fn read(state: &State, language: Language) -> Result<Self, Failure> {
        let registered = cities::all(state.db()).await?.into_iter().map(|city| city.profile);
        let cities = registered.map(|profile| {
            let named = match language {
                Language::Zh => profile.name_zh,
                Language::En => profile.name_en,
            };
            (profile.code, named.unwrap_or(profile.name))
        });
        Ok(Self { cities: cities.collect(), items: sets::item_titles(state).await?, language })
    }
}

pub(super) fn write(fed: &Fed<Observation>, names: &Names, writer: impl Write) -> Result<(), ExportError> {
    let mut entities = Entities::begin(writer)?;
    fed.each(|observation| {
        let it = &observation.value;
        let value = it.number.map(Value::from).or_else(|| it.choice.as_ref().map(|choice| json!(choice)));
        let Some(value) = value.filter(|_| it.status == Status::Reported) else { return Ok(()) };
        let stated = |text: &str| (!text.is_empty()).then(|| json!(text));
        let title = names.items.get(&it.item).map(|title| title.get(names.language)).filter(|title| !title.is_empty());
        let city_name = names.cities.get(&it.city).filter(|name| !name.is_empty());
        entities.push(Indicator {
            named_by: ["observation", &it.city, &it.item, &it.period],
            code: &it.item,
            title: title.unwrap_or(&it.item),
            city: &it.city,
            city_name: city_name.unwrap_or(&it.city),
            period: &it.period,
            value,
            of_value: vec![
                ("quality", stated(&it.quality)),
                ("unit", stated(&it.original_unit)),
                ("method", stated(&it.method)),
                ("sampleSize", it.sample_size.map(Value::from)),
                ("margin", it.margin.map(Value::from)),
                ("asOf", it.as_of.as_deref().and_then(stated)),
            ],
            more: vec![("source", stated(&it.source))],
            updated_at_ms: Some(observation.recorded_at_ms),
        })
    })?;
    entities.end()
}
