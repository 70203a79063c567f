//! Set documents: what is accepted survives being written and read again, under the same digest.

use citygauge_indicators::{IndicatorSet, SetDocument, canonical};

pub(super) const WORDS: &[&str] = &[
    "\"code\":",
    "\"weight\":",
    "\"parent\":",
    "\"indicator\":",
    "\"formula\":",
    "\"scoring\":",
    "\"rule\":",
    "\"goalposts\"",
    "\"steps\"",
    "\"choice\"",
    "\"checklist\"",
    "\"min_max\"",
    "\"z_score\"",
    "\"rank\"",
    "\"ratio\"",
    "\"piecewise\"",
    "\"aggregation\":",
    "\"geometric\"",
    "\"missing\":",
    "\"levels\":",
    "\"bands\":",
    "\"stages\":",
    "\"adjustments\":",
    "\"rules\":",
    "\"rounding\":",
    "\"imputation\":",
    "\"treatment\":",
    "\"weighting\":",
    "\"TOTAL\"",
    "\"__proto__\":",
    "null",
    "true",
    "[]",
    "{}",
    "-0.0",
    "1e308",
    "1e-320",
    "0",
    "1",
    "\\u0000",
    "\\ud800",
    "中",
    "[[[[[[[[",
    "\"a\":1,\"a\":1,",
    ",",
    "\"",
];

/// Reads and checks a document.
///
/// # Panics
/// Where a refusal is unclear, or what was accepted comes back as something else.
pub fn set(bytes: &[u8]) -> bool {
    match SetDocument::check_text(bytes) {
        Ok(set) => {
            lasts(&set);
            true
        }
        Err(faults) => {
            super::refused(&faults);
            let is_placed = |fault: &citygauge_indicators::Fault| fault.pointer.is_some() || fault.row.is_some();
            assert!(faults.0.iter().all(is_placed), "a fault has no place: {faults}");
            false
        }
    }
}

/// Asserts that a checked set is the same after it was written and read.
pub(super) fn lasts(set: &IndicatorSet) {
    set.warnings().0.iter().for_each(super::told);
    let document = set.document();
    assert_eq!(set.digest(), canonical::digest(document));
    let read = |text: &[u8]| {
        SetDocument::check_text(text)
            .unwrap_or_else(|faults| panic!("it is refused once it was written: {faults}\n{}", String::from_utf8_lossy(text)))
    };
    let again = read(&serde_json::to_vec(document).expect("a document is written"));
    assert_eq!(again.document(), document);
    // In the canonical form the options of a choice stand in another order, which means nothing.
    let canonical = canonical::canonical(document);
    let once_more = read(canonical.as_bytes());
    assert_eq!(canonical::canonical(once_more.document()), canonical);
    assert_eq!([again.digest(), once_more.digest()], [set.digest(); 2]);
}
