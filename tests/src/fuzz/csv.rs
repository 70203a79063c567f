//! CSV: observations, long or wide, and cities.

use citygauge_api::intake::Format;

/// Reads a file.
///
/// # Panics
/// Where a reading contradicts itself, or a sound row does not come back.
pub fn csv(bytes: &[u8]) -> bool {
    super::cells::read(bytes, Format::Csv, false)
}
