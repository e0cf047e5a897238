//! What happens, in whole scenarios, worked out by hand.

use crate::simulated::{Ready, loaded_text};

const MIN: i64 = 60_000_000;

fn ready(text: &str) -> Ready {
    Ready::new(loaded_text("hazards.yaml", text))
}

/// When a service was first lost, how long, and how many user-minutes it lost, in minutes.
fn told(text: &str, service: &str) -> (i64, i64, i64) {
    let ready = ready(text);
    let cells = ready.first_row();
    let services = ready.layout.services();
    let at = services.iter().position(|head| head.id == service);
    let at = at.expect("a service of this name");
    let minutes = |us: i64| if us < 0 { us } else { us / MIN };
    (
        minutes(cells[ready.layout.down_at(at)]),
        minutes(cells[ready.layout.rta(at)]),
        cells[ready.layout.lost_user_seconds(at)] / 60,
    )
}

/// What stands for an outage that the horizon cuts short.
const NOT_RECOVERED: i64 = -2;
const NEVER: (i64, i64, i64) = (-1, -1, 0);

/// Two sites, each of which carries all; a tool; a team that comes after 20 min (5 + 5 + 10).
fn two_sites(happens: &str) -> String {
    format!(
        "blackstart: 1
horizon: 2 d
sites: {{alpha: {{}}, beta: {{}}}}
pools: {{web-a: {{in: alpha, servers: 60}}, web-b: {{in: beta, servers: 60}}, tools: {{in: alpha, servers: 4}}}}
services:
  shop: {{tier: 1, users: 100, starts: 1 min, servers-needed: 40, runs-on: {{web-a: {{active: 40}}, web-b: {{active: 40}}}}}}
  login: {{tier: 1, users: 100, starts: 1 min, runs-on: {{web-a: {{active: 10}}}}}}
  pipeline: {{tier: internal, starts: 1 min, runs-on: {{tools: {{active: 2}}}}}}
teams: {{sre: {{heads: 2, joins: 10 min, reached-by: phone, answers: 5 min, learns: {{alarm: {{after: 5 min}}}}}}}}
happens: {{it: {happens}}}
"
    )
}

const STAGES: &str =
    "stages: {first: {in: alpha}, second: {in: beta, after: first, waits: 2 h}}, shows: 10 min";

#[test]
fn a_bad_change_that_is_seen_in_time_hits_one_stage() {
    let caught = "caught: {crew: sre, takes: 15 min}, rolls-back: {crew: sre, takes: 30 min}";
    let text = |waits: &str| {
        let stages = STAGES.replace("2 h", waits);
        two_sites(&format!(
            "{{bad-change: {{of: shop, at: +1 h, {stages}, {caught}}}}}"
        ))
    };
    // Alpha falls at 70 min; beta carries all: nobody's loss, and nobody learns of it. Two hours after alpha, beta gets the change as well,
    // and shows it at 190 min. The team has come at 210, has seen it at 225, and rolls both back side by side until 255; a start takes 1 min.
    assert_eq!(told(&text("2 h"), "shop"), (190, 66, 100 * 66));
}

#[test]
fn what_somebody_watches_is_caught_at_the_first_stage() {
    // A monitor of the pipeline needs nobody: seen at 75 min, rolled back in alpha until 80; beta is never changed.
    let happens = format!(
        "{{bad-change: {{of: [shop, login], at: +1 h, {STAGES}, caught: {{needs: pipeline, takes: 5 min}}, rolls-back: {{takes: 5 min}}}}}}"
    );
    let text = two_sites(&happens);
    assert_eq!(told(&text, "shop"), NEVER);
    assert_eq!(told(&text, "login"), (70, 11, 100 * 11));
}

#[test]
fn what_the_change_takes_along_cannot_take_it_back() {
    let happens = format!(
        "{{bad-change: {{of: [login, pipeline], at: +1 h, {STAGES}, caught: {{crew: sre, takes: 5 min}}, rolls-back: {{crew: sre, needs: \
         pipeline, takes: 5 min}}}}}}"
    );
    let (down_at, rta, _) = told(&two_sites(&happens), "login");
    assert_eq!((down_at, rta), (70, NOT_RECOVERED));
    // Without stages it is everywhere at once.
    let at_once = "{bad-change: {of: shop, at: +1 h, shows: 10 min, caught: {crew: sre, takes: 5 min}, rolls-back: {takes: 5 min}}}";
    // Shown at 70, the team is there at 90, it is seen at 95 and taken back at 100; a start takes 1 min.
    assert_eq!(told(&two_sites(at_once), "shop"), (70, 31, 100 * 31));
}

