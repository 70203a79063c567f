//! What the commands without a service read: a set, a file of observations and, where given, one of cities.
//!
//! The faults of all of them are reported together; only what cannot be known while the set or the cities are at
//! fault waits for the next run.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use citygauge_assessment::{Assessment, AssessmentError, Observations, Options, assess};
use citygauge_indicators::{City, Fault, Faults, IndicatorSet, Language, Period, SetDocument, canonical, catalog};
use clap::Args;

use super::Failed;
use super::output::tell;
use crate::assessments::input;
use crate::authoring;
use crate::intake::cities::{self, CityOptions};
use crate::intake::mapping::{CityNames, Mapping};
use crate::intake::observations::{self, Blanks, ObservationOptions};
use crate::intake::{Format, Reading};
use crate::release::ReleaseFile;

/// What is to be assessed.
#[derive(Debug, Clone, Args)]
pub struct Inputs {
    /// The indicator set: a file, or the code of a set of the catalog (see `citygauge sets list`).
    #[arg(long, value_name = "SET")]
    pub set: String,
    /// The observations: CSV, XLSX, Parquet, JSON or NDJSON, by extension; a release of the service as it was downloaded.
    #[arg(long, value_name = "FILE")]
    pub data: PathBuf,
    /// The cities, in the same formats; without it every city of the observations counts.
    #[arg(long, value_name = "FILE")]
    pub cities: Option<PathBuf>,
    /// How the file of observations is to be understood, where it is not in the usual form: a mapping document.
    #[arg(long, value_name = "FILE")]
    pub mapping: Option<String>,
    /// The period of observations that name none; of those that do, the only period whose results are wanted.
    #[arg(long, value_name = "PERIOD")]
    pub period: Option<String>,
}

/// Inputs without a fault.
pub struct Loaded {
    /// The set.
    pub set: IndicatorSet,
    /// The observations.
    pub observations: Observations,
    /// The only period whose results are wanted.
    pub period: Option<Period>,
    /// What is worth a look in the files although they were read.
    pub warnings: Faults,
}

impl Inputs {
    /// Reads everything, or reports every fault of every file.
    pub fn load(&self, language: Language) -> Result<Loaded, Failed> {
        let period = period(self.period.as_deref(), language)?;
        let mut faults = Faults::default();
        let set = kept(set(&self.set), &mut faults);
        let cities = self.cities.as_deref().map(|file| kept(read_cities(file), &mut faults));
        // Where the file of cities is at fault, its codes are not all known, so none is asked for.
        let known = cities.clone().flatten();
        let mapping = self.mapping.as_deref().map(|file| kept(mapping(file), &mut faults));
        let mut warnings = Faults::default();
        if let (Some(file), true) = (release(&self.data), self.mapping.is_none()) {
            return self.of_release(&file, set, known.as_deref(), period, faults);
        }
        let observed = match (&set, &mapping) {
            // Under a mapping that is at fault every row would be.
            (Some(_), Some(None)) => None,
            (Some(set), mapping) => {
                let mapping = mapping.as_ref().and_then(Option::as_ref);
                kept(read_observations(&self.data, set, known.as_deref(), mapping, period, &mut warnings), &mut faults)
            }
            (None, _) => kept(bytes_of(&self.data).map(|_| Vec::new()), &mut faults),
        };
        let (Some(set), Some(observed), false) = (set, observed, faults.has_errors()) else {
            return Err(Failed::Input(faults));
        };
        let file = self.data.display().to_string();
        let observations = Observations::from_long(&set, &observed, known.as_deref()).map_err(|faults| faults.in_file(&file))?;
        let absent = observations.absent(period.as_slice());
        if !absent.is_empty() {
            return Err(Failed::Input(absent.in_file(&file)));
        }
        Ok(Loaded { set, observations, period, warnings })
    }
}

impl Inputs {
    /// The inputs where the observations are a release, which is read in the way in which the service reads it: items of other sets and,
    /// where cities are given, other cities are passed over.
    fn of_release(
        &self,
        file: &ReleaseFile,
        set: Option<IndicatorSet>,
        cities: Option<&[City]>,
        period: Option<Period>,
        faults: Faults,
    ) -> Result<Loaded, Failed> {
        let (Some(set), false) = (set, faults.has_errors()) else { return Err(Failed::Input(faults)) };
        let name = self.data.display().to_string();
        let listed: Option<Vec<String>> = cities.map(|cities| cities.iter().map(|city| city.code.clone()).collect());
        let read = input::observations(&set, file, listed.as_deref(), cities.unwrap_or_default());
        let observations = read.map_err(|faults| faults.in_file(&name))?;
        let absent = observations.absent(period.as_slice());
        if !absent.is_empty() {
            return Err(Failed::Input(absent.in_file(&name)));
        }
        Ok(Loaded { set, observations, period, warnings: Faults::default() })
    }

