//! Small pieces of XML.

use std::borrow::Cow;

use citygauge_indicators::Fault;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, Writer};

use crate::intake::xlsx::archive::damaged;

/// The prefix of an element's name with its colon; empty where it has none.
pub(super) fn prefix(name: &str) -> &str {
    name.find(':').map_or("", |colon| &name[..=colon])
}

/// An element as it was, with one attribute set.
pub(super) fn with_attribute(element: &BytesStart<'_>, key: &str, value: &str) -> BytesStart<'static> {
    let name = element.name().as_ref().to_owned();
    let mut content = name.clone();
    for attribute in element.attributes().with_checks(false).flatten().filter(|attribute| attribute.key.as_ref() != key) {
        // The value is escaped as it stands, but may have stood between single quotes.
        content.push_str(&format!(" {}=\"{}\"", attribute.key.as_ref(), attribute.value.replace('"', "&quot;")));
    }
    content.push_str(&format!(" {key}=\"{}\"", text(value)));
    BytesStart::from_content(content, name.len())
}

/// Text as XML holds it, without the characters that it cannot hold.
pub(super) fn text(text: &str) -> Cow<'_, str> {
    if text.chars().any(is_forbidden) {
        let kept: String = text.chars().map(|c| if is_forbidden(c) { '\u{FFFD}' } else { c }).collect();
        return Cow::Owned(quick_xml::escape::escape(kept).into_owned());
    }
    quick_xml::escape::escape(text)
}

fn is_forbidden(c: char) -> bool {
    (c < ' ' && !matches!(c, '\t' | '\n' | '\r')) || matches!(c, '\u{FFFE}' | '\u{FFFF}')
}

/// Passes the events of a part through `change`, which writes what is to stand there instead.
pub(super) fn changed(
    part: &str,
    mut change: impl FnMut(Event<'_>, &mut Writer<Vec<u8>>) -> std::io::Result<()>,
) -> Result<String, Box<Fault>> {
    let mut reader = Reader::from_str(part);
    let mut writer = Writer::new(Vec::with_capacity(part.len() + 1_024));
    loop {
        match reader.read_event().map_err(|_| damaged())? {
            Event::Eof => return String::from_utf8(writer.into_inner()).map_err(|_| damaged()),
            event => change(event, &mut writer).map_err(|_| damaged())?,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attribute_is_set_and_the_others_stay_as_they_are() {
        let element = BytesStart::from_content("x:c r='B\"2' s=\"1\" t=\"s\"", 3);
        let set = with_attribute(&element, "s", "7");
        assert_eq!(&*set, "x:c r=\"B&quot;2\" t=\"s\" s=\"7\"");
        assert_eq!((prefix("x:c"), prefix("c")), ("x:", ""));
        assert_eq!(text("a<b\u{1}&\"c"), "a&lt;b\u{FFFD}&amp;&quot;c");
    }
}