#[test]
fn what_expires_stops_at_all_sites_at_once() {
    let happens = "{expiry: {of: [shop, login], at: +1 h, lingers: 0 s, renews: {crew: {sre: 2}, takes: 40 min}, installs: {crew: {sre: 2}, takes: \
                   10 min}}}";
    let text = two_sites(happens);
    // The team comes at 80 min and has renewed at 120. Two heads install in one service after the other, at 130 and 140.
    let (shop, login) = (told(&text, "shop"), told(&text, "login"));
    assert_eq!((shop.0, login.0), (60, 60));
    let mut lengths = [shop.1, login.1];
    lengths.sort_unstable();
    assert_eq!(lengths, [70 + 1, 80 + 1]);
    // What holds on long enough gets the new one before it stops.
    let lingering = happens.replace("lingers: 0 s", "lingers: {uniform: {from: 0 s, to: 30 h}}");
    let (shop, login) = (
        told(&two_sites(&lingering), "shop"),
        told(&two_sites(&lingering), "login"),
    );
    let lost = [shop, login].iter().filter(|told| **told != NEVER).count();
    assert_eq!(lost, 1, "{shop:?} {login:?}");
}

#[test]
fn a_grid_that_goes_takes_all_feeds_of_a_place() {
    let text = "blackstart: 1
horizon: 1 d
sites: {alpha: {}, beta: {}}
utility-feeds: {grid-1: {in: alpha}, grid-2: {in: alpha}, grid-3: {in: beta}}
batteries: {bat-a: {in: alpha, autonomy: 15 min}}
ups: {ups-a: {in: alpha, fed-by: [grid-1, grid-2], batteries: bat-a}}
pools: {web-a: {in: alpha, servers: 60, fed-by: ups-a, dead-on-arrival: 0 %, boot: {automated: {rate: 60 /h}}}, web-b: {in: beta, servers: 10, fed-by: grid-3}}
services:
  shop: {tier: 1, users: 100, starts: 1 min, runs-on: {web-a: {active: 60}}}
  blog: {tier: 1, users: 100, starts: 1 min, runs-on: {web-b: {active: 10}}}
happens: {blackout: {utility-outage: {of: alpha, at: +1 h, lasts: 40 min, fails-again: 0 %}}}
";
    // Out at 75 min, back at 100, the servers booted in one batch 60 min later, up 1 min after.
    assert_eq!(told(text, "blog"), NEVER);
    assert_eq!(told(text, "shop").0, 75);
    assert_eq!(told(text, "shop").1, 25 + 60 + 1);
    let short = text.replace("lasts: 40 min", "lasts: 14 min");
    assert_eq!(told(&short, "shop"), NEVER);
    // A second time within minutes finds the battery as it was left: 14 min gone, 1 min back, and it lasts for some 2 min more at most.
    let again = short.replace("fails-again: 0 %", "fails-again: 99 %, holds: 1 min");
    let (down_at, ..) = told(&again, "shop");
    assert!((75..=78).contains(&down_at), "{down_at}");
}

#[test]
fn a_duct_takes_all_that_lies_in_it_and_is_spliced_link_by_link() {
    let text = "blackstart: 1
horizon: 2 d
sites: {alpha: {}, beta: {}}
ducts: {duct-7: {}}
links: {dark-fibre: {between: [alpha, beta], shares: duct-7}}
uplinks: {alpha-up: {from: alpha, carries: users, shares: duct-7}, beta-up: {from: beta, carries: users}}
pools: {web-a: {in: alpha, servers: 60}, web-b: {in: beta, servers: 60}}
services:
  shop: {tier: 1, users: 100, runs-on: {web-a: {active: 40}}}
  blog: {tier: 1, users: 100, used-from: beta, runs-on: {web-a: {active: 10}}}
happens: {digger: {link-cut: {of: duct-7, at: +1 h, reached: 5 h, splices: 2 h}}}
";
    // In the order of their ids: the uplink at 8 h, the link at 10 h; by then users reach alpha through either.
    assert_eq!(told(text, "shop"), (60, 7 * 60, 100 * 7 * 60));
    assert_eq!(told(text, "blog"), (60, 9 * 60, 100 * 9 * 60));
    let one = text.replace("of: duct-7", "of: alpha-up");
    assert_eq!(told(&one, "blog"), NEVER);
    assert_eq!(told(&one, "shop"), NEVER, "through beta");
    let two = text.replace("splices: 2 h", "splices: 2 h, at-once: 2");
    assert_eq!(told(&two, "blog"), (60, 7 * 60, 100 * 7 * 60));
}

