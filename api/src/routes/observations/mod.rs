//! Observations: what was reported, with its history.

mod data;
mod history;
mod judge;
mod kpi;
pub(super) mod list;
mod reject;
mod report;
mod show;
mod structure;
#[cfg(test)]
mod tests;

use citygauge_openapi::{
    self as wire, Code, Id, Line, Moment, ObservationProvider, ObservationStatus, ObservationValue, PeriodCode, path_segment,
};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

pub(super) use self::show::current;
use crate::answer::Tag;
use crate::store::observations::{Observation, Place, Provider, Status};

/// Mounts the operations on observations.
pub fn operations(config: &mut ServiceConfig) {
    config
        .service(list::list_observations)
        .service(structure::show_observations_structure)
        .service(show::show_observation)
        .service(report::report_observation)
        .service(reject::reject_observation)
        .service(history::list_observation_history);
}

/// The path of an observation.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct PlacePath {
    /// The code of the city
    city: Code,
    /// The period
    period: PeriodCode,
    /// The code of the data item
    item: Code,
}

impl PlacePath {
    /// The place in the store.
    pub fn place(&self) -> Place {
        Place { city: self.city.to_string(), period: self.period.to_string(), item: self.item.to_string() }
    }
}

/// The path of an observation below the API's root.
fn subject(place: &Place) -> String {
    let Place { city, period, item } = place;
    format!("observations/{}/{period}/{}", path_segment(city), path_segment(item))
}

/// A value never changes; the number of the row that holds now tells whether it was corrected.
fn tag(observation: &Observation) -> Tag {
    Tag::of_row(observation.id, observation.recorded_at_ms)
}

/// The store's word for a provider.
fn provider(provider: ObservationProvider) -> Provider {
    match provider {
        ObservationProvider::City => Provider::City,
        ObservationProvider::ThirdParty => Provider::ThirdParty,
        ObservationProvider::Central => Provider::Central,
        ObservationProvider::Citizen => Provider::Citizen,
        ObservationProvider::Expert => Provider::Expert,
    }
}

fn present_provider(provider: Provider) -> ObservationProvider {
    match provider {
        Provider::City => ObservationProvider::City,
        Provider::ThirdParty => ObservationProvider::ThirdParty,
        Provider::Central => ObservationProvider::Central,
        Provider::Citizen => ObservationProvider::Citizen,
        Provider::Expert => ObservationProvider::Expert,
    }
}

fn present(observation: Observation) -> wire::Observation {
    let value = observation.value;
    let stated = |text: String| Some(text).filter(|text| !text.is_empty());
    wire::Observation {
        city: Code::trusted(value.city),
        period: PeriodCode::trusted(value.period),
        item: Code::trusted(value.item),
        value: match (value.number, value.choice) {
            (Some(number), _) => Some(ObservationValue::Number(number)),
            (None, choice) => choice.map(|choice| ObservationValue::Text(Line::trusted(choice))),
        },
        status: match value.status {
            Status::Reported => ObservationStatus::Reported,
            Status::Missing => ObservationStatus::Missing,
            Status::NotApplicable => ObservationStatus::NotApplicable,
            Status::Rejected => ObservationStatus::Rejected,
        },
        quality: stated(value.quality),
        source: stated(value.source),
        note: value.note,
        method: stated(value.method),
        provider: value.provider.map(present_provider),
        // The store lets nothing through that is not a day.
        as_of: value.as_of.and_then(|day| day.parse().ok()),
        unit: stated(value.original_unit),
        sample_size: value.sample_size,
        margin: value.margin,
        import: observation.import_id.map(Id::trusted),
        recorded_at: Moment::from_ms(observation.recorded_at_ms),
        recorded_by: observation.recorded_by,
        superseded_at: observation.superseded_at_ms.map(Moment::from_ms),
        warnings: Vec::new(),
    }
}
