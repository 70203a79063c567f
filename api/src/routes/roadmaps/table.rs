use actix_web::{HttpRequest, HttpResponse, get, web};
use citygauge_indicators::Language;
use citygauge_openapi::Id;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::present;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems, TableProblems};
use crate::extract::{Lang, Query};
use crate::negotiate::{TableFormat, form};
use crate::roadmaps::{expected, schedule, spend};
use crate::routes::parameters::IfNoneMatchHeader;
use crate::state::State;
use crate::store::roadmaps;
use crate::tables::Prepared;

/// Which table, and in what form.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct WantedTable {
    /// The form of the answer; overrules `Accept`.
    #[param(inline)]
    format: Option<TableFormat>,
    /// Whether CSV begins with a byte order mark, without which Excel takes UTF-8 for something else.
    bom: Option<bool>,
}

/// The tables of a roadmap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RoadmapTable {
    /// A row per project.
    Schedule,
    /// A row per year.
    Spend,
    /// A row per year and node.
    Expected,
}

impl RoadmapTable {
    /// The table of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        [Self::Schedule, Self::Spend, Self::Expected].into_iter().find(|table| table.word() == word)
    }

    fn word(self) -> &'static str {
        match self {
            Self::Schedule => "schedule",
            Self::Spend => "spend",
            Self::Expected => "expected",
        }
    }
}

/// Download a table of a roadmap.
///
/// `schedule` has a row per project, `spend` one per year, `expected` one per year and node.
#[utoipa::path(
    tag = "roadmaps",
    params(
        ("id" = Id, Path, description = "The roadmap"),
        ("table" = inline(RoadmapTable), Path, description = "The table"),
        WantedTable,
        IfNoneMatchHeader
    ),
    security(("token" = [])),
    responses(
        (status = 200, description = "The table", body = Vec<Object>),
        (status = 304, description = "The caller has it already"),
        Problems,
        TableProblems,
    )
)]
#[get("/roadmaps/{id}/tables/{table}")]
pub async fn show_roadmap_table(
    caller: Caller,
    state: web::Data<State>,
    place: web::Path<(Id, RoadmapTable)>,
    query: Query<WantedTable>,
    language: Lang,
    request: HttpRequest,
) -> Result<HttpResponse, Failure> {
    let form = form(&request, query.format, query.bom)?;
    let (id, table) = place.into_inner();
    prepare(&state, &caller, &id, table, language.0).await?.answer(&state, form, &request).await
}

/// A table of a roadmap.
pub(in crate::routes) async fn prepare(
    state: &State,
    caller: &Caller,
    id: &Id,
    table: RoadmapTable,
    language: Language,
) -> Result<Prepared, Failure> {
    caller.require(Right::ReadPlanning)?;
    let stored = roadmaps::find(state.db(), id.as_str()).await?;
    caller.require_city(&stored.city)?;
    let roadmap = present(stored)?.plan;
    let name = format!("roadmap-{id}-{}", table.word());
    let written = Prepared::at_hand(name.clone(), language, roadmap, move |roadmap| match table {
        RoadmapTable::Schedule => schedule(roadmap, language),
        RoadmapTable::Spend => spend(roadmap),
        RoadmapTable::Expected => expected(roadmap),
    })?;
    Ok(written.known_by(name))
}
