//! Everything the service remembers, on SQLite or PostgreSQL; the only place that knows the ORM.
//!
//! A function takes `&impl ConnectionTrait`, so the same one runs on [`Store::db`] or inside a
//! [`Transaction`]. It never opens a transaction of its own unless it takes a [`Store`]: whoever needs two
//! writes to happen together opens one with [`Store::begin`]. After an error the transaction is over: PostgreSQL
//! refuses every later statement in it.
//!
//! What comes back are plain values of the module (`cities::City`), never rows. Naming: `find` fails when
//! the thing is absent, `find_by_…` gives an `Option`, `page` reads in the order of a unique key, `insert`,
//! `replace` (checks the revision the caller has seen) and `remove` write.

mod connect;
mod entity;
mod error;
mod migration;
mod page;
mod pool;
mod row;
mod served;
mod session;
mod snapshot;
mod transaction;

pub mod assessments;
pub mod audit;
pub mod benchmarks;
pub mod cities;
pub mod designs;
pub mod evidence;
pub mod exports;
pub mod gap_analyses;
pub mod goal_plans;
pub mod idempotency;
pub mod imports;
pub mod indicator_sets;
pub mod jobs;
pub mod keys;
pub mod mappings;
pub mod maps;
pub mod observations;
pub mod panels;
pub mod paths;
pub mod peer_groups;
pub mod releases;
pub mod reports;
pub mod roadmaps;
pub mod rounds;
pub mod sources;
pub mod submissions;
pub mod uncertainty_analyses;
pub mod validation_rules;
pub mod waivers;
pub mod webhooks;

#[cfg(test)]
mod tests;

pub use connect::{Store, StoreOptions};
pub use error::{Clash, StoreError};
pub use migration::{Migration, MigrationState, Tables, migrations};
pub use page::Page;
pub use pool::Pool;
pub use row::Word;
pub use sea_orm::ConnectionTrait;
pub use snapshot::{Counts, Named};
pub use transaction::{Transaction, Turn};
