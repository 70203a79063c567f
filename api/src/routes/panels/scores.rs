use std::collections::HashMap;

use actix_web::{get, web};
use citygauge_openapi::{self as wire, Code, Cursor, Id, Line, Moment, Note};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::answer::Answer;
use crate::auth::{Caller, Right};
use crate::error::{Failure, Problems};
use crate::extract::Query;
use crate::panels::{looking, wrong_state};
use crate::routes::parameters::{IfNoneMatchHeader, PageLimit, position};
use crate::state::State;
use crate::store::keys::Key;
use crate::store::panels::scores::{Position, Score};
use crate::store::panels::{self, PanelState, scores};

/// Which scores, and how many.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct WantedScores {
    /// Whether those are listed too that were corrected or taken out; an expert then sees its own only.
    #[serde(default)]
    history: bool,
    /// How many members the page has at most.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 1000)]
    limit: Option<PageLimit>,
    /// Where the page starts: `next` of the page before.
    cursor: Option<Cursor>,
}

/// List the scores of a panel, by city and item.
///
/// While the panel is open, an expert sees its own scores and nobody sees another's. Once it is closed everybody sees all of
/// them: whoever runs it with the names of the experts, an expert without the names of others.
#[utoipa::path(
    tag = "panels",
    params(("code" = Code, Path, description = "The code of the panel"), WantedScores, IfNoneMatchHeader),
    security(("token" = [])),
    responses(
        (status = 200, description = "A page of scores", body = wire::PanelScorePage),
        (status = 304, description = "The caller has it already"),
        (status = 409, description = "The panel is open", body = wire::Problem, content_type = "application/problem+json"),
        Problems,
    )
)]
#[get("/panels/{code}/scores")]
pub async fn list_panel_scores(
    caller: Caller,
    state: web::Data<State>,
    code: web::Path<Code>,
    query: Query<WantedScores>,
) -> Result<Answer, Failure> {
    caller.require(Right::ReadPanels)?;
    let panel = panels::find(state.db(), code.as_str()).await?;
    let own = looking(&caller, &panel)?;
    let open = panel.state == PanelState::Open;
    if open && own.is_none() {
        return Err(wrong_state(
            &panel,
            "查看评分；完成情况见 completeness",
            "its scores are not shown; completeness counts them",
        ));
    }
    let only = own.filter(|_| open || query.history);
    let after: Option<Position> = position(query.cursor.as_ref())?;
    let limit = PageLimit::or_configured(query.limit, &state);
    let page = scores::page(state.db(), code.as_str(), only, query.history, after.as_ref(), limit).await?;
    // Whoever is no member any more has a name still.
    let keys = panels::keys_of(state.db(), page.items.iter().map(|score| score.expert.as_str())).await?;
    let next = page.next.as_ref().map(Cursor::after);
    let items = page.items.into_iter().map(|score| present(score, &keys, own)).collect();
    Ok(Answer::page(&wire::PanelScorePage { items, next: next.clone() }, next.as_ref()))
}

fn present(score: Score, keys: &HashMap<String, Key>, own: Option<&str>) -> wire::PanelScore {
    let named = own.is_none_or(|own| own == score.expert);
    let name = keys.get(&score.expert).filter(|_| named).map(|key| Line::trusted(key.name.clone()));
    wire::PanelScore {
        city: Code::trusted(score.said.city),
        item: Code::trusted(score.said.item),
        expert: named.then(|| Id::trusted(score.expert)),
        name,
        score: score.said.score,
        comment: score.said.comment.map(Note::trusted),
        recorded_at: Moment::from_ms(score.recorded_at_ms),
        superseded_at: score.superseded_at_ms.map(Moment::from_ms),
    }
}
