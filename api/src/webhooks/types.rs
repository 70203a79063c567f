//! The types of events: what each is called, what makes it, and what it says to people.
//!
//! An event is made by a line of the trail, named here by its action (`finish_import:failed` where the line's detail has
//! that `state`), or by the store, where work ends without a line (marked `-`). An action that makes no event stands in
//! [`SILENT`], with the reason; a test refuses an action that stands in neither.

use serde_json::Value;

/// A type of event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventType {
    /// Its name, `resource.past_participle`.
    pub name: &'static str,
    /// The actions of the trail that make it, parted by `|`; `-` where the store does.
    pub made_by: &'static str,
    /// What has happened, in Chinese.
    pub zh: &'static str,
    /// What has happened, in English.
    pub en: &'static str,
}

const fn of(name: &'static str, made_by: &'static str, zh: &'static str, en: &'static str) -> EventType {
    EventType { name, made_by, zh, en }
}

/// The event with which a webhook is tried; it is sent to that webhook alone.
pub const PING: &str = "webhook.pinged";

/// Every type, by resource.
pub const TYPES: &[EventType] = &[
    of("assessment.created", "create_assessment", "已申请评估", "an assessment was asked for"),
    of("assessment.succeeded", "compute_assessment", "评估已完成", "an assessment was computed"),
    of("assessment.failed", "-", "评估失败", "an assessment failed"),
    of("assessment.cancelled", "-", "评估已取消", "an assessment was cancelled"),
    of("benchmark.created", "create_benchmark", "已建立年度基准", "a benchmark was made"),
    of("benchmark.changed", "replace_benchmark", "年度基准已更改", "a benchmark was changed"),
    of("benchmark.removed", "remove_benchmark", "年度基准已删除", "a benchmark was removed"),
    of("city.created", "create_city|adopt_city", "已登记城市", "a city was registered"),
    of("city.changed", "replace_city", "城市已更改", "a city was changed"),
    of("city.removed", "remove_city", "城市已删除", "a city was removed"),
    of("design.created", "create_design", "已建立设计", "a design was made"),
    of("design.changed", "update_design", "设计已更改", "the head of a design was changed"),
    of(
        "design.dossier_replaced",
        "replace_design_dossier|put_design_elements",
        "设计的多个要素已更改",
        "several elements of a design were changed",
    ),
    of("design_element.created", "create_design_element", "已建立设计要素", "an element of a design was made"),
    of("design_element.changed", "replace_design_element", "设计要素已更改", "an element of a design was changed"),
    of("design_element.removed", "remove_design_element", "设计要素已删除", "an element of a design was removed"),
    of("design_element.confirmed", "confirm_design_element", "设计要素已复核", "an element of a design was re-checked"),
    of("embed.created", "create_embed", "已申请嵌入视图", "a view was to be shown in other pages"),
    of("evidence.attached", "attach_evidence", "已附佐证材料", "evidence was attached"),
    of("evidence.withdrawn", "withdraw_evidence", "佐证材料已撤回", "evidence was withdrawn"),
    of("export.created", "create_export", "已申请导出", "an export was asked for"),
    of("export.succeeded", "write_export", "导出文件已就绪", "the file of an export is there"),
    of("export.removed", "remove_export", "导出已删除", "an export was removed"),
    of("gap_analysis.created", "create_gap_analysis", "已完成差距分析", "a gap analysis was made"),
    of("goal_plan.created", "create_goal_plan", "已建立目标方案", "a goal plan was made"),
    of("goal_plan.changed", "replace_goal_plan", "目标方案草案已更改", "the draft of a goal plan was changed"),
    of("goal_plan.adopted", "adopt_goal_plan", "目标方案已通过", "a goal plan was adopted"),
    of("goal_plan.revised", "revise_goal_plan", "目标方案已修订", "a goal plan was revised"),
    of("goal_plan.removed", "remove_goal_plan", "目标方案草案已删除", "the draft of a goal plan was removed"),
    of("import.created", "create_import", "已收到导入", "an import was taken in"),
    of("import.succeeded", "finish_import:succeeded", "导入已完成", "an import was done"),
    of("import.partially_succeeded", "finish_import:partial", "导入部分完成", "an import was done but for its faulty rows"),
    of("import.failed", "finish_import:failed", "导入失败", "an import failed"),
    of("import.cancelled", "-", "导入已取消", "an import was cancelled"),
    of(
        "indicator_set.created",
        "create_indicator_set|overlay_indicator_set",
        "已建立指标体系草稿",
        "a draft of an indicator set was made",
    ),
    of("indicator_set.changed", "replace_indicator_set", "指标体系草稿已更改", "a draft of an indicator set was changed"),
    of("indicator_set.published", "publish_indicator_set", "指标体系已发布", "an indicator set was published"),
    of("indicator_set.retired", "retire_indicator_set", "指标体系已停用", "an indicator set was retired"),
    of("indicator_set.removed", "remove_indicator_set", "指标体系草稿已删除", "a draft of an indicator set was removed"),
    of("job.failed", "-", "任务失败", "a job failed"),
    of("job.cancelled", "-", "任务已取消", "a job was cancelled"),
    of("map.created", "create_map", "已上传地图", "a map was uploaded"),
    of("map.changed", "replace_map", "地图已更改", "a map was changed"),
    of("map.removed", "remove_map", "地图已删除", "a map was removed"),
    of("mapping.created", "create_mapping", "已建立映射", "a mapping was made"),
    of("mapping.changed", "replace_mapping", "映射已更改", "a mapping was changed"),
    of("mapping.removed", "remove_mapping", "映射已删除", "a mapping was removed"),
    of("observation.reported", "report_observation", "已填报一个观测值", "an observation was reported by itself"),
    of("observation.corrected", "correct_observation", "已更正一个观测值", "an observation was corrected by itself"),
    of("observation.rejected", "reject_observation", "一个观测值被退审", "an observation was rejected"),
    of("panel.created", "create_panel", "已建立专家组", "a panel was made"),
    of("panel.changed", "replace_panel", "专家组已更改", "a panel was changed"),
    of("panel.scored", "score_panel", "专家已打分", "an expert has scored for a panel"),
    of("panel.closed", "close_panel", "专家组已关闭", "a panel was closed"),
    of("panel.reopened", "reopen_panel", "专家组已重开", "a panel was opened again"),
    of("path.created", "create_path", "已求得路径", "a least-effort path was found"),
    of("peer_group.created", "create_peer_group", "已建立对标组", "a peer group was made"),
    of("peer_group.changed", "replace_peer_group", "对标组已更改", "a peer group was changed"),
    of("peer_group.removed", "remove_peer_group", "对标组已删除", "a peer group was removed"),
    of("release.requested", "request_release", "已申请数据版本", "a release was asked for; its path is that of the job"),
    of("release.uploaded", "upload_release", "已上传数据版本文件", "a file was sent as a release; its path is that of the job"),
    of("release.created", "create_release", "数据版本已冻结", "a release was frozen"),
    of("report.created", "create_report", "已申请报告", "a report was asked for"),
    of("report.succeeded", "write_report", "报告已生成", "the file of a report is there"),
    of("report.removed", "remove_report", "报告已删除", "a report was removed"),
    of("roadmap.created", "create_roadmap", "已编排路线图", "a roadmap was scheduled"),
    of("roadmap.removed", "remove_roadmap", "路线图已删除", "a roadmap was removed"),
    of("round.created", "create_round", "已建立评价批次", "a round was made"),
    of("round.changed", "replace_round", "评价批次已更改", "a round was changed"),
    of("round.opened", "open_round", "评价批次已开放填报", "a round was opened"),
    of("round.closed", "close_round", "评价批次已停止填报", "a round was closed"),
    of("round.published", "publish_round", "评价批次已发布", "a round was published"),
    of("round.removed", "remove_round", "评价批次已删除", "a round was removed"),
    of("source.created", "create_source", "已建立数据源", "a source was made"),
    of("source.changed", "replace_source", "数据源已更改", "a source was changed"),
    of("source.removed", "remove_source", "数据源已删除", "a source was removed"),
    of("source_run.created", "run_source", "数据源开始运行", "a run of a source was begun"),
    of("source_run.unchanged", "finish_source_run:unchanged", "数据源没有变化", "a run found nothing new"),
    of("source_run.imported", "-", "数据源内容已导入", "what a run fetched was imported"),
    of("source_run.validated", "-", "数据源内容已检查", "what a run fetched was checked"),
    of("source_run.refused", "finish_source_run:refused", "数据源内容不可接受", "what a run fetched cannot be taken"),
    of("source_run.failed", "finish_source_run:failed", "数据源运行失败", "a run of a source failed"),
    of("source_run.skipped", "-", "数据源运行被跳过", "a run was due while another was unfinished"),
    of("source_run.cancelled", "-", "数据源运行已取消", "a run of a source was cancelled"),
    of("submission.submitted", "submit_submission", "填报单已提交", "a submission was submitted"),
    of("submission.returned", "return_submission", "填报单被退回", "a submission was returned"),
    of("submission.accepted", "accept_submission", "填报单已由城市接受", "a submission was accepted by its city"),
    of("submission.reviewed", "review_submission", "填报单已由省级审核", "a submission was reviewed by the province"),
    of("submission.verified", "verify_submission", "填报单已核验", "a submission was verified"),
    of("submission.announced", "announce_submission", "填报单结果已公示", "the result of a submission was announced"),
    of("submission.objected", "object_submission", "城市提出异议", "a city objected to a submission's result"),
    of("submission.upheld", "uphold_submission", "异议成立", "an objection was upheld"),
    of("submission.dismissed", "dismiss_submission", "异议被驳回", "an objection was dismissed"),
    of("submission.finalised", "finalise_submission", "填报单已定稿", "a submission is final"),
    of(
        "uncertainty_analysis.created",
        "create_uncertainty_analysis",
        "已申请不确定性分析",
        "an uncertainty analysis was asked for",
    ),
    of(
        "uncertainty_analysis.succeeded",
        "compute_uncertainty_analysis",
        "不确定性分析已完成",
        "an uncertainty analysis was computed",
    ),
    of("uncertainty_analysis.failed", "-", "不确定性分析失败", "an uncertainty analysis failed"),
    of("uncertainty_analysis.cancelled", "-", "不确定性分析已取消", "an uncertainty analysis was cancelled"),
    of("validation_rule.created", "create_validation_rule", "已建立校验规则", "a validation rule was made"),
    of("validation_rule.changed", "replace_validation_rule", "校验规则已更改", "a validation rule was changed"),
    of("validation_rule.removed", "remove_validation_rule", "校验规则已删除", "a validation rule was removed"),
    of("waiver.created", "create_waiver", "已给予豁免", "a waiver was given"),
    of("waiver.withdrawn", "withdraw_waiver", "豁免已撤回", "a waiver was withdrawn"),
    of("webhook.disabled", "disable_webhook", "网络钩子已被停用", "a webhook was disabled by the service"),
];

