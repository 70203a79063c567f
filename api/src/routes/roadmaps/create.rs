use actix_web::{post, web};
use citygauge_assessment::roadmap::plan;
use citygauge_indicators::planning::{Document, ElementDocument, Roadmap};
use citygauge_indicators::{Fault, Faults, Period};
use citygauge_openapi::{self as wire, Code, Id, Moment, PeriodCode};
use serde_json::{Value, json};

use super::{present, tag};
use crate::answer::Answer;
use crate::assessments::reading::period_of;
use crate::assessments::recompute::{manifest, recompute};
use crate::auth::{Caller, Right};
use crate::error::{BodyProblems, CreateProblems, Failure, Problems};
use crate::extract::{JsonBody, Once};
use crate::roadmaps;
use crate::routes::parameters::IdempotencyKeyHeader;
use crate::state::State;
use crate::store::roadmaps::Roadmap as Stored;
use crate::store::{StoreError, assessments, designs, roadmaps as kept};
use crate::write::{once, trail};

/// Make a roadmap for a city.
///
/// Finds the schedule of the projects that brings the city most points within the yearly budgets and the dependencies, and
/// tells what follows from it: spending, expected scores and levels year by year, stages with goals, the critical path, and
/// what is dropped when the budget shrinks. `optimal` is true only where no better schedule exists; else `bound` says how
/// good one could be. The work is limited by `max_nodes`, and by half a minute. With `design` the key projects of that
/// design are at choice too.
#[utoipa::path(
    tag = "roadmaps",
    params(IdempotencyKeyHeader),
    request_body = Roadmap,
    security(("token" = [])),
    responses((status = 201, description = "The roadmap", body = wire::Roadmap), Problems, BodyProblems, CreateProblems)
)]
#[post("/roadmaps")]
pub async fn create_roadmap(caller: Caller, state: web::Data<State>, request: Once, body: JsonBody) -> Result<Answer, Failure> {
    caller.require(Right::WritePlanning)?;
    let document = with_projects(&state, &caller, body.read()?).await?;
    let asked = Roadmap::read_at(&document, "").map_err(Failure::Invalid)?;
    let (assessment_id, city) = named(&asked).map_err(Failure::Invalid)?;
    caller.require_city(city.as_str())?;
    let stored = assessments::find(state.db(), assessment_id.as_str()).await?;
    let base = asked.period.map(|period| PeriodCode::trusted(period.to_string()));
    let period = period_of(&manifest(&stored)?, base.as_ref())?;
    let at = period.parse::<Period>().map_err(Failure::invalid)?;
    let assessment = recompute(&state, &stored).await?;
    let now = state.now_ms();
    let (id, by) = (Id::trusted(state.sources().id()), caller.id().to_owned());
    let made = state.engine(move || {
        let made = plan(&assessment, city.as_str(), at, &asked.projects, &asked.terms, 1.0)?;
        Ok::<_, Failure>(wire::Roadmap {
            id,
            assessment: assessment_id,
            plan: roadmaps::plan(assessment.set(), city.as_str(), at, &asked, &made),
            created_at: Moment::from_ms(now),
            created_by: by,
        })
    });
    let made = made.await??;
    once(&state, &caller, &request, &body.digest, async |transaction| {
        let row = Stored {
            id: made.id.to_string(),
            assessment_id: made.assessment.to_string(),
            city: made.plan.city.to_string(),
            document: json!(made),
            created_at_ms: now,
            created_by: caller.id().to_owned(),
        };
        kept::insert(transaction, &row).await?;
        let subject = format!("roadmaps/{}", row.id);
        let told = json!({ "assessment": row.assessment_id, "city": row.city });
        trail(transaction, &state, &caller, "create_roadmap", &subject, told).await?;
        Ok(Answer::created(&format!("{}/{subject}", wire::API_ROOT), &present(row)?, &tag(&made.id)))
    })
    .await
}

/// The document with the key projects of its design beside its own; of two with one code the document's own stands.
async fn with_projects(state: &State, caller: &Caller, mut document: Value) -> Result<Value, Failure> {
    let Some(id) = document.get("design").and_then(Value::as_str).map(str::to_owned) else { return Ok(document) };
    let design = match designs::find(state.db(), &id).await {
        Ok(design) if caller.may_touch(&design.header.city) && document["city"] == design.header.city.as_str() => design,
        Ok(_) | Err(StoreError::Absent { .. }) => return Err(Failure::invalid(unknown_design(&id))),
        Err(error) => return Err(error.into()),
    };
    let Some(members) = document.as_object_mut() else { return Ok(document) };
    // Whatever else stands there is told by whoever reads the document.
    let Some(projects) = members.entry("projects").or_insert_with(|| json!([])).as_array_mut() else { return Ok(document) };
    for stored in designs::elements(state.db(), &design.id).await? {
        if let ElementDocument::Project(project) = stored.element.document
            && projects.iter().all(|known| known["code"] != project.code.as_str())
        {
            projects.push(json!(project));
        }
    }
    Ok(document)
}

fn unknown_design(id: &str) -> Fault {
    Fault::error("roadmap.unknown_design", "没有该城市的这个顶层设计", "there is no such design of this city")
        .at("/design")
        .value(id)
        .hint("请核对标识与城市", "check the identifier and the city")
}

/// The assessment and the city, which the service needs.
fn named(asked: &Roadmap) -> Result<(Id, Code), Faults> {
    let mut faults = Faults::default();
    let mut member = |key: &str, given: Option<&String>| match given {
        Some(given) => Some(given.clone()),
        None => {
            faults.push(
                Fault::error("set.missing_key", format!("缺少“{key}”"), format!("'{key}' is missing"))
                    .at("")
                    .expected(key)
                    .hint(format!("请补上“{key}”"), format!("add '{key}'")),
            );
            None
        }
    };
    let (assessment, city) = (member("assessment", asked.assessment.as_ref()), member("city", asked.city.as_ref()));
    match (assessment, city) {
        (Some(assessment), Some(city)) => {
            let assessment = serde_json::from_value(json!(assessment)).map_err(|_| malformed("/assessment", &assessment));
            let known = serde_json::from_value(json!(city)).map_err(|_| malformed("/city", &city));
            Ok((assessment?, known?))
        }
        _ => Err(faults),
    }
}

fn malformed(at: &str, value: &str) -> Faults {
    Fault::error("roadmap.malformed_code", "代码有误", "this is no code")
        .at(at)
        .value(value)
        .hint("检查代码", "check the code")
        .into()
}