#[test]
fn who_is_away_boots_no_servers() {
    let text = |absence: &str| {
        format!(
            "blackstart: 1
horizon: 4 d
sites: {{alpha: {{}}}}
pools: {{web: {{in: alpha, servers: 240, batch: 1, dead-on-arrival: 0 %, boot: {{by-hand: {{crew: sre, each: 1 min}}}}}}}}
services: {{shop: {{tier: 1, users: 100, starts: 0 s, runs-on: {{web: {{active: 240}}}}}}}}
teams: {{sre: {{heads: 8, on-call: 2, joins: 0 s, others-join: 0 s, reached-by: phone, answers: 1 s, learns: {{alarm: {{after: 59 s}}}}}}}}
happens:
  fire: {{loss-of: {{ids: alpha, at: +1 h, for: 1 h}}}}
{absence}"
        )
    };
    // The team is there after a minute; 240 servers at eight a minute.
    assert_eq!(told(&text(""), "shop").1, 60 + 30);
    let away = "  ill: {staff-absence: {of: sre, heads: 5, for: 3 d}}\n";
    assert_eq!(told(&text(away), "shop").1, 60 + 80);
    // Whoever is back takes a hand in what is left: three do 60 in twenty minutes, eight the rest in 22.5.
    let back = "  ill: {staff-absence: {of: sre, heads: 5, for: 140 min}}\n";
    assert_eq!(told(&text(back), "shop").1, 60 + 20 + 23);
}

#[test]
fn water_takes_what_stands_low_and_the_way_to_it() {
    let text = "blackstart: 1
horizon: 14 d
sites: {alpha: {rooms: {basement: {sill: 20 cm}, hall-a: {sill: 120 cm}}}}
ups: {ups-a: {in: basement}}
pools: {web: {in: hall-a, servers: 10, fed-by: ups-a, dead-on-arrival: 0 %, boot: {by-hand: {crew: sre, each: 1 min}}}}
services: {shop: {tier: 1, users: 1, starts: 0 s, runs-on: {web: {active: 10}}}}
teams: {sre: {heads: 1, joins: 0 s, reached-by: phone, answers: 1 s, learns: {alarm: {after: 1 s}}}}
happens:
  river: {flood: {at-site: alpha, at: +1 h, reaches: {median: 100 cm, p90: 100 cm}, rises: 10 h, stays: 10 h, falls: 20 h, closes-from: 30 cm, breaks: 100 %, dries: 24 h}}
  spare: {timeline: {entries: {ups: {at: +48 h, does: {repair: ups-a}}}}}
";
    // The basement is under water from 3 h (the UPS breaks by 11 h at the latest) to 37 h, and dry at 61 h. The site is closed from 4 h to 35 h. A new UPS
    // at 48 h feeds the servers, which stand dry: booted in ten minutes.
    let (down_at, rta, _) = told(text, "shop");
    assert!((3 * 60..11 * 60).contains(&down_at), "{down_at}");
    let back = down_at + rta;
    assert!((48 * 60 + 9..=48 * 60 + 11).contains(&back), "{back}");
    // With the new UPS at 5 h nobody is there to boot until the water falls below 30 cm at 35 h.
    let early = text.replace("+48 h", "+12 h");
    let (down_at, rta, _) = told(&early, "shop");
    let back = down_at + rta;
    assert!((35 * 60 + 9..=35 * 60 + 11).contains(&back), "{back}");
    let dry = text.replace("sill: 20 cm", "sill: 110 cm");
    assert_eq!(told(&dry, "shop"), NEVER);
}

