//! Charts of years: how rare are long outages, and bad years?
//!
//! Both axes are logarithmic, so that the rare end is as readable as the common one.

use plotters::prelude::*;

use super::AnnualInput;
use crate::analysis::annual::YearPoint;
use crate::analysis::annual::results::{AnnualResults, ServiceYears};
use crate::report::charts::frame::{
    DrawError, Sheet, TOP, Type, WIDTH, legend, legend_height, line, text, titled_sheet,
};
use crate::report::charts::palette::{GRID, INK};
use crate::report::words::{MINUTE_US, plain, shorten};
use crate::report::{ReportError, ResultFile};

/// One chart of years.
pub struct AnnualChart {
    /// Its file in the directory of results.
    pub file: &'static str,
    /// Its title.
    pub title: &'static str,
    /// How to read it, in a sentence or two.
    pub docs: &'static str,
    /// What is below its axis.
    subtitle: &'static str,
    /// The curve of a service.
    curve: fn(&ServiceYears) -> &[YearPoint],
}

/// Every chart of years, in the order of the report.
pub const ANNUAL_CHARTS: &[AnnualChart] = &[
    AnnualChart {
        file: "outages.svg",
        title: "How long outages last (annual)",
        docs: "Of all outages of ordinary life, the share that is longer. Both axes are logarithmic: a straight fall is a heavy tail.",
        subtitle: "share of outages that last longer than this",
        curve: |service| &service.watched.outage_exceedance,
    },
    AnnualChart {
        file: "years.svg",
        title: "How bad years get (annual)",
        docs: "Of all years of ordinary life, the share in which the service is down for longer in sum. Where a curve begins below 100 %, \
               the other years are without a minute down.",
        subtitle: "share of years with more time down than this",
        curve: |service| &service.watched.down_exceedance,
    },
];

/// Curves on one chart; the other services are in `services.csv`.
const MOST_CURVES: usize = 8;

/// The colours of curves, told apart by people with any kind of colour vision (Okabe and Ito, 2008).
const COLOURS: [RGBColor; MOST_CURVES] = [
    RGBColor(0x00, 0x72, 0xB2),
    RGBColor(0xD5, 0x5E, 0x00),
    RGBColor(0x00, 0x9E, 0x73),
    RGBColor(0xCC, 0x79, 0xA7),
    RGBColor(0xE6, 0x9F, 0x00),
    RGBColor(0x56, 0xB4, 0xE9),
    RGBColor(0x7A, 0x3B, 0x69),
    RGBColor(0x8A, 0x6D, 0x3B),
];

const LEFT: i32 = 84;
const RIGHT: i32 = WIDTH - 24;
const HEIGHT: i32 = 300;

/// Spans of time that people count in, in minutes.
const TICKS: [(f64, &str); 15] = [
    (1.0 / 60.0, "1 s"),
    (1.0 / 6.0, "10 s"),
    (1.0, "1 min"),
    (5.0, "5 min"),
    (15.0, "15 min"),
    (60.0, "1 h"),
    (240.0, "4 h"),
    (1_440.0, "1 d"),
    (4_320.0, "3 d"),
    (10_080.0, "1 week"),
    (43_200.0, "30 d"),
    (129_600.0, "90 d"),
    (525_960.0, "1 y"),
    (2_629_800.0, "5 y"),
    (26_298_000.0, "50 y"),
];

/// A logarithmic scale from values to pixels.
#[derive(Clone, Copy)]
struct Scale {
    low: f64,
    high: f64,
    at_low: i32,
    at_high: i32,
}

impl Scale {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "clamped to the pixels of the sheet"
    )]
    fn at(&self, value: f64) -> i32 {
        let share = libm::log(value.max(self.low) / self.low) / libm::log(self.high / self.low);
        self.at_low + (share.clamp(0.0, 1.0) * f64::from(self.at_high - self.at_low)).round() as i32
    }
}

/// What is drawn of a service.
struct Curve {
    name: String,
    /// The share that exceeds nothing at all.
    any: f64,
    /// Minutes, and the share that exceeds them; both more than nothing, but for the last share.
    points: Vec<(f64, f64)>,
}

fn minutes(us: i64) -> f64 {
    us as f64 / MINUTE_US as f64
}

/// All charts that have something to show, with their SVG.
///
/// # Errors
///
/// The first chart that could not be drawn.
pub fn drawn(results: &AnnualResults) -> Result<Vec<(&'static AnnualChart, String)>, ReportError> {
    let mut all = Vec::new();
    for chart in ANNUAL_CHARTS {
        if let Some(svg) = draw(results, chart) {
            all.push((chart, svg.map_err(|error| ReportError::new(chart.file, error))?));
        }
    }
    Ok(all)
}

