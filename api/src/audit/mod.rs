//! The trail as something to be checked by others: a chain of digests, checkpoints that are kept elsewhere, and a file of all lines.
//!
//! A line is written in the transaction of what it tells, and gets its place in the chain as the last thing before the commit
//! ([`crate::store::Transaction::commit`]), so that the chain has the order in which writes became true. What nobody can see from inside is that
//! somebody with access to the database has made the whole chain anew: that is what a checkpoint outside is for.

mod chain;
mod checkpoint;
mod file;

pub use chain::{BEFORE_THE_FIRST, Chain, Line, digest};
pub use checkpoint::{checkpoint, is_signed};
pub use file::{Sound, check_file, check_store, lines, shown};
