//! Water that rises outside, and comes into rooms over their sills.
//!
//! It leaves out: warnings and sandbags, pumps, what stands higher than other things in a room, and water that comes through the ground.

use super::does::{Undone, breaking, undoable, undoable_of};
use super::draws::{Draws, within};
use super::laid_out::{self, Course};
use super::rooms::{key_of, reachable};
use super::when;
use crate::component::{CUTTABLE, PLACES, Room, SITES_ONLY};
use crate::diagnostics::{Issue, Issues};
use crate::model::{
    EntityId, Hazard, HazardKind, Lowering, Model, Moment, Ref, References, Targets, read_hazard, schema_of,
};
use crate::quantity::{Length, Share};
use crate::random::{Law, LawInput, Lognormal, entity_hash};
use crate::scenario::Spanned;
use schemars::JsonSchema;
use serde::Deserialize;

/// Water that rises outside of a site.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Flood {
    /// The site.
    pub at_site: Ref,
    /// When the water begins to rise: a civil time or a time since the start; at the start if not given.
    pub at: Option<Spanned<Moment>>,
    /// How high it comes to stand above the ground.
    pub reaches: Depth,
    /// How long it rises, evenly.
    pub rises: LawInput,
    /// How long it stays so.
    pub stays: LawInput,
    /// How long it falls, evenly.
    pub falls: LawInput,
    /// While water stands at least so high, nobody gets to the site.
    pub closes_from: Length,
    /// Of what stands in a room into which it comes, the share that it breaks, each thing at some time until the water stands highest.
    pub breaks: Share,
    /// What is cut when water first comes into a room: places or electrical things; nothing if not given.
    pub cuts: Option<Targets>,
    /// How long after the water has left a room until that is dry: closed until then. What was cut stays so until all are.
    pub dries: LawInput,
}

/// How high water comes to stand: a lognormal law, or always the same if both are.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Depth {
    /// Half of the floods are lower.
    pub median: Length,
    /// 9 in 10 floods are lower.
    pub p90: Length,
}

impl Depth {
    /// The law of the depth, in millimetres.
    fn law(self) -> Option<Law> {
        #[expect(clippy::cast_precision_loss, reason = "a depth is far below 2^53 mm")]
        let (median, p90) = (self.median.mm() as f64, self.p90.mm() as f64);
        if self.median == self.p90 {
            return Law::fixed(median).ok();
        }
        Lognormal::from_median_p90(median, p90).ok().map(Law::Lognormal)
    }
}

/// The tag `flood`.
pub const KIND: HazardKind = HazardKind {
    tag: "flood",
    docs: "Water rises outside of a site, and comes into the rooms whose `sill` it passes: it breaks what stands there. The rooms stay closed until they \
           are dry, and the site while nobody gets through.",
    example: "blackstart: 1\nhorizon: 14 d\nsites: {alpha: {rooms: {basement: {sill: 20 cm}, hall-a: {sill: 120 cm}}}}\nups: {ups-a: {in: basement}}\npools: \
              {web-a: {in: hall-a, servers: 120, fed-by: ups-a}}\nhappens: {river: {flood: {at-site: alpha, reaches: {median: 60 cm, p90: 150 cm}, cuts: basement}}}\n",
    schema: schema_of::<Flood>,
    read: read_hazard::<Flood>,
};

impl Flood {
    /// The rooms of the site that have a sill, with it.
    fn rooms(&self, model: &Model) -> Vec<(EntityId, Length)> {
        let site = model.resolve(&self.at_site);
        let rooms = model.all::<Room>().filter(|&(id, _)| model.is_in(id, site));
        rooms
            .filter_map(|(id, room)| room.sill.map(|sill| (id, sill)))
            .collect()
    }
}

impl Hazard for Flood {
    fn references(&self, out: &mut References<'_>) {
        out.one(&self.at_site, SITES_ONLY, "flood › at-site");
        if let Some(cuts) = &self.cuts {
            out.targets(cuts, CUTTABLE, PLACES, "flood › cuts");
        }
    }

    fn check(&self, id: &str, model: &Model, issues: &mut Issues) {
        let path = format!("happens › {id} › flood");
        when::check(self.at.as_ref(), &path, model, issues);
        if self.reaches.law().is_none() {
            let message = "half of the floods would be higher than nine in ten of them";
            let message = if self.reaches.median == Length::ZERO {
                "a flood that reaches no height is none"
            } else {
                message
            };
            let issue = Issue::error("out-of-bounds", self.at_site.span, message);
            issues.push(issue.at(format!("{path} › reaches")));
        }
        if self.rooms(model).is_empty() {
            let message = format!(
                "no room of `{}` has a sill, so that water comes into none",
                self.at_site.as_str()
            );
            let issue = Issue::warning("nothing-happens", self.at_site.span, message);
            issues.push(issue.at(path).help(
                "say of a room how high water must stand outside to come in: `basement: {sill: 20 cm}`",
            ));
        }
    }

