//! The contract of the service: what goes over the wire, and a small client that speaks it.
//!
//! One file is one resource. The types here are what a client sees; the conversions to and from the
//! vocabulary of [`citygauge_indicators`] stand beside them, those to the tables in the service's store.
//! `openapi.json` beside this crate is the same contract for everybody else: `citygauge openapi` writes it,
//! and a test refuses a difference.

pub mod client;
mod day;
mod document;
mod fault;
mod page;
mod problem;
mod text;
mod weight;

mod assessment;
mod audit_event;
mod benchmark;
mod city;
mod city_code;
mod design;
mod embed;
mod evaluate;
mod evidence;
mod explain;
mod export;
mod gap_analysis;
mod goal_plan;
mod goal_plan_proposal;
mod health;
mod import;
mod indicator_set;
mod job;
mod key;
mod map;
mod mapping;
mod observation;
mod panel;
mod path;
mod peer_group;
mod release;
mod report;
mod roadmap;
mod round;
mod set_diff;
mod signing_key;
mod source;
mod source_kind;
mod statistics;
mod submission;
mod uncertainty;
mod validation;
mod webhook;
mod what_if;
mod years;

pub use assessment::{
    Assessment, AssessmentPage, AssessmentSummary, CardNode, Cohort, EveryCity, LevelCount, NewAssessment, RankedCity, Ranking,
    ScoreCard, ScoreRow, Scores, SupersededAssessment,
};
pub use audit_event::{AuditCheckpoint, AuditEvent, AuditEventPage};
pub use benchmark::{
    Benchmark, BenchmarkBin, BenchmarkBreak, BenchmarkBreaks, BenchmarkBridge, BenchmarkCompared, BenchmarkComparedCity,
    BenchmarkComparison, BenchmarkCrossing, BenchmarkCrosswalk, BenchmarkDifference, BenchmarkDistribution,
    BenchmarkDistributions, BenchmarkEdition, BenchmarkMove, BenchmarkMovers, BenchmarkPage, BenchmarkPoint, BenchmarkProfile,
    BenchmarkRelation, BenchmarkSeries,
};
pub use city::{City, CityAlias, CityAliasKind, CityAttribute, CityAttributes, CityPage, CityProfile};
pub use city_code::{AdoptedCities, CityAdoption, CityCode, CityCodePage, CodeScheme};
pub use day::Day;
pub use design::{
    BusinessArchitecture, BusinessBranch, ClauseJudgement, ClauseProof, Conformance, ConformanceCounts, Design, DesignElement,
    DesignElementEvent, DesignElementEventAction, DesignElementHistory, DesignElementPage, DesignImport, DesignPage,
    DesignRecheck, DesignTrace, DesignTraceEdge, DesignTraceNode, ElementMark, ElementRechecked, ElementToRecheck,
};
pub use document::{base, set_json_schema};
pub use embed::{Embed, NewEmbed};
pub use evaluate::{Evaluation, EvaluationCity, EvaluationRequest};
pub use evidence::{Evidence, EvidenceList};
pub use explain::{ExplainedFilling, ExplainedItem, ExplainedLeaf, ExplainedNode, ExplainedOperation, Explanation};
pub use export::{Export, ExportFormat, ExportPage, NewExport};
pub use fault::{Fault, Severity};
pub use gap_analysis::{
    GapAnalysis, GapAnalysisPage, GapDirection, GapOutput, GapRateOf, GapRequirement, GapRequirementOrigin, GapRequirements,
    GapRow, GapRule, NewGapAnalysis, Verdict,
};
pub use goal_plan::{
    FormerTarget, GoalFinding, GoalFindingWaiver, GoalPlan, GoalPlanAdoption, GoalPlanMonitoring, GoalPlanPage, GoalPlanReport,
    GoalPlanRevision, GoalPlanRevisionPage, GoalPlanState, GoalPlanToLint, GoalRates, MonitoredGoal, NewGoalPlanRevision,
};
pub use goal_plan_proposal::{GivenTarget, GoalPlanProposal, NewGoalPlanProposal, ProposedTarget, UnmovedIndicator};
pub use health::{Health, Readiness};
pub use import::{
    CityScore, FaultPage, Import, ImportFaults, ImportKind, ImportMode, ImportPage, ImportScoreChange, ImportScoreChanges,
    ImportShape, OnFault,
};
pub use indicator_set::{
    CatalogEntry, CatalogPage, IndicatorSet, IndicatorSetPage, IndicatorSetSummary, SetAncestor, SetBasis, SetCheck, SetRef,
    SetState, SetUsed,
};
pub use job::{Job, JobPage, WorkState};
pub use key::{IssuedKey, Key, KeyPage, NewKey, Role};
pub use map::{Map, MapPage};
pub use mapping::{
    CityBy, DecimalMark, Delimiter, Factor, MappedItem, MappedPeriod, Mapping, MappingCheck, MappingDocument, MappingPage,
    NumberRules, Percent, Thousands, UsedMapping,
};
pub use observation::{
    Observation, ObservationHistory, ObservationInput, ObservationPage, ObservationProvider, ObservationRejection,
    ObservationReport, ObservationStatus, ObservationValue, QualityGrade,
};
pub use page::{BadCursor, Cursor};
pub use panel::{
    NewPanelScore, NewPanelScores, Panel, PanelClosed, PanelClosing, PanelCompleteness, PanelExpert, PanelGap, PanelMember,
    PanelPage, PanelProfile, PanelProgress, PanelReopening, PanelResult, PanelResults, PanelScale, PanelScore, PanelScorePage,
    PanelScored, PanelState,
};
pub use path::{
    NewPath, Path, PathBasis, PathBound, PathChange, PathCost, PathGain, PathLimits, PathMinimise, PathOutcome, PathPage,
    PathPlace, PathPoint, PathStep, PathUnmoved,
};
pub use peer_group::{
    AttributeCondition, MissingItems, NearestRule, PeerGroup, PeerGroupCities, PeerGroupKind, PeerGroupMember, PeerGroupPage,
    PeerGroupProfile,
};
pub use problem::Problem;
pub use release::{NewRelease, Release, ReleasePage};
pub use report::{NewReport, Report, ReportFormat, ReportLanguage, ReportPage};
pub use roadmap::{
    Roadmap, RoadmapEntry, RoadmapExpectation, RoadmapIndicator, RoadmapPage, RoadmapPlan, RoadmapProject, RoadmapReason,
    RoadmapShrunk, RoadmapSpend, RoadmapStageGoal, RoadmapYear,
};
pub use round::{
    ClassCities, Completeness, CompletenessBy, CompletenessRow, Round, RoundClass, RoundClassShown, RoundDepartment, RoundPage,
    RoundProfile, RoundPublication, RoundRankedCity, RoundRanking, RoundRankingPart, RoundState, RoundVisibility,
    SubmissionCount,
};
pub use set_diff::{
    SetChange, SetChangeKind, SetDiff, SetOverlay, SetOverlayAdditions, SetOverlayChanges, SetOverlayRemovals, SetSubject,
};
pub use signing_key::SigningKey;
pub use source::{
    Source, SourceAttempt, SourceAttemptOutcome, SourceImport, SourcePage, SourceProfile, SourceRun, SourceRunPage,
    SourceRunState, SourceRunTrigger, SourceSchedule,
};
pub use source_kind::{SdmxVersion, SourceFormat, SourceKind};
pub use statistics::{
    Statistics, StatisticsAvailability, StatisticsBalance, StatisticsConsistency, StatisticsCorrelation, StatisticsLoading,
    StatisticsOfIndicator, StatisticsScreened, StatisticsStanding, StatisticsTable,
};
pub use submission::{
    Submission, SubmissionAction, SubmissionEvent, SubmissionEventPage, SubmissionPage, SubmissionState, SubmissionTransition,
};
pub use text::{Address, BadText, Code, Digest, Id, Line, Moment, Note, PeriodCode, path_segment};
pub use uncertainty::{
    NewUncertaintyAnalysis, UncertaintyAnalysis, UncertaintyAnalysisPage, UncertaintyChoice, UncertaintyCity, UncertaintyDrawn,
    UncertaintyParameters, UncertaintyRank, UncertaintyRows, UncertaintyScoring, UncertaintySensitivity, UncertaintySummary,
    UncertaintyTable,
};
pub use validation::{
    FindingWaiver, NewWaiver, RuleFinding, RuleFindingPage, RuleHome, ServiceRule, ServiceRuleDocument, ServiceRulePage, Waiver,
    WaiverPage,
};
pub use webhook::{
    Webhook, WebhookAttempt, WebhookDelivery, WebhookDeliveryPage, WebhookDeliveryState, WebhookDisabledReason, WebhookEventType,
    WebhookEventTypes, WebhookHealth, WebhookMessage, WebhookPage, WebhookProfile, WebhookReplay, WebhookReplayed,
    WebhookWithSecret,
};
pub use weight::{WeightDerivation, WeightRow, WeightStatistic, Weights};
pub use what_if::{NewWhatIf, WhatIf, WhatIfChange, WhatIfFits, WhatIfRequest, WhatIfRow, WhatIfSummary};
pub use years::{AssessmentDiff, ChildContribution, Frequency, ScoreChange, TrendRow, Trends};

/// The media type of a problem document.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// Where every resource lives.
pub const API_ROOT: &str = "/api/v1";
