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
pub const ENTRIES: [Entry; 6] = [
    Entry { code: "es-sdg-cities-2018", document: include_str!("../catalog/es-sdg-cities-2018.json") },
    Entry { code: "gbt-33356-2016", document: include_str!("../catalog/gbt-33356-2016.json") },
    Entry { code: "gbt-33356-2022", document: include_str!("../catalog/gbt-33356-2022.json") },
    Entry { code: "gbt-34680-1", document: include_str!("../catalog/gbt-34680-1.json") },
    Entry { code: "itu-y4904", document: include_str!("../catalog/itu-y4904.json") },
    Entry { code: "u4ssc", document: include_str!("../catalog/u4ssc.json") },
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

    #[test]
    fn what_is_no_official_text_says_so_and_how_well_each_node_is_known() {
        for code in ["gbt-33356-2022", "gbt-34680-1", "u4ssc"] {
            let document = find(code).expect("it is in the catalog");
            let note = document.basis.as_ref().and_then(|basis| basis.note.as_ref()).expect("it says what it is");
            assert!(note.zh.is_some() && note.en.is_some(), "{code}");
            assert!(document.title.en.as_deref().is_some_and(|en| en.contains("not the official text")), "{code}");
            for node in &document.nodes {
                let known = node.provenance.as_ref().unwrap_or_else(|| panic!("{code}: {}", node.code));
                assert!(known.name.is_some() && known.weight.is_some() && known.formula.is_some() && known.source.is_some());
                assert!(node.title.zh.is_some() && node.title.en.is_some(), "{code}: {}", node.code);
            }
        }
    }

    #[test]
    fn u4ssc_has_91_indicators_55_of_them_core_in_7_sub_dimensions_of_3_dimensions() {
        let set = find("u4ssc").expect("it is in the catalog").check().expect("a test checks every entry");
        let at_depth = |depth| set.nodes().iter().filter(move |node| node.depth == depth);
        assert_eq!([at_depth(1).count(), at_depth(2).count(), at_depth(4).count()], [3, 7, 91]);
        let categories: std::collections::BTreeSet<&str> = at_depth(3).filter_map(|node| node.title.en.as_deref()).collect();
        assert_eq!(categories.len(), 22);
        assert_eq!(at_depth(4).filter(|node| node.code.ends_with('C')).count(), 55);
        // The code says education, the category is health: parents are named, never read off the code.
        let records = set.nodes().iter().find(|node| node.code == "SC: EH: ED: 5A").expect("it is in the list");
        assert_eq!(records.parent.map(|parent| set.nodes()[parent].code.as_str()), Some("SC-EH-H"));
        assert!(set.items().iter().filter(|item| item.code.starts_with("benchmark_")).count() > 91);
    }
}
