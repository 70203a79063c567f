//! From the languages of the layers below to failures.

use actix_web::error::{PathError, PayloadError};
use citygauge_assessment::AssessmentError;
use citygauge_indicators::{Fault, Faults, Text};

use super::{Failure, words};
use crate::artifacts::ArtifactError;
use crate::assessments::kept::KeptError;
use crate::export::ExportError;
use crate::signing::SigningError;
use crate::state::EngineStopped;
use crate::store::{Clash, StoreError};

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Absent { table, key } => {
                let (zh, en) = thing(table);
                Self::Absent(Text::both(format!("没有{zh}“{key}”"), format!("there is no {en} '{key}'")))
            }
            StoreError::Conflict { table, key, clash } => {
                let (zh, en) = thing(&table);
                Self::Conflict(match clash {
                    Clash::Exists => Text::both(format!("{zh}“{key}”已经存在"), format!("the {en} '{key}' exists already")),
                    Clash::Referenced => Text::both(
                        format!("{zh}“{key}”仍被引用，或引用了不存在的内容"),
                        format!("the {en} '{key}' is referred to, or refers to something that does not exist"),
                    ),
                    Clash::WrongState => Text::both(
                        format!("{zh}“{key}”目前的状态不允许这样做"),
                        format!("the state of the {en} '{key}' does not allow this"),
                    ),
                })
            }
            StoreError::Stale { .. } => Self::Stale,
            StoreError::Unavailable(_) => Self::Unavailable(Box::new(error)),
            StoreError::Corrupt { .. } | StoreError::Internal(_) => Self::Internal(Box::new(error)),
        }
    }
}

/// What a row of a table is called in both languages.
fn thing(table: &str) -> (&'static str, &'static str) {
    match table {
        "cities" => ("城市", "city"),
        "benchmarks" => ("年度基准", "benchmark"),
        "mappings" => ("映射", "mapping"),
        "peer_groups" => ("对标组", "peer group"),
        "indicator_sets" => ("指标体系", "indicator set"),
        "imports" => ("导入", "import"),
        "observations" => ("观测值", "observation"),
        "rounds" => ("评价批次", "round"),
        "panels" => ("专家组", "panel"),
        "submissions" => ("填报单", "submission"),
        "evidence" => ("佐证材料", "evidence"),
        "releases" => ("数据版本", "release"),
        "assessments" => ("评估", "assessment"),
        "designs" => ("设计", "design"),
        "design_elements" => ("设计要素", "element"),
        "goal_plans" => ("目标计划", "goal plan"),
        "goal_plan_revisions" => ("目标计划修订", "revision of a goal plan"),
        "maps" => ("地图", "map"),
        "reports" => ("报告", "report"),
        "exports" => ("导出", "export"),
        "gap_analyses" => ("差距分析", "gap analysis"),
        "paths" => ("路径", "path"),
        "roadmaps" => ("路线图", "roadmap"),
        "uncertainty_analyses" => ("不确定性分析", "uncertainty analysis"),
        "jobs" => ("任务", "job"),
        "keys" => ("密钥", "key"),
        "validation_rules" => ("校验规则", "validation rule"),
        "waivers" => ("豁免", "waiver"),
        "webhooks" => ("网络钩子", "webhook"),
        "webhook_deliveries" => ("投递", "delivery"),
        _ => ("内容", "entry"),
    }
}

impl From<Faults> for Failure {
    fn from(faults: Faults) -> Self {
        Self::Invalid(faults)
    }
}

impl From<SigningError> for Failure {
    fn from(error: SigningError) -> Self {
        Self::Internal(Box::new(error))
    }
}

impl From<AssessmentError> for Failure {
    fn from(error: AssessmentError) -> Self {
        match error {
            AssessmentError::Refused(faults) => Self::Invalid(faults),
            other => Self::Internal(Box::new(other)),
        }
    }
}

impl From<ArtifactError> for Failure {
    fn from(error: ArtifactError) -> Self {
        match error {
            ArtifactError::TooLarge(limit_bytes) => Self::TooLarge { limit_bytes },
            ArtifactError::Failed(_) => Self::Unavailable(Box::new(error)),
            ArtifactError::Absent(digest) => Self::Artifact { digest, is_lost: true },
            ArtifactError::Damaged(digest) => Self::Artifact { digest, is_lost: false },
            ArtifactError::Misconfigured { .. } => Self::Internal(Box::new(error)),
        }
    }
}

impl From<KeptError> for Failure {
    fn from(error: KeptError) -> Self {
        match error {
            KeptError::Artifact(error) => error.into(),
            KeptError::File(_) => Self::internal(error),
        }
    }
}

impl From<ExportError> for Failure {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::TooManyRows { .. } | ExportError::TooManyColumns { .. } | ExportError::CellTooLong { .. } => {
                let code =
                    if matches!(error, ExportError::TooManyRows { .. }) { "export.too_many_rows" } else { "export.no_room" };
                Self::invalid(
                    Fault::error(code, format!("超出工作表上限：{error}"), error.to_string())
                        .hint("请改用 CSV、Arrow 或 Parquet，或加筛选条件", "ask for CSV, Arrow or Parquet, or for fewer rows"),
                )
            }
            ExportError::Source(cause) => match cause.downcast::<AssessmentError>() {
                Ok(refused) => Self::from(*refused),
                Err(cause) => Self::Internal(cause),
            },
            other => Self::Internal(Box::new(other)),
        }
    }
}

impl From<EngineStopped> for Failure {
    fn from(stopped: EngineStopped) -> Self {
        match stopped {
            EngineStopped::Busy => Self::Unavailable(Box::new(stopped)),
            EngineStopped::Panicked => Self::Internal(Box::new(stopped)),
        }
    }
}

impl From<PathError> for Failure {
    fn from(error: PathError) -> Self {
        let PathError::Deserialize(reason) = error else {
            return Self::malformed(Fault::error("path.invalid", "路径有误", "the path is malformed"));
        };
        let fault = words::fault("path.invalid", None, &reason.to_string());
        Self::malformed(fault.hint("请检查路径中的代码", "check the codes in the path"))
    }
}

impl From<PayloadError> for Failure {
    fn from(error: PayloadError) -> Self {
        Self::malformed(
            Fault::error("body.broken", "请求体未能完整读取", format!("the body could not be read to its end: {error}"))
                .hint("请重新发送", "send it again"),
        )
    }
}
