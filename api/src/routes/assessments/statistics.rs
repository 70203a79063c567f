use actix_web::{HttpRequest, HttpResponse, Responder, get, web};
use citygauge_indicators::Language;
use citygauge_openapi::{self as wire, Code, Id, PeriodCode};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::answer::{Answer, is_known};
use crate::assessments::reading::period_of;
use crate::assessments::recompute::{manifest, recompute};
use crate::auth::Reader;
use crate::error::{Failure, Problems, TableProblems};
use crate::export::About;
use crate::extract::{Lang, Query};
use crate::negotiate::{TableFormat, form};
use crate::rounds::visibility::{self, Operation};
use crate::routes::parameters::IfNoneMatchHeader;
use crate::state::State;
use crate::statistics::asked::{Below, By, Kind, Numbers, Within, word};
use crate::statistics::{Asked, What, rows, table};
use crate::store::assessments::Assessment;
use crate::tables::Prepared;
use crate::tables::answer::{self, SET_HEADER};

/// Which statistics, of what, and in what form. A parameter that says nothing to `what` is refused.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct WantedStatistics {
    /// The kind of statistics; `indicators` unless given.
    #[param(inline)]
    what: Option<What>,
    /// The period; the latest one unless given.
    period: Option<PeriodCode>,
    /// Indicators, correlations and balance below this node; consistency, components and availability of this node.
    node: Option<Code>,
    /// Availability of this city; standings need one.
    city: Option<Code>,
    /// The kind of correlation; `pearson` unless given. Correlations and balance.
    #[param(inline)]
    kind: Option<Kind>,
    /// Scores, raw values of leaves, or these after imputation and treatment; scores unless given. Correlations, consistency, components and standings.
    #[param(inline)]
    of: Option<Numbers>,
    /// Which nodes are correlated: `node` (the children of each node, the default), `leaves` (every two leaves), `depth:N`
    /// (every two nodes of a depth), `depth:N:M` (every node of one depth with every node of another).
    #[serde(default, deserialize_with = "word")]
    #[param(value_type = Option<String>, pattern = "^(node|leaves|depth:[0-9]+(:[0-9]+)?)$")]
    within: Option<Within>,
    /// Which nodes below a node are looked at together: `children` (the default), `leaves` or `depth:N`. Consistency and
    /// components.
    #[serde(default, deserialize_with = "word")]
    #[param(value_type = Option<String>, pattern = "^(children|leaves|depth:[0-9]+)$")]
    members: Option<Below>,
    /// Above this correlation, sisters are `redundant`; 0.9 unless given.
    #[param(minimum = -1, maximum = 1)]
    redundant: Option<f64>,
    /// Below this correlation, sisters are `opposing`; 0 unless given.
    #[param(minimum = -1, maximum = 1)]
    opposing: Option<f64>,
    /// The least share of data of a city; 0.65 unless given. Screening.
    #[param(minimum = 0, maximum = 1)]
    least: Option<f64>,
    /// The least share of its data that are not zero; 0.05 unless given. Screening.
    #[param(minimum = 0, maximum = 1)]
    least_nonzero: Option<f64>,
    /// What keeps a city out; `missing` unless given. Screening.
    #[param(inline)]
    by: Option<By>,
    /// Cities that stay whatever they have, separated by commas. Screening.
    keep: Option<String>,
    /// Cities that go whatever they have, separated by commas. Screening.
    drop: Option<String>,
    /// How many strengths and weaknesses; 5 unless given. Standings.
    most: Option<u32>,
    /// The form of the answer; overrules `Accept`.
    #[param(inline)]
    format: Option<TableFormat>,
    /// Whether CSV begins with a byte order mark, without which Excel takes UTF-8 for something else.
    bom: Option<bool>,
}

impl WantedStatistics {
    fn asked(&self) -> Asked {
        let text = |code: &Option<Code>| code.as_ref().map(ToString::to_string);
        let listed = |codes: &Option<String>| match codes {
            Some(codes) => codes.split(',').map(str::to_owned).collect(),
            None => Vec::new(),
        };
        Asked {
            what: self.what.unwrap_or_default(),
            node: text(&self.node),
            city: text(&self.city),
            kind: self.kind,
            of: self.of,
            within: self.within,
            members: self.members,
            redundant: self.redundant,
            opposing: self.opposing,
            least: self.least,
            least_nonzero: self.least_nonzero,
            by: self.by,
            keep: listed(&self.keep),
            drop: listed(&self.drop),
            most: self.most,
        }
    }
}

