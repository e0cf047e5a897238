//! Fire in a room: growth, what puts it out, spread through barriers, the brigade, the decision to cut the power, water, smoke, closed
//! doors, inspection.
//!
//! It leaves out: heat that only derates, poisoned air, the load of a floor, fires in the open, the own staff who put it out by hand, and that
//! a second fire may start elsewhere. A thing burns as a whole: a pool of servers with all its servers.

mod course;
#[cfg(test)]
mod tests;

use super::does::{Undone, breaking, destroying, undoable};
use super::draws::Draws;
use super::laid_out::{self, Course};
use super::rooms::{key_of, reachable};
use super::when;
use crate::component::{CUTTABLE, PLACES, ROOMS, Room, Side, Suppression, neighbours};
use crate::diagnostics::{Issue, Issues};
use crate::model::{
    EntityId, Hazard, HazardKind, Lowering, Model, Moment, Ref, References, Targets, read_hazard, schema_of,
};
use crate::quantity::Share;
use crate::random::{LawInput, entity_hash};
use crate::scenario::Spanned;
use course::{Edge, Event, Physics, RoomRow, Site, course};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

/// A fire that starts in a room.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Fire {
    /// The room in which it starts.
    pub r#in: Ref,
    /// When: a civil time or a time since the start; at the start if not given.
    pub at: Option<Spanned<Moment>>,
    /// How long until it is detected in a room, which is when the suppression of the room acts.
    pub detected: LawInput,
    /// How long until all that stands in a room burns; each thing catches fire at some time until then.
    pub grows: LawInput,
    /// How often each kind of suppression puts it out.
    pub put_out_by: PutOutBy,
    /// How often a barrier is not whole (an open door, an unsealed cable duct): it then does not hold at all. A whole one holds for its
    /// rating.
    pub breached: Share,
    /// Of what burns, the share that is destroyed; the rest can be repaired.
    pub destroys: Share,
    /// Of what stands beside or above a room that burns wholly, the share that heat, smoke and soot break.
    pub smoke: Share,
    /// Of what stands in or below a room that is put under water, the share that the water breaks.
    pub water: Share,
    /// How long from the detection until the brigade is called.
    pub called: LawInput,
    /// How long from the call until it is there.
    pub arrives: LawInput,
    /// How often it can put the fire out without water on live parts, so that no power is cut.
    pub without_cut: Share,
    /// How long from its arrival until it is decided what is cut, and the power is off.
    pub decides: LawInput,
    /// What is cut then: places or electrical things; the site if not given.
    pub cuts: Option<Targets>,
    /// What is closed to people from the detection on; the site if not given.
    pub seals: Option<Targets>,
    /// How long from the first water until the fire grows and spreads no more.
    pub controlled: LawInput,
    /// How long from the cut until it is out.
    pub out: LawInput,
    /// How often it starts again after that.
    pub reignites: Share,
    /// How much longer it takes then until it is out for good.
    pub again: LawInput,
    /// How long after the end it is closed, if nothing was cut.
    pub aired: LawInput,
    /// How long after the end it is closed, if the power was cut: until those who investigate let people in.
    pub inspected: LawInput,
    /// How long from then until the wiring has been checked and the power is back.
    pub energised: LawInput,
}

/// How often each kind of suppression puts a fire out.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PutOutBy {
    /// Gas.
    pub gas: Share,
    /// Water mist.
    pub water_mist: Share,
    /// Sprinklers.
    pub sprinkler: Share,
}

/// The tag `fire`.
pub const KIND: HazardKind = HazardKind {
    tag: "fire",
    docs: "A fire that starts in a room: it grows, is put out by what the room has for that or spreads through barriers; the brigade comes, \
           and may have the power cut before it uses water. Without `library` it is a fire of electrical equipment; `library: \
           lithium-ion` and `library: lead-acid` are fires of batteries.",
    example: "blackstart: 1\nhorizon: 7 d\nsites:\n  alpha:\n    rooms:\n      battery-a: {suppression: gas, beside: {hall-a: 2 h}}\n      \
              hall-a: {}\npools: {web-a: {in: hall-a, servers: 120}}\nbatteries: {bat-a: {in: battery-a}}\nups: {ups-a: {in: hall-a, fed-by: \
              grid, batteries: bat-a}}\nutility-feeds: {grid: {in: alpha}}\nhappens: {fire: {fire: {library: lithium-ion, in: \
              battery-a}}}\n",
    schema: schema_of::<Fire>,
    read: read_hazard::<Fire>,
};