#[test]
fn in_the_heat_of_the_day_chillers_have_too_little() {
    let text = |peaks: &str| {
        format!(
            "blackstart: 1
horizon: 4 d
sites: {{alpha: {{outside: 24 °C}}}}
utility-feeds: {{grid-a: {{in: alpha}}}}
rooms: {{hall-a: {{in: alpha, thermal: {{heat-capacity: 60 MJ/K, set-point: 22 °C, alarm: 32 °C, trip: 42 °C}}}}}}
chillers: {{chillers-a: {{in: alpha, units: 4, capacity: 250 kW, draws: 60 kW, fed-by: grid-a, in-heat: {{hot: {{from: 38 °C, gives: 50 %}}}}}}}}
towers: {{towers-a: {{in: alpha, units: 6, capacity: 300 kW, draws: 5 kW, fed-by: grid-a}}}}
pumps: {{pumps-a: {{in: alpha, units: 2, capacity: 1200 kW, draws: 10 kW, fed-by: grid-a}}}}
chilled-water: {{loop-a: {{in: alpha, chillers: chillers-a, towers: towers-a, pumps: pumps-a}}}}
cracs: {{units-a: {{in: hall-a, units: 8, capacity: 200 kW, draws: 8 kW, fed-by: grid-a, cooled-by: loop-a}}}}
pools: {{web: {{in: hall-a, servers: 1600, draws: 500 W, fed-by: grid-a}}}}
services: {{shop: {{tier: 1, users: 1, runs-on: {{web: {{active: 1600}}}}}}}}
happens: {{august: {{heat-wave: {{at-sites: alpha, at: +1 h, days: 2, peaks: {peaks}, nights: 26 °C}}}}}}
"
        )
    };
    assert_eq!(told(&text("37.9 °C"), "shop"), NEVER);
    // Between 26 and 40 °C by a cosine, 38 °C are passed when 1 − cos φ = 12/7, at 9.5 of 24 h: the first half hour above is that from 9.5 h on, 10.5 h
    // after the start. Then 500 kW are left for 800 kW: 60 MJ/K warm by 20 K in 20 · 60,000 / 300 s = 66 min 40 s.
    let (down_at, ..) = told(&text("40 °C"), "shop");
    assert_eq!(down_at, 10 * 60 + 30 + 66);
}

const FROM_NOTHING: &str = "blackstart: 1
horizon: 1 d
initial: dark
sites: {alpha: {}}
utility-feeds: {grid: {in: alpha}}
batteries: {bat: {in: alpha, autonomy: 15 min}}
ups: {ups-a: {in: alpha, fed-by: grid, batteries: bat}}
pools: {web: {in: alpha, servers: 10, batch: 10, fed-by: ups-a, dead-on-arrival: 0 %, boot: {automated: {rate: 60 /h}}}}
services:
  names: {tier: internal, starts: 2 min, runs-on: {web: {active: 1}}}
  login: {tier: 1, users: 1, starts: 5 min, runs-on: {web: {active: 2}}, needs: {names: hard}}
  shop: {tier: 1, users: 1, starts: 1 min, runs-on: {web: {active: 5}}, needs: {login: start}}
";

#[test]
fn from_nothing_each_waits_for_what_it_needs() {
    for (service, minutes) in [("names", 12), ("login", 17), ("shop", 18)] {
        let (down_at, rta, _) = told(FROM_NOTHING, service);
        assert_eq!((down_at, rta), (0, minutes), "{service}");
    }
    // The battery is empty: when the grid fails as soon as the servers are on, they are off at once.
    let fails =
        format!("{FROM_NOTHING}happens: {{fails: {{loss-of: {{ids: grid, at: +11 min, for: 1 min}}}}}}\n");
    assert_eq!(told(&fails, "shop").1, 12 + 10 + 2 + 5 + 1);
    // What needs each other to run would run for ever, and starts never.
    let circle = FROM_NOTHING.replace(
        "names: {tier: internal,",
        "names: {tier: internal, needs: {login: start},",
    );
    assert_eq!(told(&circle, "shop").1, NOT_RECOVERED);
    let running = circle.replace("initial: dark\n", "");
    assert_eq!(told(&running, "shop"), NEVER);
}

#[test]
fn beginning_in_the_dark_is_a_blackout_at_the_start() {
    let written = FROM_NOTHING.replace("initial: dark\n", "happens: {from-dark: blackout}\n");
    for service in ["names", "login", "shop"] {
        assert_eq!(told(FROM_NOTHING, service), told(&written, service));
    }
    // One place of several, later, for a while.
    let later = FROM_NOTHING.replace(
        "initial: dark\n",
        "happens: {dark: {blackout: {of: alpha, at: +1 h, for: 30 min}}}\n",
    );
    assert_eq!(told(&later, "shop"), (60, 30 + 18, 30 + 18));
}
