//! Fires whose end is known: by hand where nothing is left to chance, in closed form where one thing is.

use super::course::{Edge, Event, NEVER, Physics, RoomRow, Site, course};
use crate::component::Side;
use crate::hazard::draws::Draws;
use crate::random::{Exponential, Key, Law, Stream};

const MIN: u64 = 60_000_000;

fn minutes(minutes: u64) -> Law {
    Law::fixed_us(minutes * MIN)
}

/// Nothing is left to chance: it is detected after 1 min, the brigade called at once and there after 9 more, and the power cut after 50 more;
/// a room is full after 30 min.
fn physics() -> Physics {
    Physics {
        detected: minutes(1),
        grows: minutes(30),
        breached: 0.0,
        destroys: 1.0,
        smoke: 0.0,
        water: 0.0,
        called: minutes(0),
        arrives: minutes(9),
        without_cut: 0.0,
        decides: minutes(50),
        controlled: minutes(20),
        out: minutes(120),
        reignites: 0.0,
        again: minutes(60),
        aired: minutes(15),
        inspected: minutes(40),
        energised: minutes(100),
    }
}

/// Rooms in a row, each with one thing: the second behind a barrier of this many minutes beside the first, the third above the second.
fn row(first: u64, second: u64, suppression: Option<(f64, bool)>) -> Site {
    let edge = |to, side, rating: u64, draws| Edge {
        to,
        side,
        resists_us: rating * MIN,
        draws,
    };
    let edges = [
        vec![edge(1, Side::Beside, first, 1)],
        vec![edge(0, Side::Beside, first, 1), edge(2, Side::Above, second, 2)],
        vec![edge(1, Side::Below, second, 2)],
    ];
    let rooms = (0_u64..).zip(edges).map(|(number, edges)| RoomRow {
        draws: 100 + number,
        suppression,
        things: vec![usize::try_from(number).expect("few")],
        edges,
    });
    Site {
        rooms: rooms.collect(),
        things: vec![200, 201, 202],
    }
}

fn of(site: &Site, physics: &Physics, replication: u32) -> Vec<(u64, Event)> {
    let key = Key::new(1, replication);
    let stream = |number| -> Stream { key.stream(7, 7, number) };
    course(site, physics, 0, &Draws(&stream))
}

fn when(events: &[(u64, Event)], event: Event) -> Option<u64> {
    events
        .iter()
        .find(|(_, other)| *other == event)
        .map(|(at, _)| at / MIN)
}

#[test]
fn a_fire_without_chance_goes_its_course() {
    let events = of(&row(25, 60, None), &physics(), 0);
    assert!(events.is_sorted(), "in the order of time");
    let times = [
        (Event::Detected, 1),
        (Event::Called, 1),
        (Event::Arrived, 10),
        (Event::Cut, 60),
        (Event::Controlled, 80),
        // Full after 30 min and through the barrier after 25 more; the next would be reached after 55 + 30 + 60.
        (Event::Reached(1), 55),
        (Event::Out, 180),
        (Event::Opened, 220),
        (Event::Energised, 320),
    ];
    for (event, at) in times {
        assert_eq!(when(&events, event), Some(at), "{event:?}");
    }
    assert_eq!(when(&events, Event::Reached(2)), None);
    assert!(when(&events, Event::Destroyed(0)).is_some_and(|at| at < 30));
    let second = when(&events, Event::Destroyed(1));
    assert!(second.is_none_or(|at| (55..80).contains(&at)), "{second:?}");
    let rare = |event: &Event| {
        matches!(
            event,
            Event::Smoked(_) | Event::Wetted(_) | Event::Broken(_) | Event::Reignites
        )
    };
    assert!(!events.iter().any(|(_, event)| rare(event)), "{events:?}");
}

#[test]
fn what_is_put_out_at_once_needs_nobody() {
    let events = of(&row(25, 60, Some((1.0, false))), &physics(), 0);
    assert_eq!(when(&events, Event::PutOut(0)), Some(1));
    assert_eq!(when(&events, Event::Out), Some(1));
    assert_eq!(when(&events, Event::Opened), Some(16));
    for event in [Event::Cut, Event::Energised, Event::Reached(1), Event::Controlled] {
        assert_eq!(when(&events, event), None, "{event:?}");
    }
}

#[test]
fn a_barrier_that_is_not_whole_does_not_hold() {
    let open = Physics {
        breached: 1.0,
        ..physics()
    };
    let events = of(&row(600, 600, None), &open, 0);
    assert_eq!(when(&events, Event::Reached(1)), Some(30));
    assert_eq!(when(&events, Event::Reached(2)), Some(60));
}

#[test]
fn where_no_power_need_be_cut_the_brigade_begins_at_once() {
    let easy = Physics {
        without_cut: 1.0,
        ..physics()
    };
    let events = of(&row(25, 60, None), &easy, 0);
    assert_eq!(when(&events, Event::Controlled), Some(30));
    assert_eq!(when(&events, Event::Out), Some(30));
    assert_eq!(when(&events, Event::Opened), Some(45));
    assert_eq!(when(&events, Event::Cut), None);
}

