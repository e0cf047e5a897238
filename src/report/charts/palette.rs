//! The colours of all charts and of the page, told apart by people with any kind of colour vision (Okabe and Ito, 2008).

use plotters::style::RGBColor;

/// Text and axes.
pub const INK: RGBColor = RGBColor(0x1F, 0x29, 0x33);
/// Text of lesser weight.
pub const MUTED: RGBColor = RGBColor(0x66, 0x70, 0x7C);
/// Lines of the grid.
pub const GRID: RGBColor = RGBColor(0xE2, 0xE6, 0xEA);
/// Background.
pub const PAPER: RGBColor = RGBColor(0xFF, 0xFF, 0xFF);
/// What the simulation says.
pub const SIMULATED: RGBColor = RGBColor(0x00, 0x72, 0xB2);
/// What the record says.
pub const RECORD: RGBColor = RGBColor(0xD5, 0x5E, 0x00);
/// What was promised.
pub const PROMISED: RGBColor = RGBColor(0x00, 0x9E, 0x73);

/// Colour of each kind of tile: people in purples, outsiders in vermillion, obstacles in yellows, work in blues.
const TILES: [(&str, RGBColor); 16] = [
    ("not-yet-lost", RGBColor(0xD5, 0xDA, 0xE0)),
    ("not-noticed", RGBColor(0x7A, 0x3B, 0x69)),
    ("reaching", RGBColor(0xA8, 0x5A, 0x8C)),
    ("joining", RGBColor(0xCC, 0x79, 0xA7)),
    ("deciding", RGBColor(0xE6, 0xB3, 0xD0)),
    ("outside-action", RGBColor(0xD5, 0x5E, 0x00)),
    ("queue", RGBColor(0xF0, 0xE4, 0x42)),
    ("blocked", RGBColor(0xE6, 0x9F, 0x00)),
    ("improvising", RGBColor(0xF7, 0xCE, 0x85)),
    ("working", RGBColor(0x00, 0x4B, 0x78)),
    ("booting", RGBColor(0x00, 0x72, 0xB2)),
    ("starting", RGBColor(0x56, 0xB4, 0xE9)),
    ("circular", RGBColor(0xA3, 0x1F, 0x34)),
    ("held", RGBColor(0x9B, 0xD8, 0xC3)),
    ("no-procedure", RGBColor(0x8A, 0x6D, 0x3B)),
    ("never-returned", RGBColor(0x8B, 0x94, 0x9E)),
];

/// Colour of a kind of tile; a kind that the table does not know is grey.
pub fn tile(kind: &str) -> RGBColor {
    TILES
        .iter()
        .find(|(name, _)| *name == kind)
        .map_or(MUTED, |(_, colour)| *colour)
}

/// The colour as in a style sheet.
pub fn css(colour: RGBColor) -> String {
    format!("#{:02X}{:02X}{:02X}", colour.0, colour.1, colour.2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_kinds_share_a_colour() {
        for (index, (name, colour)) in TILES.iter().enumerate() {
            for (other, other_colour) in &TILES[..index] {
                assert_ne!(colour, other_colour, "{name} and {other}");
            }
        }
    }
}
