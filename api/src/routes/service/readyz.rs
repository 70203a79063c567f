use actix_web::{get, web};
use citygauge_indicators::{Fault, Faults};
use citygauge_openapi as wire;
use futures_util::join;
use tracing::warn;

use crate::answer::Answer;
use crate::error::{Failure, OpenProblems};
use crate::state::State;

/// Whether requests will be answered.
///
/// A load balancer sends requests elsewhere while this answers 503; `errors` then names each part that does not work: `ready.database`,
/// `ready.objects`, `ready.jobs`, `ready.stopping`.
#[utoipa::path(tag = "service", responses((status = 200, description = "They will", body = wire::Readiness), OpenProblems))]
#[get("/readyz")]
pub async fn readyz(state: web::Data<State>) -> Result<Answer, Failure> {
    let (database, objects) = join!(state.store().ping(), state.artifacts().ping());
    let jobs = state.is_working();
    let mut faults = Faults::default();
    if let Err(error) = &database {
        // What the database says may name addresses, which are for the log.
        warn!("the database does not answer: {error}");
        faults.push(
            Fault::error("ready.database", "数据库没有应答", "the database does not answer")
                .hint("检查 database.url 和数据库服务", "check database.url and the database"),
        );
    }
    if let Err(error) = &objects {
        warn!("the artifact store does not answer: {error}");
        faults.push(Fault::error("ready.objects", "产物存储不可用", "the artifact store cannot be used").hint(
            "检查 objects 的设置及其权限，原因见日志",
            "check the settings of objects and the permissions; the log says why",
        ));
    }
    if state.is_stopping() {
        faults.push(
            Fault::error("ready.stopping", "服务正在停止", "the service is stopping")
                .hint("请将请求发往其他副本", "send requests to another replica"),
        );
    } else if !jobs {
        faults.push(
            Fault::error("ready.jobs", "任务线程没有运行", "the workers are not running")
                .hint("服务正在启动或停止；若持续如此请查看日志", "the service starts or stops; if it stays so, see the log"),
        );
    }
    if faults.is_empty() {
        Ok(Answer::ok(&wire::Readiness { ready: true, database: true, objects: true, jobs }))
    } else {
        Err(Failure::NotReady(faults))
    }
}