/// The charts as files.
///
/// # Errors
///
/// The first chart that could not be drawn.
pub fn files<'a>(input: &AnnualInput<'a>) -> Result<Vec<ResultFile<'a>>, ReportError> {
    let all = drawn(input.results)?;
    Ok(all
        .into_iter()
        .map(|(chart, svg)| ResultFile::whole(chart.file, svg.into_bytes()))
        .collect())
}

fn draw(results: &AnnualResults, chart: &AnnualChart) -> Option<Result<String, DrawError>> {
    // The points that a logarithmic scale can show: some time, and exceeded by something.
    let of = |service: &ServiceYears| -> Curve {
        let points = (chart.curve)(service);
        let nothing = points.iter().rfind(|point| point.us <= 0);
        Curve {
            name: shorten(&plain(&service.name), 28),
            any: nothing.map_or(1.0, |point| point.share.value),
            points: points
                .iter()
                .filter(|point| point.us > 0)
                .map(|point| (minutes(point.us), point.share.value))
                .collect(),
        }
    };
    let curves: Vec<Curve> = results
        .services
        .iter()
        .map(of)
        .filter(|curve| curve.points.len() > 1)
        .take(MOST_CURVES)
        .collect();
    let all = || curves.iter().flat_map(|curve| &curve.points);
    let longest = all().map(|point| point.0).fold(0.0, f64::max);
    let shortest = all().map(|point| point.0).fold(f64::INFINITY, f64::min);
    if curves.is_empty() {
        return None;
    }
    let rarest = all()
        .map(|point| point.1)
        .filter(|&share| share > 0.0)
        .fold(1.0, f64::min);
    let entries: Vec<(String, RGBColor)> = curves
        .iter()
        .zip(COLOURS)
        .map(|(curve, colour)| (curve.name.clone(), colour))
        .collect();
    let top = TOP + 12 + legend_height(&entries);
    let bottom = top + HEIGHT;
    let across = Scale {
        // At most six decades: what is shorter stands at the edge.
        low: shortest.max(longest / 1e6) * 0.9,
        high: longest * 1.1,
        at_low: LEFT,
        at_high: RIGHT,
    };
    let up = Scale {
        low: decade_below(rarest.max(1e-6)),
        high: 1.0,
        at_low: bottom,
        at_high: top,
    };
    let subtitle = chart.subtitle;
    Some(titled_sheet(
        chart.title,
        chart.docs,
        subtitle,
        bottom + 40,
        |sheet| {
            legend(sheet, TOP + 4, &entries)?;
            axes(sheet, &across, &up)?;
            for (curve, colour) in curves.iter().zip(COLOURS) {
                let mut path = vec![(LEFT, up.at(curve.any))];
                let mut share = curve.any;
                for &(length, exceeding) in &curve.points {
                    path.push((across.at(length), up.at(share)));
                    path.push((across.at(length), up.at(exceeding)));
                    share = exceeding;
                }
                sheet.draw(&PathElement::new(path, colour.stroke_width(2)))?;
            }
            line(sheet, (LEFT, bottom), (RIGHT, bottom), INK, 1)?;
            line(sheet, (LEFT, top), (LEFT, bottom), INK, 1)
        },
    ))
}

/// The power of ten at or below a share.
fn decade_below(share: f64) -> f64 {
    let mut decade = 0.1;
    while decade > share {
        decade /= 10.0;
    }
    decade
}

fn axes(sheet: &Sheet<'_>, across: &Scale, up: &Scale) -> Result<(), DrawError> {
    let mut free_from = i32::MIN;
    for (value, label) in TICKS {
        if value < across.low || value > across.high {
            continue;
        }
        let x = across.at(value);
        line(sheet, (x, up.at_high), (x, up.at_low), GRID, 1)?;
        if x >= free_from {
            text(sheet, (x, up.at_low + 14), label, Type::SMALL.centred())?;
            free_from = x + 56;
        }
    }
    let mut share = 1.0;
    while share >= up.low * 0.999 {
        let y = up.at(share);
        line(sheet, (LEFT, y), (RIGHT, y), GRID, 1)?;
        let label = if share > 0.009 {
            format!("{:.0} %", share * 100.0)
        } else {
            // As people say it: 1 in 1,000.
            format!("1 in {}", crate::report::words::grouped(whole(1.0 / share)))
        };
        text(sheet, (LEFT - 10, y), &label, Type::SMALL.right())?;
        share /= 10.0;
    }
    Ok(())
}

fn whole(value: f64) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "at most a million")]
    let whole = value.round() as i64;
    whole
}
