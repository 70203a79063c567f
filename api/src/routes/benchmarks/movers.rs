use actix_web::{HttpRequest, HttpResponse, Responder, get, web};
use citygauge_assessment::benchmark::{Move, Standing, moves};
use citygauge_indicators::{Fault, Language, NodeIndex, Text};
use citygauge_openapi::{self as wire, BenchmarkBridge, BenchmarkMove, Code, Cursor, PeriodCode};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{find, link, node_of};
use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::benchmarks::series::{Followed, Whose};
use crate::benchmarks::{Edition, Wanted, open};
use crate::error::{Failure, Problems, TableProblems};
use crate::extract::{Lang, Query};
use crate::negotiate::{TableFormat, form};
use crate::results::benchmarks as tables;
use crate::rounds::visibility::{Operation, Sight};
use crate::routes::parameters::{IfNoneMatchHeader, PageLimit, position};
use crate::state::State;
use crate::tables::Prepared;

/// Between which editions, and in what form.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct WantedMovers {
    /// The node, as the latest edition names it; TOTAL unless given.
    node: Option<Code>,
    /// The earlier edition; the one before the later unless given.
    from: Option<PeriodCode>,
    /// The later edition; the latest unless given.
    to: Option<PeriodCode>,
    /// How earlier scores are moved where the set changed between both.
    #[param(inline)]
    bridge: Option<BenchmarkBridge>,
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

/// Show who moved between two editions.
///
/// Who rose most places first, then who gained more. Where the node is another one in between, scores are compared only with
/// `bridge`, through the overlap of both sets. `is_distinct` says whether the rank intervals lie apart, where both editions have an
/// uncertainty analysis. Where a round is for its participants, a city sees the others under pseudonyms, within that round.
#[utoipa::path(
    tag = "benchmarks",
    params(("code" = Code, Path, description = "The code of the benchmark"), WantedMovers, IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "A page of movements", body = wire::BenchmarkMovers),
        (status = 304, description = "The caller has it already"),
        Problems,
        TableProblems,
    )
)]
#[get("/benchmarks/{code}/movers")]
pub async fn show_benchmark_movers(
    caller: Caller,
    state: web::Data<State>,
    code: web::Path<Code>,
    query: Query<WantedMovers>,
    language: Lang,
    request: HttpRequest,
) -> Result<HttpResponse, Failure> {
    let form = form(&request, query.format, query.bom)?;
    if !form.is_document() {
        return prepare(&state, &caller, &code, &query, language.0).await?.answer(&state, form, &request).await;
    }
    let mut answer = found(&state, &caller, &code, &query).await?;
    let start: usize = position(query.cursor.as_ref())?.unwrap_or(0);
    let limit = usize::try_from(PageLimit::or_configured(query.limit, &state)).unwrap_or(usize::MAX);
    answer.next = (answer.items.len() > start.saturating_add(limit)).then(|| Cursor::after(&(start + limit)));
    answer.items = answer.items.into_iter().skip(start).take(limit).collect();
    Ok(Answer::page(&answer, answer.next.as_ref()).respond_to(&request))
}

/// The table of the movements.
pub(in crate::routes) async fn prepare(
    state: &State,
    caller: &Caller,
    code: &Code,
    query: &WantedMovers,
    language: Language,
) -> Result<Prepared, Failure> {
    let items = found(state, caller, code, query).await?.items;
    Ok(Prepared::at_hand("movers", language, items, |items| tables::moves(items))?)
}

