//! Designs: what an element may link to, how elements are put together, what is to be re-checked, where a trace leads, and
//! what a standard says of the whole.

pub mod change;
pub mod facts;
pub mod outside;
pub mod recheck;
pub mod trace;
pub mod workbook;

use citygauge_indicators::canonical::hex;
use citygauge_openapi::{API_ROOT, path_segment};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::error::Failure;

/// The place of an element in the interface.
pub fn element_path(design: &str, code: &str) -> String {
    format!("{API_ROOT}/designs/{design}/elements/{}", path_segment(code))
}

/// What something is now, as text that another state does not share.
fn fingerprint(of: &impl Serialize) -> Result<String, Failure> {
    Ok(hex(&Sha256::digest(serde_json::to_vec(of).map_err(Failure::internal)?)))
}
