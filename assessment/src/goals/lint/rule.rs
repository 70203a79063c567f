//! The rules of the linter: code, clause, severity, and what each computes. `docs/goal-plans.md` shows the same table.

use citygauge_indicators::{Severity, Text};

/// A rule of the linter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Stable and dotted.
    pub code: &'static str,
    /// The clause of GB/T 36333-2018, such as `gbt36333-2018:7.3.3.c`.
    pub clause: &'static str,
    /// Whether a plan with such a finding is adopted only where somebody waives it.
    pub severity: Severity,
    zh: &'static str,
    en: &'static str,
}

impl Rule {
    /// What it computes.
    #[must_use]
    pub fn computes(&self) -> Text {
        Text::both(self.zh, self.en)
    }
}

macro_rules! rules {
    ($($name:ident $severity:ident $code:literal $clause:literal $zh:literal $en:literal;)+) => {
        $(pub(super) const $name: Rule = Rule {
            code: $code, clause: concat!("gbt36333-2018:", $clause), severity: Severity::$severity, zh: $zh, en: $en,
        };)+
        /// Every rule, in the order of the clauses.
        pub const RULES: &[Rule] = &[$($name),+];
    };
}

rules! {
    AREAS Warning "plan.areas_missing" "4.1.2" "有的总体目标方向没有任何目标对应" "an objective that no goal brings forward";
    NO_GREEN Warning "plan.no_green_goal" "4.2.f" "没有遵循绿色发展原则的目标" "no goal follows the principle of green development";
    LENGTH Warning "plan.period_length" "4.3" "规划期不在 3 至 5 年" "the planning period is not 3 to 5 years";
    NO_REQUIREMENT Warning "goal.no_requirement" "7.1.1" "目标及其上级均未关联需求" "neither the goal nor one above it answers a requirement";
    UNKNOWN_REQUIREMENT Error "goal.unknown_requirement" "7.1.1" "所依据的需求不在顶层设计中" "the design has no such requirement";
    NO_OVERALL Error "plan.no_overall_goal" "7.3.1" "没有总体目标" "there is no overall goal";
    NO_SUB Error "plan.no_sub_goals" "7.3.1" "总体目标没有细分目标" "an overall goal has no sub goal";
    NO_STAGE Warning "plan.no_stage_goals" "7.3.1" "没有阶段目标" "there is no stage goal";
    UNKNOWN_PARENT Error "goal.unknown_parent" "7.3.1" "上级目标不存在" "the parent is no goal of the plan";
    PARENT_LEVEL Error "goal.parent_level" "7.3.1" "总体目标有上级，或其他目标没有上级" "an overall goal has a parent, or another one has none";
    CYCLE Error "goal.parent_cycle" "7.3.1" "上下级关系成环" "goals are each other's parents";
    WEIGHTS Error "plan.weights_exceed_whole" "7.3.1" "同级目标的权重之和超过 1" "the weights of sisters add up to more than 1";
    STAGE_FIELDS Error "goal.stage_incomplete" "7.3.2" "阶段目标缺少主要任务、建设内容或建设成果" "a stage goal lacks tasks, content or results";
    NO_STATEMENT Error "goal.statement_missing" "7.3.3.a" "没有目标表述" "there is no statement";
    VAGUE Warning "goal.vague" "7.3.3.a" "表述含笼统用语" "the statement has a vague word";
    ONLY_VAGUE Error "goal.vague_without_target" "7.3.3.a" "表述含笼统用语且没有目标值" "the statement has a vague word, and there is no target";
    NO_OWNER Error "goal.owner_missing" "7.3.3.a" "没有责任单位" "nobody answers for the goal";
    NO_OUTCOME Error "goal.no_outcome" "7.3.3.a" "既无指标也无成果" "there is neither an indicator nor a deliverable";
    OTHER_SET Error "plan.other_set" "7.3.3.b" "计划与评估的指标体系不同" "plan and assessment have different sets";
    NO_BASELINE Error "plan.baseline_absent" "7.3.3.b" "评估中没有该城市的基期结果" "the assessment has no result of the city in the period of the baseline";
    UNKNOWN_NODE Error "goal.unknown_node" "7.3.3.b" "指标体系中没有该节点" "the set has no such node";
    UNKNOWN_LEVEL Error "goal.unknown_level" "7.3.3.b" "没有该等级，或该节点不评等级" "there is no such level, or none is read on the node";
    NO_TARGET Error "goal.target_missing" "7.3.3.b" "有指标而无目标值" "there is an indicator and no target";
    UNIT Error "goal.unit_differs" "7.3.3.b" "单位与指标不同或缺失" "the unit is missing or is not that of the indicator";
    NO_DATA Error "goal.no_data" "7.3.3.b" "指标没有基期数据" "the indicator has no value in the period of the baseline";
    BASELINE_MISSING Error "goal.baseline_missing" "7.3.3.b" "没有基期值" "there is no baseline";
    BASELINE_DIFFERS Error "goal.baseline_differs" "7.3.3.b" "基期值与公布值不同" "the baseline is not the published value";
    WRONG_SIDE Error "goal.wrong_side" "7.3.3.b" "目标值在基期值的不利一侧" "the target lies on the worse side of the baseline";
    BOUND Error "goal.bound_against_direction" "7.3.3.b" "上下限与指标方向相反" "the bound goes against the direction of the indicator";
    BEYOND_BOUNDS Error "goal.beyond_bounds" "7.3.3.c" "目标值超出数据项或得分的取值范围" "the target lies beyond what the data item or the score can be";
    BEYOND_SCALE Warning "goal.beyond_scale" "7.3.3.c" "目标值超过满分所需的值" "the target goes further than the full mark needs";
    NOT_BROUGHT Warning "goal.no_item_brings_it" "7.3.3.c" "没有数据项能取到使其达到目标的值" "no data item can take a value that brings the target";
    UNPRECEDENTED Error "goal.unprecedented" "7.3.3.c" "所需速度快于九成对标城市" "the rate is one that fewer than a tenth of the peers have reached";
    STRETCH Warning "goal.stretch" "7.3.3.c" "所需速度快于四分之三的对标城市" "the rate is one that fewer than a quarter of the peers have reached";
    NO_EVIDENCE Warning "goal.no_evidence" "7.3.3.c" "历史数据不足，无法判断能否达到" "there are too few histories to tell";
    NO_VISION Error "plan.no_vision" "7.3.3.d" "没有智慧化愿景" "there is no statement of the vision";
    NO_SERVICE Error "goal.serves_no_vision" "7.3.3.d" "目标未对应任何愿景" "the goal serves no statement of the vision";
    DANGLING Error "goal.unknown_statement" "7.3.3.d" "所对应的表述不存在" "a statement that it serves is not there";
    CONTRADICTION Error "goal.contradicts_plan" "7.3.3.e" "与其他规划的目标矛盾" "the goal contradicts a target of another plan";
    QUOTED_NODE Warning "plan.quoted_unknown" "7.3.3.e" "所引目标的节点不在指标体系中" "a quoted target names a node that the set does not have";
    NOT_COMPARABLE Warning "plan.not_comparable" "7.3.3.e" "另一计划属于其他城市或指标体系" "another plan is of another city or set";
    NO_DUE Error "goal.due_missing" "7.3.3.f" "没有期限" "there is no deadline";
    DUE_OUTSIDE Error "goal.due_outside_period" "7.3.3.f" "期限不在规划期内" "the deadline lies outside the planning period";
    DUE_PAST Error "goal.due_past" "7.3.3.f" "期限不晚于基期，或已经过去" "the deadline is not after the baseline, or has passed";
    PATH_ORDER Error "goal.path_order" "7.3.3.f" "路径的时期未按先后排列，或在规划之外" "the periods of the path do not follow each other from baseline to deadline";
    PATH_END Error "goal.path_end" "7.3.3.f" "路径的终点不是期限时的目标值" "the path does not end at the target by the deadline";
    PATH_WAY Warning "goal.path_turns" "7.3.3.f" "路径中途背离目标" "the path turns away from the target on its way";
    STAGE_SPAN Error "goal.stage_span" "7.3.3.f" "阶段没有起止时期，或不在规划期内" "a stage has no first and last period, or lies outside the planning period";
    STAGE_OVERLAP Error "goal.stages_overlap" "7.3.3.f" "阶段重叠" "stages overlap";
    STAGE_HOLE Warning "plan.stages_leave_a_hole" "7.3.3.f" "阶段没有首尾相接地覆盖规划期" "the stages do not follow each other through the planning period";
}
