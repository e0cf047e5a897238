//! Water that comes into a room: a pipe, a pump, a roof.
//!
//! It leaves out: water that runs to rooms on the same floor, fires that it starts, and that it rises: what stands high is reached as soon.

use super::does::{Undone, breaking, undoable, undoable_of};
use super::draws::{Draws, within};
use super::laid_out::{self, Course};
use super::rooms::{key_of, reachable};
use super::when;
use crate::component::{CUTTABLE, PLACES, ROOMS, Side, neighbours};
use crate::diagnostics::{Issue, Issues};
use crate::model::{
    EntityId, Hazard, HazardKind, Lowering, Model, Moment, Ref, References, Targets, read_hazard, schema_of,
};
use crate::quantity::Share;
use crate::random::{Law, LawInput, entity_hash};
use crate::scenario::Spanned;
use schemars::JsonSchema;
use serde::Deserialize;

/// Water that comes into a room.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Leak {
    /// The room into which it comes.
    pub r#in: Ref,
    /// When: a civil time or a time since the start; at the start if not given.
    pub at: Option<Spanned<Moment>>,
    /// How long until it is found.
    pub found: LawInput,
    /// How long from then until no more water comes.
    pub stopped: LawInput,
    /// How long until the water has reached all that stands in a room; each thing is reached at some time until then.
    pub fills: LawInput,
    /// How long after that until it comes through the floor into the rooms below.
    pub seeps: LawInput,
    /// Of what it reaches, the share that it breaks.
    pub breaks: Share,
    /// What is cut when it is found: places or electrical things; nothing if not given.
    pub cuts: Option<Targets>,
    /// How long after no more water comes until the rooms are dry: closed until then, and what was cut stays so.
    pub dries: LawInput,
}

/// The tag `leak`.
pub const KIND: HazardKind = HazardKind {
    tag: "leak",
    docs: "Water that comes into a room and through the floor into the rooms below: it breaks what it reaches until it is found and stopped, and \
           the rooms stay closed until they are dry.",
    example: "blackstart: 1\nhorizon: 7 d\nsites: {alpha: {rooms: {plant-room: {below: {hall-a: 2 h}}, hall-a: {}}}}\npools: {web-a: {in: hall-a, \
              servers: 120}}\nhappens: {burst-pipe: {leak: {in: plant-room, cuts: hall-a}}}\n",
    schema: schema_of::<Leak>,
    read: read_hazard::<Leak>,
};