    /// The observations for another set, which has to have every item of the data.
    pub fn observations_for(&self, set: &IndicatorSet) -> Result<Observations, Faults> {
        let cities = self.cities.as_deref().map(read_cities).transpose()?;
        let mapping = self.mapping.as_deref().map(mapping).transpose()?;
        let period = self.period.as_deref().map(str::parse::<Period>).transpose()?;
        let file = &self.data;
        let mut warnings = Faults::default();
        let observed = read_observations(file, set, cities.as_deref(), mapping.as_ref(), period, &mut warnings)?;
        Observations::from_long(set, &observed, cities.as_deref()).map_err(|faults| faults.in_file(&file.display().to_string()))
    }

    /// Refuses to write over what is read; `flag` names the file to be written.
    pub fn spare(&self, flag: &str, out: Option<&Path>, language: Language) -> Result<(), Failed> {
        let whole = |file: &Path| file.canonicalize().ok();
        let Some(out) = out.and_then(whole) else { return Ok(()) };
        let mapping = self.mapping.as_deref().map(Path::new);
        let read = [Some(Path::new(&self.set)), Some(&self.data), self.cities.as_deref(), mapping];
        if !read.into_iter().flatten().any(|file| whole(file).as_ref() == Some(&out)) {
            return Ok(());
        }
        let out = out.display();
        Err(Failed::Usage(match language {
            Language::Zh => format!("{flag} {out}：这是本命令读取的文件，请写到别处"),
            Language::En => format!("{flag} {out}: the command reads this file; write to another one"),
        }))
    }
}

impl Loaded {
    /// Says on stderr what is worth a look in the files.
    pub fn tell_warnings(&self, language: Language) {
        for warning in &self.warnings.0 {
            tell(warning.line(language));
        }
    }

    /// Scores what was read, on so many threads; on as many as there are cores unless given.
    pub fn assess(&self, threads: Option<NonZeroUsize>) -> Result<Assessment, Failed> {
        let options = Options { periods: self.period.map(|period| vec![period]), threads, ..Options::default() };
        assess(&self.set, &self.observations, &options).map_err(|error| match error {
            AssessmentError::Refused(faults) => Failed::Input(faults),
            other => Failed::other(other),
        })
    }
}

/// The set in a file, JSON or a workbook, or the one of the catalog with this code.
pub fn set(name: &str) -> Result<IndicatorSet, Faults> {
    if is_workbook(name) {
        let bytes = bytes_of(Path::new(name))?;
        return authoring::read(&bytes).map_err(|faults| faults.in_file(name));
    }
    SetDocument::check_text(&document(name)?).map_err(|faults| faults.in_file(name))
}

fn is_workbook(name: &str) -> bool {
    Path::new(name).exists() && Format::from_file_name(name) == Some(Format::Xlsx)
}

/// The text of the set document in a file, or of the one of the catalog with this code. A file wins.
pub fn document(name: &str) -> Result<Vec<u8>, Faults> {
    let path = Path::new(name);
    if is_workbook(name) {
        return Ok(canonical::canonical(set(name)?.document()).into_bytes());
    }
    if path.exists() {
        return bytes_of(path);
    }
    if let Some(entry) = catalog::ENTRIES.iter().find(|entry| entry.code == name) {
        return Ok(entry.document.into());
    }
    let known = catalog::ENTRIES.map(|entry| entry.code).join(", ");
    Err(Fault::error(
        "set.unknown",
        format!("没有文件“{name}”，目录中也没有此代码的指标体系"),
        format!("there is no file '{name}', and no set of the catalog has this code"),
    )
    .value(name)
    .expected(known.clone())
    .hint(format!("给出指标体系文件，或目录中的代码：{known}"), format!("name a file, or a set of the catalog: {known}"))
    .into())
}

