//! Meshes: islands with their own supply and demand, the majority side, and the giant component of random graphs.

use super::super::scripted::{script, tag};
use super::*;

fn breaks(node: NodeId) -> Action {
    Action::Break {
        node,
        items: i64::MAX,
    }
}

fn asks(amount: i64) -> Demand {
    Demand::Fixed { amount, when: None }
}

#[test]
fn each_island_shares_out_what_its_own_sources_supply() {
    let mut b = Builder::new();
    let (left, right) = (
        b.unit("left", tag(), UnitSpec::amount(6)),
        b.unit("right", tag(), UnitSpec::amount(3)),
    );
    let tie = b.unit("tie", tag(), UnitSpec::flag());
    let bus = b.unit("bus", tag(), UnitSpec::flag());
    let switch = b.unit("switch", tag(), UnitSpec::flag());
    let mesh = b.mesh("mesh", tag());
    let p = b.mesh_point(mesh, "p", tag(), Some((left, Reading::Amount)));
    let q = b.mesh_point(mesh, "q", tag(), None);
    b.mesh_source(mesh, q, right, Reading::Amount, 2);
    b.mesh_stands(mesh, q, bus, Reading::Flag);
    b.mesh_connection(mesh, p, q, (tie, Reading::Flag));
    let at_p = b.mesh_amount(mesh, p, "at-p", tag(), 1, asks(5));
    let when = Some((switch, Reading::Flag));
    let at_q = b.mesh_amount(mesh, q, "at-q", tag(), 1, Demand::Fixed { amount: 8, when });
    let again = b.mesh_amount(mesh, q, "more-at-q", tag(), 2, asks(1));
    script(
        &mut b,
        vec![
            // Apart: 6 for 5, and 6 for 8 + 1.
            (1, breaks(tie)),
            (
                2,
                Action::SetAmount {
                    node: left,
                    amount: 4,
                },
            ),
            (3, Action::Repair { node: tie }),
            // The bus of q is dead: so is its source, and what hangs on it.
            (4, breaks(bus)),
            (5, Action::Repair { node: bus }),
            (6, breaks(switch)),
            // Nothing is left, of which nothing can be had.
            (7, breaks(left)),
            (7, breaks(right)),
        ],
    );
    let ran = Ran::new(b, 10);
    // 12 for 14 at the start, in proportion: 4.28, 6.86 and 0.86; what is left over goes by rank.
    assert_eq!(ran.start(at_p), 5);
    assert_eq!(ran.start(at_q), 7);
    assert_eq!(ran.start(again), 0);
    // After 3: 10 for 14: 3.57, 5.71, 0.71. After 5 again; after 6: 10 for 6.
    assert_eq!(ran.of(at_p), [(2, 4), (6, 5), (7, 0)]);
    assert_eq!(ran.of(at_q), [(1, 6), (4, 0), (5, 6), (6, 0)]);
    assert_eq!(ran.of(again), [(6, 1), (7, 0)]);
    assert_eq!(ran.of(p), [(7, 0)]);
    assert_eq!(ran.of(q), [(4, 0), (5, 1), (7, 0)]);
    assert_eq!(ran.of(mesh), [(4, 1), (5, 2), (7, 0)]);
}

#[test]
fn an_island_serves_by_priority_or_sheds_if_told_so() {
    for (policy, second) in [(Policy::Priority, 1), (Policy::shed(), 0)] {
        let mut b = Builder::new();
        let source = b.unit("source", tag(), UnitSpec::amount(4));
        let mesh = b.mesh("mesh", tag());
        b.mesh_policy(mesh, policy);
        let p = b.mesh_point(mesh, "p", tag(), Some((source, Reading::Amount)));
        let late = b.mesh_amount(mesh, p, "a", tag(), 2, asks(2));
        let early = b.mesh_amount(mesh, p, "b", tag(), 1, asks(3));
        let ran = Ran::new(b, 10);
        assert_eq!((ran.start(early), ran.start(late)), (3, second));
    }
}

#[test]
#[should_panic(expected = "cannot remember")]
fn an_island_cannot_trip() {
    let mut b = Builder::new();
    let mesh = b.mesh("mesh", tag());
    b.mesh_policy(mesh, Policy::trip_after(1));
}

