use actix_web::{HttpRequest, HttpResponse, Responder, get, web};
use citygauge_indicators::{self as indicators, Language};
use citygauge_openapi::{self as wire, Code, Cursor, Moment, ObservationProvider, PeriodCode, QualityGrade};
use futures_util::TryStreamExt;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{data, kpi, present, provider};
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems, TableProblems};
use crate::export::Format;
use crate::extract::{Lang, Query};
use crate::negotiate::{DataFormat, form};
use crate::routes::parameters::{IfNoneMatchHeader, PageLimit, position};
use crate::state::State;
use crate::store::observations::{self, Filter, Observation, Place};
use crate::store::{StoreError, Transaction};
use crate::tables::Prepared;
use crate::tables::feed::{BLOCK, Feeder, feed};

/// Which observations, and how many.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// Only this city.
    city: Option<Code>,
    /// Only this data item.
    item: Option<Code>,
    /// Only this period.
    period: Option<PeriodCode>,
    /// Only what this provider delivered.
    #[param(inline)]
    provider: Option<ObservationProvider>,
    /// Only values of this quality grade.
    #[param(inline)]
    quality: Option<QualityGrade>,
    /// As they stood at this moment; now unless given.
    as_of: Option<Moment>,
    /// The form of the answer; overrules `Accept`.
    #[param(inline)]
    format: Option<DataFormat>,
    /// Whether CSV begins with a byte order mark, without which Excel takes UTF-8 for something else.
    bom: Option<bool>,
    /// How many members the page has at most; a file holds all of them.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 1000)]
    limit: Option<PageLimit>,
    /// Where the page starts: `next` of the page before.
    cursor: Option<Cursor>,
}

/// List the observations, by city, period and item.
///
/// A reporter sees those of its own cities. A file has a value that is a number in the column `value`, and a chosen option in `choice`;
/// SDMX-CSV is what an import reads back. SDMX names its structure in a `Link` with `rel="describedby"`. NGSI-LD has an entity per
/// reported value.
#[utoipa::path(
    tag = "observations",
    params(Wanted, IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "A page of observations", body = wire::ObservationPage),
        (status = 304, description = "The caller has it already"),
        Problems,
        TableProblems,
    )
)]
#[get("/observations")]
pub async fn list_observations(
    caller: Caller,
    state: web::Data<State>,
    query: Query<Wanted>,
    language: Lang,
    request: HttpRequest,
) -> Result<HttpResponse, Failure> {
    let form = form(&request, query.format, query.bom)?;
    if !form.is_document() {
        return prepare(&state, &caller, &query, (form.format, language.0)).await?.answer(&state, form, &request).await;
    }
    let filter = query.filter(&caller)?;
    let after: Option<(String, String, String)> = position(query.cursor.as_ref())?;
    let after = after.map(|(city, period, item)| Place { city, period, item });
    let limit = PageLimit::or_configured(query.limit, &state);
    let page = observations::page(state.db(), &filter, after.as_ref(), limit).await?;
    let next = page.next.as_ref().map(|place| Cursor::after(&(&place.city, &place.period, &place.item)));
    let items = page.items.into_iter().map(present).collect();
    Ok(Answer::page(&wire::ObservationPage { items, next: next.clone() }, next.as_ref()).respond_to(&request))
}

/// The table of the observations. What it is known by, how large it is and its rows are of one moment.
pub(in crate::routes) async fn prepare(
    state: &State,
    caller: &Caller,
    query: &Wanted,
    (format, language): (Format, Language),
) -> Result<Prepared, Failure> {
    let filter = query.filter(caller)?;
    // It asks the database for itself, and so before a connection is held.
    let mut structure = match format {
        Format::SdmxCsv | Format::SdmxJson => Some(data::structure(state, caller).await?),
        _ => None,
    };
    let names = if format == Format::NgsiLd { Some(kpi::Names::read(state, language).await?) } else { None };
    let reading = state.store().begin_reading().await?;
    let mark = observations::mark(&reading, &filter).await?;
    if let Some(structure) = &mut structure {
        structure.prepared = Moment::from_ms(mark.latest_at_ms).to_string();
    }
    let (feeder, fed) = feed();
    let size = (usize::try_from(mark.count).unwrap_or(0), data::COLUMNS);
    // Messages of SDMX and entities also name cities and items.
    let content = format!("observations {filter:?} {mark:?} {structure:?} {names:?}");
    let table = Prepared::new("observations", language, size, move |to| match (&structure, &names) {
        (Some(structure), _) => to.data(&data::rows(structure, &fed), structure),
        (None, Some(names)) => kpi::write(&fed, names, to.writer()),
        (None, None) => to.table(data::table(&fed)),
    });
    let table = table.known_by(content).structured_by(format!("{}/observations/structure", wire::API_ROOT));
    Ok(table.fed_by(Box::new(move |_| Box::pin(read(reading, filter, feeder)))))
}

/// Reads the observations for whom writes them.
async fn read(reading: Transaction, filter: Filter, feeder: Feeder<Observation>) -> Result<(), StoreError> {
    {
        let found = observations::read_whole(&reading, &filter).await?;
        let mut found = std::pin::pin!(found.try_chunks(BLOCK));
        while let Some(block) = found.try_next().await.map_err(|broken| broken.1)? {
            if !feeder.put(block).await {
                break;
            }
            // A database that is fast enough would otherwise never let go of the thread.
            tokio::task::yield_now().await;
        }
    }
    feeder.end().await;
    reading.rollback().await
}

impl Wanted {
    /// What is asked for, of what the caller may see.
    fn filter(&self, caller: &Caller) -> Result<Filter, Failure> {
        caller.require(Right::ReadObservations)?;
        let cities = match (&self.city, caller.cities()) {
            (Some(city), _) => {
                caller.require_city(city.as_str())?;
                vec![city.to_string()]
            }
            (None, Some(own)) => own.to_vec(),
            (None, None) => Vec::new(),
        };
        Ok(Filter {
            cities,
            items: self.item.iter().map(ToString::to_string).collect(),
            periods: self.period.iter().map(ToString::to_string).collect(),
            providers: self.provider.map(provider).into_iter().collect(),
            qualities: self.quality.map(|grade| indicators::QualityGrade::from(grade).word().to_owned()).into_iter().collect(),
            as_of_ms: self.as_of.as_ref().map(|at| at.as_ms()),
        })
    }
}
