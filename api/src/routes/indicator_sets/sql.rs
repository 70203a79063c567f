use actix_web::http::header::ETAG;
use actix_web::{HttpRequest, HttpResponse, get, web};
use citygauge_assessment::sql::{Dialect, Relation, query};
use citygauge_openapi::path_segment;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::Place;
use crate::answer::{Tag, is_known};
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::extract::Query;
use crate::routes::parameters::IfNoneMatchHeader;
use crate::sets;
use crate::state::State;

/// For which engine, and what it reads.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Warehouse {
    /// The engine that runs the query.
    #[param(inline)]
    dialect: Engine,
    /// A table or view, its parts divided by dots, or the path of a Parquet file; `release.parquet`, in PostgreSQL the
    /// table `observations`, unless given.
    #[param(max_length = 1000)]
    from: Option<String>,
}

/// The engines that run the query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Engine {
    /// DuckDB.
    Duckdb,
    /// Apache Spark SQL.
    Spark,
    /// PostgreSQL.
    Postgres,
}

impl From<Engine> for Dialect {
    fn from(engine: Engine) -> Self {
        match engine {
            Engine::Duckdb => Self::DuckDb,
            Engine::Spark => Self::Spark,
            Engine::Postgres => Self::Postgres,
        }
    }
}

/// Show the SQL that recomputes the scores of a version.
///
/// One query over the Parquet file of a release, or a table of its rows, for an analyst's own warehouse. It gives the rows of
/// the scores table and names in `undecided` the measures that doubles do not decide. What SQL does not express is refused,
/// all of it at once.
#[utoipa::path(
    tag = "indicator-sets",
    params(Place, Warehouse, IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "The query", body = String, content_type = "application/sql"),
        (status = 304, description = "The caller has it already"),
        (status = 422, description = "The set has what SQL does not express", body = citygauge_openapi::Problem, content_type = "application/problem+json"),
        Problems,
    )
)]
#[get("/indicator-sets/{code}/versions/{version}/sql")]
pub async fn show_indicator_set_sql(
    caller: Caller,
    state: web::Data<State>,
    place: web::Path<Place>,
    asked: Query<Warehouse>,
    request: HttpRequest,
) -> Result<HttpResponse, Failure> {
    caller.require(Right::ReadSets)?;
    let dialect = Dialect::from(asked.dialect);
    let from = asked.from.as_deref().map_or_else(|| Ok(Relation::usual(dialect)), |text| Relation::read(text, dialect));
    let from = from.map_err(Failure::malformed)?;
    let key = place.key();
    let (_, set) = sets::find(&state, &key).await?;
    // Document, question and program name the bytes.
    let tag = Tag::of_name(&format!("{:?}", (set.digest(), dialect, &from, env!("CARGO_PKG_VERSION"))));
    if is_known(&tag, &request) {
        return Ok(HttpResponse::NotModified().insert_header((ETAG, tag.as_str())).finish());
    }
    let name = format!("{}@{}.{}.sql", path_segment(&key.code), path_segment(&key.version), dialect.word());
    let written = state.engine(move || query(&set, dialect, &from)).await??;
    Ok(HttpResponse::Ok()
        .insert_header((ETAG, tag.as_str()))
        .insert_header(("content-type", "application/sql; charset=utf-8"))
        .insert_header(("content-disposition", format!("attachment; filename=\"{name}\"")))
        .body(written))
}