async fn found(state: &State, caller: &Caller, code: &Code, query: &WantedMovers) -> Result<wire::BenchmarkMovers, Failure> {
    caller.require(Right::ReadBenchmarks)?;
    let profile = find(state, code).await?;
    let wanted = Wanted::new(caller, Operation::Movers).overlaps(query.bridge.is_some());
    let editions = open(state, &profile, &wanted).await?;
    let (node, _) = node_of(&editions, query.node.as_ref())?;
    let (from, to) = between(&editions, query.from.as_ref(), query.to.as_ref())?;
    if [from, to].iter().any(|place| editions[*place].sight.is_none()) {
        return Err(Failure::Forbidden(Text::both("此密钥不能查看其中一个版次", "the key does not see one of the editions")));
    }
    let (bridge, benchmark) = (query.bridge, code.clone());
    let answer = state.engine(move || {
        let followed = Followed::new(&editions, &profile.crosswalks, node, None);
        let chain = &followed.chain;
        let (Some(before), Some(after)) = (chain.nodes[from], chain.nodes[to]) else { return Err(not_there()) };
        let is_break = (from + 1..=to).any(|place| chain.is_break(place));
        let sides = [(&editions[from], before), (&editions[to], after)];
        let [earlier, later] = sides.map(|side| standings(side, sides));
        let compared = |city: &str, score: f64| match bridge {
            Some(bridge) if wanted.is_own(city) => followed.bridged(from, to, Whose::City(city), score, link(bridge)).ok(),
            Some(_) => None,
            None => (!is_break).then_some(score),
        };
        let found = moves(by_code(&earlier), by_code(&later), compared);
        let distinct = |city: &str| {
            let [one, other] = sides.map(|(edition, node)| edition.interval(&real(edition, city)?, node));
            let ([low, high], [least, greatest]) = (one?, other?);
            Some(high < least || greatest < low)
        };
        Ok(wire::BenchmarkMovers {
            benchmark,
            node: Code::trusted(editions[to].set.nodes()[after].code.clone()),
            from: PeriodCode::trusted(editions[from].period.clone()),
            to: PeriodCode::trusted(editions[to].period.clone()),
            is_break,
            bridge,
            items: found.into_iter().map(|moved| present(distinct(&moved.city), moved)).collect(),
            next: None,
        })
    });
    answer.await?
}

/// The places of two editions, the earlier first.
fn between(editions: &[Edition], from: Option<&PeriodCode>, to: Option<&PeriodCode>) -> Result<(usize, usize), Failure> {
    let place = |period: &PeriodCode| {
        let found = editions.iter().position(|edition| edition.period == period.as_str());
        found.ok_or_else(|| Failure::absent("没有该时期的版次", "there is no edition of that period"))
    };
    let to = to.map_or_else(|| Ok(editions.len() - 1), place)?;
    let from = match from {
        Some(from) => place(from)?,
        None => to.checked_sub(1).ok_or_else(|| Failure::absent("之前没有版次", "there is no edition before"))?,
    };
    if from >= to {
        let (zh, en) = ("from 须早于 to", "from has to be before to");
        return Err(Failure::malformed(Fault::error("query.order", zh, en).hint("请交换两者", "exchange them")));
    }
    Ok((from, to))
}

/// A side of the comparison: an edition and the node there.
type Side<'e> = (&'e Edition, NodeIndex);

/// The scores and ranks of one side, under the names by which both sides are seen: a pseudonym means the same within one round only.
fn standings((edition, node): Side<'_>, sides: [Side<'_>; 2]) -> Vec<(String, Standing)> {
    let standing = |row: &wire::ScoreRow| Standing { score: row.score, rank: row.rank.and_then(|rank| u32::try_from(rank).ok()) };
    let seen = |row: wire::ScoreRow| {
        let [one, other] = sides.map(|(edition, node)| edition.seen(row.city.as_str(), Some(node)));
        let (one, other) = (one?, other?);
        let is_linked = match (one.is_pseudonym, other.is_pseudonym) {
            (false, false) => true,
            (true, true) => sides[0].0.sight.as_ref().and_then(Sight::round) == sides[1].0.sight.as_ref().and_then(Sight::round),
            _ => false,
        };
        is_linked.then(|| (one.code, standing(&row)))
    };
    edition.rows(node).filter_map(seen).collect()
}

/// The city behind a name that is seen.
fn real(edition: &Edition, seen: &str) -> Option<String> {
    edition.sight.as_ref()?.real(seen).map(str::to_owned)
}

fn by_code(standings: &[(String, Standing)]) -> impl Iterator<Item = (&str, Standing)> {
    standings.iter().map(|(city, standing)| (city.as_str(), *standing))
}

fn not_there() -> Failure {
    Failure::absent("其中一个版次没有这个节点", "one of the editions does not have the node")
}

fn present(is_distinct: Option<bool>, moved: Move) -> BenchmarkMove {
    let (before, after) = (moved.before.unwrap_or_default(), moved.after.unwrap_or_default());
    BenchmarkMove {
        city: Code::trusted(moved.city),
        score_before: before.score,
        score_after: after.score,
        score_change: moved.score_change,
        rank_before: before.rank.map(u64::from),
        rank_after: after.rank.map(u64::from),
        rank_change: moved.rank_change,
        is_distinct,
    }
}