/// Show statistics of an assessment.
///
/// What the set and the data of a period look like on the cohort: indicators by themselves, correlations with what is
/// redundant or opposing, consistency, principal components, availability, screening, weights against what they do, the
/// strengths and weaknesses of a city. Computed again from the release; no score depends on them. Without numbers there is
/// `null` with the reason.
#[utoipa::path(
    tag = "assessments",
    params(("id" = Id, Path, description = "The assessment"), WantedStatistics, IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "The statistics", body = wire::Statistics, headers(("CityGauge-Set" = String, description =
            "The set version: `CODE@VERSION; digest=SHA256; title*=UTF-8'LANGUAGE'TITLE`, percent-encoded; the title says where the set is a reconstruction"
        ))),
        (status = 304, description = "The caller has it already"),
        (status = 409, description = "There is no result yet", body = wire::Problem, content_type = "application/problem+json"),
        (status = 422, description = "What is asked for is at fault, or too much", body = wire::Problem, content_type = "application/problem+json"),
        Problems,
        TableProblems,
    )
)]
#[get("/assessments/{id}/statistics")]
pub async fn show_statistics(
    reader: Reader,
    state: web::Data<State>,
    id: web::Path<Id>,
    query: Query<WantedStatistics>,
    language: Lang,
    request: HttpRequest,
) -> Result<HttpResponse, Failure> {
    let form = form(&request, query.format, query.bom)?;
    let asked = of(&state, &reader, &id, &query, language.0).await?;
    let tag = answer::tag(&asked.content, form, language.0);
    if is_known(&tag, &request) {
        return Ok(answer::not_modified(&tag));
    }
    if !form.is_document() {
        return prepared(&state, asked, language.0).await?.answer(&state, form, &request).await;
    }
    let period = PeriodCode::trusted(asked.period.clone());
    let (about, statistics) = found(&state, asked, language.0).await?;
    let found = wire::Statistics { assessment: id.into_inner(), set: about.set().clone(), period, statistics };
    Ok(Answer::row(&found, &tag).with(SET_HEADER, &about.header()).respond_to(&request))
}

/// The table of the statistics.
pub(in crate::routes) async fn prepare(
    state: &State,
    reader: &Reader,
    id: &Id,
    query: &WantedStatistics,
    language: Language,
) -> Result<Prepared, Failure> {
    prepared(state, of(state, reader, id, query, language).await?, language).await
}

async fn prepared(state: &State, of: Of, language: Language) -> Result<Prepared, Failure> {
    let (name, content) = (format!("statistics-{}", of.stored.request.id), of.content.clone());
    let (about, statistics) = found(state, of, language).await?;
    Ok(Prepared::at_hand(name, language, statistics, table)?.about(about).known_by(content))
}

/// What is asked of which assessment.
struct Of {
    stored: Assessment,
    period: String,
    asked: Asked,
    /// Names the answer: an assessment never changes; another version of the service may compute more.
    content: String,
}

async fn of(state: &State, reader: &Reader, id: &Id, query: &WantedStatistics, language: Language) -> Result<Of, Failure> {
    let (stored, _) = visibility::open(state, reader, id.as_str(), Operation::Statistics).await?;
    let asked = query.asked();
    asked.check()?;
    let period = period_of(&manifest(&stored)?, query.period.as_ref())?;
    let content = format!("statistics {:?}", (id.as_str(), &period, &asked, language));
    Ok(Of { stored, period, asked, content })
}

async fn found(state: &State, of: Of, language: Language) -> Result<(About, wire::StatisticsTable), Failure> {
    let Of { stored, period, asked, content: _ } = of;
    let assessment = recompute(state, &stored).await?;
    let about = About::new(assessment.set(), stored.request.engine_version, language);
    let at = period.parse::<citygauge_indicators::Period>().map_err(Failure::invalid)?;
    let statistics = state.engine(move || rows(&assessment, at, &asked, language)).await??;
    Ok((about, statistics))
}
