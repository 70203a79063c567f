//! The tables as the migrations left them, one file each.
//!
//! Rows stay inside the store; its modules turn them into values of their own.

pub(super) mod assessment;
pub(super) mod audit_event;
pub(super) mod benchmark;
pub(super) mod city;
pub(super) mod city_alias;
pub(super) mod city_attribute;
pub(super) mod design;
pub(super) mod design_element;
pub(super) mod design_event;
pub(super) mod evidence;
pub(super) mod export;
pub(super) mod gap_analysis;
pub(super) mod goal_plan;
pub(super) mod goal_plan_revision;
pub(super) mod idempotency_key;
pub(super) mod import;
pub(super) mod import_fault;
pub(super) mod indicator_set;
pub(super) mod job;
pub(super) mod key;
pub(super) mod map;
pub(super) mod mapping;
pub(super) mod observation;
pub(super) mod panel;
pub(super) mod panel_expert;
pub(super) mod panel_score;
pub(super) mod path;
pub(super) mod peer_group;
pub(super) mod peer_group_city;
pub(super) mod release;
pub(super) mod report;
pub(super) mod roadmap;
pub(super) mod round;
pub(super) mod source;
pub(super) mod source_run;
pub(super) mod submission;
pub(super) mod submission_event;
pub(super) mod uncertainty_analysis;
pub(super) mod validation_rule;
pub(super) mod waiver;
pub(super) mod webhook;
pub(super) mod webhook_delivery;
pub(super) mod webhook_event;
