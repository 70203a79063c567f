use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse, Responder, get, web};
use citygauge_indicators::Language;
use citygauge_openapi::{self as wire, Code, Cursor, Id, PeriodCode, UncertaintyDrawn, path_segment};
use polars::prelude::DataFrame;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::answer::Answer;
use crate::assessments::uncertainty::{Manifest, open, table};
use crate::auth::Reader;
use crate::error::{Failure, Problems, TableProblems};
use crate::export::About;
use crate::extract::{Lang, Query};
use crate::negotiate::{TableFormat, form};
use crate::rounds::visibility::{self, Operation};
use crate::routes::parameters::{IfNoneMatchHeader, PageLimit, position};
use crate::sets;
use crate::state::State;
use crate::store::uncertainty_analyses;
use crate::tables::Prepared;
use crate::tables::answer::SET_HEADER;

/// The tables of an uncertainty analysis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum UncertaintyTableName {
    /// What the replications say of each city.
    Cities,
    /// How often each city holds each rank.
    Ranks,
    /// The sensitivity to each choice.
    Sensitivity,
    /// What every replication drew.
    Parameters,
}

impl UncertaintyTableName {
    /// The table of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        [Self::Cities, Self::Ranks, Self::Sensitivity, Self::Parameters].into_iter().find(|name| name.word() == word)
    }

    fn word(self) -> &'static str {
        match self {
            Self::Cities => "cities",
            Self::Ranks => "ranks",
            Self::Sensitivity => "sensitivity",
            Self::Parameters => "parameters",
        }
    }

    fn digest(self, manifest: &Manifest) -> &str {
        match self {
            Self::Cities => &manifest.cities,
            Self::Ranks => &manifest.ranks,
            Self::Sensitivity => &manifest.sensitivity,
            Self::Parameters => &manifest.parameters,
        }
    }
}

/// How many rows, and in what form.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct WantedTable {
    /// The form of the answer; overrules `Accept`.
    #[param(inline)]
    format: Option<TableFormat>,
    /// Whether CSV begins with a byte order mark, without which Excel takes UTF-8 for something else.
    bom: Option<bool>,
    /// How many members a page has at most; a file holds all of them.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 1000)]
    limit: Option<PageLimit>,
    /// Where the page starts: `next` of the page before.
    cursor: Option<Cursor>,
}

/// List a table of an uncertainty analysis.
///
/// `cities`: published score and rank, mean and quantiles over the replications, and the group of cities that cannot be told
/// apart. `ranks`: the share of the replications in which a city holds a rank. `sensitivity`: first and total order indices.
/// `parameters`: what every replication drew.
#[utoipa::path(
    tag = "assessments",
    params(
        ("id" = Id, Path, description = "The assessment"),
        ("n" = i64, Path, description = "The number of the analysis", minimum = 1),
        ("table" = inline(UncertaintyTableName), Path, description = "The table"),
        WantedTable,
        IfNoneMatchHeader,
    ),
    security(("token" = [])),
    responses(
        (status = 200, description = "A page of the table", body = wire::UncertaintyTable, headers(("CityGauge-Set" = String, description =
            "The set version: `CODE@VERSION; digest=SHA256; title*=UTF-8'LANGUAGE'TITLE`, percent-encoded; the title says where the set is a reconstruction"
        ))),
        (status = 304, description = "The caller has it already"),
        (status = 409, description = "There is no result yet", body = wire::Problem, content_type = "application/problem+json"),
        Problems,
        TableProblems,
    )
)]
#[get("/assessments/{id}/uncertainty/{n}/{table}")]
pub async fn list_uncertainty_table(
    reader: Reader,
    state: web::Data<State>,
    path: web::Path<(Id, i64, UncertaintyTableName)>,
    query: Query<WantedTable>,
    language: Lang,
    request: HttpRequest,
) -> Result<HttpResponse, Failure> {
    let form = form(&request, query.format, query.bom)?;
    let (id, number, name) = path.into_inner();
    if !form.is_document() {
        return prepare(&state, &reader, (&id, number, name), language.0).await?.answer(&state, form, &request).await;
    }
    let kept = KeptTable::open(&state, &reader, (&id, number, name), language.0).await?;
    let start: usize = position(query.cursor.as_ref())?.unwrap_or(0);
    let limit = usize::try_from(PageLimit::or_configured(query.limit, &state)).unwrap_or(usize::MAX);
    let next = (kept.frame.height() > start.saturating_add(limit)).then(|| Cursor::after(&(start + limit)));
    let rows = rows(name, &kept.frame.slice(i64::try_from(start).unwrap_or(i64::MAX), limit));
    let (set, period, number) = (kept.about.set().clone(), kept.period, number.unsigned_abs());
    let page = wire::UncertaintyTable { assessment: id, number, set, period, rows, next: next.clone() };
    Ok(Answer::page(&page, next.as_ref()).with(SET_HEADER, &kept.about.header()).respond_to(&request))
}

/// The whole table.
pub(in crate::routes) async fn prepare(
    state: &State,
    reader: &Reader,
    (id, number, name): (&Id, i64, UncertaintyTableName),
    language: Language,
) -> Result<Prepared, Failure> {
    let kept = KeptTable::open(state, reader, (id, number, name), language).await?;
    let KeptTable { frame, about, digest, .. } = kept;
    let (code, version) = (path_segment(about.set().code.as_str()), path_segment(about.set().version.as_str()));
    let (word, size) = (name.word(), (frame.height(), frame.width()));
    // A name that keeps the set version with the file.
    let file = format!("uncertainty-{word}-{code}@{version}-{id}-{number}");
    let made = Prepared::new(file, language, size, move |to| to.table(table(word, &frame)));
    Ok(made.about(about).known_by(format!("uncertainty {word} {digest}")))
}

