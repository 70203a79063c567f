//! Mutations of inputs that know something of their format: words are inserted whole, and members of archives are changed rather than their
//! compressed bytes.

use std::io::{Cursor, Read, Write};

use mutatis::{Candidates, Context, Mutate, Result, Session};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::Target;

/// No mutation is longer; longer inputs are cut.
const LONGEST: usize = 256 << 10;

/// A part of an archive that unpacks to more is left as it is.
const LONGEST_MEMBER: u64 = 1 << 20;

/// At most so many changes make one mutation.
const MOST_CHANGES: usize = 6;

/// Mutates inputs of a target; the same seed gives the same mutations.
pub struct Mutator {
    words: &'static [&'static str],
    is_archive: bool,
    session: Session,
}

impl Mutator {
    /// Mutates inputs of this target.
    #[must_use]
    pub fn new(target: &Target, seed: u64) -> Self {
        Self { words: target.words, is_archive: target.is_archive, session: Session::new().seed(seed) }
    }

    /// A mutation of an input; pieces of `other` may be put into it.
    pub fn mutate(&mut self, input: &[u8], other: &[u8]) -> Vec<u8> {
        let members = if self.is_archive && self.below(4) > 0 { members(input) } else { None };
        let mut mutated = match members {
            Some(members) if !members.is_empty() => self.archive(members),
            _ => {
                let mut bytes = input.to_vec();
                self.change(&mut bytes, other);
                bytes
            }
        };
        mutated.truncate(LONGEST);
        mutated
    }

    /// An archive with a member or two changed, left out or doubled.
    fn archive(&mut self, mut members: Vec<(String, Vec<u8>)>) -> Vec<u8> {
        for _ in 0..=self.below(2) {
            let place = self.below(members.len());
            match self.below(20) {
                0 if members.len() > 1 => drop(members.remove(place)),
                1 => members.push((format!("{}2", members[place].0), members[place].1.clone())),
                _ => {
                    // The sheets are where the cells stand.
                    let sheets: Vec<usize> = (0..members.len()).filter(|at| members[*at].0.contains("sheet")).collect();
                    let place = if sheets.is_empty() || self.below(3) == 0 { place } else { sheets[self.below(sheets.len())] };
                    let other = members[self.below(members.len())].1.clone();
                    self.change(&mut members[place].1, &other);
                }
            }
        }
        packed(&members)
    }

    fn change(&mut self, bytes: &mut Vec<u8>, other: &[u8]) {
        let mut changes = Changes { words: self.words, other };
        for _ in 0..=self.below(MOST_CHANGES) {
            self.session.mutate_with(&mut changes, bytes).expect("bytes can always be changed");
        }
    }

    /// A number below a bound, which is 1 or more.
    fn below(&mut self, bound: usize) -> usize {
        let drawn: u32 = self.session.generate().expect("a number can always be drawn");
        drawn as usize % bound
    }
}

/// The changes of bytes, each as likely as the others.
struct Changes<'c> {
    words: &'static [&'static str],
    other: &'c [u8],
}

impl Mutate<Vec<u8>> for Changes<'_> {
    fn mutate(&mut self, candidates: &mut Candidates, bytes: &mut Vec<u8>) -> Result<()> {
        let (words, other) = (self.words, self.other);
        // A word in, or in the place of something.
        for replaced in [0, 12] {
            candidates.mutation(|context| {
                let word = context.rng().choose(words).copied().unwrap_or_default();
                let (from, to) = span(context, bytes.len(), replaced);
                bytes.splice(from..to, word.bytes());
                Ok(())
            })?;
        }
        // A byte anew, and a bit the other way.
        candidates.mutation(|context| {
            let byte = context.rng().gen_u8();
            change_byte(context, bytes, |_| byte);
            Ok(())
        })?;
        candidates.mutation(|context| {
            let bit = context.rng().gen_u8() % 8;
            change_byte(context, bytes, |byte| byte ^ (1 << bit));
            Ok(())
        })?;
        // A piece out, twice, elsewhere too, or from another input.
        candidates.mutation(|context| {
            let (from, to) = span(context, bytes.len(), 40);
            bytes.drain(from..to);
            Ok(())
        })?;
        candidates.mutation(|context| {
            let (from, to) = span(context, bytes.len(), 80);
            let at = place(context, bytes.len());
            let piece = bytes[from..to].to_vec();
            bytes.splice(at..at, piece);
            Ok(())
        })?;
        candidates.mutation(|context| {
            let (from, to) = span(context, other.len(), 200);
            let at = place(context, bytes.len());
            bytes.splice(at..at, other[from..to].iter().copied());
            Ok(())
        })?;
        // A piece many times, for what nests or repeats.
        candidates.mutation(|context| {
            let (from, to) = span(context, bytes.len(), 6);
            let times = context.rng().gen_index(200).unwrap_or(0);
            let pieces = bytes[from..to].repeat(times);
            bytes.splice(to..to, pieces);
            bytes.truncate(LONGEST);
            Ok(())
        })?;
        // The end off.
        candidates.mutation(|context| {
            let at = place(context, bytes.len());
            bytes.truncate(at);
            Ok(())
        })
    }
}

/// A place in so many bytes, their end included.
fn place(context: &mut Context, length: usize) -> usize {
    context.rng().gen_index(length + 1).unwrap_or(0)
}

/// A span of at most `longest` bytes.
fn span(context: &mut Context, length: usize, longest: usize) -> (usize, usize) {
    let from = place(context, length);
    (from, (from + place(context, longest)).min(length))
}

fn change_byte(context: &mut Context, bytes: &mut [u8], change: impl FnOnce(u8) -> u8) {
    if let Some(at) = context.rng().gen_index(bytes.len()) {
        bytes[at] = change(bytes[at]);
    }
}

/// The members of an archive with their names; none where it is no archive, or one of them is too long.
fn members(archive: &[u8]) -> Option<Vec<(String, Vec<u8>)>> {
    let mut archive = ZipArchive::new(Cursor::new(archive)).ok()?;
    let mut members = Vec::new();
    for place in 0..archive.len() {
        let member = archive.by_index(place).ok()?;
        let name = member.name().ok()?.into_owned();
        let mut bytes = Vec::new();
        member.take(LONGEST_MEMBER + 1).read_to_end(&mut bytes).ok()?;
        if bytes.len() as u64 > LONGEST_MEMBER {
            return None;
        }
        members.push((name, bytes));
    }
    Some(members)
}

/// The archive of members, not compressed.
fn packed(members: &[(String, Vec<u8>)]) -> Vec<u8> {
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        // A name that stands twice cannot be written; the first member of it stays.
        if archive.start_file(name.as_str(), options).is_ok() {
            archive.write_all(bytes).expect("memory");
        }
    }
    archive.finish().expect("memory").into_inner()
}
