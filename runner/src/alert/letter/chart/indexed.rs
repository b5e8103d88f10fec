//! A PNG file with a table of at most 256 colours: a third of the size that it has with all of them.

use std::collections::BTreeMap;

use png::{BitDepth, ColorType, Compression, Encoder, EncodingError, Filter};

/// Entries of the table.
const COLOURS_MAX: usize = 256;

/// How many bits of each share are kept: as many as leave few enough colours. With two there are 256 at most.
const BITS: [u32; 4] = [5, 4, 3, 2];

/// Red, green, blue, and how much is covered.
type Pixel = [u8; 4];

/// The picture as a file.
pub fn png(width: u32, height: u32, pixels: &[Pixel]) -> Option<Vec<u8>> {
    let (table, indices) = BITS.into_iter().find_map(|bits| reduced(pixels, bits))?;
    written(width, height, &table, &indices).ok()
}

/// Table and indices; none if so many bits leave too many colours.
fn reduced(pixels: &[Pixel], bits: u32) -> Option<(Vec<Pixel>, Vec<u8>)> {
    let mut known: BTreeMap<Pixel, u8> = BTreeMap::new();
    let mut table = Vec::new();
    let mut indices = Vec::with_capacity(pixels.len());
    // Most pixels are like the one before.
    let mut last: Option<(Pixel, u8)> = None;
    for &pixel in pixels {
        if let Some((_, index)) = last.filter(|(same, _)| *same == pixel) {
            indices.push(index);
            continue;
        }
        let colour = match pixel[3] {
            0 => [0; 4],
            _ => pixel.map(|share| rounded(share, bits)),
        };
        let index = match known.get(&colour) {
            Some(index) => *index,
            None => {
                let index = u8::try_from(table.len()).ok()?;
                known.insert(colour, index);
                table.push(colour);
                index
            }
        };
        indices.push(index);
        last = Some((pixel, index));
    }
    debug_assert!(table.len() <= COLOURS_MAX);
    Some((table, indices))
}

/// The nearest of the shares that so many bits can say, nothing and all among them.
fn rounded(share: u8, bits: u32) -> u8 {
    let steps = (1_u32 << bits) - 1;
    let step = (u32::from(share) * steps + 127) / 255;
    u8::try_from(step * 255 / steps).unwrap_or(u8::MAX)
}

fn written(
    width: u32,
    height: u32,
    table: &[Pixel],
    indices: &[u8],
) -> Result<Vec<u8>, EncodingError> {
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, width, height);
    encoder.set_color(ColorType::Indexed);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(Compression::High);
    // Differences of indices mean nothing.
    encoder.set_filter(Filter::NoFilter);
    encoder.set_palette(
        table
            .iter()
            .flat_map(|it| [it[0], it[1], it[2]])
            .collect::<Vec<_>>(),
    );
    encoder.set_trns(table.iter().map(|it| it[3]).collect::<Vec<_>>());
    let mut writer = encoder.write_header()?;
    writer.write_image_data(indices)?;
    writer.finish()?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_colours_stay_nearly_as_they_are_and_many_become_few() {
        let few = [[0, 0, 0, 0], [59, 130, 246, 255], [9, 9, 9, 0]];
        let (table, indices) = reduced(&few, BITS[0]).expect("few");
        assert_eq!(indices, [0, 1, 0], "what is not seen has one colour");
        assert_eq!(table[1], [57, 131, 246, 255]);
        let many: Vec<Pixel> = (0..=255)
            .flat_map(|n| (0..=255).map(move |m| [n, m, 255 - n, 200]))
            .collect();
        assert_eq!(reduced(&many, BITS[0]), None);
        assert!(png(256, 256, &many).is_some_and(|file| file.starts_with(b"\x89PNG")));
    }
}
