//! Networks: who reaches whom, worked out by hand and against exact two-terminal reliability.

use crate::simulated::{Ready, asked, design, loaded_text, replications};
use blackstart::compile::compile;

const HOUR_US: i64 = 3_600_000_000;

fn ready(text: &str) -> Ready {
    Ready::new(loaded_text("network.yaml", text))
}

/// When a service was first lost and how long, in hours, and how many user-hours it lost; all of it of a design with this that happens.
fn told(design: &str, entries: &str, service: &str) -> (i64, i64, i64) {
    let ready = ready(&format!(
        "blackstart: 1\nhorizon: 2 d\n{design}happens: {{steps: {{timeline: {{entries: {{{entries}}}}}}}}}\n"
    ));
    let cells = ready.first_row();
    let at = ready
        .layout
        .services()
        .iter()
        .position(|head| head.id == service)
        .expect("a service of this name");
    let lost = cells[ready.layout.lost_user_seconds(at)] / 3_600;
    (
        cells[ready.layout.down_at(at)] / HOUR_US,
        cells[ready.layout.rta(at)] / HOUR_US,
        lost,
    )
}

const TWO_SITES: &str = "sites: {alpha: {}, beta: {}}
routers: {alpha-r1: {in: alpha}, beta-r1: {in: beta}}
links: {dark-fibre-1: {between: [alpha-r1, beta-r1]}}
uplinks: {alpha-up: {from: alpha-r1, carries: users}, beta-up: {from: beta-r1, carries: users}}
pools: {web-a: {in: alpha, servers: 40}, web-b: {in: beta, servers: 40}, data-b: {in: beta, servers: 20}}
stores: {accounts: {replicas: {data-b: {primary: {servers: 20}}}}}
services:
  web: {tier: 1, users: 100, servers-needed: 80, runs-on: {web-a: {active: 40}, web-b: {active: 40}}, needs: {accounts: hard}}
";

#[test]
fn the_side_that_is_cut_off_from_the_store_serves_nothing() {
    // From 1 h alpha's half lacks the store; from 2 h beta's half has no users, and alpha's still no store; at 4 h alpha has it again.
    let entries = "a: {at: +1 h, does: {lose: dark-fibre-1}}, b: {at: +2 h, does: {lose: beta-up}}, c: {at: +4 h, does: {give-back: \
                   dark-fibre-1}}, d: {at: +7 h, does: {give-back: beta-up}}";
    // Beta is reached through alpha and the link from 4 h on, so that all is well again then. 1 h at one half, 2 h at nothing.
    assert_eq!(told(TWO_SITES, entries, "web"), (2, 2, 50 + 200));
    // A way through the internet does as well.
    let through = TWO_SITES.replace(", carries: users", "");
    let entries = "a: {at: +1 h, does: {lose: dark-fibre-1}}, b: {at: +2 h, does: {lose: beta-up}}, c: {at: +4 h, does: {give-back: \
                   beta-up}}";
    assert_eq!(told(&through, entries, "web"), (2, 2, 200));
}

#[test]
fn who_sits_in_the_site_needs_no_uplink() {
    let inside = TWO_SITES.replace("users: 100,", "users: 100, used-from: beta,");
    let entries = "a: {at: +1 h, does: {lose: [alpha-up, beta-up]}}, b: {at: +2 h, does: {lose: dark-fibre-1}}, c: {at: +5 h, does: \
                   {give-back: [alpha-up, beta-up]}}, d: {at: +6 h, does: {give-back: dark-fibre-1}}";
    // Only the half in alpha is gone for beta while the link is.
    assert_eq!(told(&inside, entries, "web").2, 4 * 50);
}

#[test]
fn a_site_is_cut_off_when_its_only_router_loses_power() {
    let design = "sites: {alpha: {}}\nutility-feeds: {grid-a: {in: alpha}, grid-b: {in: alpha}}\nrouters: {alpha-r1: {in: alpha, fed-by: \
                  grid-a}}\nuplinks: {alpha-up: {from: alpha-r1}}\npools: {web-a: {in: alpha, servers: 40, fed-by: grid-b}}\nservices: {web: \
                  {tier: 1, users: 100, runs-on: {web-a: {active: 40}}}}\n";
    let entries = "a: {at: +1 h, does: {lose: grid-a}}, b: {at: +4 h, does: {give-back: grid-a}}";
    assert_eq!(told(design, entries, "web"), (1, 3, 300));
}