    fn wire(&self, low: &mut Lowering<'_>, id: &str) {
        let model = low.model;
        let site = model.resolve(&self.at_site);
        let name = model.entity(site).label().to_owned();
        let nothing = Targets(Vec::new());
        let (cut, energise) = undoable(low, Undone::Cut, self.cuts.as_ref().unwrap_or(&nothing));
        let (close, open) = undoable_of(low, Undone::Seal, &[site]);
        let mut lines = vec![
            (format!("water rises at {name}"), Vec::new()),
            (format!("nobody gets to {name} any more"), close),
            (format!("the way to {name} is free again"), open),
            ("water comes in".to_owned(), cut),
            ("all rooms are dry again".to_owned(), energise),
        ];
        let mut rows = Vec::new();
        for (room, sill) in self.rooms(model) {
            let label = model.entity(room).label();
            // What the water closes by the room and by the site are two things.
            let (enters, dry) = undoable_of(low, Undone::Seal, &[room]);
            let line = lines.len();
            lines.push((format!("water comes into {label}"), enters));
            lines.push((format!("{label} is dry again"), dry));
            let (_, inside) = reachable(model, room, &[]);
            let mut things = Vec::new();
            for &thing in &inside[0] {
                let ruin = breaking(low, thing);
                if !ruin.is_empty() {
                    things.push((key_of(model, thing), lines.len()));
                    lines.push((format!("water ruins {}", model.entity(thing).label()), ruin));
                }
            }
            rows.push(RoomRow {
                draws: entity_hash(&model.entity(room).id),
                sill_mm: u64::try_from(sill.mm()).expect("a sill is not below the ground"),
                line,
                things,
            });
        }
        let rising = Rising {
            reaches: self.reaches.law().expect("depths were checked"),
            rises: self.rises.law(),
            stays: self.stays.law(),
            falls: self.falls.law(),
            closes_mm: u64::try_from(self.closes_from.mm()).expect("a height is not negative"),
            breaks: self.breaks.fraction(),
            dries: self.dries.law(),
            rooms: rows,
        };
        laid_out::wire(low, id, when::us(self.at.as_ref(), model), lines, rising);
    }
}

/// A room that water may come into.
#[derive(Debug)]
struct RoomRow {
    draws: u64,
    sill_mm: u64,
    /// The line that tells that water comes in; the next one tells that the room is dry.
    line: usize,
    /// The things in it: what their draws are keyed by, and the line of their ruin.
    things: Vec<(u64, usize)>,
}

/// Water that rises and falls.
#[derive(Debug)]
struct Rising {
    /// In millimetres.
    reaches: Law,
    rises: Law,
    stays: Law,
    falls: Law,
    closes_mm: u64,
    breaks: f64,
    dries: Law,
    rooms: Vec<RoomRow>,
}

// The lines after that of the beginning.
const CLOSED: usize = 1;
const OPEN: usize = 2;
const IN: usize = 3;
const ALL_DRY: usize = 4;

/// What a draw is for.
#[derive(Clone, Copy)]
enum For {
    Reaches,
    Rises,
    Stays,
    Falls,
    Reached,
    Breaks,
    Dries,
}

/// The water of one flood: how high it comes (mm), and its times.
struct Water {
    top_mm: u64,
    start: u64,
    full: u64,
    falling: u64,
    gone: u64,
}

impl Water {
    /// From when to when it stands at least so high.
    fn above(&self, mm: u64) -> Option<(u64, u64)> {
        if self.top_mm == 0 || mm > self.top_mm {
            return None;
        }
        #[expect(clippy::cast_precision_loss, reason = "heights are far below 2^53 mm")]
        let share = mm as f64 / self.top_mm as f64;
        Some((
            within(self.start, self.full, share),
            within(self.falling, self.gone, 1.0 - share),
        ))
    }
}

