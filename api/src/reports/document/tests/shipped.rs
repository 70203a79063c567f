//! The templates that ship with the service, with much and with little to tell.

use super::*;

/// A shipped report in all its forms; the DOCX and the PDF are `None` where the system has no font for them.
pub(super) struct Shipped {
    pub(super) name: String,
    pub(super) document: Document,
    pub(super) html: String,
    pub(super) docx: Option<Vec<u8>>,
    pub(super) pdf: Option<Vec<u8>>,
}

impl Shipped {
    fn of(name: &str, language: Language, document: Document) -> Self {
        let about = sample::about(language);
        let set = language == Language::En || chinese();
        Self {
            name: format!("{name}-{}", language.tag()),

            html: document.html(&about, LOOK),
            docx: set.then(|| document.docx(&about, fonts()).unwrap()),
            pdf: set.then(|| document.pdf(&about, fonts(), LAYOUT).unwrap()),
            document,
        }
    }
}

/// Every shipped report, in both languages, full and bare, written once.
pub(super) fn reports() -> &'static [Shipped] {
    static REPORTS: OnceLock<Vec<Shipped>> = OnceLock::new();
    REPORTS.get_or_init(|| {
        let reports = LANGUAGES.into_iter().flat_map(|language| {
            let (figures, none) = (sample::figures(language), Figures::new());
            let (city, round) = (city_template(language), round_template(language));
            [
                Shipped::of("city", language, made(city, &sample::city(language), &figures)),
                Shipped::of("city-bare", language, made(city, &sample::bare_city(language), &none)),
                Shipped::of("round", language, made(round, &sample::round(language), &figures)),
                Shipped::of("round-bare", language, made(round, &sample::bare_round(language), &none)),
            ]
        });
        reports.collect()
    })
}

#[test]
fn every_shipped_template_renders_in_every_form() {
    let folder = std::env::var_os("REPORT_SAMPLES").map(std::path::PathBuf::from);
    for report in reports() {
        let html = &report.html;
        assert!(html.contains("</main>") && !html.contains("{{") && !html.contains("{%"), "{}", report.name);
        let forms = [("html", Some(html.as_bytes())), ("docx", report.docx.as_deref()), ("pdf", report.pdf.as_deref())];
        for (form, bytes) in forms {
            if let (Some(folder), Some(bytes)) = (&folder, bytes) {
                std::fs::write(folder.join(format!("{}.{form}", report.name)), bytes).unwrap();
            }
        }
    }
}

#[test]
fn both_languages_have_the_same_parts() {
    fn shape(blocks: &[Block]) -> Vec<String> {
        let shapes = blocks.iter().map(|block| match block {
            Block::Heading { level, number, .. } => format!("heading {level} {number:?}"),
            Block::Table(table) => format!("table {:?} {} x {}", table.number, table.columns.len(), table.rows.len()),
            Block::Figure { name, number, .. } => format!("figure {number} {name}"),
            Block::List { start, items } => format!("list {start:?} {}", items.len()),
            Block::Remark { blocks } => format!("remark {:?}", shape(blocks)),
            Block::Paragraph { .. } => "paragraph".to_owned(),
            Block::Contents => "contents".to_owned(),
            Block::PageBreak => "page".to_owned(),
        });
        shapes.collect()
    }
    let reports = reports();
    let (zh, en) = reports.split_at(reports.len() / 2);
    for (zh, en) in zh.iter().zip(en) {
        assert_eq!(shape(zh.document.blocks()), shape(en.document.blocks()), "{}", zh.name);
        assert_eq!(zh.document.notes.len(), en.document.notes.len(), "{}", zh.name);
    }
}

#[test]
fn every_table_of_numbers_names_its_source() {
    for Shipped { name, document, .. } in reports() {
        for block in document.blocks() {
            if let Block::Table(table) = block
                && table.head.is_some()
            {
                let noted = table.caption.iter().any(|run| matches!(run, Run::Note { .. }));
                assert!(noted, "{name}: {}", block::text(&table.caption));
            }
        }
        assert!(document.notes.iter().all(|note| block::text(note).contains("0198f3")), "{name}");
    }
}
