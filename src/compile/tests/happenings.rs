//! Happenings, from their text to what the network does, against histories worked by hand.

use super::*;

/// A hall with two rows: one rack of the first row holds a pool, another pool stands in the second row.
const HALL: &str = "blackstart: 1\nhorizon: 2 d\nsites: {alpha: {rooms: {hall: {rows: {row-1: {racks: {rack-1: {}, rack-2: {}}}, row-2: {}}}}}}\n\
                    pools:\n  one: {in: rack-1, servers: 1, boot: {automated: {rate: 60 /h}}}\n  two: {in: rack-2, servers: 1, boot: {automated: {rate: 60 /h}}}\n  \
                    three: {in: row-2, servers: 1, boot: {automated: {rate: 60 /h}}}\n";

#[test]
fn what_happens_to_a_place_reaches_the_rows_and_racks_in_it() {
    let on = |happens: &str| {
        let ran = Ran::new(&format!("{HALL}{happens}"), 0);
        ["one/on", "two/on", "three/on"].map(|name| ran.at(name, 60))
    };
    assert_eq!(on("happens: {gone: {loss-of: rack-1}}\n"), [0, 1, 1]);
    assert_eq!(on("happens: {gone: {loss-of: row-1}}\n"), [0, 0, 1]);
    assert_eq!(on("happens: {gone: {loss-of: hall}}\n"), [0, 0, 0]);
    let cut = "happens: {off: {timeline: {entries: {cut: {at: +10 min, does: {cut: row-2}}}}}}\n";
    assert_eq!(on(cut), [1, 1, 0]);
}

#[test]
fn a_closed_room_closes_its_racks_and_opens_them_again() {
    let text = format!(
        "{HALL}happens: {{shut: {{timeline: {{entries: {{a: {{at: +10 min, does: {{seal: hall}}}}, b: {{at: +20 min, does: {{unseal: hall}}}}}}}}}}}}\n"
    );
    let ran = Ran::new(&text, 0);
    let open = |minute| ["row-1/open", "rack-1/open", "row-2/open"].map(|name| ran.at(name, minute));
    assert_eq!((open(9), open(10), open(20)), ([1; 3], [0; 3], [1; 3]));
}

/// What stands in one rack burns at one time or not at all; racks of a row burn each in their turn.
#[test]
fn what_stands_in_one_rack_burns_as_one() {
    let text = "blackstart: 1\nhorizon: 2 d\nsites: {alpha: {rooms: {hall: {rows: {row-1: {racks: {rack-1: {}, rack-2: {}}}}}}}}\n\
                pools:\n  one: {in: rack-1, servers: 1}\n  two: {in: rack-1, servers: 1}\n  three: {in: rack-2, servers: 1}\n\
                happens: {blaze: {fire: {in: hall, detected: 1 h, grows: 30 min, destroys: 100 %}}}\n";
    let mut apart = 0;
    for replication in 0..20 {
        let ran = Ran::new(text, replication);
        let burnt = |pool: &str| {
            let node = node_named(&ran.compiled.net, pool).expect("a pool");
            let gone = ran.history.changes[&node.0].iter().find(|change| change.2 == 0);
            gone.map(|change| change.0)
        };
        let [one, two, three] = ["one", "two", "three"].map(burnt);
        assert!(
            one.is_some_and(|at| at <= 30 * MINUTE),
            "replication {replication}"
        );
        assert_eq!(one, two, "replication {replication}");
        apart += u32::from(one != three);
    }
    assert_eq!(apart, 20);
}
