//! A drawing as a picture, for forms that show no SVG.

use resvg::tiny_skia::{Color, Pixmap, Transform};
use resvg::usvg::{ImageHrefResolver, Options, Tree};

use super::figures::Figure;
use super::fonts::Fonts;
use super::{DocumentError, lettering};

/// Pixels of the picture for a pixel of the drawing.
const SCALE: f32 = 2.0;

/// The longest side of a picture, in pixels.
const LONGEST: f32 = 6000.0;

/// A picture.
pub(super) struct Picture {
    pub(super) png: Vec<u8>,
    pub(super) width: u32,
    pub(super) height: u32,
}

/// Draws a figure on white.
pub(super) fn draw(name: &str, figure: &Figure, fonts: &Fonts) -> Result<Picture, DocumentError> {
    let failed = |reason: String| DocumentError::Figure { name: name.to_owned(), reason };
    let options = Options {
        font_resolver: lettering::resolver(fonts),
        // A drawing is complete in itself; nothing is read from files.
        image_href_resolver: ImageHrefResolver { resolve_string: Box::new(|_, _| None), ..ImageHrefResolver::default() },
        ..Options::default()
    };
    let tree = Tree::from_str(&figure.svg, &options).map_err(|error| failed(error.to_string()))?;
    let size = tree.size();
    let scale = SCALE.min(LONGEST / size.width().max(size.height()));
    let scaled = size.scale_by(scale).ok_or_else(|| failed("it has no size".to_owned()))?.to_int_size();
    let mut pixels = Pixmap::new(scaled.width(), scaled.height()).ok_or_else(|| failed("it has no size".to_owned()))?;
    pixels.fill(Color::WHITE);
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut pixels.as_mut());
    let png = pixels.encode_png().map_err(|error| failed(error.to_string()))?;
    Ok(Picture { png, width: scaled.width(), height: scaled.height() })
}
