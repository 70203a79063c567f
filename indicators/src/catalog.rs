//! The catalog: indicator sets that ship with the service.
//!
//! To add a set, put its document into `catalog/` and its line into [`ENTRIES`]; a test checks every entry.

use crate::document::SetDocument;

/// One ready set.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// The code of the set, by which it is asked for.
    pub code: &'static str,
    /// The document, as JSON text.
    pub document: &'static str,
}

/// All ready sets, by code.
pub const ENTRIES: [Entry; 2] = [
    Entry { code: "es-sdg-cities-2018", document: include_str!("../catalog/es-sdg-cities-2018.json") },
    Entry { code: "gbt-33356-2016", document: include_str!("../catalog/gbt-33356-2016.json") },
];

/// The document of a ready set, by its code.
///
/// # Panics
/// Never: a test reads every entry.
#[must_use]
pub fn find(code: &str) -> Option<SetDocument> {
    let entry = ENTRIES.iter().find(|entry| entry.code == code)?;
    Some(SetDocument::parse(entry.document.as_bytes()).expect("a test reads every entry of the catalog"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_is_a_checked_set_under_its_own_code() {
        for entry in ENTRIES {
            let document =
                SetDocument::parse(entry.document.as_bytes()).unwrap_or_else(|faults| panic!("{}:\n{faults}", entry.code));
            assert_eq!(document.code, entry.code);
            let set = document.check().unwrap_or_else(|faults| panic!("{}:\n{faults}", entry.code));
            assert!(set.nodes().len() > 1);
            assert_eq!(set.document().node_count(), set.nodes().len());
        }
    }

    #[test]
    fn the_reconstruction_of_2016_has_8_21_and_54_nodes_and_says_what_it_is() {
        let set = find("gbt-33356-2016").expect("it is in the catalog").check().expect("a test checks every entry");
        let at_depth = |depth| set.nodes().iter().filter(|node| node.depth == depth).count();
        assert_eq!([at_depth(1), at_depth(2), at_depth(3)], [8, 21, 54]);
        let title = &set.document().title;
        assert!(title.zh.as_deref().is_some_and(|zh| zh.contains("示例") || zh.contains("重构")));
        assert!(title.en.as_deref().is_some_and(|en| en.to_lowercase().contains("reconstruction")));
    }
}