#[test]
fn the_majority_side_of_a_partition_goes_on() {
    // Three sites with two, two and one vote; links in a ring.
    let mut b = Builder::new();
    let mesh = b.mesh("reach", tag());
    let sites: Vec<NodeId> = ["a", "b", "c"]
        .iter()
        .map(|name| b.mesh_point(mesh, *name, tag(), None))
        .collect();
    let links: Vec<NodeId> = (0..3)
        .map(|i| b.unit(format!("l{i}"), tag(), UnitSpec::flag()))
        .collect();
    for (at, &link) in links.iter().enumerate() {
        b.mesh_connection(mesh, sites[at], sites[(at + 1) % 3], (link, Reading::Flag));
    }
    b.mesh_weigh(mesh, sites[0], 2);
    b.mesh_weigh(mesh, sites[1], 2);
    let quorum: Vec<NodeId> = (0..3)
        .map(|i| {
            let island = b.mesh_island(mesh, sites[i], format!("votes-{i}"), tag());
            assert_eq!(island, b.mesh_island(mesh, sites[i], "asked again", tag()));
            b.all(format!("quorum-{i}"), tag(), &[(island, Reading::AtLeast(3))])
        })
        .collect();
    script(
        &mut b,
        vec![
            (1, breaks(links[0])),
            // a stands alone with two votes of five; b and c have three.
            (2, breaks(links[2])),
            // Now nobody has three.
            (3, breaks(links[1])),
            (4, Action::Repair { node: links[0] }),
        ],
    );
    let ran = Ran::new(b, 10);
    assert_eq!(ran.of(quorum[0]), [(2, 0), (4, 1)]);
    assert_eq!(ran.of(quorum[1]), [(3, 0), (4, 1)]);
    assert_eq!(ran.of(quorum[2]), [(3, 0)]);
    assert_eq!(ran.state.value(mesh), 0, "no site has a source");
}

#[test]
fn what_an_island_gives_back_in_a_later_round_waits_a_microsecond() {
    let mut b = Builder::new();
    let source = b.unit("source", tag(), UnitSpec::amount(6));
    let mesh = b.mesh("mesh", tag());
    b.mesh_policy(mesh, Policy::Priority);
    let p = b.mesh_point(mesh, "p", tag(), Some((source, Reading::Amount)));
    let bus = b.unit("bus", tag(), UnitSpec::flag());
    let first = b.mesh_amount(mesh, p, "first", tag(), 1, Demand::Load(bus));
    let second = b.mesh_amount(mesh, p, "second", tag(), 2, asks(4));
    let machine = b.starter("the machine", tag(), StarterSpec::automatic(Law::fixed_us(50)));
    b.require(machine, source, Reading::AtLeast(4));
    b.draw(bus, machine, Reading::Flag, 4);
    script(
        &mut b,
        vec![(
            10,
            Action::SetAmount {
                node: source,
                amount: 3,
            },
        )],
    );
    let ran = Ran::new(b, 20);
    // At 10 the machine, looked at after the mesh, stops and asks no more in the same instant: what was its is the other's a microsecond
    // later. (At the beginning anything may rise.)
    assert_eq!((ran.start(first), ran.start(second)), (4, 2));
    assert_eq!(ran.of(machine), [(10, 0)]);
    assert_eq!(ran.of(first), [(10, 0)]);
    assert_eq!(ran.of(second), [(10, 0), (11, 3)]);
}

/// Compares all that a mesh shows with what it would show if it were looked at for the first time.
struct Anew<'a> {
    net: &'a Netlist,
    mesh: NodeId,
    outputs: Vec<NodeId>,
    instants: u32,
}

impl Observe for Anew<'_> {
    const CAUSES: bool = false;

    fn settled(&mut self, at: u64, _batch: &[Transition], view: &View<'_>) {
        self.instants += 1;
        for &output in &self.outputs {
            let anew = self.net.mesh_if(self.mesh, output, &|node| view.value(node));
            assert_eq!(
                Some(view.value(output)),
                anew,
                "{} at {at}",
                self.net.name(output)
            );
        }
    }
}

#[test]
fn a_mesh_that_is_kept_up_shows_what_a_mesh_looked_at_anew_would() {
    let mut total = 0;
    for case in 0..12u64 {
        let mut dice = Key::new(case, 0).stream(0, 0, 0);
        let mut roll = |sides: usize| usize::try_from(dice.next_word() % sides as u64).expect("small");
        let mut b = Builder::new();
        let points = 120;
        let mesh = b.mesh("mesh", tag());
        let nodes: Vec<NodeId> = (0..points)
            .map(|i| b.mesh_point(mesh, format!("p{i}"), tag(), None))
            .collect();
        let mut units = Vec::new();
        let mut outputs = nodes.clone();
        outputs.push(mesh);
        for i in 0..150 {
            let unit = b.unit(format!("l{i}"), tag(), UnitSpec::flag());
            b.mesh_connection(
                mesh,
                nodes[roll(points)],
                nodes[roll(points)],
                (unit, Reading::Flag),
            );
            units.push(unit);
        }
        for i in 0..40 {
            let unit = b.unit(format!("x{i}"), tag(), UnitSpec::amount(5));
            b.mesh_source(mesh, nodes[roll(points)], unit, Reading::Amount, 1);
            units.push(unit);
            let unit = b.unit(format!("y{i}"), tag(), UnitSpec::flag());
            b.mesh_stands(mesh, nodes[roll(points)], unit, Reading::Flag);
            units.push(unit);
        }
        if case % 3 != 0 {
            for (i, &node) in nodes.iter().enumerate() {
                outputs.push(b.mesh_island(mesh, node, format!("s{i}"), tag()));
            }
        }
        if case % 3 == 1 {
            for i in 0..60 {
                let asked = Demand::Fixed {
                    amount: 7,
                    when: Some((units[roll(units.len())], Reading::Flag)),
                };
                outputs.push(b.mesh_amount(mesh, nodes[roll(points)], format!("a{i}"), tag(), 1, asked));
            }
        }
        let mut actions = Vec::new();
        for at in 1..200 {
            // Mostly a few at a time; now and then so many that all islands are found anew.
            for _ in 0..if at % 40 == 0 { 60 } else { 1 + roll(3) } {
                let node = units[roll(units.len())];
                let action = if roll(2) == 0 {
                    breaks(node)
                } else {
                    Action::Repair { node }
                };
                actions.push((at, action));
            }
        }
        script(&mut b, actions);
        let net = b.finish().expect("sound");
        let mut anew = Anew {
            net: &net,
            mesh,
            outputs,
            instants: 0,
        };
        let (mut state, mut scratch) = (State::new(&net), Scratch::new(&net));
        run(
            &net,
            &mut state,
            &mut scratch,
            Key::new(1, 0),
            limits(1000),
            &mut anew,
        )
        .expect("an end");
        total += anew.instants;
    }
    assert!(total > 1500, "{total} instants were compared");
}

