//! The address of a table, as what prepares the table.

use citygauge_indicators::{Fault, Language};
use citygauge_openapi::API_ROOT;
use percent_encoding::percent_decode_str;
use serde::de::DeserializeOwned;

use crate::auth::{Caller, Reader};
use crate::error::Failure;
use crate::export::Format;
use crate::extract::read_query;
use crate::negotiate::{DataFormat, Form, Offered, TableFormat, with_mark};
use crate::routes::assessments::uncertainty::table::{self as uncertainty, UncertaintyTableName};
use crate::routes::assessments::{city, diff, ranking, scores, statistics, trends, weights};
use crate::routes::benchmarks::{breaks, comparison, distribution, movers, series};
use crate::routes::designs::conformance;
use crate::routes::gap_analyses::{requirements, show as gaps};
use crate::routes::imports::faults;
use crate::routes::indicator_sets::{Place, diff as set_diff};
use crate::routes::observations::list as observations;
use crate::routes::panels::results;
use crate::routes::roadmaps::table::{self as roadmap, RoadmapTable};
use crate::routes::rounds::{completeness, ranking as round_ranking};
use crate::state::State;
use crate::tables::Prepared;

/// The table at an address, as the operation there would give it out to this caller, and its form. `asked` overrules the format of the
/// address; CSV where nothing says any.
pub async fn prepare(
    state: &State,
    caller: &Caller,
    address: &str,
    (asked, bom): (Option<Format>, Option<bool>),
    language: Language,
) -> Result<(Prepared, Form), Failure> {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let path = path.strip_prefix(API_ROOT).and_then(|path| path.strip_prefix('/')).ok_or_else(no_table)?;
    let segments = path.split('/').map(|segment| percent_decode_str(segment).decode_utf8().map(|text| text.into_owned()));
    let segments: Vec<String> = segments.collect::<Result<_, _>>().map_err(|_| no_table())?;
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let said = |name: &str| form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value);
    let format = asked.or_else(|| Format::from_word(&said("format")?)).unwrap_or(Format::Csv);
    let form = with_mark(format, bom.or_else(|| Some(said("bom")? == "true")))?;
    let offered = match segments.as_slice() {
        ["assessments", _, "scores"] | ["observations"] => DataFormat::FORMATS,
        _ => TableFormat::FORMATS,
    };
    if !offered.contains(&format) {
        return Err(not_offered(format, offered));
    }
    let reader = &Reader::Key(caller.clone());
    let prepared = match segments.as_slice() {
        ["observations"] => observations::prepare(state, caller, &read(query)?, (format, language)).await?,
        ["assessments", id, "scores"] => scores::prepare(state, reader, &key(id)?, &read(query)?, language).await?,
        ["assessments", id, "ranking"] => ranking::prepare(state, reader, &key(id)?, &read(query)?, language).await?,
        ["assessments", id, "weights"] => weights::prepare(state, reader, &key(id)?, &read(query)?, language).await?,
        ["assessments", id, "statistics"] => statistics::prepare(state, reader, &key(id)?, &read(query)?, language).await?,
        ["assessments", id, "trends"] => trends::prepare(state, reader, &key(id)?, &read(query)?, language).await?,
        ["assessments", id, "diff"] => diff::prepare(state, reader, &key(id)?, &read(query)?, language).await?,
        ["assessments", id, "cities", code] => {
            city::prepare(state, reader, &(key(id)?, key(code)?), &read(query)?, language).await?
        }
        ["assessments", id, "uncertainty", number, name] => {
            let number = number.parse().map_err(|_| no_table())?;
            let name = UncertaintyTableName::of_word(name).ok_or_else(no_table)?;
            read::<uncertainty::WantedTable>(query)?;
            uncertainty::prepare(state, reader, (&key(id)?, number, name), language).await?
        }
        ["benchmarks", code, "series"] => series::prepare(state, caller, &key(code)?, &read(query)?, language).await?,
        ["benchmarks", code, "movers"] => movers::prepare(state, caller, &key(code)?, &read(query)?, language).await?,
        ["benchmarks", code, "comparison"] => comparison::prepare(state, caller, &key(code)?, &read(query)?, language).await?,
        ["benchmarks", code, "distribution"] => {
            distribution::prepare(state, caller, &key(code)?, &read(query)?, language).await?
        }
        ["benchmarks", code, "breaks"] => {
            read::<breaks::WantedBreaks>(query)?;
            breaks::prepare(state, caller, &key(code)?, language).await?
        }
        ["gap-analyses", id] => {
            read::<gaps::WantedAnalysis>(query)?;
            gaps::prepare(state, caller, &key(id)?, language).await?
        }
        ["gap-analyses", id, "requirements"] => {
            read::<requirements::WantedRequirements>(query)?;
            requirements::prepare(state, caller, &key(id)?, language).await?
        }
        ["roadmaps", id, "tables", name] => {
            let name = RoadmapTable::of_word(name).ok_or_else(no_table)?;
            read::<roadmap::WantedTable>(query)?;
            roadmap::prepare(state, caller, &key(id)?, name, language).await?
        }
        ["imports", id, "faults"] => faults::prepare(state, caller, &key(id)?, &read(query)?, language).await?,
        ["panels", code, "results"] => {
            read::<results::WantedResults>(query)?;
            results::prepare(state, caller, &key(code)?, language).await?
        }
        ["rounds", code, "ranking"] => round_ranking::prepare(state, reader, &key(code)?, &read(query)?, language).await?,
        ["rounds", code, "completeness"] => completeness::prepare(state, caller, &key(code)?, &read(query)?, language).await?,
        ["designs", id, "conformance"] => conformance::prepare(state, caller, &key(id)?, &read(query)?, language).await?,
        ["indicator-sets", code, "versions", version, "diff"] => {
            let place = Place::new(key(code)?, key(version)?);
            set_diff::prepare(state, caller, &place, &read(query)?, language).await?
        }
        _ => return Err(no_table()),
    };
    Ok((prepared, form))
}

/// The parameters of the table's own operation, which refuses what it does not know.
fn read<T: DeserializeOwned>(query: &str) -> Result<T, Failure> {
    read_query(query)
}

/// A code or an identifier in a path.
fn key<T: std::str::FromStr>(segment: &str) -> Result<T, Failure> {
    segment.parse().map_err(|_| no_table())
}

fn no_table() -> Failure {
    Failure::invalid(
        Fault::error("export.no_table", "此地址没有表格", "there is no table at this address")
            .at("/table")
            .expected(format!("{API_ROOT}/assessments/{{id}}/scores?..."))
            .hint("请填写表格的路径和查询，如应答 413 所给", "give the path and query of a table, as an answer 413 does"),
    )
}

fn not_offered(format: Format, offered: &[Format]) -> Failure {
    let words: Vec<&str> = offered.iter().map(|format| format.word()).collect();
    Failure::invalid(
        Fault::error("export.format", "该表格没有这种格式", "the table does not come in this format")
            .at("/format")
            .value(format.word())
            .expected(words.join(" | "))
            .hint("请选择列出的格式之一", "take one of those"),
    )
}
