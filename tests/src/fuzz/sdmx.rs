//! SDMX-CSV, declared and recognised by its header.

use citygauge_api::intake::Format;

pub(super) const WORDS: &[&str] = &[
    "STRUCTURE",
    "STRUCTURE_ID",
    "DATAFLOW",
    "ACTION",
    "REF_AREA",
    "INDICATOR",
    "TIME_PERIOD",
    "OBS_VALUE",
    "OBS_STATUS",
    "UNIT_MEASURE",
    "UNIT_MULT",
    "OBS_COMMENT",
    "CG_CHOICE",
    "CG_QUALITY",
    "CG_SOURCE",
    "CG_METHOD",
    "CG_AS_OF",
    "CG_SAMPLE_SIZE",
    "CG_MARGIN",
    "CG_REJECTED",
    "dataflow",
    "CITYGAUGE:OBS(1.0)",
    "ESTAT:URB_CIND(1.0)",
    "I",
    "A",
    "M",
    "R",
    "D",
    "[en]",
    "[]",
    ": ",
    ";",
    "|",
    ",",
    "\"",
    "\n",
    "3",
    "-30",
    "31",
    "330100",
    "hz",
    "GDP",
    "gdp",
    "2026-A1",
    "2026-Q1",
    "2026-M03",
    "1e5",
    "NaN",
];

/// Reads a file that is declared to be SDMX-CSV, and the same one as CSV.
///
/// # Panics
/// Where a reading contradicts itself, or a sound row does not come back.
pub fn sdmx(bytes: &[u8]) -> bool {
    let declared = super::cells::read(bytes, Format::Csv, true);
    super::cells::read(bytes, Format::Csv, false) || declared
}
