//! Whatever a name holds comes out as text, in every form.

use serde_json::json;

use super::*;

/// Names that would be markup somewhere, were they not taken as text.
const NAMES: [&str; 14] = [
    "**bold** _it_ `code` [x](javascript:alert(1)) ![y](figure:radar)",
    "<script>alert(1)</script> <b>b</b> &amp; &#65; &lt;",
    "#set page(fill: red) #read(\"/etc/passwd\") $x^2$ @ref \\ #[x] -- --- ...",
    "</w:t></w:r><w:p/> ]]> <?pi?> <!-- c -->",
    "| a | b | \\| c",
    "# not a heading",
    "- not a list",
    "1. not a list",
    "> not a remark",
    "    not code",
    "--- +++ ===",
    "表：not a caption",
    "{{ city }} {% raw %} {# c #}",
    "一个正好由四十个汉字组成的极长的城市名称用来检查表格在窄列之中如何换行而不超出页面边界",
];

const TEMPLATE: &str = "# {{ names[0] }}\n\n{% for name in names %}\n{{ name }}\n\n{% endfor %}\n## {{ names[1] }}\n\nTable: {{ names[2] }}[^n]\n\n| Name | {{ names[4] }} | Code |\n|:--|--:|:--|\n{% for name in names %}\n|{{ name }}|{{ name }}| {{ name | code }} |\n{% endfor %}\n\n{% for name in names %}\n- {{ name | bold }}\n{% endfor %}\n\n> {{ names[8] }}\n\n{{ figure('radar', names[0]) }}\n\n`{{ names[4] }}`\n\n[^n]: {{ names[3] }}\n";

fn document() -> Document {
    let mut figures = sample::figures(Language::Zh);
    figures.get_mut("radar").unwrap().alt = NAMES[1].to_owned() + "\"'";
    made(TEMPLATE, &json!({ "names": NAMES }), &figures)
}

/// What a reader is to see: the name with single spaces.
fn shown(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn names_are_text_in_the_tree() {
    let document = document();
    let count = |wanted: fn(&Block) -> bool| document.blocks().iter().filter(|block| wanted(block)).count();
    assert_eq!(count(|block| matches!(block, Block::Paragraph { .. })), NAMES.len() + 1);
    assert_eq!(count(|block| matches!(block, Block::Heading { .. })), 2);
    assert_eq!(count(|block| matches!(block, Block::Table(_))), 1);
    for (block, name) in document.blocks()[1..].iter().zip(NAMES) {
        assert_eq!(*block, Block::Paragraph { runs: vec![Run::plain(shown(name))] });
    }
    let table = document.blocks().iter().find_map(|block| match block {
        Block::Table(table) => Some(table),
        _ => None,
    });
    for (row, name) in table.unwrap().rows.iter().zip(NAMES) {
        assert_eq!(row.iter().map(|cell| block::text(cell)).collect::<Vec<_>>(), vec![shown(name); 3]);
    }
}

#[test]
fn names_are_text_in_html() {
    let html = document().html(&sample::about(Language::Zh), LOOK);
    for markup in ["<script", "<b>b", "javascript:alert(1)\"", "<!--", "<?pi"] {
        assert!(!html.contains(markup), "{markup}");
    }
    let text = squeezed(&told(&html));
    for name in NAMES {
        assert!(text.matches(&squeezed(name)).count() >= 4, "{name}");
    }
}

#[test]
fn names_are_text_in_docx() {
    if !chinese() {
        return;
    }
    let docx = document().docx(&sample::about(Language::Zh), fonts()).unwrap();
    let xml = part(&docx, "word/document.xml");
    let text = squeezed(&told(&xml));
    for name in NAMES {
        assert!(text.matches(&squeezed(name)).count() >= 4, "{name}\n{text}");
    }
    assert!(xml.contains(r#"descr="&lt;script&gt;alert(1)&lt;/script&gt;"#));
    assert!(squeezed(&told(&part(&docx, "word/footnotes.xml"))).contains(&squeezed(NAMES[3])));
    for name in ["word/document.xml", "word/footnotes.xml", "docProps/core.xml", "word/styles.xml", "word/header1.xml"] {
        well_formed(&part(&docx, name));
    }
}

/// Whether tags close in the order in which they open, and no text holds what XML does not allow.
fn well_formed(xml: &str) {
    let mut open: Vec<&str> = Vec::new();
    for tag in xml.split('<').skip(1) {
        let (tag, text) = tag.split_once('>').expect("a tag ends");
        assert!(
            !text.contains(|character: char| character.is_control() && !"\n\r\t".contains(character) || character == '\u{fffe}')
        );
        let name = tag.split([' ', '/']).find(|name| !name.is_empty()).unwrap_or_default();
        if tag.starts_with('/') {
            assert_eq!(open.pop(), Some(name));
        } else if !tag.ends_with('/') && !tag.starts_with('?') {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "{open:?}");
}

#[test]
fn names_are_text_in_pdf() {
    if !chinese() {
        return;
    }
    let pdf = document().pdf(&sample::about(Language::Zh), fonts(), LAYOUT).unwrap();
    let Some(text) = read_pdf(&pdf) else { return };
    let text = squeezed(&text);
    for name in NAMES {
        assert!(text.contains(&squeezed(name)), "{name}\n{text}");
    }
}

#[test]
fn control_characters_leave_no_trace() {
    let document = made("{{ x }}", &json!({ "x": "a\u{0}\u{8}b\u{202e}c\u{fffe}\u{feff}\n\n# d\r\n\te" }), &Figures::new());
    assert_eq!(document.blocks(), [Block::Paragraph { runs: vec![Run::plain("abc # d e")] }]);
    document.docx(&sample::about(Language::En), &Fonts::embedded()).unwrap();
}
