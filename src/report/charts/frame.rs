//! What all charts share: the sheet, its text, the axis of time, rows of services, the legend.

use std::fmt;

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::analysis::results::{Head, Reach, Recovery, ServiceResult};
use crate::report::charts::Chart;
use crate::report::charts::palette::{GRID, INK, MUTED, PAPER};
use crate::report::words::{HOUR_US, LocalClock, plain, shorten, width};

/// Width of every chart \[px\].
pub const WIDTH: i32 = 960;
/// Height of the band of the title \[px\].
pub const TOP: i32 = 64;
/// Room for the names of rows at the left \[px\].
pub const NAMES: i32 = 200;
/// Height of a row of a service \[px\].
pub const ROW: i32 = 24;
/// Most rows of a chart; the rest is in `services.csv`.
pub const MOST_ROWS: usize = 40;

/// A chart could not be drawn.
#[derive(Debug)]
pub struct DrawError(String);

impl fmt::Display for DrawError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<E: std::error::Error + Send + Sync> From<DrawingAreaErrorKind<E>> for DrawError {
    fn from(error: DrawingAreaErrorKind<E>) -> Self {
        Self(error.to_string())
    }
}

/// The drawing area of a sheet, in pixels.
pub type Sheet<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// Draws a sheet with its title and subtitle, and gives its SVG text.
pub fn sheet(
    chart: &Chart,
    subtitle: &str,
    height: i32,
    draw: impl FnOnce(&Sheet<'_>) -> Result<(), DrawError>,
) -> Result<String, DrawError> {
    titled_sheet(chart.title, chart.docs, subtitle, height, draw)
}

/// Draws a sheet with this title, and with `docs` for who cannot see it. Both are constants of ours without markup.
pub fn titled_sheet(
    title: &str,
    docs: &str,
    subtitle: &str,
    height: i32,
    draw: impl FnOnce(&Sheet<'_>) -> Result<(), DrawError>,
) -> Result<String, DrawError> {
    let mut svg = String::new();
    {
        let size = (WIDTH.unsigned_abs(), height.unsigned_abs());
        let sheet = SVGBackend::with_string(&mut svg, size).into_drawing_area();
        sheet.fill(&PAPER)?;
        text(&sheet, (20, 24), title, Type::TITLE)?;
        text(&sheet, (20, 46), subtitle, Type::SMALL)?;
        draw(&sheet)?;
        sheet.present()?;
    }
    Ok(describe(&svg, title, docs))
}

/// Adds what a screen reader reads, and lets the chart shrink with its page.
fn describe(svg: &str, title: &str, docs: &str) -> String {
    let Some(end) = svg.find('>') else {
        return svg.to_owned();
    };
    let (head, body) = svg.split_at(end);
    format!(
        "{head} role=\"img\"><title>{title}</title><desc>{docs}</desc>{}",
        &body[1..]
    )
}

/// Size, weight, colour and anchor of a text.
#[derive(Clone, Copy)]
pub struct Type {
    size: i32,
    bold: bool,
    colour: RGBColor,
    anchor: HPos,
}

impl Type {
    /// Title of a chart.
    pub const TITLE: Type = Type {
        size: 17,
        bold: true,
        colour: INK,
        anchor: HPos::Left,
    };
    /// A name or a value.
    pub const BODY: Type = Type {
        size: 13,
        bold: false,
        colour: INK,
        anchor: HPos::Left,
    };
    /// Axes, subtitles and remarks.
    pub const SMALL: Type = Type {
        size: 12,
        bold: false,
        colour: MUTED,
        anchor: HPos::Left,
    };

    /// Ends at its place.
    pub fn right(self) -> Self {
        Type {
            anchor: HPos::Right,
            ..self
        }
    }

    /// Is centred on its place.
    pub fn centred(self) -> Self {
        Type {
            anchor: HPos::Center,
            ..self
        }
    }

    /// In another colour.
    pub fn coloured(self, colour: RGBColor) -> Self {
        Type { colour, ..self }
    }

    /// In bold.
    pub fn strong(self) -> Self {
        Type { bold: true, ..self }
    }
}

/// Writes a text, vertically centred on its place.
pub fn text(sheet: &Sheet<'_>, at: (i32, i32), what: &str, how: Type) -> Result<(), DrawError> {
    // The back end divides sizes by 1.24.
    let font = FontDesc::new(
        FontFamily::Name("system-ui, sans-serif"),
        f64::from(how.size) * 1.24,
        if how.bold {
            FontStyle::Bold
        } else {
            FontStyle::Normal
        },
    );
    let style = TextStyle::from(font)
        .color(&how.colour)
        .pos(Pos::new(how.anchor, VPos::Center));
    sheet.draw_text(&plain(what), &style, at)?;
    Ok(())
}

/// Width of a text \[px\], as far as it can be known without a font: on the safe side.
pub fn text_width(what: &str, how: Type) -> i32 {
    let columns = i32::try_from(width(what)).unwrap_or(i32::MAX / 100);
    columns * how.size * 58 / 100
}

/// A line between two places.
pub fn line(
    sheet: &Sheet<'_>,
    from: (i32, i32),
    to: (i32, i32),
    colour: RGBColor,
    thick: u32,
) -> Result<(), DrawError> {
    sheet.draw(&PathElement::new(vec![from, to], colour.stroke_width(thick)))?;
    Ok(())
}

/// A filled rectangle.
pub fn block(sheet: &Sheet<'_>, from: (i32, i32), to: (i32, i32), colour: RGBColor) -> Result<(), DrawError> {
    sheet.draw(&Rectangle::new([from, to], colour.filled()))?;
    Ok(())
}

/// A diamond, the mark of the record.
pub fn diamond(sheet: &Sheet<'_>, (x, y): (i32, i32), half: i32, colour: RGBColor) -> Result<(), DrawError> {
    let corners = vec![(x, y - half), (x + half, y), (x, y + half), (x - half, y)];
    sheet.draw(&Polygon::new(corners, colour.filled()))?;
    Ok(())
}

/// A horizontal scale from values to pixels.
#[derive(Clone, Copy, Debug)]
pub struct Across {
    /// Pixel of 0.
    pub left: i32,
    /// Pixel of `max`.
    pub right: i32,
    /// The value at the right end, more than 0.
    pub max: f64,
}

impl Across {
    /// The pixel of a value, kept inside the scale.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "clamped to the pixels of the sheet"
    )]
    pub fn at(&self, value: f64) -> i32 {
        let share = (value / self.max).clamp(0.0, 1.0);
        self.left + (share * f64::from(self.right - self.left)).round() as i32
    }
}

