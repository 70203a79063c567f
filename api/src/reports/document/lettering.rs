//! The letters of drawings that become pictures: the same fonts as those of documents, chosen in the same way.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use resvg::usvg::fontdb::{Database, FaceInfo, ID, Language, Source, Stretch, Style, Weight};
use resvg::usvg::{Font, FontFamily, FontResolver};
use typst::text::{FontStyle, FontVariant, FontWeight};

use super::fonts::Fonts;

/// The faces that a drawing has asked for so far, by their place among the fonts.
struct Faces<'f> {
    fonts: &'f Fonts,
    known: Mutex<HashMap<usize, Option<ID>>>,
}

/// Chooses fonts for a drawing: a family that it names, then those of headings and tables, then any font that has the character.
pub(super) fn resolver(fonts: &Fonts) -> FontResolver<'_> {
    let faces = Arc::new(Faces { fonts, known: Mutex::default() });
    let others = Arc::clone(&faces);
    FontResolver {
        select_font: Box::new(move |font, database| faces.named(font, database)),
        select_fallback: Box::new(move |character, tried, database| others.having(character, tried, database)),
    }
}

impl Faces<'_> {
    fn named(&self, font: &Font, database: &mut Arc<Database>) -> Option<ID> {
        let variant = FontVariant {
            style: font.style().into(),
            weight: FontWeight::from_number(font.weight()),
            stretch: font.stretch().into(),
        };
        let named = font.families().iter().filter_map(|family| match family {
            FontFamily::Named(name) => Some(name.as_str()),
            _ => None,
        });
        let families = self.fonts.families();
        let own = families.sans.iter().rev().chain(&families.serif).map(String::as_str);
        let places = named.chain(own).filter_map(|name| self.fonts.book().select(&name.to_lowercase(), variant));
        places.into_iter().find_map(|place| self.face(place, database))
    }

    fn having(&self, character: char, tried: &[ID], database: &mut Arc<Database>) -> Option<ID> {
        let first = {
            let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            known.iter().find(|(_, face)| face.as_ref().is_some_and(|face| tried.first() == Some(face))).map(|(place, _)| *place)
        };
        let like = first.and_then(|place| self.fonts.book().info(place));
        let variant = like.map(|font| font.variant).unwrap_or_default();
        let place = self.fonts.book().select_fallback(like, variant, character.encode_utf8(&mut [0; 4]))?;
        self.face(place, database).filter(|face| !tried.contains(face))
    }

    fn face(&self, place: usize, database: &mut Arc<Database>) -> Option<ID> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        *known.entry(place).or_insert_with(|| self.fonts.font(place).map(|font| push(&font, database)))
    }
}

/// Adds a font, without a copy of its file.
fn push(font: &typst::text::Font, database: &mut Arc<Database>) -> ID {
    let about = font.info();
    Arc::make_mut(database).push_face_info(FaceInfo {
        id: ID::dummy(),
        source: Source::Binary(Arc::new(font.data().clone())),
        index: font.index(),
        families: vec![(about.family.clone(), Language::English_UnitedStates)],
        post_script_name: String::new(),
        style: match about.variant.style {
            FontStyle::Normal => Style::Normal,
            FontStyle::Italic => Style::Italic,
            FontStyle::Oblique => Style::Oblique,
        },
        weight: Weight(about.variant.weight.to_number()),
        stretch: Stretch::Normal,
        monospaced: false,
    })
}
