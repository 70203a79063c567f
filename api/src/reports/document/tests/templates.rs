//! Faults of a template: found, with their line, in both languages.

use serde_json::json;

use super::*;

fn faults(template: &str) -> Vec<TemplateFault> {
    Document::from_template(template, &json!({ "city": { "name": "杭州" }, "many": ["a", "b"] }), &Figures::new()).unwrap_err()
}

fn fault(template: &str) -> TemplateFault {
    let mut faults = faults(template);
    assert_eq!(faults.len(), 1, "{faults:?}");
    let fault = faults.remove(0);
    assert!(fault.message.zh.is_some() && fault.message.en.is_some());
    fault
}

#[test]
fn an_unknown_name_is_a_fault_with_its_line() {
    for template in ["# A\n\n{{ city.nmae }}", "# A\n\n{{ town }}", "# A\n\n{% if town %}x{% endif %}", "# A\n\n{{ town.name }}"]
    {
        let fault = fault(template);
        assert_eq!(fault.line, Some(3), "{template}");
        let said = fault.message.en.unwrap();
        assert!(said.contains("nothing of this name") && said.contains(template.lines().nth(2).unwrap()), "{said}");
    }
}

#[test]
fn several_unknown_names_are_told_at_once() {
    let faults = faults("{{ town }}\n\n{{ city.name }} and {{ mayor }}\n\n{% if river %}{% endif %}");
    assert_eq!(faults.iter().map(|fault| fault.line).collect::<Vec<_>>(), [Some(1), Some(3), Some(5)]);
}

#[test]
fn what_is_not_well_formed_is_a_fault_with_its_line() {
    for (template, line) in [("a\n{% endfor %}\n", 2), ("a\n{{ city.name", 2), ("a\n\n{% frobnicate %}", 3)] {
        assert_eq!(fault(template).line, Some(line), "{template}");
    }
}

#[test]
fn unknown_functions_and_filters_are_faults_with_their_line() {
    assert_eq!(fault("a\n{{ picture('x') }}").line, Some(2));
    assert_eq!(fault("a\n{{ city.name | safe }}").line, Some(2));
    assert_eq!(fault("a\n{{ city }}").line, Some(2));
}

#[test]
fn a_loop_without_end_is_a_fault() {
    let endless = "{% for a in range(9999) %}{% for b in range(9999) %}{% set c = a * b %}{% endfor %}{% endfor %}";
    let fault = fault(endless);
    assert_eq!(fault.line, Some(1));
    assert!(fault.message.en.unwrap().contains("look at its loops"));
    let calls_itself = "{% macro again() %}{{ again() }}{% endmacro %}\n{{ again() }}";
    assert!(faults(calls_itself).iter().all(|fault| fault.line.is_some()));
}

#[test]
fn a_template_that_grows_without_limit_is_a_fault() {
    let growing = "{% for a in range(9999) %}{{ 'x' * 99999 }}{% endfor %}";
    assert!(fault(growing).message.en.unwrap().contains("more than"));
}

#[test]
fn a_template_that_is_too_long_is_a_fault() {
    let long = "a ".repeat(200_000);
    assert!(fault(&long).message.en.unwrap().contains("400000 bytes"));
}

#[test]
fn figures_that_are_not_there_are_named() {
    assert_eq!(fault("a\n\n{{ figure('radar', 'c') }}").line, Some(3));
    let found = faults("![a](figure:radar)\n\n![b](https://elsewhere.example/x.png)");
    assert_eq!(found.len(), 2);
    assert!(found[1].message.en.as_ref().unwrap().contains("elsewhere.example"));
}

#[test]
fn a_table_takes_the_caption_above_it_and_a_number() {
    let template = "# T\n\n## S\n\nTable: One **two**[^a]\n\n| A | B |\n|:--|--:|\n{% for x in many %}\n| {{ x }} | 1 |\n{% endfor %}\n\n[^a]: Said {{ city.name }}\n\n### P\n";
    let document = made(template, &json!({ "city": { "name": "杭州" }, "many": ["a", "b"] }), &Figures::new());
    let Block::Table(table) = &document.blocks()[2] else { panic!("{:?}", document.blocks()) };
    assert_eq!((table.number, block::text(&table.caption)), (Some(1), "One two".to_owned()));
    assert_eq!(table.rows.len(), 2);
    assert_eq!(table.columns[1].align, Align::Right);
    assert_eq!(document.notes, [[Run::plain("Said 杭州")]]);
    let numbers = document.blocks().iter().filter_map(|block| match block {
        Block::Heading { number, anchor, .. } => Some((number.as_deref(), anchor.as_str())),
        _ => None,
    });
    let numbers: Vec<_> = numbers.collect();
    assert_eq!(numbers, [(None, "title"), (Some("1"), "section-1"), (Some("1.1"), "section-1-1")]);
}

#[test]
fn an_absent_value_is_a_dash() {
    let document = made("{{ x }}", &json!({ "x": null }), &Figures::new());
    assert_eq!(document.blocks(), [Block::Paragraph { runs: vec![Run::plain("—")] }]);
}
