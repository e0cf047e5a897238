//! The course of one fire: what happens when, from the draws of one replication. Times are microseconds.
//!
//! A room that burns grows, is detected, may be put out by what it has for that, and hands the fire on through its barriers. The brigade comes,
//! and puts the fire out without water on live parts, or has the power cut first. Nothing of it depends on the state of the design, so that
//! the whole course is laid out at the ignition.

use crate::component::Side;
use crate::hazard::draws::{Draws, within};
use crate::random::{Law, entity_hash};

/// No time.
pub const NEVER: u64 = u64::MAX;

/// What is the same in every replication.
#[derive(Debug)]
pub struct Physics {
    /// From the ignition of a room to its detection, when what puts it out acts.
    pub detected: Law,
    /// From the ignition of a room until all in it burns.
    pub grows: Law,
    /// The chance that a barrier is not whole and does not hold at all.
    pub breached: f64,
    /// The chance that what burns is destroyed rather than broken.
    pub destroys: f64,
    /// The chance that smoke breaks a thing beside or above a room that burns wholly.
    pub smoke: f64,
    /// The chance that water breaks a thing in or below a room that is wetted.
    pub water: f64,
    /// From the detection to the call for the brigade, and from that to its arrival.
    pub called: Law,
    pub arrives: Law,
    /// The chance that the brigade needs neither water on live parts nor the power cut.
    pub without_cut: f64,
    /// From the arrival until the power is cut.
    pub decides: Law,
    /// From the first water until it grows no more, and until it is out.
    pub controlled: Law,
    pub out: Law,
    /// The chance that it starts again once it is out, and how much later it is out for good.
    pub reignites: f64,
    pub again: Law,
    /// From the end until people may enter: where nothing but the room's own means acted, and after the brigade.
    pub aired: Law,
    pub inspected: Law,
    /// From the opening until the power is back.
    pub energised: Law,
}

/// A room that the fire may reach; the first is the one in which it starts.
#[derive(Debug)]
pub struct RoomRow {
    /// What its draws are keyed by.
    pub draws: u64,
    /// What puts fires out in it: the chance of success, and whether it wets the room.
    pub suppression: Option<(f64, bool)>,
    /// The places of the things in it.
    pub things: Vec<usize>,
    /// Where the fire can go on to.
    pub edges: Vec<Edge>,
}

/// A barrier, seen from one room.
#[derive(Debug)]
pub struct Edge {
    /// The place of the room behind it.
    pub to: usize,
    /// Where that lies.
    pub side: Side,
    /// For how long it resists if it is whole.
    pub resists_us: u64,
    /// What the draw of its breach is keyed by, the same from both sides.
    pub draws: u64,
}

/// What a fire may reach.
#[derive(Debug)]
pub struct Site {
    /// The rooms.
    pub rooms: Vec<RoomRow>,
    /// What the draws of each thing are keyed by.
    pub things: Vec<u64>,
}

/// What happens in the course of a fire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Event {
    /// It has been detected: people leave, the place is closed.
    Detected,
    /// The brigade is called.
    Called,
    /// It is there.
    Arrived,
    /// The power is cut, for water.
    Cut,
    /// It grows no more.
    Controlled,
    /// It is out.
    Out,
    /// It starts again.
    Reignites,
    /// The place is open to people.
    Opened,
    /// Power is back.
    Energised,
    /// It has come into this room.
    Reached(usize),
    /// What the room has against fires acts: it is out there, or not.
    PutOut(usize),
    InVain(usize),
    /// This thing burns, and can be repaired, or not.
    Broken(usize),
    Destroyed(usize),
    /// Smoke or water breaks this thing.
    Smoked(usize),
    Wetted(usize),
}

/// What a draw is for.
#[derive(Clone, Copy)]
enum For {
    Detected,
    Grows,
    PutOut,
    Breached,
    Burns,
    Destroys,
    Smoke,
    Water,
    Called,
    Arrives,
    WithoutCut,
    Decides,
    Controlled,
    Out,
    Reignites,
    Again,
    Opened,
    Energised,
}

/// What the draws of the fire as a whole are keyed by.
fn whole() -> u64 {
    entity_hash("whole")
}

