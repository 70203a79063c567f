//! `citygauge maps`: the maps of a service.

use std::path::PathBuf;

use citygauge_indicators::{Language, parse_strict};
use citygauge_openapi::{API_ROOT, Code, Map, MapPage, path_segment};
use clap::{Args, Subcommand};

use super::offline::bytes_of;
use super::output::say;
use super::{Failed, remote};

/// List, upload and remove the maps of a service. It ships none: whoever uploads one has the right to publish it.
#[derive(Debug, Subcommand)]
pub(super) enum Maps {
    /// List the maps.
    List(remote::Service),
    /// Upload a map from a GeoJSON file, or change it whatever it was before.
    Put(Box<Put>),
    /// Remove a map.
    Remove(One),
}

#[derive(Debug, Args)]
pub(super) struct One {
    /// The code of the map.
    #[arg(value_name = "MAP")]
    map: Code,
    #[command(flatten)]
    service: remote::Service,
}

#[derive(Debug, Args)]
pub(super) struct Put {
    #[command(flatten)]
    one: One,
    /// The shapes: a GeoJSON FeatureCollection of areas, one per city.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The number under which the map was approved; it is shown on the map.
    #[arg(long, value_name = "NUMBER")]
    approval_number: String,
    /// The property of an area that holds the code of its city.
    #[arg(long, value_name = "PROPERTY", default_value = "code")]
    code_property: String,
    /// The Chinese title.
    #[arg(long, value_name = "TITLE", required_unless_present = "title_en")]
    title_zh: Option<String>,
    /// The English title.
    #[arg(long, value_name = "TITLE")]
    title_en: Option<String>,
}

impl Maps {
    pub async fn run(self, language: Language) -> Result<(), Failed> {
        match self {
            Self::List(service) => list(&service, language).await,
            Self::Put(put) => put.run(language).await,
            Self::Remove(one) => {
                let client = one.service.client(language)?;
                let path = format!("{API_ROOT}/maps/{}", path_segment(one.map.as_str()));
                client.delete_as_seen(&path).await.map_err(|error| remote::refused(error, language))
            }
        }
    }
}

impl Put {
    async fn run(self, language: Language) -> Result<(), Failed> {
        let shapes = parse_strict(&bytes_of(&self.file).map_err(Failed::Input)?).map_err(Failed::Input)?;
        let client = self.one.service.client(language)?;
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("approval_number", &self.approval_number).append_pair("key", &self.code_property);
        for (name, title) in [("title_zh", &self.title_zh), ("title_en", &self.title_en)] {
            if let Some(title) = title {
                query.append_pair(name, title);
            }
        }
        let place = format!("{API_ROOT}/maps/{}", path_segment(self.one.map.as_str()));
        let put = client.put_as_seen(&format!("{place}?{}", query.finish()), &shapes).await;
        let map: Map = put.map_err(|error| remote::refused(error, language))?;
        say(language.pick(
            format!("{}：{} 个区域，审图号 {}", map.code, map.features, map.approval_number),
            format!("{}: {} areas, approval number {}", map.code, map.features, map.approval_number),
        ))
    }
}

async fn list(service: &remote::Service, language: Language) -> Result<(), Failed> {
    let client = service.client(language)?;
    let mut cursor = String::new();
    loop {
        let page: MapPage =
            client.get(&format!("{API_ROOT}/maps?limit=1000{cursor}")).await.map_err(|error| remote::refused(error, language))?;
        for map in &page.items {
            let (first, second) = language.pick((&map.title_zh, &map.title_en), (&map.title_en, &map.title_zh));
            let title = first.as_ref().or(second.as_ref()).map_or("", |title| title.as_str());
            say(format!("{}  {title}  {}  {}", map.code, map.approval_number, map.features))?;
        }
        match page.next {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return Ok(()),
        }
    }
}
