//! The picture: drawn for whatever was measured, small, and with what matters in it.

use super::*;
use crate::alert::letter::sample;

const MINUTE_US: i64 = 60 * 1_000_000;

/// As many bytes as a picture may have.
const PNG_BYTES_MAX: usize = 16 * 1024;

fn item(points: Vec<(i64, f64)>, critical: &[f64]) -> Item {
    let (_, notification) = sample::of_every_kind().remove(0);
    let mut item = notification.news[0].clone();
    if let Some(measured) = &mut item.measured {
        measured.day = points
            .into_iter()
            .map(|(minute, value)| (Micros(minute * MINUTE_US), value))
            .collect();
        measured.warning = None;
        measured.critical = Some(Limit {
            text: "> x".to_owned(),
            lines: critical.to_vec(),
        });
    }
    item.since = Micros(1000 * MINUTE_US);
    item
}

/// A picture as a mail program reads it.
struct Picture {
    width: usize,
    height: usize,
    /// Red, green, blue, and how much is covered.
    pixels: Vec<[u8; 4]>,
}

impl Picture {
    fn pixel(&self, x: usize, y: usize) -> [u8; 4] {
        self.pixels[y * self.width + x]
    }
}

fn drawn(item: &Item) -> Option<Picture> {
    let file = png(item, Micros(1440 * MINUTE_US))?;
    assert!(file.len() <= PNG_BYTES_MAX, "{} bytes", file.len());
    let mut decoder = png::Decoder::new(std::io::Cursor::new(file));
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info().expect("a PNG");
    let mut bytes = vec![0; reader.output_buffer_size().expect("not huge")];
    let info = reader.next_frame(&mut bytes).expect("a picture");
    assert_eq!((info.width, info.height), (2 * WIDTH, 2 * HEIGHT));
    assert_eq!(info.color_type, png::ColorType::Rgba);
    Some(Picture {
        width: info.width as usize,
        height: info.height as usize,
        pixels: bytes
            .chunks_exact(4)
            .map(|it| [it[0], it[1], it[2], it[3]])
            .collect(),
    })
}

/// The columns in which the line's blue is seen.
fn columns(picture: &Picture) -> Vec<bool> {
    let is_line = |x, y| {
        let [red, _, blue, cover] = picture.pixel(x, y);
        cover > 200 && blue > 200 && red < 120
    };
    (0..picture.width)
        .map(|x| (0..picture.height).any(|y| is_line(x, y)))
        .collect()
}

#[test]
fn whatever_was_measured_is_drawn() {
    for (reason, points) in [
        ("one point", vec![(700, 1.0)]),
        ("the same twice", vec![(700, 1.0), (700, 1.0)]),
        ("constant", vec![(0, 5.0), (1440, 5.0)]),
        ("constant and nothing", vec![(0, 0.0), (1440, 0.0)]),
        ("huge", vec![(0, f64::MIN), (700, 0.0), (1440, f64::MAX)]),
        ("tiny", vec![(0, f64::MIN_POSITIVE), (1440, 5e-324)]),
        (
            "not a number among them",
            vec![(0, 1.0), (7, f64::NAN), (1440, f64::INFINITY)],
        ),
        ("out of order", vec![(1440, 2.0), (0, 1.0)]),
        (
            "thousands that jump",
            (0..20_000)
                .map(|n| (n / 14, f64::from(n as i32 % 97)))
                .collect(),
        ),
    ] {
        let picture = drawn(&item(points, &[3.0])).expect(reason);
        assert!(columns(&picture).contains(&true), "{reason}");
    }
    assert!(drawn(&item(vec![], &[3.0])).is_none());
}

#[test]
fn a_hole_in_time_is_a_hole_in_the_line() {
    let whole: Vec<_> = (0..=288).map(|n| (n * 5, (n % 7) as f64)).collect();
    let holed: Vec<_> = whole
        .iter()
        .copied()
        .filter(|(minute, _)| !(500..900).contains(minute))
        .collect();
    let is_gapless = |points| {
        let columns = columns(&drawn(&item(points, &[9.0])).expect("a picture"));
        columns[500..560].iter().all(|is_line| *is_line)
    };
    assert!(is_gapless(whole));
    assert!(!is_gapless(holed));
}

#[test]
fn a_peak_of_one_value_among_thousands_is_seen() {
    let points = (0..10_000).map(|n| (n / 7, if n == 4321 { 1.0 } else { 0.0 }));
    let picture = drawn(&item(points.collect(), &[])).expect("a picture");
    let is_high = |x| (0..40).any(|y| picture.pixel(x, y)[3] > 128);
    assert!((0..picture.width).any(is_high));
}

#[test]
fn the_edges_hold_the_line_and_the_limits_that_do_not_flatten_it() {
    let edges = |points, critical: &[f64]| {
        let item = item(points, critical);
        let measured = item.measured.expect("measured");
        frame(&measured, Micros(0)).map(|frame| (frame.bottom, frame.top))
    };
    for (reason, points, critical, expected) in [
        (
            "a limit above",
            vec![(0, 60.0), (9, 80.0)],
            vec![90.0],
            (60.0, 90.0),
        ),
        (
            "a limit far above",
            vec![(0, 60.0), (9, 61.0)],
            vec![9000.0],
            (60.0, 61.0),
        ),
        (
            "compared with nothing",
            vec![(0, 2.0), (9, 80.0)],
            vec![],
            (0.0, 80.0),
        ),
        (
            "below nothing",
            vec![(0, -2.0), (9, 80.0)],
            vec![],
            (-2.0, 80.0),
        ),
        ("constant", vec![(0, 4.0), (9, 4.0)], vec![], (2.0, 6.0)),
        (
            "constant and a limit",
            vec![(0, 4.0)],
            vec![90.0],
            (0.0, 90.0),
        ),
    ] {
        assert_eq!(edges(points, &critical), Some(expected), "{reason}");
    }
}