#[test]
fn what_takes_servers_and_routers_at_once_is_told_as_taking_the_servers() {
    let text = "blackstart: 1\nhorizon: 2 d\nsites: {alpha: {}}\nutility-feeds: {grid-a: {in: alpha}}\nrouters: {alpha-r1: {in: alpha, \
                fed-by: grid-a}}\nuplinks: {alpha-up: {from: alpha-r1}}\npools: {web-a: {in: alpha, servers: 40, fed-by: grid-a}}\nservices: \
                {web: {tier: 1, users: 100, runs-on: {web-a: {active: 40}}}}\nhappens: {dark: {loss-of: {ids: grid-a, at: +1 h, for: 1 h}}}\n";
    let ready = ready(text);
    let class = ready.first_row()[ready.layout.class(0)];
    assert_eq!(
        ready.layout.classes()[usize::try_from(class).expect("a class")],
        "direct"
    );
}

#[test]
fn a_shared_duct_takes_both_links_and_a_carrier_its_uplinks() {
    let design = TWO_SITES
        .replace(
            "links: {dark-fibre-1: {between: [alpha-r1, beta-r1]}}",
            "ducts: {duct-7: {}}\ncarriers: {north: {}}\nlinks: {l1: {between: [alpha, beta], shares: duct-7}, l2: {between: [alpha-r1, beta-r1], \
             shares: duct-7}}",
        )
        .replace("carries: users}, beta-up", "carries: users, carrier: north}, beta-up");
    let entries = "a: {at: +1 h, does: {break: duct-7}}, b: {at: +3 h, does: {repair: duct-7}}, c: {at: +5 h, does: {lose: north}}";
    // Half of it for two hours; afterwards alpha is reached through beta.
    assert_eq!(told(&design, entries, "web").2, 100);
}

/// When a service was first lost, how long, and how many user-minutes it lost, in minutes.
fn told_in_minutes(text: &str, service: &str) -> (i64, i64, i64) {
    let ready = ready(text);
    let cells = ready.first_row();
    let services = ready.layout.services();
    let at = services.iter().position(|head| head.id == service);
    let at = at.expect("a service of this name");
    let minutes = |us: i64| if us < 0 { us } else { us / (HOUR_US / 60) };
    (
        minutes(cells[ready.layout.down_at(at)]),
        minutes(cells[ready.layout.rta(at)]),
        cells[ready.layout.lost_user_seconds(at)] / 60,
    )
}

#[test]
fn a_name_is_found_for_as_long_as_it_is_remembered() {
    let text = |happens: &str| {
        format!(
            "blackstart: 1
horizon: 1 d
sites: {{alpha: {{}}}}
pools: {{web: {{in: alpha, servers: 40}}, names: {{in: alpha, servers: 2}}}}
services:
  shop: {{tier: 1, users: 1, runs-on: {{web: {{active: 30}}}}, found-by: public}}
  blog: {{tier: 1, users: 1, runs-on: {{web: {{active: 5}}}}, needs: {{shop: hard}}}}
  cron: {{tier: 2, users: 1, runs-on: {{web: {{active: 5}}}}}}
  ns-1: {{tier: internal, starts: 1 s, runs-on: {{names: {{active: 1}}}}}}
  ns-2: {{tier: internal, starts: 1 s, runs-on: {{names: {{active: 1}}}}}}
dns: {{public: {{answered-by: [ns-1, ns-2], ttl: 5 min, negative-ttl: 15 min}}}}
happens: {{{happens}}}
"
        )
    };
    // An empty record from 60 to 217 min: found until 65, and again 15 min after 217.
    let empty = text("record: {loss-of: {ids: public, at: +60 min, for: 157 min}}");
    assert_eq!(told_in_minutes(&empty, "shop"), (65, 167, 167));
    assert_eq!(
        told_in_minutes(&empty, "blog"),
        (65, 167, 167),
        "who needs it must find it, too"
    );
    assert_eq!(told_in_minutes(&empty, "cron"), (-1, -1, 0));
    // Shorter than it is remembered; and one of two servers that answer.
    let short = text("record: {loss-of: {ids: public, at: +60 min, for: 4 min}}");
    assert_eq!(told_in_minutes(&short, "shop"), (-1, -1, 0));
    let one = text("one: {loss-of: {ids: ns-1, at: +60 min, for: 4 h}}");
    assert_eq!(told_in_minutes(&one, "shop"), (-1, -1, 0));
    // Both: the servers start in a second after an hour, and are found again 15 min later.
    let both = text("both: {loss-of: {ids: [ns-1, ns-2], at: +60 min, for: 1 h}}");
    assert_eq!(told_in_minutes(&both, "shop"), (65, 70, 70));
}

