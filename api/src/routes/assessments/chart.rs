use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse, get, web};
use citygauge_assessment::gap::{Asked, Reference, Rule, analyse_with};
use citygauge_indicators::{Fault, Language, NodeIndex, Period};
use citygauge_openapi::{self as wire, Code, Id, PeriodCode};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::assessments::reading::node_of;
use crate::assessments::recompute::recompute_period;
use crate::auth::Reader;
use crate::charts::{self, Chart, Looks, Opened, Theme, Wish, Words};
use crate::error::{Failure, Problems, TableProblems};
use crate::extract::{Lang, Query};
use crate::negotiate::ChartFormat;
use crate::peers::{Use, resolve};
use crate::rounds::visibility::{self, Operation, Sight};
use crate::routes::goal_plans::planned;
use crate::routes::parameters::IfNoneMatchHeader;
use crate::state::State;
use crate::store::peer_groups;

/// The charts of an assessment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AssessmentChart {
    /// Total, bounds, level, coverage and rank of a city.
    ScoreCard,
    /// The dimensions of a city beside its peers and a plan's targets.
    Radar,
    /// Every node of a city, ring by ring.
    Wheel,
    /// Cities by nodes of a depth.
    Heatmap,
    /// The scores of all cities on a node.
    Distribution,
    /// Between which ranks cities may stand.
    Intervals,
    /// Ranks on a node over the periods of the assessment.
    Ranks,
}

/// What a chart shows, and how.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct WantedChart {
    /// The city: needed for `score-card`, `radar` and `wheel`; marked in `distribution`, `intervals` and `ranks`.
    city: Option<Code>,
    /// The node of `distribution` and `ranks`; TOTAL unless given.
    node: Option<Code>,
    /// The depth of the nodes of `heatmap`, 1 being the dimensions; 1 unless given.
    #[param(minimum = 1)]
    depth: Option<u32>,
    /// The peers of `radar` are the cities of this group; the cohort unless given.
    peer_group: Option<Code>,
    /// The goal plan whose targets `radar` shows, by its code or identifier.
    plan: Option<Code>,
    /// The period; the latest one unless given. Not of `ranks`, which shows all of them.
    period: Option<PeriodCode>,
    /// The language of its words; as `Accept-Language` says unless given.
    #[param(inline)]
    lang: Option<Words>,
    /// Light or dark; light unless given.
    #[param(inline)]
    theme: Option<Theme>,
    /// The picture, or its numbers; overrules `Accept`.
    #[param(inline)]
    format: Option<ChartFormat>,
    /// Whether CSV begins with a byte order mark, without which Excel takes UTF-8 for something else.
    bom: Option<bool>,
}

impl WantedChart {
    fn wish(&self) -> Wish {
        Wish { lang: self.lang, theme: self.theme, format: self.format, bom: self.bom }
    }
}

/// Draw a chart of an assessment.
///
/// A picture in SVG whose text stays text, or, at the same address, its numbers. What is missing is hatched and never zero. Who sees
/// what is as in the operations that give out the same numbers: the score card of a city (`score-card`, `radar`, `wheel`), the scores
/// (`heatmap`, and the peers of `radar`), the ranking (`ranks`), the distribution of a benchmark (`distribution`) and uncertainty analyses
/// (`intervals`). A parameter that a chart does not take is refused.
#[utoipa::path(
    tag = "assessments",
    params(
        ("id" = Id, Path, description = "The assessment"),
        ("name" = inline(AssessmentChart), Path, description = "The chart"),
        WantedChart,
        IfNoneMatchHeader,
    ),
    security((), ("token" = [])),
    responses(
        (status = 200, description = "The chart", body = String, content_type = "image/svg+xml"),
        (status = 304, description = "The caller has it already"),
        (status = 409, description = "There is no result yet", body = wire::Problem, content_type = "application/problem+json"),
        (status = 422, description = "The peers or the targets cannot be found", body = wire::Problem, content_type = "application/problem+json"),
        Problems,
        TableProblems,
    )
)]
#[get("/assessments/{id}/charts/{name}.svg")]
pub async fn show_assessment_chart(
    reader: Reader,
    state: web::Data<State>,
    language: Lang,
    path: web::Path<(Id, AssessmentChart)>,
    query: Query<WantedChart>,
    request: HttpRequest,
) -> Result<HttpResponse, Failure> {
    let looks = Looks::of(&request, query.wish(), language.0)?;
    let (id, name) = path.into_inner();
    name.takes(&query)?;
    let language = looks.language;
    let chart = chart(&state, &reader, (&id, name), &query, language).await?;
    chart.answer(&state, looks, &request).await
}