/// The period that a flag names.
pub fn period(flag: Option<&str>, language: Language) -> Result<Option<Period>, Failed> {
    let parsed = flag.map(str::parse::<Period>).transpose();
    parsed.map_err(|fault: Fault| Failed::Usage(format!("--period: {}", fault.line(language))))
}

/// The cities of a file.
pub fn read_cities(file: &Path) -> Result<Vec<City>, Faults> {
    let (bytes, format, name) = table(file)?;
    let reading = cities::read(&bytes, format, &CityOptions { file_name: Some(&name), ..CityOptions::default() });
    Ok(sound(reading)?.iter().map(cities::ReadCity::to_city).collect())
}

fn read_observations(
    file: &Path,
    set: &IndicatorSet,
    cities: Option<&[City]>,
    mapping: Option<&Mapping>,
    period: Option<Period>,
    warnings: &mut Faults,
) -> Result<Vec<citygauge_indicators::Observation>, Faults> {
    let (bytes, format, name) = table(file)?;
    let known: Option<observations::CityRegister> = cities.map(|cities| cities.iter().map(|city| city.code.clone()).collect());
    let names = cities.map(|cities| {
        let mut names = CityNames::default();
        for city in cities {
            names.add(&city.code, [&city.name.zh, &city.name.en].into_iter().flatten());
        }
        names
    });
    let options = ObservationOptions {
        file_name: Some(&name),
        period,
        known_cities: known.as_ref(),
        city_names: names.as_ref(),
        mapping,
        // A city of which nothing is known still is a row of the file, and so one of the result.
        blanks: Blanks::Missing,
        ..ObservationOptions::default()
    };
    let reading = observations::read(&bytes, format, set, &options);
    warnings.0.extend(reading.faults.0.iter().filter(|fault| !fault.is_error()).cloned());
    let rows = sound(reading)?;
    Ok(rows.iter().map(|row| row.to_observation(set)).collect())
}

/// The mapping in a file.
pub fn mapping(file: &str) -> Result<Mapping, Faults> {
    Mapping::read(&bytes_of(Path::new(file))?).map_err(|faults| faults.in_file(file))
}

/// The observations of a file, of any city.
pub fn observations(
    file: &Path,
    set: &IndicatorSet,
    period: Option<Period>,
) -> Result<Vec<citygauge_indicators::Observation>, Faults> {
    read_observations(file, set, None, None, period, &mut Faults::default())
}

/// The file where it is that of a release: Parquet with just the columns of one.
fn release(file: &Path) -> Option<ReleaseFile> {
    if Format::from_file_name(&file.display().to_string()) != Some(Format::Parquet) {
        return None;
    }
    let release = ReleaseFile::File(std::fs::File::open(file).ok()?);
    release.is_one().then_some(release)
}

fn table(file: &Path) -> Result<(Vec<u8>, Format, String), Faults> {
    let name = file.display().to_string();
    let format = Format::from_file_name(&name).ok_or_else(|| {
        let known = Format::ALL.map(Format::extension).join(", ");
        Fault::error("file.extension", "不能从扩展名得知文件格式", "the extension does not tell the format of the file")
            .expected(known.clone())
            .hint(format!("使用以下扩展名之一：{known}"), format!("use one of the extensions {known}"))
    });
    match (format, bytes_of(file)) {
        (Ok(format), Ok(bytes)) => Ok((bytes, format, name)),
        (_, Err(faults)) => Err(faults),
        (Err(fault), _) => Err(Faults::from(fault).in_file(&name)),
    }
}

/// The bytes of a file of the user.
pub fn bytes_of(file: &Path) -> Result<Vec<u8>, Faults> {
    std::fs::read(file).map_err(|error| {
        let fault =
            Fault::error("file.unreadable", format!("无法读取文件：{error}"), format!("the file cannot be read: {error}"));
        Faults::from(fault.hint("检查路径和权限", "check the path and the permissions")).in_file(&file.display().to_string())
    })
}

fn sound<T>(reading: Reading<T>) -> Result<Vec<T>, Faults> {
    if reading.is_sound() { Ok(reading.rows) } else { Err(reading.faults) }
}

fn kept<T>(read: Result<T, Faults>, faults: &mut Faults) -> Option<T> {
    read.map_err(|found| faults.0.extend(found.0)).ok()
}

impl From<Faults> for Failed {
    fn from(faults: Faults) -> Self {
        Self::Input(faults)
    }
}

#[cfg(test)]
mod tests;