/// A table as it is kept.
struct KeptTable {
    frame: DataFrame,
    about: About,
    period: PeriodCode,
    digest: String,
}

impl KeptTable {
    async fn open(
        state: &State,
        reader: &Reader,
        (id, number, name): (&Id, i64, UncertaintyTableName),
        language: Language,
    ) -> Result<Self, Failure> {
        let (of, _) = visibility::open(state, reader, id.as_str(), Operation::Uncertainty).await?;
        let stored = uncertainty_analyses::find_numbered(state.db(), id.as_str(), number).await?;
        let (Some(result), Some(summary)) = (stored.result, stored.summary) else {
            return Err(Failure::conflict("该不确定性分析尚无结果", "the uncertainty analysis has no result yet, or has failed"));
        };
        let manifest: Manifest = serde_json::from_value(result).map_err(Failure::internal)?;
        let summary: wire::UncertaintySummary = serde_json::from_value(summary).map_err(Failure::internal)?;
        let digest = name.digest(&manifest).to_owned();
        let (_, set) = sets::find(state, &of.request.set).await?;
        let about = About::new(&set, stored.asked.engine_version, language);
        Ok(Self { frame: open(state, &digest).await?, about, period: summary.period, digest })
    }
}

/// The rows of a kept table.
struct Kept<'a>(&'a DataFrame);

impl Kept<'_> {
    fn text(&self, name: &str, row: usize) -> Option<String> {
        Some(self.0.column(name).ok()?.str().ok()?.get(row)?.to_owned())
    }

    fn number(&self, name: &str, row: usize) -> Option<f64> {
        self.0.column(name).ok()?.f64().ok()?.get(row)
    }

    fn count(&self, name: &str, row: usize) -> Option<u64> {
        u64::try_from(self.0.column(name).ok()?.i64().ok()?.get(row)?).ok()
    }

    fn code(&self, name: &str, row: usize) -> Code {
        Code::trusted(self.text(name, row).unwrap_or_default())
    }
}

fn rows(name: UncertaintyTableName, frame: &DataFrame) -> wire::UncertaintyRows {
    let (kept, all) = (Kept(frame), 0..frame.height());
    match name {
        UncertaintyTableName::Cities => wire::UncertaintyRows::Cities { items: all.map(|row| city(&kept, row)).collect() },
        UncertaintyTableName::Ranks => {
            let rank = |row| wire::UncertaintyRank {
                city: kept.code("city", row),
                rank: kept.count("rank", row).unwrap_or(0),
                share: kept.number("share", row).unwrap_or(0.0),
            };
            wire::UncertaintyRows::Ranks { items: all.map(rank).collect() }
        }
        UncertaintyTableName::Sensitivity => {
            let sensitivity = |row| wire::UncertaintySensitivity {
                choice: kept.text("choice", row).unwrap_or_default(),
                first: kept.number("first", row),
                first_p5: kept.number("first_p5", row),
                first_p95: kept.number("first_p95", row),
                total: kept.number("total", row),
                total_p5: kept.number("total_p5", row),
                total_p95: kept.number("total_p95", row),
            };
            wire::UncertaintyRows::Sensitivity { items: all.map(sensitivity).collect() }
        }
        UncertaintyTableName::Parameters => {
            wire::UncertaintyRows::Parameters { items: all.map(|row| parameters(&kept, row)).collect() }
        }
    }
}

fn city(kept: &Kept<'_>, row: usize) -> wire::UncertaintyCity {
    let number = |name| kept.number(name, row);
    wire::UncertaintyCity {
        city: kept.code("city", row),
        period: PeriodCode::trusted(kept.text("period", row).unwrap_or_default()),
        score: number("score"),
        rank: kept.count("rank", row),
        ranked: kept.count("ranked", row).unwrap_or(0),
        rank_mean: number("rank_mean"),
        rank_median: number("rank_median"),
        rank_p5: number("rank_p5"),
        rank_p95: number("rank_p95"),
        score_mean: number("score_mean"),
        score_median: number("score_median"),
        score_p5: number("score_p5"),
        score_p95: number("score_p95"),
        group: kept.count("group", row),
    }
}

/// The first column of the parameters is the replication, the last two are what came of it; those between were drawn.
fn parameters(kept: &Kept<'_>, row: usize) -> wire::UncertaintyParameters {
    let columns = kept.0.columns();
    let between = columns.get(1..columns.len().saturating_sub(2)).unwrap_or_default();
    let drawn: BTreeMap<String, UncertaintyDrawn> = between
        .iter()
        .map(|column| {
            let weight = || column.f64().ok()?.get(row).map(UncertaintyDrawn::Weight);
            let alternative = || column.str().ok()?.get(row).map(|name| UncertaintyDrawn::Alternative(name.to_owned()));
            (column.name().to_string(), weight().or_else(alternative).unwrap_or(UncertaintyDrawn::Nothing))
        })
        .collect();
    // Counts stand among the drawn numbers as numbers; they are whole and not below zero.
    let count = |name| kept.number(name, row).map_or(0, |number| number as u64);
    wire::UncertaintyParameters {
        replication: count("replication"),
        drawn,
        total_ranked: count("total_ranked"),
        rank_shift: kept.number("rank_shift", row),
    }
}
