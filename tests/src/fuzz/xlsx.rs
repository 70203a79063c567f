//! Workbooks of observations and cities.

use citygauge_api::intake::Format;

pub(super) const WORDS: &[&str] = &[
    "<c r=\"A1\"",
    " t=\"s\"",
    " t=\"inlineStr\"",
    " t=\"b\"",
    " t=\"e\"",
    " t=\"str\"",
    " t=\"d\"",
    "<v>",
    "</v>",
    "<f>1+1</f>",
    "<f>[1]a!A1</f>",
    "<is><t>",
    "</t></is>",
    "<row r=\"1\">",
    "<row>",
    "</row>",
    "<row r=\"1048576\" hidden=\"1\">",
    "r=\"XFD1048576\"",
    "r=\"A0\"",
    "r=\"ZZZZZZ1\"",
    "<mergeCell ref=\"A1:B9\"/>",
    "<dimension ref=\"A1:XFD1048576\"/>",
    "<sheet name=\"observations\"",
    "state=\"hidden\"",
    "r:id=\"rId1\"",
    "Target=\"../../x\"",
    "TargetMode=\"External\"",
    "uniqueCount=\"4294967295\"",
    "<si><t>",
    "</t></si>",
    "citygauge-template",
    "1",
    "-1",
    "99999999999",
    "1e308",
    "45000.5",
    "hz",
    "gdp",
    "2026",
    "city",
    "&amp;",
    "&#0;",
    "&x;",
    "<!DOCTYPE a [<!ENTITY x \"y\">]>",
    "<![CDATA[",
    "<!--",
    "</",
    "/>",
    "\"",
    "numFmtId=\"14\"",
    "date1904=\"1\"",
    "<cols><col min=\"1\" max=\"16384\" hidden=\"1\"/></cols>",
];

/// Reads a workbook.
///
/// # Panics
/// Where a reading contradicts itself, or a sound row does not come back.
pub fn xlsx(bytes: &[u8]) -> bool {
    super::cells::read(bytes, Format::Xlsx, false)
}