/// Actions that make no event.
pub const SILENT: &[&str] = &[
    // Who has access is for administrators, who have the trail.
    "create_key",
    "revoke_key",
    // What becomes of the job has its own event.
    "cancel_job",
    // A webhook is not told of itself.
    "create_webhook",
    "replace_webhook",
    "remove_webhook",
    "rotate_webhook_secret",
    "ping_webhook",
    "replay_webhook",
    "redeliver_webhook_delivery",
    // It concerns those who run the service, who have the trail.
    "upgrade_database",
    // Whoever takes a file with them has changed nothing.
    "download_audit_events",
    "download_bundle",
    "download_export",
    "download_release",
    "download_report",
];

/// The type of event that a line of the trail makes.
pub fn made_by(action: &str, detail: &Value) -> Option<&'static EventType> {
    TYPES.iter().find(|kind| {
        kind.made_by.split('|').any(|made_by| match made_by.split_once(':') {
            Some((name, state)) => name == action && detail["state"] == state,
            None => made_by == action,
        })
    })
}

/// What of a line's detail an event repeats: words that tell what it is about, never a value, a reason or a comment.
const TOLD: [&str; 5] = ["state", "city", "set", "assessment", "round"];

/// The facts of an event about something: its path below the API's root, and what else tells what it is.
pub fn facts(subject: &str, detail: &Value) -> Value {
    let mut facts = serde_json::Map::new();
    facts.insert("path".to_owned(), subject.into());
    for name in TOLD {
        if let Some(told) = detail.get(name).filter(|told| !told.is_null()) {
            facts.insert(name.to_owned(), told.clone());
        }
    }
    Value::Object(facts)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use serde_json::json;

    use super::*;
    use crate::rounds::transitions;
    use crate::store::Word;

    /// The actions that a source file leaves in the trail: the names in its calls and those that are chosen before them, or
    /// else every name that could be one.
    fn actions(text: &str) -> BTreeSet<String> {
        let text = text.split("#[cfg(test)]").next().unwrap_or_default();
        let calls =
            text.match_indices("trail(").map(|(at, _)| &text[at..text[at..].find(".await").map_or(text.len(), |end| at + end)]);
        let choices = text.lines().filter(|line| line.contains("action"));
        let found = names(calls.chain(choices));
        if found.is_empty() { names(text.lines()) } else { found }
    }

    /// What stands in quotes and reads as an action.
    fn names<'t>(parts: impl Iterator<Item = &'t str>) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for part in parts {
            for name in part.split('"').skip(1).step_by(2) {
                let verb_and_noun =
                    name.split('_').count() > 1 && name.bytes().all(|byte| byte == b'_' || byte.is_ascii_lowercase());
                if verb_and_noun && VERBS.iter().any(|verb| name.starts_with(&format!("{verb}_"))) {
                    found.insert(name.to_owned());
                }
            }
        }
        found
    }

    /// The first words of actions; what a call says with another one is found by `every_call_is_understood`.
    const VERBS: &[&str] = &[
        "adopt",
        "attach",
        "cancel",
        "close",
        "compute",
        "confirm",
        "correct",
        "create",
        "disable",
        "download",
        "finish",
        "open",
        "overlay",
        "ping",
        "publish",
        "put",
        "redeliver",
        "reject",
        "remove",
        "reopen",
        "replace",
        "replay",
        "report",
        "request",
        "retire",
        "revise",
        "revoke",
        "rotate",
        "run",
        "score",
        "update",
        "upgrade",
        "upload",
        "withdraw",
        "write",
    ];

    fn sources(folder: &Path, found: &mut Vec<(String, String)>) {
        for entry in fs::read_dir(folder).expect("the sources are there") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                sources(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") && !path.ends_with("tests.rs") {
                let text = fs::read_to_string(&path).expect("a source");
                if (text.contains("trail(") || text.contains("told("))
                    && !path.ends_with("write.rs")
                    && !path.ends_with("webhooks/types.rs")
                {
                    found.push((path.display().to_string(), text));
                }
            }
        }
    }

    fn all_sources() -> Vec<(String, String)> {
        let mut found = Vec::new();
        sources(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")), &mut found);
        assert!(found.len() > 50, "{}", found.len());
        found
    }

    fn known() -> BTreeSet<String> {
        let made =
            TYPES.iter().flat_map(|kind| kind.made_by.split('|')).map(|made_by| made_by.split(':').next().unwrap_or_default());
        made.filter(|action| *action != "-").chain(SILENT.iter().copied()).map(str::to_owned).collect()
    }

    #[test]
    fn every_action_of_the_trail_makes_an_event_or_is_silent_for_a_reason() {
        let mut left: BTreeSet<String> = all_sources().iter().flat_map(|(_, text)| actions(text)).collect();
        left.extend(transitions::TABLE.iter().map(|line| format!("{}_submission", line.action.as_str())));
        let known = known();
        let strange: Vec<_> = left.difference(&known).collect();
        assert!(strange.is_empty(), "give these a line in TYPES or in SILENT: {strange:?}");
        let gone: Vec<_> = known.difference(&left).collect();
        assert!(gone.is_empty(), "nothing leaves these in the trail any more: {gone:?}");
    }

    #[test]
    fn every_call_is_understood() {
        for (file, text) in all_sources() {
            let calls = text.contains("trail(transaction") || text.contains("trail(&transaction");
            assert!(!calls || !actions(&text).is_empty() || text.contains("_submission\""), "no action is found in {file}");
        }
    }

    #[test]
    fn names_are_unique_in_order_and_in_both_languages() {
        let names: Vec<&str> = TYPES.iter().map(|kind| kind.name).collect();
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
        let resources: Vec<&str> = names.iter().filter_map(|name| Some(name.split_once('.')?.0)).collect();
        assert!(resources.len() == names.len() && resources.is_sorted(), "{resources:?}");
        assert!(TYPES.iter().all(|kind| !kind.zh.is_empty() && !kind.en.is_empty() && kind.zh != kind.en));
    }

    #[test]
    fn a_line_with_a_state_makes_the_event_of_that_state() {
        let name = |state| made_by("finish_import", &json!({ "state": state })).map(|kind| kind.name);
        assert_eq!([name("succeeded"), name("failed"), name("x")], [Some("import.succeeded"), Some("import.failed"), None]);
        assert_eq!(made_by("create_key", &json!({})), None);
    }

    #[test]
    fn an_event_tells_no_value_and_no_reason() {
        let detail = json!({"city": "a", "reason": "secret", "from": {"url": "x"}, "state": null});
        assert_eq!(facts("cities/a", &detail), json!({"path": "cities/a", "city": "a"}));
    }
}