/// A room in the course of a fire.
#[derive(Clone, Copy, Debug)]
struct Burning {
    /// When the fire came in; [`NEVER`] if it did not.
    from: u64,
    /// When all in it burns.
    grown: u64,
    detected: u64,
    /// When its own means put it out.
    put_out: u64,
}

impl Burning {
    fn burns_at(&self, at: u64) -> bool {
        self.from <= at && at < self.put_out
    }
}

/// The whole course of a fire that starts at `start`, in the order of time.
pub fn course(site: &Site, physics: &Physics, start: u64, draws: &Draws<'_>) -> Vec<(u64, Event)> {
    let rooms = unfought(site, physics, start, draws);
    let mut events = Vec::new();
    let alarm = rooms[0].detected;
    let called = alarm.saturating_add(draws.law(&physics.called, For::Called as u64, whole()));
    let arrived = called.saturating_add(draws.law(&physics.arrives, For::Arrives as u64, whole()));
    events.extend([
        (alarm, Event::Detected),
        (called, Event::Called),
        (arrived, Event::Arrived),
    ]);

    let burns_at = |at: u64| rooms.iter().any(|room| room.burns_at(at));
    let decided = arrived.saturating_add(draws.law(&physics.decides, For::Decides as u64, whole()));
    let without_cut = draws.happens(physics.without_cut, For::WithoutCut as u64, whole());
    // When the brigade begins, and when the fire grows no more by that.
    let begun = match (burns_at(arrived), without_cut, burns_at(decided)) {
        (true, true, _) => arrived,
        (true, false, true) => decided,
        _ => NEVER,
    };
    let controlled = begun.saturating_add(draws.law(&physics.controlled, For::Controlled as u64, whole()));
    let is_cut = begun != NEVER && !without_cut;
    let lit = |room: &Burning| room.from < controlled;
    // When the last room that its own means put out is.
    let put_out = rooms
        .iter()
        .filter(|room| lit(room))
        .map(|room| room.put_out.min(controlled));
    let mut over = put_out.max().unwrap_or(start);
    let mut wet_until = 0;
    if begun != NEVER {
        events.push((controlled, Event::Controlled));
        over = controlled;
    }
    if is_cut {
        let out = begun.saturating_add(draws.law(&physics.out, For::Out as u64, whole()));
        events.push((begun, Event::Cut));
        over = over.max(out);
        wet_until = over;
    }
    events.push((over, Event::Out));
    if is_cut && draws.happens(physics.reignites, For::Reignites as u64, whole()) {
        let later = draws.law(&physics.again, For::Again as u64, whole()).max(2);
        events.extend([
            (over.saturating_add(later / 2), Event::Reignites),
            (over.saturating_add(later), Event::Out),
        ]);
        over = over.saturating_add(later);
    }
    let closed = if is_cut {
        &physics.inspected
    } else {
        &physics.aired
    };
    let opened = over.saturating_add(draws.law(closed, For::Opened as u64, whole()));
    events.push((opened, Event::Opened));
    if is_cut {
        let energised = opened.saturating_add(draws.law(&physics.energised, For::Energised as u64, whole()));
        events.push((energised, Event::Energised));
    }

    let wetting = is_cut.then_some((begun, wet_until));
    for (place, room) in rooms.iter().enumerate().filter(|(_, room)| lit(room)) {
        of_room(
            site,
            physics,
            place,
            (room, room.put_out.min(controlled)),
            wetting,
            draws,
            &mut events,
        );
    }
    events.retain(|&(at, _)| at != NEVER);
    events.sort_unstable();
    without_repeats(events, site.things.len())
}

/// What is broken is not broken again, and what is destroyed is past all harm.
fn without_repeats(events: Vec<(u64, Event)>, things: usize) -> Vec<(u64, Event)> {
    let (mut broken, mut destroyed) = (vec![false; things], vec![false; things]);
    let is_news = |&(_, event): &(u64, Event)| match event {
        Event::Destroyed(thing) => !std::mem::replace(&mut destroyed[thing], true),
        Event::Broken(thing) | Event::Smoked(thing) | Event::Wetted(thing) => {
            !destroyed[thing] && !std::mem::replace(&mut broken[thing], true)
        }
        _ => true,
    };
    events.into_iter().filter(is_news).collect()
}