/// The share of points in the largest island of one random graph, or in the mutual giant component of two that depend on each other point by
/// point, after all but a share `p` of the points of the first have been taken away.
fn giant(networks: usize, points: usize, p: f64, seed: u64) -> f64 {
    let mut b = Builder::new();
    let mut dice = Key::new(seed, 0).stream(0, 0, 0);
    let mut draws = 0u64;
    let mut uniform = || {
        draws += 1;
        // A stream gives no more than so many numbers.
        if draws.is_multiple_of(100_000) {
            dice = Key::new(seed, 0).stream(0, 0, draws);
        }
        dice.unit_open()
    };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a number of points"
    )]
    let pick = |uniform: &mut dyn FnMut() -> f64| (uniform() * points as f64) as usize;
    let always = b.unit("always", tag(), UnitSpec::flag());
    let stands: Vec<NodeId> = (0..points)
        .map(|i| b.unit(format!("u{i}"), tag(), UnitSpec::flag()))
        .collect();
    let mut islands: Vec<Vec<NodeId>> = Vec::new();
    let mut graphs = Vec::new();
    for network in 0..networks {
        let mesh = b.mesh(format!("m{network}"), tag());
        let nodes: Vec<NodeId> = (0..points)
            .map(|i| b.mesh_point(mesh, format!("p{network}-{i}"), tag(), None))
            .collect();
        // A mean degree of 4: twice as many connections as points.
        for _ in 0..2 * points {
            let (a, c) = (pick(&mut uniform), pick(&mut uniform));
            b.mesh_connection(mesh, nodes[a], nodes[c], (always, Reading::Flag));
        }
        islands.push(
            (0..points)
                .map(|i| b.mesh_island(mesh, nodes[i], format!("s{network}-{i}"), tag()))
                .collect(),
        );
        graphs.push((mesh, nodes));
    }
    for i in 0..points {
        let (mesh, nodes) = &graphs[0];
        b.mesh_stands(*mesh, nodes[i], stands[i], Reading::Flag);
    }
    if networks == 2 {
        // A point of either that is not in an island of at least a fiftieth of all takes the other with it a microsecond later.
        let least = i64::try_from(points / 50).expect("few");
        let spec = BufferSpec {
            ceiling: 1,
            start: 1,
            rearm: 1,
            base_rate: -1,
        };
        for side in 0..2 {
            for i in 0..points {
                let lives = b.buffer(format!("d{side}-{i}"), tag(), spec.clone());
                b.rate(lives, islands[1 - side][i], Reading::AtLeast(least), 1);
                let (mesh, nodes) = &graphs[side];
                b.mesh_stands(*mesh, nodes[i], lives, Reading::Flag);
            }
        }
    }
    let gone = stands.iter().filter(|_| uniform() > p);
    script(&mut b, gone.map(|&node| (1, breaks(node))).collect());
    let net = b.finish().expect("sound");
    let (mut state, mut scratch) = (State::new(&net), Scratch::new(&net));
    run(
        &net,
        &mut state,
        &mut scratch,
        Key::new(1, 0),
        limits(10_000),
        &mut (),
    )
    .expect("an end");
    let largest = islands[0]
        .iter()
        .map(|&node| state.value(node))
        .max()
        .expect("points");
    largest as f64 / points as f64
}

#[test]
fn giant_components_are_those_of_the_literature() {
    // P = p(1 − exp(−kP))ⁿ for mean degree k = 4; Erdős and Rényi for n = 1, Buldyrev et al., Nature 464:1025 (2010) for n = 2. The
    // tolerance stated with these answers is 0.005 + 4/√N.
    let points = 20_000;
    let tolerance = 0.005 + 4.0 / libm::sqrt(points as f64);
    for (networks, p, answer) in [
        (1, 0.3, 0.09410949931236466),
        (1, 0.5, 0.39840606501001),
        (2, 0.7, 0.5576163866585645),
        (2, 0.55, 0.0),
    ] {
        let found = giant(networks, points, p, 1);
        assert!(
            (found - answer).abs() < tolerance,
            "n = {networks}, p = {p}: {found} is not {answer}"
        );
    }
}