impl Course for Rising {
    fn course(&self, start: u64, draws: &Draws<'_>) -> Vec<(u64, usize)> {
        let law = |law: &Law, what: For| draws.law(law, what as u64, 0);
        let full = start.saturating_add(law(&self.rises, For::Rises));
        let falling = full.saturating_add(law(&self.stays, For::Stays));
        let water = Water {
            top_mm: law(&self.reaches, For::Reaches),
            start,
            full,
            falling,
            gone: falling.saturating_add(law(&self.falls, For::Falls)),
        };
        let mut events = Vec::new();
        if let Some((closed, open)) = water.above(self.closes_mm) {
            events.extend([(closed, CLOSED), (open, OPEN)]);
        }
        let (mut first, mut last) = (u64::MAX, 0);
        for room in &self.rooms {
            let Some((enters, leaves)) = water.above(room.sill_mm) else {
                continue;
            };
            let dry = leaves.saturating_add(draws.law(&self.dries, For::Dries as u64, room.draws));
            (first, last) = (first.min(enters), last.max(dry));
            events.extend([(enters, room.line), (dry, room.line + 1)]);
            for &(key, line) in &room.things {
                if draws.happens(self.breaks, For::Breaks as u64, key) {
                    let at = within(enters, full, draws.unit(For::Reached as u64, key));
                    events.push((at, line));
                }
            }
        }
        if first < u64::MAX {
            events.extend([(first, IN), (last, ALL_DRY)]);
        }
        events.retain(|&(at, _)| at != u64::MAX);
        events.sort_unstable();
        events
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quantity::Length;
    use crate::random::Key;

    const HOUR: u64 = 3_600_000_000;

    fn depth(median: i64, p90: i64) -> Law {
        let depth = Depth {
            median: Length::from_mm(median),
            p90: Length::from_mm(p90),
        };
        depth.law().expect("a law")
    }

    /// Rises for 10 h, stays for 20 h, falls for 40 h; a room behind a sill of 200 mm, one behind 800 mm.
    fn rising(reaches: Law, breaks: f64) -> Rising {
        let hours = |hours: u64| Law::fixed_us(hours * HOUR);
        let room = |draws, sill_mm, line| RoomRow {
            draws,
            sill_mm,
            line,
            things: vec![(draws + 10, line + 2)],
        };
        Rising {
            reaches,
            rises: hours(10),
            stays: hours(20),
            falls: hours(40),
            closes_mm: 300,
            breaks,
            dries: hours(100),
            rooms: vec![room(1, 200, 5), room(2, 800, 8)],
        }
    }

    fn of(rising: &Rising, replication: u32) -> Vec<(u64, usize)> {
        let key = Key::new(1, replication);
        rising.course(HOUR, &Draws(&|number| key.stream(3, 7, number)))
    }

    fn when(events: &[(u64, usize)], line: usize) -> Option<u64> {
        let event = events.iter().find(|(_, other)| *other == line);
        event.map(|(at, _)| at / HOUR)
    }

    #[test]
    fn water_comes_in_over_the_sill_and_leaves_over_it() {
        let events = of(&rising(depth(1000, 1000), 1.0), 0);
        assert!(events.is_sorted());
        // It stands 1,000 mm high from 11 h to 31 h and is gone at 71 h: 200 mm are passed at 3 h and 63 h, 800 mm at 9 h and 39 h (less the microsecond that is rounded down).
        for (line, at) in [
            (5, 3),
            (6, 163),
            (8, 9),
            (9, 138),
            (CLOSED, 4),
            (OPEN, 59),
            (IN, 3),
            (ALL_DRY, 163),
        ] {
            assert_eq!(when(&events, line), Some(at), "line {line}");
        }
        assert!(when(&events, 7).is_some_and(|at| (3..11).contains(&at)));
        assert!(when(&events, 10).is_some_and(|at| (9..11).contains(&at)));
        assert_eq!(of(&rising(depth(150, 150), 1.0), 0), [], "below every sill");
        let low = of(&rising(depth(250, 250), 1.0), 0);
        assert_eq!(
            (when(&low, CLOSED), when(&low, 5), when(&low, 8)),
            (None, Some(9), None)
        );
    }

    /// Nine floods in ten stay below 800 mm; within five standard errors over 20,000 floods.
    #[test]
    fn it_comes_as_high_as_it_is_said() {
        let rising = rising(depth(300, 800), 0.0);
        let over = (0..20_000)
            .filter(|&number| when(&of(&rising, number), 8).is_some())
            .count();
        let share = over as f64 / 20_000.0;
        assert!(
            (share - 0.1).abs() < 5.0 * (0.1_f64 * 0.9 / 20_000.0).sqrt(),
            "{share}"
        );
    }
}
