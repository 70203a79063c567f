//! What other tools give for the same data: results of COINr, of R and of numpy, which lie beside the repository.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod aggregation;
mod coinr;
mod coinr_trends;
mod oracle;
mod preparation;
mod sensitivity;
mod statistics;
mod weights;