/// A round step that divides `max` into at most `parts` parts: 1, 2, 5 and their tens.
pub fn round_step(max: f64, parts: f64) -> f64 {
    let mut unit = 1e-3;
    loop {
        for factor in [1.0, 2.0, 5.0] {
            if max / (unit * factor) <= parts {
                return unit * factor;
            }
        }
        unit *= 10.0;
    }
}

/// Steps of hours that people count in.
pub fn hour_step(hours: f64, parts: f64) -> f64 {
    const STEPS: [f64; 16] = [
        0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 6.0, 12.0, 24.0, 48.0, 96.0, 168.0, 336.0, 720.0, 1440.0,
    ];
    STEPS
        .into_iter()
        .find(|step| hours / step <= parts)
        .unwrap_or_else(|| round_step(hours, parts))
}

/// Grid lines with numbers below, for a scale of hours.
pub fn hours_axis(sheet: &Sheet<'_>, across: &Across, top: i32, bottom: i32) -> Result<(), DrawError> {
    let step = hour_step(across.max, 9.0);
    let mut value = 0.0;
    while value <= across.max * 1.000_001 {
        let x = across.at(value);
        line(sheet, (x, top), (x, bottom), GRID, 1)?;
        let label = if step < 1.0 {
            format!("{:.0} min", value * 60.0)
        } else {
            format!("{value:.0} h")
        };
        text(sheet, (x, bottom + 14), &label, Type::SMALL.centred())?;
        value += step;
    }
    Ok(())
}

