//! Files as others have published them import through the public interface with a saved mapping, and their report shows
//! what is wrong with them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use citygauge_indicators::catalog;
use citygauge_openapi::client::{Client, MappingOfUpload, Upload};
use citygauge_openapi::{Fault, Id, Import, ImportShape, WorkState};
use citygauge_tests::steps::{cities_csv, count_observations, finished, observations_csv, plain_set, publish};
use citygauge_tests::{on_each_database, shared};
use serde_json::{Value, json};

/// The sheet that holds raw values.
const SHEET: &str = "100 Cities dash by ind";

/// The bounds of a change of output from one year to the next.
const LEAST_CHANGE: f64 = 0.6;
const GREATEST_CHANGE: f64 = 1.6;

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

on_each_database! {
    async fn the_spanish_workbook_imports_from_its_sheet_of_raw_values(site: Site) {
        let Some(folder) = shared("data/es-100-cities-sdg-2018") else { return };
        let client = site.client();
        let set = publish(&client, &json!(catalog::find("es-sdg-cities-2018").expect("it is in the catalog"))).await;
        let workbook = read(&folder, "ods-es-cities-by-regions-2018.xlsx");

        let cities = json!({
            "kind": "cities", "sheet": SHEET, "columns": {"id": "code", "City": "name"}, "ignore_others": true
        });
        let xlsx = |upload: Upload| Upload { content_type: XLSX.into(), ..upload };
        let import = mapped(&client, "es-cities", &cities, &xlsx(cities_csv()), workbook.clone()).await;
        assert_eq!((import.state, import.accepted, import.faults.total), (WorkState::Succeeded, 100, 0), "{import:#?}");

        let names: BTreeMap<String, String> =
            table(&read(&folder, "indicators_and_bounds.csv")).into_iter().map(|row| (row["name_es"].clone(), row["indicator"].clone())).collect();
        let observations = json!({
            "kind": "observations", "sheet": SHEET, "columns": {"id": "city", "City": "city_name"}, "items": names,
            "period": {"constant": "2018"}, "ignore_others": true
        });
        let import = mapped(&client, "es-raw", &observations, &xlsx(observations_csv(&set)), workbook).await;
        assert_eq!((import.state, import.accepted, import.faults.total), (WorkState::Succeeded, 7_906, 0), "{import:#?}");
        assert_eq!((import.shape, import.mapping.expect("it was mapped").code.expect("by name").as_str()), (Some(ImportShape::Wide), "es-raw"));
        assert_eq!(count_observations(&client, "period=2018").await, 7_906);
        for row in table(&read(&folder, "raw_values.csv")).iter().take(3) {
            let path = format!("/api/v1/observations/{}/2018/sdg01_2020ratio", row["city_id"]);
            let kept: Value = client.get(&path).await.expect("it was imported");
            assert_eq!(kept["value"].as_f64(), row["sdg01_2020ratio"].parse().ok());
        }
    }

    async fn the_chinese_panel_imports_and_its_defects_are_shown(site: Site) {
        let Some(folder) = shared("data/cn-prefecture-panel-2000-2023") else { return };
        let client = site.client();
        let items = [
            ("gdp_100m_yuan", "gdp"), ("va_primary_100m_yuan", "primary"), ("va_secondary_100m_yuan", "secondary"),
            ("va_tertiary_100m_yuan", "tertiary"), ("land_area_km2", "area"), ("resident_population_10k", "population"),
            ("road_area_per_capita_m2", "road"),
        ];
        let mut document = plain_set("panel", &items.map(|(_, item)| item));
        for item in document["items"].as_array_mut().expect("it has items") {
            item.as_object_mut().expect("an item").remove("max");
        }
        let change = json!({"rule": "change", "items": ["gdp"], "at_least": LEAST_CHANGE, "at_most": GREATEST_CHANGE});
        document["rules"] = json!([{"code": "GDP_JUMP", "check": change}]);
        let set = publish(&client, &document).await;
        let panel = read(&folder, "panel_2000_2023.csv");
        let rows = table(&panel);

        let cities = json!({
            "kind": "cities", "distinct": true, "columns": {"city_code": "code", "city": "name"},
            "attributes": {"province": "province"}, "ignore_others": true
        });
        let import = mapped(&client, "cn-cities", &cities, &cities_csv(), panel.clone()).await;
        let codes: BTreeSet<&str> = rows.iter().map(|row| row["city_code"].as_str()).collect();
        assert_eq!((import.state, import.accepted, import.faults.total), (WorkState::Succeeded, codes.len() as u64, 0), "{import:#?}");
        assert!(two_names(&import.warnings.items).any(|fault| fault.value.as_deref() == Some("吐鲁番市")), "{:#?}", import.warnings);

        let mapped_items: BTreeMap<&str, Value> = items
            .into_iter()
            .map(|(header, item)| (header, match item {
                // 亿元 and 万人 as they stand; the people are wanted one by one.
                "population" => json!({"item": item, "unit": "万人", "numbers": {"times": "10000"}}),
                _ => json!({"item": item}),
            }))
            .collect();
        let observations = json!({
            "kind": "observations", "columns": {"city_code": "city", "city": "city_name", "year": "period"},
            "items": mapped_items,
            "ignore": ["province", "city_class", "tertiary_share_of_gdp", "industry_upgrade_index", "tertiary_to_secondary",
                       "population_density_per_km2"]
        });
        let import = mapped(&client, "cn-panel", &observations, &observations_csv(&set), panel).await;
        let reported: usize = rows.iter().map(|row| items.iter().filter(|(header, _)| !row[*header].is_empty()).count()).sum();
        assert_eq!((import.state, import.accepted, import.faults.total), (WorkState::Succeeded, reported as u64, 0), "{import:#?}");
        assert_eq!(import.encoding.as_deref(), Some("UTF-8"));
        assert!(two_names(&import.warnings.items).any(|fault| fault.value.as_deref() == Some("吐鲁番地区")), "{:#?}", import.warnings);

        let report = listed(&client, &import.id).await;
        assert_eq!(report.len() as u64, import.warnings.total);
        let jumps: BTreeSet<(&str, &str)> = report
            .iter()
            .filter(|fault| fault.code == "rule.violated")
            .filter_map(|fault| Some((fault.city.as_deref()?, fault.period.as_deref()?)))
            .collect();
        assert_eq!((jumps.len(), &jumps), (30, &gdp_jumps(&rows)));
        assert!(jumps.is_superset(&[("150600", "2022"), ("150600", "2023")].into()), "Ordos, 4.91 times and a quarter");

        let absent = |code: &str, of: fn(&Fault) -> Option<&str>| {
            let about = report.iter().filter(|fault| fault.code == code);
            about.filter_map(|fault| of(fault).zip(fault.value.as_deref())).map(|(of, periods)| (of.to_owned(), periods.to_owned())).collect()
        };
        let cities: BTreeMap<String, String> = absent("city.periods_missing", |fault| fault.city.as_deref());
        assert_eq!(cities.keys().map(String::as_str).collect::<BTreeSet<_>>(), coming_and_going(&rows));
        let items: BTreeMap<String, String> = absent("item.periods_missing", |fault| fault.node_or_item.as_deref());
        assert_eq!(items.get("road").map(String::as_str), Some("2000..2001"));
        let people: Value = client.get("/api/v1/observations/110000/2001/population").await.expect("it was imported");
        assert_eq!((people["value"].as_f64(), people["unit"].as_str()), (Some(13_851_000.0), Some("万人")));
    }
}