#[test]
fn routes_are_withdrawn_with_what_they_are_announced_by() {
    let text = |extra: &str| {
        format!(
            "blackstart: 1
horizon: 1 d
sites: {{core: {{}}, edge: {{}}}}
links: {{backbone: {{between: [core, edge]}}}}
uplinks: {{edge-up: {{from: edge, carries: users{extra}}}}}
pools: {{web: {{in: core, servers: 40}}, front: {{in: edge, servers: 4}}}}
services:
  shop: {{tier: 1, users: 1, runs-on: {{web: {{active: 40}}}}}}
  pages: {{tier: 1, users: 1, runs-on: {{front: {{active: 2}}}}}}
  health: {{tier: internal, starts: 1 s, runs-on: {{front: {{active: 1}}}}, needs: {{data: hard}}}}
stores: {{data: {{starts: 1 s, replicas: {{core-data: {{primary: {{servers: 1}}}}}}}}}}
happens: {{cut: {{loss-of: {{ids: backbone, at: +60 min, for: 2 h}}}}}}
"
        )
        .replace(
            "front: {in: edge, servers: 4}",
            "front: {in: edge, servers: 4}, core-data: {in: core, servers: 1}",
        )
    };
    // The edge itself works and has its users; its pages go on, and what stands in the core is cut off.
    assert_eq!(told_in_minutes(&text(""), "pages"), (-1, -1, 0));
    assert_eq!(told_in_minutes(&text(""), "shop"), (60, 120, 120));
    // Routes that depend on the health of the core are withdrawn 90 s after that is gone, and announced as soon as it is back: the store goes on, and
    // the check of it starts in a second.
    let (down_at, rta, _) =
        told_in_minutes(&text(", announced-while: health, withdrawn-after: 90 s"), "pages");
    assert_eq!((down_at, rta), (61, 118));
}

#[test]
fn uplinks_carry_so_much_together() {
    let text = |happens: &str| {
        format!(
            "blackstart: 1
horizon: 1 d
sites: {{alpha: {{}}, beta: {{}}}}
links: {{backbone: {{between: [alpha, beta]}}}}
uplinks: {{alpha-up: {{from: alpha, capacity: 60 Mbit/s}}, beta-up: {{from: beta, capacity: 40 Mbit/s}}}}
pools: {{web-a: {{in: alpha, servers: 40}}, web-b: {{in: beta, servers: 40}}}}
services:
  films: {{tier: 1, users: 60, down-below: 99 %, runs-on: {{web-a: {{active: 30}}, web-b: {{active: 30}}}}, load: {{server-carries: 10, per-user: 1 Mbit/s}}}}
  songs: {{tier: 1, users: 100, down-below: 99 %, runs-on: {{web-a: {{active: 10}}}}, load: {{server-carries: 10, per-user: 200 kbit/s}}}}
  mails: {{tier: 1, users: 100, down-below: 99 %, runs-on: {{web-b: {{active: 10}}}}, load: {{server-carries: 10}}}}
happens: {{{happens}}}
"
        )
    };
    // 60 + 20 of 100 Mbit/s. Without the larger uplink 40 of 80: half of both. What asks for nothing of the uplinks goes on.
    let cut = text("cut: {loss-of: {ids: alpha-up, at: +1 h, for: 2 h}}");
    assert_eq!(told_in_minutes(&cut, "films"), (60, 120, 30 * 120));
    assert_eq!(told_in_minutes(&cut, "songs"), (60, 120, 50 * 120));
    assert_eq!(told_in_minutes(&cut, "mails"), (-1, -1, 0));
    // Without the smaller one 60 of 80.
    let other = text("cut: {loss-of: {ids: beta-up, at: +1 h, for: 2 h}}");
    assert_eq!(told_in_minutes(&other, "films").2, 15 * 120);
    // Twice the films: 120 + 20 of 100.
    let surge = text("sale: {demand-surge: {of: films, at: +1 h, to: 200 %, for: 1 h}}");
    assert_eq!(told_in_minutes(&surge, "songs").2, (100 - 72) * 60 + 34);
    // An uplink of which nothing is said carries all of it.
    let unsaid = cut.replace(", capacity: 40 Mbit/s", "");
    assert_eq!(told_in_minutes(&unsaid, "films"), (-1, -1, 0));
}

/// A network of things that fail: ends of links by number, and the numbers of sites with a router that fails.
struct Graph {
    sites: usize,
    links: Vec<(usize, usize)>,
}

/// Unavailability of a link, and of a router.
const LINK_Q: f64 = 60.0 / (300.0 + 60.0);
const ROUTER_Q: f64 = 20.0 / (400.0 + 20.0);

impl Graph {
    /// The chance that the last site is joined to the first: all states of links and routers, each with its probability.
    fn two_terminal(&self) -> f64 {
        let parts = self.links.len() + self.sites;
        let mut joined = 0.0;
        for state in 0_u32..1 << parts {
            let is_up = |part: usize| state >> part & 1 == 1;
            let mut probability = 1.0;
            for part in 0..parts {
                let q = if part < self.links.len() { LINK_Q } else { ROUTER_Q };
                probability *= if is_up(part) { 1.0 - q } else { q };
            }
            let stands = |site: usize| is_up(self.links.len() + site);
            let mut reached = vec![false; self.sites];
            reached[0] = stands(0);
            for _ in 0..self.sites {
                for (link, &(a, b)) in self.links.iter().enumerate() {
                    if is_up(link) && stands(a) && stands(b) && (reached[a] || reached[b]) {
                        (reached[a], reached[b]) = (true, true);
                    }
                }
            }
            joined += if reached[self.sites - 1] { probability } else { 0.0 };
        }
        joined
    }