impl Fire {
    /// What is cut or closed: what is written, or the site.
    fn scope(&self, written: Option<&Targets>, model: &Model) -> Targets {
        if let Some(written) = written {
            return written.clone();
        }
        let mut site = model.resolve(&self.r#in);
        while let Some(around) = model.entity(site).place {
            site = around;
        }
        Targets::one(model.entity(site), self.r#in.span)
    }

    fn chance_of(&self, suppression: Suppression) -> (f64, bool) {
        let (share, is_water) = match suppression {
            Suppression::Gas => (self.put_out_by.gas, false),
            Suppression::WaterMist => (self.put_out_by.water_mist, true),
            Suppression::Sprinkler => (self.put_out_by.sprinkler, true),
        };
        (share.fraction(), is_water)
    }

    fn physics(&self) -> Physics {
        Physics {
            detected: self.detected.law(),
            grows: self.grows.law(),
            breached: self.breached.fraction(),
            destroys: self.destroys.fraction(),
            smoke: self.smoke.fraction(),
            water: self.water.fraction(),
            called: self.called.law(),
            arrives: self.arrives.law(),
            without_cut: self.without_cut.fraction(),
            decides: self.decides.law(),
            controlled: self.controlled.law(),
            out: self.out.law(),
            reignites: self.reignites.fraction(),
            again: self.again.law(),
            aired: self.aired.law(),
            inspected: self.inspected.law(),
            energised: self.energised.law(),
        }
    }
}

const ALL_SIDES: [Side; 3] = [Side::Beside, Side::Above, Side::Below];

impl Hazard for Fire {
    fn references(&self, out: &mut References<'_>) {
        out.one(&self.r#in, ROOMS, "fire › in");
        for (targets, expect, field) in [
            (&self.cuts, CUTTABLE, "fire › cuts"),
            (&self.seals, PLACES, "fire › seals"),
        ] {
            if let Some(targets) = targets {
                out.targets(targets, expect, PLACES, field);
            }
        }
    }

    fn check(&self, id: &str, model: &Model, issues: &mut Issues) {
        let path = format!("happens › {id} › fire");
        when::check(self.at.as_ref(), &path, model, issues);
        let (rooms, things) = reachable(model, model.resolve(&self.r#in), &ALL_SIDES);
        if things.iter().all(Vec::is_empty) {
            let message = "nothing stands in the rooms that this fire can reach";
            issues.push(Issue::warning("nothing-happens", self.r#in.span, message).at(path.clone()));
        }
        let room = model.get::<Room>(rooms[0]);
        if rooms.len() == 1 && room.is_some() && model.all::<Room>().nth(1).is_some() {
            let message = format!(
                "`{}` has no neighbours, so that the fire stays in it",
                self.r#in.as_str()
            );
            let issue = Issue::warning("without-effect", self.r#in.span, message).at(format!("{path} › in"));
            issues.push(
                issue.help("say what the rooms are beside: `beside: {hall-a: 2 h}`, `above:`, `below:`"),
            );
        }
    }

    fn wire(&self, low: &mut Lowering<'_>, id: &str) {
        let model = low.model;
        let (rooms, inside) = reachable(model, model.resolve(&self.r#in), &ALL_SIDES);
        let key = |id: EntityId| entity_hash(&model.entity(id).id);
        let mut things: Vec<EntityId> = Vec::new();
        let mut rows = Vec::new();
        for (&room, inside) in rooms.iter().zip(&inside) {
            let first = things.len();
            things.extend(inside.iter().filter(|&&thing| !low.of(thing).body.is_empty()));
            let edges = neighbours(model, room).into_iter().map(|neighbour| Edge {
                to: rooms
                    .iter()
                    .position(|&other| other == neighbour.room)
                    .expect("it is reachable"),
                side: neighbour.side,
                resists_us: neighbour.resists_us,
                draws: key(room).wrapping_add(key(neighbour.room)),
            });
            let suppression = model.get::<Room>(room).and_then(|room| room.suppression);
            rows.push(RoomRow {
                draws: key(room),
                suppression: suppression.map(|suppression| self.chance_of(suppression)),
                things: (first..things.len()).collect(),
                edges: edges.collect(),
            });
        }
        let (cut, energise) = undoable(low, Undone::Cut, &self.scope(self.cuts.as_ref(), model));
        let (seal, unseal) = undoable(low, Undone::Seal, &self.scope(self.seals.as_ref(), model));
        let label = |entity: EntityId| model.entity(entity).label().to_owned();
        let mut lines = vec![(format!("fire in {}", label(rooms[0])), Vec::new())];
        let mut line_of = BTreeMap::new();
        for event in events(rooms.len(), things.len()) {
            line_of.insert(event, lines.len());
            lines.push(match event {
                Event::Detected => (
                    "the fire is detected, and the place is closed".to_owned(),
                    seal.clone(),
                ),
                Event::Called => ("the brigade is called".to_owned(), Vec::new()),
                Event::Arrived => ("the brigade is there".to_owned(), Vec::new()),
                Event::Cut => ("the brigade has the power cut, for water".to_owned(), cut.clone()),
                Event::Controlled => ("the fire is under control".to_owned(), Vec::new()),
                Event::Out => ("the fire is out".to_owned(), Vec::new()),
                Event::Reignites => ("it burns again".to_owned(), Vec::new()),
                Event::Opened => ("the place is open again".to_owned(), unseal.clone()),
                Event::Energised => (
                    "the wiring is checked, and the power is back".to_owned(),
                    energise.clone(),
                ),
                Event::Reached(room) => (format!("the fire comes into {}", label(rooms[room])), Vec::new()),
                Event::PutOut(room) => (
                    format!("what {} has against fires puts it out", label(rooms[room])),
                    Vec::new(),
                ),
                Event::InVain(room) => (
                    format!(
                        "what {} has against fires does not put it out",
                        label(rooms[room])
                    ),
                    Vec::new(),
                ),
                Event::Broken(thing) => (
                    format!("{} burns", label(things[thing])),
                    breaking(low, things[thing]),
                ),
                Event::Destroyed(thing) => (
                    format!("{} burns down", label(things[thing])),
                    destroying(low, things[thing]),
                ),
                Event::Smoked(thing) => (
                    format!("smoke ruins {}", label(things[thing])),
                    breaking(low, things[thing]),
                ),
                Event::Wetted(thing) => (
                    format!("water ruins {}", label(things[thing])),
                    breaking(low, things[thing]),
                ),
            });
        }
        let site = Site {
            rooms: rows,
            things: things.iter().map(|&thing| key_of(model, thing)).collect(),
        };
        let burning = Burning {
            site,
            physics: self.physics(),
            line_of,
        };
        laid_out::wire(low, id, when::us(self.at.as_ref(), model), lines, burning);
    }
}

const OF_THE_WHOLE: [Event; 9] = [
    Event::Detected,
    Event::Called,
    Event::Arrived,
    Event::Cut,
    Event::Controlled,
    Event::Out,
    Event::Reignites,
    Event::Opened,
    Event::Energised,
];
const OF_A_ROOM: [fn(usize) -> Event; 3] = [Event::Reached, Event::PutOut, Event::InVain];
const OF_A_THING: [fn(usize) -> Event; 4] = [Event::Broken, Event::Destroyed, Event::Smoked, Event::Wetted];

/// All that may happen in the course of a fire: to the whole, in rooms, to things.
fn events(rooms: usize, things: usize) -> impl Iterator<Item = Event> {
    let rooms = (0..rooms).flat_map(|room| OF_A_ROOM.map(|of| of(room)));
    let things = (0..things).flat_map(|thing| OF_A_THING.map(|of| of(thing)));
    OF_THE_WHOLE.into_iter().chain(rooms).chain(things)
}

/// A fire, and the lines of what happens in it.
#[derive(Debug)]
struct Burning {
    site: Site,
    physics: Physics,
    line_of: BTreeMap<Event, usize>,
}

impl Course for Burning {
    fn course(&self, start: u64, draws: &Draws<'_>) -> Vec<(u64, usize)> {
        let events = course(&self.site, &self.physics, start, draws).into_iter();
        events.map(|(at, event)| (at, self.line_of[&event])).collect()
    }
}
