//! The history of CityGauge's database schema, for SQLite and PostgreSQL alike.
//!
//! One file is one migration, and the order of [`Migrator::migrations`] is the order they run in.
//! A released migration is never edited: a later one adds, moves the rows over, and a still later one
//! removes, so that the previous version of the service keeps working while the next one starts.
//! There is no way back down; a backup is.
//!
//! Every migration runs in a transaction. SQLite needs to be asked for it, hence `use_transaction`.

use sea_orm_migration::prelude::*;
pub use sea_orm_migration::{MigrationStatus, MigratorTrait};

mod columns;
mod m20261122_000001_create_cities;
mod m20261122_000002_create_peer_groups;
mod m20261122_000003_create_indicator_sets;
mod m20261122_000004_create_jobs;
mod m20261122_000005_create_imports;
mod m20261122_000006_create_observations;
mod m20261122_000007_create_releases;
mod m20261122_000008_create_assessments;
mod m20261122_000009_create_gap_analyses;
mod m20261122_000010_create_keys;
mod m20261122_000011_create_audit_events;
mod m20261122_000012_create_idempotency_keys;
mod m20261122_000013_create_uncertainty_analyses;
mod m20261128_000014_add_provenance;
mod m20261128_000015_create_mappings;
mod m20261128_000016_create_validation_rules;
mod m20261128_000017_create_waivers;
mod m20261128_000018_scope_keys;
mod m20261128_000019_create_rounds;
mod m20261128_000020_create_evidence;
mod m20261128_000021_create_sources;
mod m20261128_000022_create_source_runs;
mod m20261128_000023_create_city_aliases;
mod m20261128_000024_create_city_attributes;
mod m20261128_000025_define_peer_groups;
mod m20261128_000026_create_panels;
mod m20261128_000028_add_score_changes;
mod m20261128_000031_create_paths;
mod m20261128_000032_create_goal_plans;
mod m20261128_000033_create_goal_plan_revisions;
mod m20261128_000034_create_designs;
mod m20261128_000035_create_design_elements;
mod m20261128_000036_create_design_events;
mod m20261128_000037_create_roadmaps;
mod m20261129_000038_create_benchmarks;
mod m20261129_000039_add_supersedes;
mod m20261129_000042_create_webhooks;
mod m20261129_000043_create_webhook_events;
mod m20261129_000044_create_webhook_deliveries;
mod m20261129_000045_add_round_classes;
mod m20261129_000046_add_round_visibility;
mod m20261129_000049_add_request_of_job;
mod m20261129_000050_add_uploaded_releases;
mod m20261129_000051_create_exports;
mod m20261130_000052_create_maps;
mod m20261130_000053_create_reports;
mod m20261130_000054_chain_audit_events;
mod m20261130_000055_limit_keys;

/// Brings a database to the schema this version of the service expects.
#[derive(Debug, Clone, Copy)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261122_000001_create_cities::Migration),
            Box::new(m20261122_000002_create_peer_groups::Migration),
            Box::new(m20261122_000003_create_indicator_sets::Migration),
            Box::new(m20261122_000004_create_jobs::Migration),
            Box::new(m20261122_000005_create_imports::Migration),
            Box::new(m20261122_000006_create_observations::Migration),
            Box::new(m20261122_000007_create_releases::Migration),
            Box::new(m20261122_000008_create_assessments::Migration),
            Box::new(m20261122_000009_create_gap_analyses::Migration),
            Box::new(m20261122_000010_create_keys::Migration),
            Box::new(m20261122_000011_create_audit_events::Migration),
            Box::new(m20261122_000012_create_idempotency_keys::Migration),
            Box::new(m20261122_000013_create_uncertainty_analyses::Migration),
            Box::new(m20261128_000014_add_provenance::Migration),
            Box::new(m20261128_000015_create_mappings::Migration),
            Box::new(m20261128_000016_create_validation_rules::Migration),
            Box::new(m20261128_000017_create_waivers::Migration),
            Box::new(m20261128_000018_scope_keys::Migration),
            Box::new(m20261128_000019_create_rounds::Migration),
            Box::new(m20261128_000020_create_evidence::Migration),
            Box::new(m20261128_000021_create_sources::Migration),
            Box::new(m20261128_000022_create_source_runs::Migration),
            Box::new(m20261128_000023_create_city_aliases::Migration),
            Box::new(m20261128_000024_create_city_attributes::Migration),
            Box::new(m20261128_000025_define_peer_groups::Migration),
            Box::new(m20261128_000026_create_panels::Migration),
            Box::new(m20261128_000028_add_score_changes::Migration),
            Box::new(m20261128_000031_create_paths::Migration),
            Box::new(m20261128_000032_create_goal_plans::Migration),
            Box::new(m20261128_000033_create_goal_plan_revisions::Migration),
            Box::new(m20261128_000034_create_designs::Migration),
            Box::new(m20261128_000035_create_design_elements::Migration),
            Box::new(m20261128_000036_create_design_events::Migration),
            Box::new(m20261128_000037_create_roadmaps::Migration),
            Box::new(m20261129_000038_create_benchmarks::Migration),
            Box::new(m20261129_000039_add_supersedes::Migration),
            Box::new(m20261129_000042_create_webhooks::Migration),
            Box::new(m20261129_000043_create_webhook_events::Migration),
            Box::new(m20261129_000044_create_webhook_deliveries::Migration),
            Box::new(m20261129_000045_add_round_classes::Migration),
            Box::new(m20261129_000046_add_round_visibility::Migration),
            Box::new(m20261129_000049_add_request_of_job::Migration),
            Box::new(m20261129_000050_add_uploaded_releases::Migration),
            Box::new(m20261129_000051_create_exports::Migration),
            Box::new(m20261130_000052_create_maps::Migration),
            Box::new(m20261130_000053_create_reports::Migration),
            Box::new(m20261130_000054_chain_audit_events::Migration),
            Box::new(m20261130_000055_limit_keys::Migration),
        ]
    }
}
