use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, ETAG};
use actix_web::{HttpRequest, HttpResponse, get, web};
use citygauge_openapi::Id;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::present;
use crate::answer::{Tag, is_known};
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems, TableProblems};
use crate::export::{self, Format, Options};
use crate::extract::{Lang, Query};
use crate::negotiate::wanted;
use crate::roadmaps::{expected, schedule, spend};
use crate::routes::parameters::IfNoneMatchHeader;
use crate::state::State;
use crate::store::roadmaps;

/// Which table, and in what form.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct WantedTable {
    /// The form of the answer; overrules `Accept`.
    #[param(inline)]
    format: Option<RoadmapFormat>,
}

/// The forms in which the tables are given out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RoadmapFormat {
    /// As CSV.
    Csv,
    /// As a workbook.
    Xlsx,
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
        (status = 200, description = "The table", content(
            (String = "text/csv"),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        )),
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
    caller.require(Right::ReadPlanning)?;
    let (id, table) = place.into_inner();
    let asked = query.format.map(|format| match format {
        RoadmapFormat::Csv => Format::Csv,
        RoadmapFormat::Xlsx => Format::Xlsx,
    });
    let format = wanted(&request, asked, &[Format::Csv, Format::Xlsx])?;
    let stored = roadmaps::find(state.db(), id.as_str()).await?;
    caller.require_city(&stored.city)?;
    let asked = (id.as_str(), table, language.0, format.extension(), env!("CARGO_PKG_VERSION"));
    let tag = Tag::of_name(&format!("{asked:?}"));
    if is_known(&tag, &request) {
        return Ok(HttpResponse::NotModified().insert_header((ETAG, tag.as_str())).finish());
    }
    let roadmap = present(stored)?.plan;
    let written = state.engine(move || {
        let written = match table {
            RoadmapTable::Schedule => schedule(&roadmap, language.0),
            RoadmapTable::Spend => spend(&roadmap),
            RoadmapTable::Expected => expected(&roadmap),
        };
        let mut bytes = Vec::new();
        export::write(&[written], format, &Options::default(), &mut bytes).map(|()| bytes)
    });
    let bytes = written.await?.map_err(Failure::internal)?;
    let name = format!("attachment; filename=\"roadmap-{id}-{}.{}\"", table.word(), format.extension());
    Ok(HttpResponse::Ok()
        .insert_header((ETAG, tag.as_str()))
        .insert_header((CONTENT_TYPE, format.media_type()))
        .insert_header((CONTENT_DISPOSITION, name))
        .body(bytes))
}
