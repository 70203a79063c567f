use actix_web::{HttpRequest, HttpResponse, get, web};
use citygauge_indicators::{Fault, Period};
use citygauge_openapi::PeriodCode;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{SubmissionPath, found};
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::extract::{Lang, Query};
use crate::routes::parameters::IfNoneMatchHeader;
use crate::sets;
use crate::state::State;
use crate::store::rounds::{self, Round};
use crate::templates::{WantedTemplate, template_answer};

/// Which period is reported.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// A period of the round; not needed where it has only one.
    period: Option<PeriodCode>,
}

/// Give out the workbook that the department fills in for its submission.
///
/// As the template of the indicator set that the city reports for in the round, with the department's items alone.
#[utoipa::path(
    tag = "rounds",
    params(SubmissionPath, Wanted, IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "The workbook", content(
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        )),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/rounds/{code}/submissions/{id}/template.xlsx")]
pub async fn show_submission_template(
    caller: Caller,
    state: web::Data<State>,
    language: Lang,
    path: web::Path<SubmissionPath>,
    query: Query<Wanted>,
    request: HttpRequest,
) -> Result<HttpResponse, Failure> {
    caller.require(Right::ReadRounds)?;
    caller.require(Right::ReadObservations)?;
    let submission = found(state.db(), &caller, &path).await?.place;
    let round = rounds::find(state.db(), &submission.round).await?;
    let period = period(query.period.as_ref(), &round)?;
    let mut departments = round.departments_of(&submission.city).iter();
    let of_department = departments.find(|department| department.department == submission.department);
    let items = of_department.map(|department| department.items.iter().cloned().collect()).unwrap_or_default();
    let (_, set) = sets::find(&state, round.set_of(&submission.city)).await?;
    let wanted = WantedTemplate { city: submission.city, period, departments: None, items: Some(items) };
    template_answer(&request, &state, set, wanted, language.0).await
}

/// The wanted period, or the only one.
fn period(wanted: Option<&PeriodCode>, round: &Round) -> Result<Period, Failure> {
    let known = &round.profile.periods;
    let found = match (wanted, known.as_slice()) {
        (None, [only]) => Some(only),
        (None, _) => None,
        (Some(wanted), _) => known.iter().find(|known| *known == wanted.as_str()),
    };
    let Some(found) = found else {
        let fault = match wanted {
            None => Fault::error("template.no_period", "该轮评价有多个时期", "the round has several periods"),
            Some(wanted) => Fault::error("template.other_period", "该轮评价没有这个时期", "the round has no such period")
                .value(wanted.as_str()),
        };
        let hint = ("请用 period 给出其中一个时期", "name one of these with period");
        return Err(Failure::malformed(fault.expected(known.join(" | ")).hint(hint.0, hint.1)));
    };
    found.parse().map_err(Failure::malformed)
}
