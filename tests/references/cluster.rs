//! Family 11: two racks of workstations with a switch each, joined by a line, and one repairer who looks before repairing.

use super::parts::{crew, exponential, life, put_down, tag, take_up, token, unit, way, work};
use super::watch::{Cut, Model, steady};
use super::{How, Quantity, Reference, Run, Seed};
use blackstart::kernel::{Action, Builder, Call, Effect, NodeId, Reading};

/// The family's heading.
pub const FAMILY: &str = "11 Workstation cluster";

/// A sort of unit: its members, and how long one repair takes (h).
struct Class {
    name: &'static str,
    members: Vec<NodeId>,
    repair_h: f64,
}

/// The network, the gate of premium service and the gate of the least service, with `n` workstations in each rack.
fn network(n: i64) -> (Model, NodeId, NodeId) {
    let mut b = Builder::new();
    let class = |b: &mut Builder, name: &'static str, count: i64, up_h: f64, repair_h: f64| Class {
        name,
        members: (0..count)
            .map(|number| {
                let lives = vec![life(exponential(up_h), None)];
                unit(b, format!("{name} {number}"), lives)
            })
            .collect(),
        repair_h,
    };
    let left = class(&mut b, "left workstation", n, 500.0, 0.5);
    let right = class(&mut b, "right workstation", n, 500.0, 0.5);
    let left_switch = class(&mut b, "left switch", 1, 4000.0, 4.0);
    let right_switch = class(&mut b, "right switch", 1, 4000.0, 4.0);
    let backbone = class(&mut b, "line", 1, 5000.0, 8.0);
    let premium = connected(
        &mut b,
        "premium",
        n,
        [&left, &right, &left_switch, &right_switch, &backbone],
    );
    let least = connected(
        &mut b,
        "least",
        n * 3 / 4,
        [&left, &right, &left_switch, &right_switch, &backbone],
    );
    repairer(&mut b, &[left, right, left_switch, right_switch, backbone]);
    (Model::new(b), premium, least)
}

/// Whether `needed` workstations are connected: in one rack with its switch, or in both with both switches and the line.
fn connected(b: &mut Builder, name: &str, needed: i64, classes: [&Class; 5]) -> NodeId {
    let [left, right, left_switch, right_switch, backbone] = classes;
    let mut choices = Vec::new();
    for (side, racks, links) in [
        ("left", vec![left], vec![left_switch]),
        ("right", vec![right], vec![right_switch]),
        (
            "both",
            vec![left, right],
            vec![left_switch, right_switch, backbone],
        ),
    ] {
        let enough = b.gate(format!("{name}: enough, {side}"), tag(), needed);
        for &member in racks.iter().flat_map(|rack| &rack.members) {
            b.term(enough, member, Reading::Flag, 1);
        }
        let mut needs = vec![(enough, Reading::Flag)];
        needs.extend(links.iter().map(|link| (link.members[0], Reading::Flag)));
        choices.push((b.all(format!("{name}: {side}"), tag(), &needs), Reading::Flag));
    }
    b.any(name, tag(), &choices)
}

/// While the repairer is idle, every class with a failed unit is picked with the rate 10 per hour; then one unit of it is repaired.
fn repairer(b: &mut Builder, classes: &[Class]) {
    let hands = crew(b, "repairer", 1);
    let picked: Vec<NodeId> = classes
        .iter()
        .map(|class| token(b, format!("{} is picked", class.name)))
        .collect();
    let none: Vec<(NodeId, Reading)> = picked.iter().map(|&token| (token, Reading::Not)).collect();
    let idle = b.all("repairer is idle", tag(), &none);
    for (class, &picked) in classes.iter().zip(&picked) {
        let failed: Vec<(NodeId, Reading)> = class
            .members
            .iter()
            .map(|&member| (member, Reading::Not))
            .collect();
        let any = b.any(format!("{} failed", class.name), tag(), &failed);
        let eligible = b.all(
            format!("{} may be picked", class.name),
            tag(),
            &[(any, Reading::Flag), (idle, Reading::Flag)],
        );
        let effects = vec![take_up(b, picked)];
        let look = work(
            Call::When(eligible, Reading::Flag),
            way(None, exponential(0.1)),
            effects,
        );
        b.work(format!("look for {}", class.name), tag(), look);
        // Of several failed units of the class the first by number is repaired. That another one fails in the meantime may move the
        // repair to it: without memory, and with like units, that is the same.
        for (number, &member) in class.members.iter().enumerate() {
            let mut when = vec![(picked, Reading::Flag), (member, Reading::Not)];
            when.extend(
                class.members[..number]
                    .iter()
                    .map(|&before| (before, Reading::Flag)),
            );
            let name = format!("{} {number} is in repair", class.name);
            let turn = b.all(name, tag(), &when);
            let mut effects = vec![Effect::Act(Action::Repair { node: member })];
            effects.push(put_down(b, picked));
            let law = exponential(class.repair_h);
            let repair = work(Call::When(turn, Reading::Flag), way(Some(hands), law), effects);
            b.work(format!("repair {} {number}", class.name), tag(), repair);
        }
    }
}

fn cluster(id: &'static str, n: i64, answers: [f64; 3], about: &str) -> Reference {
    let run = move |seed: Seed| {
        let (mut model, premium, least) = network(n);
        let cut = Cut {
            histories: 400,
            warm_up_h: 500.0,
            window_h: 600_000.0,
            tail_h: 0.0,
        };
        let readings = [(premium, Reading::Not), (least, Reading::Not)];
        let seen = steady(&mut model, &readings, cut, seed);
        vec![seen[0].share(), seen[1].share(), seen[1].per_hour()]
    };
    Reference {
        id,
        family: FAMILY,
        about: about.to_owned(),
        source: "Haverkort, Hermanns and Katoen 2000; Storm's exact value; recomputed",
        how: How::Kernel,
        quantities: vec![
            Quantity::by_chance("unavailability of premium service", answers[0]),
            Quantity::by_chance("unavailability of the least service", answers[1]),
            Quantity::by_chance("falls below the least service per h", answers[2]),
        ],
        run: Run::Chance(Box::new(run)),
        note: "",
    }
}

/// All references of the family.
pub fn references() -> Vec<Reference> {
    vec![
        cluster(
            "cluster N=1",
            1,
            [
                2.218_095_752_198_061_7e-5,
                2.066_576_036_699_023e-6,
                5.132_221_520_302_746e-7,
            ],
            "two racks of 1 workstation; one repairer who picks a class with rate 10/h each, then repairs one unit of it",
        ),
        cluster(
            "cluster N=2",
            2,
            [
                3.846_643_763_730_236e-5,
                2.339_823_364_794_467e-6,
                5.815_384_285_163_973e-7,
            ],
            "the same with racks of 2",
        ),
    ]
}