    /// Users come through the first site, the servers stand in the last one; and a service of the last one needs a store in the first.
    fn scenario(&self) -> String {
        let list = |entries: Vec<String>| entries.join(", ");
        let sites = list((0..self.sites).map(|site| format!("s{site}: {{}}")).collect());
        let routers = (0..self.sites)
            .map(|site| format!("r{site}: {{in: s{site}, fails: {{mttf: 400 h, mttr: 20 h}}}}"));
        let links = self.links.iter().enumerate().map(|(link, (a, b))| {
            format!("l{link}: {{between: [r{a}, r{b}], fails: {{mttf: 300 h, mttr: 60 h}}}}")
        });
        let last = self.sites - 1;
        format!(
            "blackstart: 1\nannual: {{years: 20, warm-up: 60 d}}\nsites: {{{sites}}}\nrouters: {{{}}}\nlinks: {{{}}}\nuplinks: {{up: {{from: r0, \
             carries: users}}}}\npools: {{near: {{in: s0, servers: 1}}, far: {{in: s{last}, servers: 2}}}}\nstores: {{data: {{replicas: {{near: \
             {{primary: {{servers: 1}}}}}}}}}}\nservices:\n  seen: {{tier: 1, users: 1, runs-on: {{far: {{active: 1}}}}}}\n  working: {{tier: 1, \
             runs-on: {{far: {{active: 1}}}}, needs: {{data: hard}}}}\n",
            list(routers.collect()),
            list(links.collect()),
        )
    }
}

#[test]
fn the_bridge_is_the_one_of_text_books() {
    // Five links of the same reliability, nodes that do not fail: 2p² + 2p³ − 5p⁴ + 2p⁵ (Rausand and Høyland, System Reliability Theory).
    let bridge = bridge();
    let p = 1.0 - LINK_Q;
    let formula = 2.0 * p.powi(2) + 2.0 * p.powi(3) - 5.0 * p.powi(4) + 2.0 * p.powi(5);
    let mut sum = 0.0;
    for state in 0_u32..32 {
        let up = |link: usize| state >> link & 1 == 1;
        let probability: f64 = (0..5).map(|link| if up(link) { p } else { 1.0 - p }).product();
        let mut reached = [true, false, false, false];
        for _ in 0..4 {
            for (link, &(a, b)) in bridge.links.iter().enumerate() {
                let any = up(link) && (reached[a] || reached[b]);
                (reached[a], reached[b]) = (reached[a] || any, reached[b] || any);
            }
        }
        sum += if reached[3] { probability } else { 0.0 };
    }
    assert!((sum - formula).abs() < 1e-12, "{sum}, not {formula}");
}

fn bridge() -> Graph {
    Graph {
        sites: 4,
        links: vec![(0, 1), (0, 2), (1, 2), (1, 3), (2, 3)],
    }
}

/// Within five standard errors of the mean over replications: a false alarm once in 1.7 million for each of six figures.
#[test]
fn reachability_is_that_of_exact_enumeration() {
    let ring = Graph {
        sites: 4,
        links: vec![(0, 1), (1, 3), (0, 2), (2, 3)],
    };
    let chain = Graph {
        sites: 3,
        links: vec![(0, 1), (1, 2)],
    };
    for graph in [ring, bridge(), chain] {
        let compiled = compile(design(loaded_text("graph.yaml", &graph.scenario())));
        let n = replications(60);
        let outcome = blackstart::analysis::annual::run(&compiled, &asked(n), &|_| {});
        let rows = outcome.expect("replications that end").rows;
        let span_us = 20.0 * 8_766.0 * 3.6e9;
        for service in 0..2 {
            let shares: Vec<f64> = rows
                .iter()
                .map(|row| 1.0 - row.seen[service].totals.down_us as f64 / span_us)
                .collect();
            let mean = shares.iter().sum::<f64>() / f64::from(n);
            let squares: f64 = shares.iter().map(|share| (share - mean).powi(2)).sum();
            let error = (squares / f64::from(n - 1) / f64::from(n)).sqrt();
            let exact = graph.two_terminal();
            let z = (mean - exact) / error;
            assert!(
                z.abs() < 5.0 && error < 0.005,
                "{} links: {mean} ± {error}, exactly {exact}",
                graph.links.len()
            );
        }
    }
}
