//! A metric's last day as a small picture: the line, its limits, and the time of the incident.
//!
//! Without letters: what the edges stand for is written around it, where it can be read aloud. Without a
//! background, in colours that are seen on light and on dark.

mod canvas;
mod indexed;

use self::canvas::{Canvas, Colour};
use super::day::{Day, share};
use crate::model::incident::Severity;
use crate::model::notification::{Item, Limit, Measured};
use crate::model::run::Micros;

/// As shown, pixels. It has twice as many in each direction, for fine screens.
pub const WIDTH: u32 = 536;
/// As shown, pixels.
pub const HEIGHT: u32 = 130;

/// A limit that would make the line this many times flatter is not drawn.
const FLATTER_MAX: f64 = 12.0;

/// Of the height, above and below what is drawn.
const MARGIN: f64 = 0.06;

const LINE: Colour = Colour::new(0x3b, 0x82, 0xf6, 255);
const BELOW_LINE: Colour = Colour::new(0x3b, 0x82, 0xf6, 36);
const WARNING: Colour = Colour::new(0xd9, 0x8a, 0x00, 255);
const CRITICAL: Colour = Colour::new(0xe0, 0x43, 0x43, 255);
const INCIDENT: Colour = Colour::new(0x8b, 0x94, 0x9e, 56);
const EDGE: Colour = Colour::new(0x8b, 0x94, 0x9e, 150);

/// What the upper and the lower edge of the picture stand for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frame {
    /// The upper edge, in the metric's unit.
    pub top: f64,
    /// The lower edge.
    pub bottom: f64,
}

/// The edges of a metric's picture; none if there is nothing to draw.
pub fn frame(measured: &Measured, now: Micros) -> Option<Frame> {
    let (low, high) = Day::of(&measured.day, now)?.range();
    let (mut bottom, mut top) = (low, high);
    // Halves, because the distance of two finite numbers need not be finite.
    let distance = |a: f64, b: f64| (a / 2.0 - b / 2.0).abs();
    let height = distance(high, low);
    for (_, line) in lines(measured) {
        let (lower, upper) = (bottom.min(line), top.max(line));
        if height <= 0.0 || distance(upper, lower) <= height * FLATTER_MAX {
            (bottom, top) = (lower, upper);
        }
    }
    // What cannot be less than nothing is best compared with nothing.
    if bottom > 0.0 && bottom < top / 2.0 {
        bottom = 0.0;
    }
    if top <= bottom {
        let around = (top.abs() / 2.0).max(0.5);
        (bottom, top) = (bottom - around, top + around);
    }
    (top.is_finite() && bottom.is_finite()).then_some(Frame { top, bottom })
}

/// The limits' lines, those that matter more first.
fn lines(measured: &Measured) -> impl Iterator<Item = (Severity, f64)> {
    let of = |severity, limit: &Option<Limit>| {
        let lines = limit.iter().flat_map(|limit| limit.lines.clone());
        lines.map(move |line| (severity, line)).collect::<Vec<_>>()
    };
    let critical = of(Severity::Critical, &measured.critical);
    let warning = of(Severity::Warning, &measured.warning);
    let all = critical.into_iter().chain(warning);
    all.filter(|(_, line)| line.is_finite())
}

/// The picture as a PNG file; none if there is nothing to draw.
pub fn png(item: &Item, now: Micros) -> Option<Vec<u8>> {
    let measured = item.measured.as_ref()?;
    let day = Day::of(&measured.day, now)?;
    let frame = frame(measured, now)?;
    let mut canvas = Canvas::new(2 * WIDTH, 2 * HEIGHT)?;
    let (begin, end) = day.window();
    let x = |at: i64| match begin >= end {
        true => 0.5,
        false => share(at as f64, begin as f64, end as f64),
    };
    let y = |value: f64| {
        let up = share(value, frame.bottom, frame.top);
        MARGIN + (1.0 - up) * (1.0 - 2.0 * MARGIN)
    };

    let until = item.until.map_or(end, |until| until.0);
    if begin < end && item.since.0 < end && until > begin {
        canvas.band(x(item.since.0.max(begin)), x(until.min(end)), INCIDENT);
    }
    canvas.level(1.0 - MARGIN, EDGE);
    for (severity, line) in lines(measured) {
        if (frame.bottom..=frame.top).contains(&line) {
            let colour = match severity {
                Severity::Critical => CRITICAL,
                Severity::Warning => WARNING,
            };
            canvas.dashes(y(line), colour);
        }
    }
    for piece in day.pieces() {
        let places: Vec<(f64, f64)> = piece.iter().map(|&(at, v)| (x(at), y(v))).collect();
        let places = canvas.thinned(&places);
        canvas.area(&places, 1.0 - MARGIN, BELOW_LINE);
        canvas.line(&places, LINE);
    }
    if let Some((at, value)) = day.last() {
        canvas.dot(x(at), y(value), LINE);
    }
    canvas.png()
}

#[cfg(test)]
mod tests;
