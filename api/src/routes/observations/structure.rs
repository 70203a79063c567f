use actix_web::{HttpRequest, HttpResponse, get, web};
use citygauge_openapi::Moment;

use super::data;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::export::sdmx;
use crate::routes::parameters::IfNoneMatchHeader;
use crate::state::State;
use crate::store::observations::{self, Filter};
use crate::tables::answer::structure_message;

/// Show the structure of observations, for SDMX.
///
/// A structure message of SDMX-JSON 2.0 with the data structure, its concepts, its code lists (the cities and data items that the caller may
/// see, named in Chinese and English), its dataflow and its agency. Codes that are no identifiers of SDMX are written as such: every other
/// byte as `$` and two hexadecimal digits.
#[utoipa::path(
    tag = "observations",
    params(IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "The structure message", body = Object,
            content_type = "application/vnd.sdmx.structure+json;version=2.0.0"),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/observations/structure")]
pub async fn show_observations_structure(
    caller: Caller,
    state: web::Data<State>,
    request: HttpRequest,
) -> Result<HttpResponse, Failure> {
    caller.require(Right::ReadObservations)?;
    let filter = Filter { cities: caller.cities().unwrap_or_default().to_vec(), ..Filter::default() };
    let mark = observations::mark(state.db(), &filter).await?;
    let mut structure = data::structure(&state, &caller).await?;
    structure.prepared = Moment::from_ms(mark.latest_at_ms).to_string();
    Ok(structure_message(&sdmx::message(&structure), None, &request))
}