#[test]
fn it_burns_again_and_all_waits_for_that() {
    let again = Physics {
        reignites: 1.0,
        ..physics()
    };
    let events = of(&row(25, 60, None), &again, 0);
    assert_eq!(when(&events, Event::Reignites), Some(210));
    assert_eq!(when(&events, Event::Opened), Some(180 + 60 + 40));
    assert_eq!(when(&events, Event::Energised), Some(180 + 60 + 40 + 100));
}

/// The row of rooms, seen from another one of them, in which the fire starts.
fn from(place: usize) -> Site {
    let mut site = row(600, 600, None);
    site.rooms.swap(0, place);
    for edge in site.rooms.iter_mut().flat_map(|room| &mut room.edges) {
        edge.to = match edge.to {
            0 => place,
            to if to == place => 0,
            to => to,
        };
    }
    site
}

fn things(site: &Site, physics: &Physics, of_thing: fn(usize) -> Event) -> Vec<usize> {
    let events = of(site, physics, 0);
    (0..3)
        .filter(|&thing| when(&events, of_thing(thing)).is_some())
        .collect()
}

#[test]
fn smoke_rises_and_water_runs_down() {
    let smoke = Physics {
        smoke: 1.0,
        ..physics()
    };
    assert_eq!(
        things(&from(1), &smoke, Event::Smoked),
        [0, 2],
        "beside and above"
    );
    assert_eq!(
        things(&from(2), &smoke, Event::Smoked),
        [0_usize; 0],
        "nothing lies above it or beside it"
    );
    // So slow that nothing burns before the water comes.
    let water = Physics {
        grows: minutes(1_000_000),
        water: 1.0,
        ..physics()
    };
    assert_eq!(things(&from(1), &water, Event::Wetted), [1], "where it burns");
    assert_eq!(
        things(&from(2), &water, Event::Wetted),
        [1, 2],
        "where it burns, and below"
    );
}

#[test]
fn what_is_destroyed_is_past_all_harm() {
    let all = Physics {
        smoke: 1.0,
        water: 1.0,
        ..physics()
    };
    let events = of(&from(1), &all, 0);
    for thing in 0..3 {
        let harms = |event: &Event| {
            [Event::Broken(thing), Event::Smoked(thing), Event::Wetted(thing)].contains(event)
        };
        let harmed = events.iter().filter(|(_, event)| harms(event)).count();
        assert!(harmed <= 1, "thing {thing} is broken {harmed} times");
        if let Some(at) = when(&events, Event::Destroyed(thing)) {
            assert!(
                !events
                    .iter()
                    .any(|(later, event)| later / MIN > at && harms(event)),
                "thing {thing}"
            );
        }
    }
}

/// Over many fires, the share in which something happens lies within five standard errors of what it must be.
fn assert_share(what: &str, expected: f64, happens: impl Fn(u32) -> bool) {
    let n = 20_000;
    let hits = (0..n).filter(|&replication| happens(replication)).count();
    let share = hits as f64 / f64::from(n);
    let error = (expected * (1.0 - expected) / f64::from(n)).sqrt();
    assert!(
        (share - expected).abs() < 5.0 * error,
        "{what}: {share}, not {expected} ± {error}"
    );
}

#[test]
fn chances_are_what_they_are_said_to_be() {
    // Through the first barrier 55 min after the ignition, if it is under control later: 80 min, less 50, and an exponential decision.
    let decides = Law::Exponential(Exponential::new((50 * MIN) as f64).expect("a mean"));
    let open = Physics { decides, ..physics() };
    let site = row(25, 600, None);
    let reached = (-25.0_f64 / 50.0).exp();
    assert_share("reached", reached, |number| {
        when(&of(&site, &open, number), Event::Reached(1)).is_some()
    });
    // The power is cut unless what the room has puts it out.
    let gas = row(25, 600, Some((0.3, false)));
    assert_share("cut", 0.7, |number| {
        when(&of(&gas, &physics(), number), Event::Cut).is_some()
    });
    // Each thing catches fire at a time uniform over the growth: 30 min, of which the brigade leaves 30 − 10 − 8.
    let quick = Physics {
        without_cut: 1.0,
        controlled: minutes(8),
        ..physics()
    };
    assert_share("burns", 18.0 / 30.0, |number| {
        when(&of(&site, &quick, number), Event::Destroyed(0)).is_some()
    });
    let half = Physics {
        destroys: 0.25,
        breached: 0.1,
        reignites: 0.2,
        ..physics()
    };
    let far = row(600, 600, None);
    assert_share("destroyed", 0.25, |number| {
        when(&of(&far, &half, number), Event::Destroyed(0)).is_some()
    });
    assert_share("breached", 0.1, |number| {
        when(&of(&far, &half, number), Event::Reached(1)).is_some()
    });
    assert_share("again", 0.2, |number| {
        when(&of(&far, &half, number), Event::Reignites).is_some()
    });
}

#[test]
fn what_never_comes_is_no_event() {
    let nobody = Physics {
        arrives: Law::fixed_us(NEVER),
        ..physics()
    };
    let events = of(&row(25, 60, None), &nobody, 0);
    assert!(events.iter().all(|&(at, _)| at != NEVER));
    assert_eq!(when(&events, Event::Arrived), None);
    assert_eq!(when(&events, Event::Reached(2)), Some(55 + 30 + 60));
}
