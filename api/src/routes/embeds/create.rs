use actix_web::{post, web};
use citygauge_indicators::{Fault, Faults};
use citygauge_openapi::{self as wire, Moment};
use serde_json::json;

use crate::answer::Answer;
use crate::auth::{Caller, Reader, Right};
use crate::embeds::{Embedded, View, parents};
use crate::error::{BodyProblems, CreateProblems, Failure, Problems};
use crate::extract::{JsonBody, Once};
use crate::rounds::visibility::{self, Operation};
use crate::routes::parameters::IdempotencyKeyHeader;
use crate::state::State;
use crate::store::indicator_sets::SetKey;
use crate::store::{gap_analyses, goal_plans, imports, indicator_sets, roadmaps, rounds};
use crate::write::{once, trail};

/// For how long a token works unless somebody says otherwise, and at most.
const MINUTES: (u32, u32) = (60, 1_440);

/// Have a view of the dashboard shown in other pages.
///
/// The answer has a token that reads this one view with the rights of the caller's key, and nothing else, until its time is over or the key is
/// revoked; and the address for an `iframe`, which shows the view only inside the pages named. The token is sent once and not kept.
#[utoipa::path(
    tag = "embeds",
    params(IdempotencyKeyHeader),
    request_body = wire::NewEmbed,
    security(("token" = [])),
    responses((status = 201, description = "The view, to be shown elsewhere", body = wire::Embed), Problems, BodyProblems, CreateProblems)
)]
#[post("/embeds")]
pub async fn create_embed(caller: Caller, state: web::Data<State>, request: Once, body: JsonBody) -> Result<Answer, Failure> {
    caller.require(Right::ReadEmbeds)?;
    caller.require_key()?;
    let new: wire::NewEmbed = body.read()?;
    let mut faults = Faults::default();
    let view = new.view.parse::<View>().map_err(|_| faults.push(no_view(&new.view))).ok();
    let parents = parents(&new.parents).map_err(|more| faults.0.extend(more.0)).ok();
    let minutes = new.minutes.unwrap_or(MINUTES.0);
    if !(1..=MINUTES.1).contains(&minutes) {
        faults.push(
            Fault::error("embed.minutes", "有效期超出范围", "the time is out of range")
                .at("/minutes")
                .value(minutes.to_string())
                .expected(format!("1..{}", MINUTES.1))
                .hint("至多一天；到期后请重新申请", "a day at most: ask again when it is over"),
        );
    }
    let (Some(view), Some(parents)) = (view.filter(|_| faults.is_empty()), parents) else { return Err(Failure::Invalid(faults)) };
    require_seen(&state, &caller, &view).await?;
    let expires_at_ms = state.now_ms() + i64::from(minutes) * 60_000;
    let allowed = Embedded { key: caller.id().to_owned(), view: new.view.clone(), parents: parents.clone(), expires_at_ms };
    let token = allowed.seal(state.signer()?);
    once(&state, &caller, &request, &body.digest, async |transaction| {
        let detail = json!({ "view": new.view, "parents": parents, "minutes": minutes });
        trail(transaction, &state, &caller, "create_embed", "embeds", detail).await?;
        let embed = wire::Embed {
            view: new.view.clone(),
            parents: parents.clone(),
            address: format!("/embed?token={token}"),
            token: token.clone(),
            expires_at: Moment::from_ms(expires_at_ms),
        };
        let without = wire::Embed { token: String::new(), address: String::new(), ..embed.clone() };
        Ok(Answer::made(&embed).keeping(&without))
    })
    .await
}

/// Refuses a view that the caller does not see, or of something that is not there.
async fn require_seen(state: &State, caller: &Caller, view: &View) -> Result<(), Failure> {
    match view.resource() {
        "" => caller.require(Right::ReadScores),
        "assessments" => assessment_is_seen(state, caller, view).await,
        "rounds" => {
            caller.require(Right::ReadRounds)?;
            match view.named("code") {
                Some(code) => Ok(rounds::find(state.db(), code).await.map(drop)?),
                None => Ok(()),
            }
        }
        "goal-plans" => {
            caller.require(Right::ReadPlanning)?;
            match view.named("plan") {
                Some(plan) => caller.require_city(&goal_plans::find(state.db(), plan).await?.city),
                None => Ok(()),
            }
        }
        "gap-analyses" => {
            caller.require(Right::ReadScoreCards)?;
            caller.require_city(&gap_analyses::find(state.db(), name(view, "id")).await?.city)
        }
        "roadmaps" => {
            caller.require(Right::ReadPlanning)?;
            caller.require_city(&roadmaps::find(state.db(), name(view, "id")).await?.city)
        }
        "imports" => {
            caller.require(Right::ReadJobs)?;
            match view.named("id") {
                Some(id) => caller.require_own(&imports::find(state.db(), id).await?.request.created_by),
                None => Ok(()),
            }
        }
        "sets" => {
            caller.require(Right::ReadSets)?;
            match (view.named("code"), view.named("version")) {
                (Some(code), Some(version)) => {
                    let key = SetKey { code: code.to_owned(), version: version.to_owned() };
                    Ok(indicator_sets::find(state.db(), &key).await.map(drop)?)
                }
                _ => Ok(()),
            }
        }
        _ => caller.require(Right::ReadMaps),
    }
}

async fn assessment_is_seen(state: &State, caller: &Caller, view: &View) -> Result<(), Failure> {
    let reader = Reader::Key(caller.clone());
    let id = name(view, "id");
    match view.named("city") {
        Some(city) => visibility::open(state, &reader, id, Operation::ScoreCard).await?.1.require_city(city),
        None => visibility::open(state, &reader, id, Operation::Ranking).await.map(drop),
    }
}

/// What a view of this kind always names.
fn name<'v>(view: &'v View, part: &str) -> &'v str {
    view.named(part).unwrap_or_default()
}

fn no_view(path: &str) -> Fault {
    let patterns: Vec<&str> = View::patterns().collect();
    Fault::error("embed.view", "没有可嵌入的此视图", "there is no such view to be shown elsewhere")
        .at("/view")
        .value(path)
        .expected(patterns.join(", "))
        .hint("请填写仪表板中该视图的路径", "give the path of the view in the dashboard")
}
