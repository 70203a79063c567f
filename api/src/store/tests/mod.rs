//! The store on real, migrated databases: SQLite always, PostgreSQL when `CITYGAUGE_TEST_DATABASE_URL` is set.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod assessments;
mod goal_plans;
mod harness;
mod imports;
mod jobs;
mod observations;
mod pool;
mod registers;
mod schema;
mod sources;
mod trail;
mod validation;
mod webhooks;