impl Hazard for Leak {
    fn references(&self, out: &mut References<'_>) {
        out.one(&self.r#in, ROOMS, "leak › in");
        if let Some(cuts) = &self.cuts {
            out.targets(cuts, CUTTABLE, PLACES, "leak › cuts");
        }
    }

    fn check(&self, id: &str, model: &Model, issues: &mut Issues) {
        let path = format!("happens › {id} › leak");
        when::check(self.at.as_ref(), &path, model, issues);
        let (_, things) = reachable(model, model.resolve(&self.r#in), &[Side::Below]);
        if things.iter().all(Vec::is_empty) {
            let message = "nothing stands in the room or below it";
            issues.push(Issue::warning("nothing-happens", self.r#in.span, message).at(path));
        }
    }

    fn wire(&self, low: &mut Lowering<'_>, id: &str) {
        let model = low.model;
        let (rooms, inside) = reachable(model, model.resolve(&self.r#in), &[Side::Below]);
        let key = |id: EntityId| entity_hash(&model.entity(id).id);
        let label = |id: EntityId| model.entity(id).label().to_owned();
        let nothing = Targets(Vec::new());
        let (cut, energise) = undoable(low, Undone::Cut, self.cuts.as_ref().unwrap_or(&nothing));
        let (mut seal, mut unseal) = (Vec::new(), Vec::new());
        for &room in &rooms {
            let (there, back) = undoable_of(low, Undone::Seal, &[room]);
            seal.extend(there);
            unseal.extend(back);
        }
        let mut lines = vec![
            (format!("water comes into {}", label(rooms[0])), Vec::new()),
            ("the water is found".to_owned(), [seal, cut].concat()),
            ("no more water comes".to_owned(), Vec::new()),
            ("the rooms are dry again".to_owned(), [unseal, energise].concat()),
        ];
        let mut rows = Vec::new();
        for (place, (&room, inside)) in rooms.iter().zip(&inside).enumerate() {
            let arrives = lines.len();
            if place > 0 {
                lines.push((format!("water comes through to {}", label(room)), Vec::new()));
            }
            let mut things = Vec::new();
            for &thing in inside {
                let ruin = breaking(low, thing);
                if !ruin.is_empty() {
                    things.push((key_of(model, thing), lines.len()));
                    lines.push((format!("water ruins {}", label(thing)), ruin));
                }
            }
            let below = neighbours(model, room).into_iter();
            let below = below
                .filter(|other| other.side == Side::Below)
                .filter_map(|other| rooms.iter().position(|&room| room == other.room));
            rows.push(RoomRow {
                draws: key(room),
                arrives: (place > 0).then_some(arrives),
                things,
                below: below.collect(),
            });
        }
        let running = Running {
            rooms: rows,
            found: self.found.law(),
            stopped: self.stopped.law(),
            fills: self.fills.law(),
            seeps: self.seeps.law(),
            breaks: self.breaks.fraction(),
            dries: self.dries.law(),
        };
        laid_out::wire(low, id, when::us(self.at.as_ref(), model), lines, running);
    }
}

/// A room that the water may reach; the first is that into which it comes.
#[derive(Debug)]
struct RoomRow {
    draws: u64,
    /// The line that tells that the water is there.
    arrives: Option<usize>,
    /// The things in it: what their draws are keyed by, and the line of their ruin.
    things: Vec<(u64, usize)>,
    /// The rooms right below.
    below: Vec<usize>,
}

/// Water that runs.
#[derive(Debug)]
struct Running {
    rooms: Vec<RoomRow>,
    found: Law,
    stopped: Law,
    fills: Law,
    seeps: Law,
    breaks: f64,
    dries: Law,
}

// The lines after that of the beginning.
const FOUND: usize = 1;
const STOPPED: usize = 2;
const DRY: usize = 3;

/// What a draw is for.
#[derive(Clone, Copy)]
enum For {
    Found,
    Stopped,
    Fills,
    Seeps,
    Reached,
    Breaks,
    Dries,
}

impl Course for Running {
    fn course(&self, start: u64, draws: &Draws<'_>) -> Vec<(u64, usize)> {
        let whole = self.rooms[0].draws;
        let law = |law: &Law, what: For, whose: u64| draws.law(law, what as u64, whose);
        let found = start.saturating_add(law(&self.found, For::Found, whole));
        let stopped = found.saturating_add(law(&self.stopped, For::Stopped, whole));
        let dry = stopped.saturating_add(law(&self.dries, For::Dries, whole));
        let mut events = vec![(found, FOUND), (stopped, STOPPED), (dry, DRY)];
        let mut reached = vec![u64::MAX; self.rooms.len()];
        reached[0] = start;
        let mut is_done = vec![false; self.rooms.len()];
        loop {
            let open = (0..self.rooms.len()).filter(|&place| !is_done[place] && reached[place] < stopped);
            let Some(place) = open.min_by_key(|&place| (reached[place], place)) else {
                break;
            };
            is_done[place] = true;
            let (room, from) = (&self.rooms[place], reached[place]);
            events.extend(room.arrives.map(|line| (from, line)));
            let full = from.saturating_add(law(&self.fills, For::Fills, room.draws));
            for &(key, line) in &room.things {
                let at = within(from, full, draws.unit(For::Reached as u64, key));
                if at < stopped && draws.happens(self.breaks, For::Breaks as u64, key) {
                    events.push((at, line));
                }
            }
            let through = full.saturating_add(law(&self.seeps, For::Seeps, room.draws));
            for &below in &room.below {
                reached[below] = reached[below].min(through);
            }
        }
        events.retain(|&(at, _)| at != u64::MAX);
        events.sort_unstable();
        events
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Exponential, Key};

    const MIN: u64 = 60_000_000;

    fn minutes(minutes: u64) -> Law {
        Law::fixed_us(minutes * MIN)
    }

    /// A room above another one, with a thing in each: found after an hour, stopped half an hour later; a room fills in 30 min.
    fn running(seeps: u64, breaks: f64) -> Running {
        let room = |draws, arrives, line, below| RoomRow {
            draws,
            arrives,
            things: vec![(draws + 10, line)],
            below,
        };
        Running {
            rooms: vec![room(1, None, 4, vec![1]), room(2, Some(5), 6, Vec::new())],
            found: minutes(60),
            stopped: minutes(30),
            fills: minutes(30),
            seeps: minutes(seeps),
            breaks,
            dries: minutes(600),
        }
    }

    fn of(running: &Running, replication: u32) -> Vec<(u64, usize)> {
        let key = Key::new(1, replication);
        running.course(0, &Draws(&|number| key.stream(3, 7, number)))
    }

    fn when(events: &[(u64, usize)], line: usize) -> Option<u64> {
        events
            .iter()
            .find(|(_, other)| *other == line)
            .map(|(at, _)| at / MIN)
    }

    #[test]
    fn water_runs_down_until_it_is_stopped() {
        let events = of(&running(20, 1.0), 0);
        assert!(events.is_sorted());
        for (line, at) in [(FOUND, 60), (STOPPED, 90), (DRY, 690), (5, 50)] {
            assert_eq!(when(&events, line), Some(at), "line {line}");
        }
        assert!(when(&events, 4).is_some_and(|at| at < 30));
        assert!(when(&events, 6).is_some_and(|at| (50..80).contains(&at)));
        // Through the floor after 30 and 60 min more it would come as it is stopped.
        let events = of(&running(60, 1.0), 0);
        assert_eq!((when(&events, 5), when(&events, 6)), (None, None));
        assert_eq!(when(&of(&running(20, 0.0), 0), 4), None, "nothing breaks");
    }

    /// Within five standard errors of the closed form over 20,000 leaks.
    #[test]
    fn chances_are_what_they_are_said_to_be() {
        let share = |running: &Running, line| {
            let hits = (0..20_000)
                .filter(|&number| when(&of(running, number), line).is_some())
                .count();
            hits as f64 / 20_000.0
        };
        let near = |found: f64, expected: f64| {
            let error = (expected * (1.0 - expected) / 20_000.0).sqrt();
            assert!((found - expected).abs() < 5.0 * error, "{found}, not {expected}");
        };
        near(share(&running(20, 0.3), 4), 0.3);
        // It comes through after 50 min unless it is stopped before: found after an exponential time, stopped 30 min later.
        let late = Running {
            found: Law::Exponential(Exponential::new((60 * MIN) as f64).expect("a mean")),
            ..running(20, 1.0)
        };
        near(share(&late, 5), (-20.0_f64 / 60.0).exp());
    }
}
