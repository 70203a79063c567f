use actix_web::{HttpRequest, HttpResponse, get, web};
use citygauge_indicators::{Fault, Period};
use citygauge_openapi::{Code, Line, PeriodCode};
use serde::Deserialize;
use utoipa::IntoParams;

use super::Place;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::extract::{Lang, Query};
use crate::routes::parameters::IfNoneMatchHeader;
use crate::sets;
use crate::state::State;
use crate::templates::{WantedTemplate, template_answer};

/// Whose template, and of what.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// The city that fills it in.
    city: Code,
    /// The period that is reported.
    period: PeriodCode,
    /// Only the sheet of this department, by its Chinese name, or its English one where it has no other; all unless given.
    department: Option<Line>,
}

/// Give out the workbook that a city's departments fill in.
///
/// A sheet per department has a row per data item: its code, which is locked, its definition, unit, bounds and value of
/// the period before, and cells with drop-downs and checks. Filled in, it is imported as it is, and says its city and
/// period itself. A row that is not filled in says nothing.
#[utoipa::path(
    tag = "indicator-sets",
    params(Place, Wanted, IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "The workbook", content(
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        )),
        (status = 304, description = "The caller has it already"),
        Problems,
    )
)]
#[get("/indicator-sets/{code}/versions/{version}/template.xlsx")]
pub async fn show_template(
    caller: Caller,
    state: web::Data<State>,
    language: Lang,
    place: web::Path<Place>,
    query: Query<Wanted>,
    request: HttpRequest,
) -> Result<HttpResponse, Failure> {
    caller.require(Right::ReadSets)?;
    caller.require(Right::ReadObservations)?;
    caller.require_city(query.city.as_str())?;
    let (_, set) = sets::find(&state, &place.key()).await?;
    let period: Period = query.period.as_str().parse().map_err(Failure::malformed)?;
    let department = query.department.as_ref().map(|department| department.as_str().to_owned());
    if let Some(wanted) = &department {
        known_department(wanted, &set)?;
    }
    let departments = department.map(|department| [department].into());
    let wanted = WantedTemplate { city: query.city.to_string(), period, departments, items: None };
    template_answer(&request, &state, set, wanted, language.0).await
}

fn known_department(wanted: &str, set: &citygauge_indicators::IndicatorSet) -> Result<(), Failure> {
    let mut known: Vec<&str> = set.items().iter().filter_map(citygauge_indicators::Item::department_name).collect();
    if known.contains(&wanted) {
        return Ok(());
    }
    known.sort_unstable();
    known.dedup();
    Err(Failure::malformed(
        Fault::error(
            "template.unknown_department",
            format!("指标体系中没有部门“{wanted}”"),
            format!("the set names no department '{wanted}'"),
        )
        .value(wanted)
        .expected(known.join(" | "))
        .hint("请填写其中一个部门，或不填", "name one of these, or none"),
    ))
}
