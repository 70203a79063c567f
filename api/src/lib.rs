//! The service and the `citygauge` command: everything that touches the world.
//!
//! [`service::Service`] runs it; [`app`] lists what is served, [`routes`] holds one file per operation,
//! [`store`] remembers, [`jobs`] does what takes long, [`intake`] reads files, [`outbound`] fetches them, [`export`] writes them, and [`authoring`] makes workbooks of sets.

pub mod adoption;
pub mod annotated;
pub mod answer;
pub mod answers;
pub mod app;
pub mod artifacts;
pub mod assessments;
pub mod audit;
pub mod auth;
pub mod authoring;
pub mod backup;
pub mod benchmarks;
pub mod bundle;
pub mod charts;
pub mod clock;
pub mod collection;
pub mod commands;
pub mod config;
pub mod connections;
pub mod dashboard;
pub mod demo;
pub mod designs;
pub mod embeds;
pub mod envelope;
pub mod error;
pub mod evidence;
pub mod export;
pub mod extract;
pub mod faults;
pub mod gaps;
pub mod goal_plans;
pub mod intake;
pub mod integrity;
pub mod jobs;
pub mod keys;
pub mod limits;
pub mod maps;
pub mod metrics;
pub mod negotiate;
pub mod outbound;
pub mod panels;
pub mod peers;
pub mod release;
pub mod reports;
pub mod results;
pub mod roadmaps;
pub mod rounds;
pub mod routes;
pub mod schedule;
pub mod service;
pub mod sets;
pub mod signing;
pub mod state;
pub mod statistics;
pub mod store;
pub mod tables;
pub mod telemetry;
pub mod templates;
pub mod throttle;
pub mod tls;
pub mod upgrade;
pub mod validation;
pub mod verdicts;
pub mod webhooks;
pub mod what_if;
pub mod write;

#[cfg(test)]
mod testing;
