//! The three forms say the same, and the same report is the same file.

use super::shipped::Shipped;
use super::*;

/// Every number of the tables of a report.
fn numbers(document: &Document) -> Vec<String> {
    let mut numbers = Vec::new();
    for block in document.blocks() {
        let Block::Table(table) = block else { continue };
        for cell in table.rows.iter().flatten() {
            let text = squeezed(&block::text(cell));
            if text.chars().any(|character| character.is_ascii_digit()) {
                numbers.push(text);
            }
        }
    }
    numbers
}

fn english_city() -> &'static Shipped {
    shipped::reports().iter().find(|report| report.name == "city-en").unwrap()
}

#[test]
fn the_forms_have_the_same_numbers() {
    for Shipped { name, document, html, docx, pdf, .. } in shipped::reports() {
        let html = squeezed(&told(html));
        let docx = docx.as_ref().map(|docx| squeezed(&told(&part(docx, "word/document.xml"))));
        let pdf = pdf.as_ref().and_then(|pdf| read_pdf(pdf)).map(|text| squeezed(&text));
        let numbers = numbers(document);
        assert!(!numbers.is_empty(), "{name}");
        for number in numbers {
            assert!(html.contains(&number), "{name}, HTML: {number}");
            assert!(docx.as_ref().is_none_or(|docx| docx.contains(&number)), "{name}, DOCX: {number}");
            // Text of several lines is read across columns there, so only what stands on one line is looked for.
            if let Some(pdf) = pdf.as_ref().filter(|_| number.len() < 12) {
                assert!(pdf.contains(&number), "{name}, PDF: {number}");
            }
        }
    }
}

#[test]
fn the_same_report_is_the_same_file() {
    let first = english_city();
    let about = sample::about(Language::En);
    let (html, docx, pdf) = std::thread::spawn(move || {
        let again = made(city_template(Language::En), &sample::city(Language::En), &sample::figures(Language::En));
        (again.html(&about, LOOK), again.docx(&about, fonts()).unwrap(), again.pdf(&about, fonts(), LAYOUT).unwrap())
    })
    .join()
    .unwrap();
    assert!(first.html == html);
    assert!(first.docx.as_ref() == Some(&docx));
    assert!(first.pdf.as_ref() == Some(&pdf));
}

#[test]
fn the_docx_has_what_word_needs() {
    let Shipped { document, docx: Some(docx), .. } = english_city() else { panic!("English needs no font of the system") };
    let xml = part(docx, "word/document.xml");
    let tables = document.blocks().iter().filter(|block| matches!(block, Block::Table(table) if table.head.is_some())).count();
    assert_eq!(xml.matches("<w:tblHeader/>").count(), tables);
    assert_eq!(xml.matches("<wp:docPr ").count(), xml.matches(" descr=\"A bar chart").count());
    assert!(xml.contains(r#"<w:pStyle w:val="Heading1" />"#) && xml.contains("TOC \\o"));
    let properties = part(docx, "docProps/core.xml");
    assert!(properties.contains("<dc:title>Sample City: current-state assessment of the smart city</dc:title>"));
    assert!(properties.contains("<dcterms:created xsi:type=\"dcterms:W3CDTF\">2026-11-30T00:00:00Z"));
    let styles = part(docx, "word/styles.xml");
    assert!(styles.contains(r#"w:eastAsia="SimSun""#) && styles.contains(r#"<w:lang w:val="en-GB" w:eastAsia="zh-CN""#));
    assert!(!styles.contains('{'));
    assert_eq!(part(docx, "word/footnotes.xml").matches("<w:footnoteRef/>").count(), document.notes.len());
}

#[test]
fn the_pdf_is_accessible_by_its_standard() {
    for Shipped { name, pdf, .. } in shipped::reports() {
        if let Some(pdf) = pdf {
            let text = String::from_utf8_lossy(pdf);
            assert!(text.contains("pdfuaid:part"), "{name} does not claim PDF/UA");
        }
    }
}

#[test]
fn a_pdf_is_not_made_where_names_would_be_boxes() {
    let document = made("# {{ x }}", &serde_json::json!({ "x": "杭州" }), &Figures::new());
    let error = document.pdf(&sample::about(Language::En), &Fonts::embedded(), LAYOUT).unwrap_err();
    assert!(error.text().get(Language::Zh).contains("fonts-noto-cjk"));
}

#[test]
fn a_layout_at_fault_is_said_with_its_line() {
    let document = made("# A", &serde_json::json!({}), &Figures::new());
    let about = sample::about(Language::En);
    for layout in ["#let a = 1\n#b", "\n#read(\"/etc/passwd\")", "\n#import \"@preview/x:1.0.0\""] {
        let Err(DocumentError::Layout(faults)) = document.pdf(&about, &Fonts::embedded(), layout) else { panic!("{layout}") };
        assert_eq!(faults[0].line, Some(2), "{faults:?}");
    }
}

#[test]
fn what_is_empty_is_set_as_nothing() {
    let template =
        "# \n\n##\n\n| | |\n|--|--|\n| | {{ x }} |\n\n-\n- a\n\n  b\n\n  - c\n\n>\n\n3. x\n4.\n\na[^1]\n\n[^1]:\n\n    b\n";
    let document = made(template, &serde_json::json!({ "x": "" }), &Figures::new());
    let about = sample::about(Language::En);
    document.pdf(&about, &Fonts::embedded(), LAYOUT).unwrap();
    document.docx(&about, &Fonts::embedded()).unwrap();
    assert!(document.html(&about, LOOK).contains("<main>"));
}