/// Grid lines with civil times below (or hours since the start), for a scale of hours since the start.
pub fn time_axis(
    sheet: &Sheet<'_>,
    head: &Head,
    across: &Across,
    top: i32,
    bottom: i32,
) -> Result<(), DrawError> {
    let step = hour_step(across.max, 9.0);
    let Some(local) = LocalClock::new(head).filter(|_| step >= 1.0) else {
        return hours_axis(sheet, across, top, bottom);
    };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "whole hours, at most some thousands"
    )]
    let step_hours = step as u64;
    let hour_us = HOUR_US.unsigned_abs();
    let mut at_us = local.first_multiple_us(step_hours.min(24));
    let mut day = String::new();
    while at_us as f64 / HOUR_US as f64 <= across.max {
        let x = across.at(at_us as f64 / HOUR_US as f64);
        line(sheet, (x, top), (x, bottom), GRID, 1)?;
        let moment = local.moment(at_us);
        let (date, hour) = moment.rsplit_once(' ').unwrap_or((moment.as_str(), ""));
        let second_line = if step_hours >= 24 {
            text(sheet, (x, bottom + 14), date, Type::SMALL.centred())?;
            false
        } else {
            text(sheet, (x, bottom + 14), hour, Type::SMALL.centred())?;
            day != date
        };
        if second_line {
            text(sheet, (x, bottom + 29), date, Type::SMALL.centred())?;
        }
        date.clone_into(&mut day);
        at_us += step_hours * hour_us;
    }
    Ok(())
}

/// Hours of a duration.
pub fn hours(us: i64) -> f64 {
    us as f64 / HOUR_US as f64
}

/// Hours of a simulated time.
pub fn hours_at(us: u64) -> f64 {
    us as f64 / HOUR_US as f64
}

/// The services that were ever lost, in the order of their median recovery; at most [`MOST_ROWS`], the most important ones.
pub fn rows_of(services: &[ServiceResult]) -> Vec<(&ServiceResult, &Recovery)> {
    let mut rows: Vec<(&ServiceResult, &Recovery)> = services
        .iter()
        .filter_map(|service| service.recovery.as_ref().map(|recovery| (service, recovery)))
        .take(MOST_ROWS)
        .collect();
    rows.sort_by_key(|(_, recovery)| recovery.median.value);
    rows
}

/// The name of a row, at the left of its middle.
pub fn row_name(sheet: &Sheet<'_>, y: i32, name: &str, strong: bool) -> Result<(), DrawError> {
    let how = if strong { Type::BODY.strong() } else { Type::BODY };
    text(sheet, (NAMES - 12, y), &shorten(name, 24), how.right())
}

/// A value, or the horizon where it lies beyond.
pub fn or_horizon(reach: Reach, head: &Head) -> i64 {
    match reach {
        Reach::At(us) => us,
        Reach::Beyond => i64::try_from(head.horizon_us).unwrap_or(i64::MAX),
    }
}

/// Places of a legend's entries and its number of lines.
pub fn legend(sheet: &Sheet<'_>, top: i32, entries: &[(String, RGBColor)]) -> Result<(), DrawError> {
    for ((x, y), (label, colour)) in legend_places(entries).into_iter().zip(entries) {
        block(sheet, (x, top + y - 5), (x + 12, top + y + 6), *colour)?;
        text(sheet, (x + 18, top + y), label, Type::SMALL)?;
    }
    Ok(())
}

/// Height of a legend \[px\].
pub fn legend_height(entries: &[(String, RGBColor)]) -> i32 {
    legend_places(entries).last().map_or(0, |(_, y)| y + 16)
}

fn legend_places(entries: &[(String, RGBColor)]) -> Vec<(i32, i32)> {
    let (mut x, mut y) = (20, 0);
    let mut places = Vec::new();
    for (label, _) in entries {
        let wide = 18 + text_width(label, Type::SMALL) + 18;
        if x + wide > WIDTH - 20 && x > 20 {
            x = 20;
            y += 20;
        }
        places.push((x, y));
        x += wide;
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_round_and_few() {
        for max in [0.7, 3.0, 10.0, 47.0, 128.0, 900.0] {
            let step = round_step(max, 8.0);
            assert!(max / step <= 8.0 && max / step > 1.0, "{max}: {step}");
            assert!(max / hour_step(max, 9.0) <= 9.0);
        }
    }

    #[test]
    fn a_value_off_the_scale_stays_on_the_sheet() {
        let across = Across {
            left: 100,
            right: 200,
            max: 10.0,
        };
        assert_eq!(
            (across.at(-5.0), across.at(5.0), across.at(1e300)),
            (100, 150, 200)
        );
    }
}
