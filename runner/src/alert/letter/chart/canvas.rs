//! Drawing in shares of the picture, from 0 to 1 to the right and down.

use super::indexed;
use tiny_skia::{
    FillRule, LineCap, LineJoin, Paint, Path, PathBuilder, Pixmap, Rect, Stroke, StrokeDash,
    Transform,
};

/// Width of the metric's line and of others, pixels.
const LINE_PX: f32 = 3.5;
const THIN_PX: f32 = 2.0;

/// Radius of the newest value and of one that stands alone, pixels.
const DOT_PX: f32 = 7.0;

/// Lengths of a dash and of the gap behind it, pixels.
const DASHES_PX: [f32; 2] = [10.0, 8.0];

/// Red, green, blue, and how much of what is behind it is covered.
#[derive(Clone, Copy, Debug)]
pub struct Colour([u8; 4]);

impl Colour {
    /// Of these shares, each of 255.
    pub const fn new(red: u8, green: u8, blue: u8, cover: u8) -> Self {
        Self([red, green, blue, cover])
    }
}

/// A picture that is being drawn.
pub struct Canvas {
    pixels: Pixmap,
    width: f32,
    height: f32,
}

impl Canvas {
    /// Of this many pixels, all transparent.
    pub fn new(width: u32, height: u32) -> Option<Self> {
        Some(Self {
            pixels: Pixmap::new(width, height)?,
            width: width as f32,
            height: height as f32,
        })
    }

    /// A place in pixels. Half a dot at each side, or the newest value would be cut in two.
    fn at(&self, (x, y): (f64, f64)) -> (f32, f32) {
        let room = self.width - 2.0 * DOT_PX;
        (DOT_PX + x as f32 * room, y as f32 * self.height)
    }

    /// A part of the time, over the whole height.
    pub fn band(&mut self, from: f64, to: f64, colour: Colour) {
        let (left, top) = self.at((from, 0.0));
        let (right, bottom) = self.at((to, 1.0));
        // A short time is still seen.
        let right = right.max(left + THIN_PX);
        if let Some(rectangle) = Rect::from_ltrb(left, top, right, bottom) {
            let whole = Transform::identity();
            self.pixels
                .fill_rect(rectangle, &paint(colour), whole, None);
        }
    }

    /// A line over the whole width.
    pub fn level(&mut self, y: f64, colour: Colour) {
        self.across(y, colour, None);
    }

    /// A dashed line over the whole width.
    pub fn dashes(&mut self, y: f64, colour: Colour) {
        self.across(y, colour, StrokeDash::new(DASHES_PX.to_vec(), 0.0));
    }

    fn across(&mut self, y: f64, colour: Colour, dash: Option<StrokeDash>) {
        let (_, y) = self.at((0.0, y));
        let mut path = PathBuilder::new();
        path.move_to(0.0, y.round());
        path.line_to(self.width, y.round());
        let stroke = Stroke {
            width: THIN_PX,
            dash,
            ..Stroke::default()
        };
        self.stroke(path.finish(), colour, &stroke);
    }

    /// Through these places; a dot if there is only one.
    pub fn line(&mut self, places: &[(f64, f64)], colour: Colour) {
        if let [(x, y)] = places {
            self.dot(*x, *y, colour);
            return;
        }
        let stroke = Stroke {
            width: LINE_PX,
            line_cap: LineCap::Round,
            line_join: LineJoin::Round,
            ..Stroke::default()
        };
        let path = self.through(places).finish();
        self.stroke(path, colour, &stroke);
    }

    /// What lies between these places and `floor`.
    pub fn area(&mut self, places: &[(f64, f64)], floor: f64, colour: Colour) {
        let ([(first, _), ..], [.., (last, _)]) = (places, places) else {
            return;
        };
        let mut path = self.through(places);
        for corner in [(*last, floor), (*first, floor)] {
            let (x, y) = self.at(corner);
            path.line_to(x, y);
        }
        path.close();
        if let Some(path) = path.finish() {
            let whole = Transform::identity();
            self.pixels
                .fill_path(&path, &paint(colour), FillRule::Winding, whole, None);
        }
    }

    /// One value.
    pub fn dot(&mut self, x: f64, y: f64, colour: Colour) {
        let (x, y) = self.at((x, y));
        // Where it would be cut, it is moved.
        let y = y.clamp(DOT_PX, self.height - DOT_PX);
        if let Some(path) = PathBuilder::from_circle(x, y, DOT_PX) {
            let whole = Transform::identity();
            self.pixels
                .fill_path(&path, &paint(colour), FillRule::Winding, whole, None);
        }
    }

    /// The same line with at most four places for each column as wide as a line: the first, the lowest,
    /// the highest and the last, so that no peak gets lost.
    pub fn thinned(&self, places: &[(f64, f64)]) -> Vec<(f64, f64)> {
        let column = |place: &(f64, f64)| (self.at(*place).0 / LINE_PX) as u32;
        let mut kept = Vec::new();
        for group in places.chunk_by(|a, b| column(a) == column(b)) {
            let by_height = |a: &usize, b: &usize| group[*a].1.total_cmp(&group[*b].1);
            let extreme = [
                (0..group.len()).min_by(by_height),
                (0..group.len()).max_by(by_height),
            ];
            let mut these = vec![0, group.len() - 1];
            these.extend(extreme.into_iter().flatten());
            these.sort_unstable();
            these.dedup();
            kept.extend(these.into_iter().map(|n| group[n]));
        }
        kept
    }

    /// As a file.
    pub fn png(&self) -> Option<Vec<u8>> {
        let pixels: Vec<[u8; 4]> = self
            .pixels
            .pixels()
            .iter()
            .map(|pixel| {
                let it = pixel.demultiply();
                [it.red(), it.green(), it.blue(), it.alpha()]
            })
            .collect();
        indexed::png(self.pixels.width(), self.pixels.height(), &pixels)
    }

    fn through(&self, places: &[(f64, f64)]) -> PathBuilder {
        let mut path = PathBuilder::new();
        for (n, place) in places.iter().enumerate() {
            let (x, y) = self.at(*place);
            match n {
                0 => path.move_to(x, y),
                _ => path.line_to(x, y),
            }
        }
        path
    }

    fn stroke(&mut self, path: Option<Path>, colour: Colour, stroke: &Stroke) {
        if let Some(path) = path {
            let whole = Transform::identity();
            self.pixels
                .stroke_path(&path, &paint(colour), stroke, whole, None);
        }
    }
}

fn paint(Colour([red, green, blue, cover]): Colour) -> Paint<'static> {
    let mut paint = Paint::default();
    paint.set_color_rgba8(red, green, blue, cover);
    paint.anti_alias = true;
    paint
}