/// The years and cities whose output is beyond the bounds of the rule, computed from the file alone.
fn gdp_jumps(rows: &[BTreeMap<String, String>]) -> BTreeSet<(&str, &str)> {
    let output = |row: &BTreeMap<String, String>| row["gdp_100m_yuan"].parse::<f64>().ok();
    let of: BTreeMap<(&str, i32), f64> =
        rows.iter().filter_map(|row| Some(((row["city_code"].as_str(), row["year"].parse().ok()?), output(row)?))).collect();
    let jumps = |row: &&BTreeMap<String, String>| {
        let year: i32 = row["year"].parse().expect("a year");
        let before = of.get(&(row["city_code"].as_str(), year - 1));
        let change = output(row).zip(before).map(|(now, before)| now / before);
        change.is_some_and(|change| !(LEAST_CHANGE..=GREATEST_CHANGE).contains(&change))
    };
    rows.iter().filter(jumps).map(|row| (row["city_code"].as_str(), row["year"].as_str())).collect()
}

/// The cities that have rows in some of the file's years only.
fn coming_and_going(rows: &[BTreeMap<String, String>]) -> BTreeSet<&str> {
    let years: BTreeSet<&str> = rows.iter().map(|row| row["year"].as_str()).collect();
    let mut of: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for row in rows {
        of.entry(&row["city_code"]).or_default().insert(&row["year"]);
    }
    of.into_iter().filter(|(_, there)| there.len() < years.len()).map(|(city, _)| city).collect()
}

/// Everything that a report lists, page by page.
async fn listed(client: &Client, import: &Id) -> Vec<Fault> {
    let (mut all, mut cursor) = (Vec::new(), None);
    loop {
        let page = client.import_faults(import, cursor.as_ref()).await.expect("a page");
        all.extend(page.items);
        cursor = page.next;
        if cursor.is_none() {
            return all;
        }
    }
}

/// The warnings about the code that has two names.
fn two_names(warnings: &[Fault]) -> impl Iterator<Item = &Fault> {
    warnings.iter().filter(|fault| fault.code == "city.name_mismatch" && fault.city.as_deref() == Some("652100"))
}

/// Keeps a mapping under a name and imports a file with it.
async fn mapped(client: &Client, code: &str, document: &Value, upload: &Upload, body: Vec<u8>) -> Import {
    let code = code.parse().expect("a code");
    client.put_mapping(&code, document).await.unwrap_or_else(|error| panic!("{error}: {error:?}"));
    let import = client.upload_mapped(upload, &MappingOfUpload::Named(code), body).await.expect("the file is taken");
    finished(client, &import.job).await;
    client.import(&import.id).await.expect("the import is there")
}

fn read(folder: &Path, file: &str) -> Vec<u8> {
    std::fs::read(folder.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

fn table(csv: &[u8]) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(csv);
    reader.deserialize().map(|row| row.expect("a row with its header")).collect()
}