/// How the fire would go on from room to room if nobody came.
fn unfought(site: &Site, physics: &Physics, start: u64, draws: &Draws<'_>) -> Vec<Burning> {
    let nowhere = Burning {
        from: NEVER,
        grown: NEVER,
        detected: NEVER,
        put_out: NEVER,
    };
    let mut rooms = vec![nowhere; site.rooms.len()];
    let mut is_done = vec![false; rooms.len()];
    rooms[0].from = start;
    loop {
        // The room that it reaches next: it spreads no faster than it comes.
        let open = (0..rooms.len()).filter(|&place| !is_done[place] && rooms[place].from != NEVER);
        let Some(place) = open.min_by_key(|&place| (rooms[place].from, place)) else {
            return rooms;
        };
        is_done[place] = true;
        let row = &site.rooms[place];
        let from = rooms[place].from;
        let grown = from.saturating_add(draws.law(&physics.grows, For::Grows as u64, row.draws));
        let detected = from.saturating_add(draws.law(&physics.detected, For::Detected as u64, row.draws));
        let works = |&(chance, _): &(f64, bool)| draws.happens(chance, For::PutOut as u64, row.draws);
        let put_out = row.suppression.filter(works).map_or(NEVER, |_| detected);
        rooms[place] = Burning {
            from,
            grown,
            detected,
            put_out,
        };
        for edge in &row.edges {
            let is_breached = draws.happens(physics.breached, For::Breached as u64, edge.draws);
            let passes = grown.saturating_add(if is_breached { 0 } else { edge.resists_us });
            if passes < put_out {
                rooms[edge.to].from = rooms[edge.to].from.min(passes);
            }
        }
    }
}

/// What a fire that is in a room until `stop` does to it and around it.
fn of_room(
    site: &Site,
    physics: &Physics,
    place: usize,
    (room, stop): (&Burning, u64),
    wetting: Option<(u64, u64)>,
    draws: &Draws<'_>,
    events: &mut Vec<(u64, Event)>,
) {
    let row = &site.rooms[place];
    if place > 0 {
        events.push((room.from, Event::Reached(place)));
    }
    let mut wet = |things: &[usize], (from, to): (u64, u64)| {
        for &thing in things {
            let key = site.things[thing];
            if draws.happens(physics.water, For::Water as u64, key) {
                let share = draws.unit(For::Water as u64, !key);
                events.push((within(from, to, share), Event::Wetted(thing)));
            }
        }
    };
    if let Some((_, is_water)) = row.suppression
        && is_water
        && room.detected <= stop
    {
        wet(&row.things, (room.detected, room.detected));
    }
    if let Some(span) = wetting {
        wet(&row.things, span);
        let below = row.edges.iter().filter(|edge| edge.side == Side::Below);
        below.for_each(|edge| wet(&site.rooms[edge.to].things, span));
    }
    if row.suppression.is_some() && room.detected <= stop {
        let event = if room.put_out == NEVER {
            Event::InVain(place)
        } else {
            Event::PutOut(place)
        };
        events.push((room.detected, event));
    }
    for &thing in &row.things {
        let key = site.things[thing];
        let at = within(room.from, room.grown, draws.unit(For::Burns as u64, key));
        if at < stop {
            let event = match draws.happens(physics.destroys, For::Destroys as u64, key) {
                true => Event::Destroyed(thing),
                false => Event::Broken(thing),
            };
            events.push((at, event));
        }
    }
    if room.grown < stop && stop != NEVER {
        for edge in row.edges.iter().filter(|edge| edge.side != Side::Below) {
            for &thing in &site.rooms[edge.to].things {
                let key = site.things[thing];
                if draws.happens(physics.smoke, For::Smoke as u64, key) {
                    let share = draws.unit(For::Smoke as u64, !key);
                    events.push((within(room.grown, stop, share), Event::Smoked(thing)));
                }
            }
        }
    }
}