async fn chart(
    state: &State,
    reader: &Reader,
    (id, name): (&Id, AssessmentChart),
    query: &WantedChart,
    language: Language,
) -> Result<Chart, Failure> {
    let operation = name.operation();
    let opened = Opened::find(state, reader, (id.as_str(), operation), query.period.as_ref(), language).await?;
    let city = || query.city.as_ref().ok_or_else(no_city);
    let node = || node_of(&opened.set, query.node.as_ref());
    match name {
        AssessmentChart::ScoreCard => charts::score_card::chart(state, reader, &opened, city()?).await,
        AssessmentChart::Wheel => charts::wheel::chart(state, &opened, city()?).await,
        AssessmentChart::Heatmap => charts::heatmap::chart(&opened, query.depth),
        AssessmentChart::Distribution => charts::distribution::chart(&opened, node()?, query.city.as_ref()),
        AssessmentChart::Intervals => charts::intervals::chart(state, &opened, query.city.as_ref()).await,
        AssessmentChart::Ranks => charts::ranks::of_assessment(state, &opened, node()?, query.city.as_ref()).await,
        AssessmentChart::Radar => {
            let city = city()?;
            let peers = match &query.peer_group {
                Some(group) => {
                    let group = peer_groups::find(state.db(), group.as_str()).await?;
                    let period = opened.period.parse::<Period>().ok();
                    Some(resolve(state, &group, Use { city: Some(city.as_str()), period }).await?.codes())
                }
                None => None,
            };
            let beside = charts::radar::Beside {
                sight: sight_of_peers(state, reader, &opened).await?,
                peers: peers.as_deref(),
                targets: targets(state, reader, &opened, city, query.plan.as_ref()).await?,
            };
            charts::radar::chart(&opened, city, beside)
        }
    }
}

/// What is seen of the scores of the others, be it without their names.
async fn sight_of_peers(state: &State, reader: &Reader, opened: &Opened) -> Result<Option<Sight>, Failure> {
    match visibility::of(state, reader, &opened.stored, Operation::Scores).await {
        Err(Failure::Forbidden(_) | Failure::Unauthenticated(_)) | Ok(Sight::Own(_)) => Ok(None),
        found => found.map(Some),
    }
}

/// The scores of the dimensions once the targets of a plan are reached.
async fn targets(
    state: &State,
    reader: &Reader,
    opened: &Opened,
    city: &Code,
    plan: Option<&Code>,
) -> Result<Option<(String, BTreeMap<NodeIndex, f64>)>, Failure> {
    let Some(plan) = plan else { return Ok(None) };
    let Reader::Key(caller) = reader else { return Err(crate::auth::keyless()) };
    let against = format!("target:{plan}").parse::<Reference>().map_err(Failure::invalid)?;
    let against = planned(state, caller, against, &opened.set, city.as_str()).await?;
    let period = opened.period.parse::<Period>().map_err(Failure::invalid)?;
    let assessment = recompute_period(state, &opened.stored, period).await?;
    let of = city.to_string();
    let found = state.engine(move || {
        let asked = Asked { peers: None, by: None, rule: Rule::PointsLost };
        analyse_with(&assessment, &of, period, &against, asked)
    });
    let found = found.await?.map_err(Failure::Invalid)?;
    let scores = found.gaps.iter().filter_map(|gap| Some((gap.node, gap.reference?)));
    Ok(Some((opened.language.pick(format!("目标 {plan}"), format!("target of {plan}")), scores.collect())))
}

impl AssessmentChart {
    /// The operation that gives out the same numbers.
    fn operation(self) -> Operation {
        match self {
            Self::ScoreCard | Self::Radar | Self::Wheel => Operation::ScoreCard,
            Self::Heatmap => Operation::Scores,
            Self::Distribution => Operation::Distribution,
            Self::Intervals => Operation::Uncertainty,
            Self::Ranks => Operation::Ranking,
        }
    }

    /// The parameters that the chart takes beside its looks.
    fn parameters(self) -> &'static [&'static str] {
        match self {
            Self::ScoreCard | Self::Wheel => &["city", "period"],
            Self::Radar => &["city", "period", "peer_group", "plan"],
            Self::Heatmap => &["depth", "period"],
            Self::Distribution => &["city", "node", "period"],
            Self::Intervals => &["city", "period"],
            Self::Ranks => &["city", "node"],
        }
    }

    /// Refuses parameters that would change nothing.
    fn takes(self, query: &WantedChart) -> Result<(), Failure> {
        let given = [
            ("city", query.city.is_some()),
            ("node", query.node.is_some()),
            ("depth", query.depth.is_some()),
            ("peer_group", query.peer_group.is_some()),
            ("plan", query.plan.is_some()),
            ("period", query.period.is_some()),
        ];
        let taken = self.parameters();
        let faults = given.iter().filter(|(name, is_given)| *is_given && !taken.contains(name)).map(|(name, _)| {
            Fault::error("chart.parameter", format!("此图表不接受参数 {name}"), format!("the chart does not take {name}"))
                .at(format!("/{name}"))
                .expected(taken.join(", "))
                .hint("去掉该参数", "leave it out")
        });
        let faults: Vec<Fault> = faults.collect();
        if faults.is_empty() { Ok(()) } else { Err(Failure::Malformed(citygauge_indicators::Faults(faults))) }
    }
}

fn no_city() -> Failure {
    Failure::malformed(
        Fault::error("chart.no_city", "此图表需要城市", "the chart is about a city")
            .at("/city")
            .hint("请给出参数 city", "give the parameter city"),
    )
}
