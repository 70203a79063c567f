//! Workbooks of indicator sets: what is accepted comes back from a workbook of its own, under the same digest.

use citygauge_api::authoring;
use citygauge_indicators::Language;

/// Reads a set from a workbook.
///
/// # Panics
/// Where a refusal is unclear, or what was accepted comes back as something else.
pub fn workbook(bytes: &[u8]) -> bool {
    match authoring::read(bytes) {
        Ok(set) => {
            super::set::lasts(&set);
            let written = authoring::workbook(set.document(), Language::Zh).expect("a set is written");
            let again = authoring::read(&written).unwrap_or_else(|faults| panic!("it is refused once it was written: {faults}"));
            assert_eq!(again.document(), set.document());
            assert_eq!(again.digest(), set.digest());
            true
        }
        Err(faults) => {
            super::refused(&faults);
            false
        }
    }
}
