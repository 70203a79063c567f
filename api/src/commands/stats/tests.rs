use std::fs;

use clap::Parser;

use super::*;

#[derive(Debug, Parser)]
struct Line {
    #[command(flatten)]
    stats: Stats,
}

const SET: &str = r#"{"code": "s", "version": "1", "title": {"en": "S"}, "items": [{"code": "x"}, {"code": "y"}],
    "nodes": [{"code": "X", "title": {"en": "X"}, "indicator": {"formula": "x", "scoring": {"rule": "scaled", "range": [0, 100]}}},
              {"code": "Y", "title": {"en": "Y"}, "indicator": {"formula": "y", "scoring": {"rule": "scaled", "range": [0, 100]}}}]}"#;

/// What the command writes for these words, or why it does not.
fn written(words: &[&str]) -> Result<String, Failed> {
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).expect("the folder is ours");
        path.display().to_string()
    };
    let data = file("data.csv", "city,period,x,y\na,2026,10,90\nb,2026,20,70\nc,2026,40,\nd,2026,80,10\n");
    let set = file("set.json", SET);
    let out = folder.path().join("out.csv").display().to_string();
    let fixed = ["stats", "--set", &set, "--data", &data, "--out", &out];
    let line = Line::try_parse_from(fixed.iter().copied().chain(words.iter().copied()))
        .map_err(|error| Failed::Usage(error.to_string()))?;
    line.stats.run(Language::En)?;
    Ok(fs::read_to_string(&out).expect("the file is there"))
}

#[test]
fn every_kind_of_statistics_is_written() {
    for (what, rows) in [
        (&["--what", "indicators"][..], 4),
        (&["--what", "correlations"], 1),
        (&["--what", "consistency"], 1),
        (&["--what", "components"], 4),
        (&["--what", "availability"], 4),
        (&["--what", "screening", "--least", "0.6"], 4),
        (&["--what", "balance"], 2),
        (&["--what", "standings", "--city", "a", "--most", "1"], 2),
    ] {
        let text = written(what).unwrap_or_else(|failed| panic!("{what:?}: {failed:?}"));
        assert_eq!(text.lines().count(), rows + 1, "{what:?}: {text}");
    }
    let correlations = written(&["--what", "correlations", "--kind", "kendall"]).expect("written");
    assert!(correlations.contains("TOTAL,X,Y,3,-1,"), "{correlations}");
    let screened = written(&["--what", "screening", "--least", "0.6"]).expect("written");
    assert!(screened.contains("c,2,1,0,0.5,1,true,false,false,false"), "{screened}");
}

#[test]
fn what_says_nothing_to_the_kind_is_wrong_usage_and_an_unknown_city_is_a_fault_of_the_input() {
    for words in [
        &["--what", "indicators", "--kind", "kendall"][..],
        &["--what", "standings"],
        &["--what", "correlations", "--within", "nonsense"],
        &["--what", "correlations", "--redundant", "2"],
    ] {
        assert!(matches!(written(words), Err(Failed::Usage(_))), "{words:?}");
    }
    let codes = |words: &[&str]| match written(words) {
        Err(Failed::Input(faults)) => faults.0.iter().map(|fault| fault.code).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    assert_eq!(codes(&["--what", "standings", "--city", "nowhere"]), ["statistics.unknown_city"]);
    assert_eq!(
        codes(&["--what", "availability", "--city", "nowhere", "--node", "nothing"]),
        ["statistics.unknown_node", "statistics.unknown_city"]
    );
    assert_eq!(
        codes(&["--what", "screening", "--least", "2", "--keep", "nowhere"]),
        ["statistics.share", "statistics.unknown_city"]
    );
}
