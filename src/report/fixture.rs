//! Invented rows in the shape of the Pangyo fire, for the tests of the formats: nothing here is a result.

use std::collections::BTreeMap;

use crate::analysis::estimate::{EstimateInput, RecordInput, TargetInput, TargetMeasure, estimate};
use crate::analysis::results::{
    Basis, Chosen, ChosenOutage, ChosenWhy, GradeCount, Head, Label, Numbers, RecordMeasure, RecordRole,
    Results, StoryLine, TileRun,
};
use crate::diagnostics::Span;
use crate::observe::columns::{
    BEYOND_HORIZON, Layout, LayoutInput, NEVER_LOST, NO_CLASS, RecordHead, ServiceHead, Unit,
};
use crate::scenario::{Node, Resolved};
use crate::store::{Row, Rows};

/// A scenario of nothing.
pub fn resolved() -> Resolved {
    Resolved::new(&Node::empty_map(Span::NOWHERE))
}

/// Microseconds per minute.
pub const MINUTE: i64 = 60_000_000;

const KINDS: [(&str, &str); 16] = [
    ("not-yet-lost", "not yet hit"),
    ("not-noticed", "nobody knew"),
    ("reaching", "reaching people"),
    ("joining", "people on their way"),
    ("deciding", "deciding"),
    ("outside-action", "waiting for others"),
    ("queue", "waiting for a crew"),
    ("blocked", "tool or access missing"),
    ("improvising", "improvising"),
    ("working", "working by hand"),
    ("booting", "booting servers"),
    ("starting", "starting"),
    ("circular", "waiting in a circle"),
    ("held", "up between outages"),
    ("no-procedure", "nobody's job"),
    ("never-returned", "never returned"),
];

const CLASSES: [&str; 7] = [
    "direct",
    "facility",
    "network",
    "dependency",
    "overload",
    "data",
    "human",
];

/// id, name, tier, million users, median RTA \[min\], spread \[%\], RTO [h], record low and high \[min\].
type Shape = (
    &'static str,
    &'static str,
    Option<u8>,
    i64,
    i64,
    i64,
    Option<u64>,
    Option<(i64, i64)>,
);

const SERVICES: [Shape; 14] = [
    ("ads", "광고 Talk channel ads", Some(3), 40, 5_600, 30, None, None),
    ("deploy", "Deployment", None, 0, 1_300, 25, None, None),
    ("login", "카카오 Login", Some(1), 40, 1_150, 25, Some(4), None),
    (
        "mail",
        "Kakao Mail & 다음 메일",
        Some(2),
        12,
        4_700,
        35,
        Some(24),
        Some((3_900, 5_400)),
    ),
    ("map", "Map", Some(2), 20, 1_500, 25, None, Some((1_380, 2_400))),
    (
        "pay",
        "KakaoPay",
        Some(1),
        25,
        1_100,
        25,
        Some(2),
        Some((900, 1_380)),
    ),
    (
        "pc-client",
        "KakaoTalk PC",
        Some(2),
        15,
        1_230,
        20,
        None,
        Some((1_240, 1_330)),
    ),
    (
        "photo",
        "Photo, video, file",
        Some(1),
        40,
        1_900,
        30,
        Some(8),
        Some((1_380, 2_310)),
    ),
    ("portal", "Daum portal", Some(2), 30, 900, 30, None, None),
    ("search", "Search", Some(2), 30, 60, 80, None, None),
    (
        "site-failover",
        "Site failover tool",
        None,
        0,
        1_350,
        25,
        None,
        None,
    ),
    (
        "taxi",
        "Kakao T",
        Some(1),
        15,
        1_280,
        25,
        Some(2),
        Some((1_320, 1_400)),
    ),
    (
        "text",
        "카카오톡 text",
        Some(1),
        47,
        610,
        15,
        Some(1),
        Some((601, 604)),
    ),
    (
        "webtoon",
        "Webtoon",
        Some(3),
        6,
        1_050,
        40,
        None,
        Some((0, 1_000)),
    ),
];

/// A small generator of our own, so that the fixture needs no other module.
struct Dice(u64);

impl Dice {
    /// The next number below `bound`.
    fn below(&mut self, bound: i64) -> i64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let high = i64::try_from(self.0 >> 33).expect("31 bits fit");
        high % bound.max(1)
    }

    /// About `middle`, with a triangular spread of so many percent.
    fn about(&mut self, middle: i64, percent: i64) -> i64 {
        let half = middle * percent / 100;
        middle - half + (self.below(half * 2 + 1) + self.below(half * 2 + 1)) / 2 + self.below(half / 2 + 1)
    }
}

/// Which tiles a recovery is cut into, in percent.
const CUT: [(usize, i64); 7] = [(1, 3), (3, 5), (4, 4), (5, 45), (7, 12), (10, 25), (11, 6)];

/// The layout of the fixture.
pub fn layout() -> Layout {
    Layout::new(LayoutInput {
        services: SERVICES
            .iter()
            .map(|s| ServiceHead {
                id: s.0.into(),
                name: s.1.into(),
                tier: s.2,
                users: s.3 * 1_000_000,
                rto_us: s.6.map(|hours| hours * 3_600_000_000),
            })
            .collect(),
        tile_kinds: KINDS.iter().map(|kind| kind.0).collect(),
        classes: CLASSES.to_vec(),
        curve_times_us: (0..=168).map(|hour| hour * 3_600_000_000).collect(),
        records: records()
            .iter()
            .map(|record| RecordHead {
                id: record.id.clone(),
                unit: unit_of(&record.measure),
            })
            .collect(),
        loads: Vec::new(),
    })
}

fn unit_of(measure: &RecordMeasure) -> Unit {
    match measure {
        RecordMeasure::ServiceRta(_) | RecordMeasure::WholeRta => Unit::Microseconds,
        RecordMeasure::ServersOn { .. } => Unit::Count,
        RecordMeasure::Served(_) => Unit::Ppm,
    }
}

fn records() -> Vec<RecordInput> {
    let rta = SERVICES
        .iter()
        .filter_map(|s| s.7.map(|range| (s, range)))
        .map(|(s, range)| RecordInput {
            id: format!("{}-back", s.0),
            text: format!("{} back", s.1),
            source: "press".into(),
            measure: RecordMeasure::ServiceRta(s.0.into()),
            role: RecordRole::Untuned,
            low: range.0 * MINUTE,
            high: range.1 * MINUTE,
        });
    let at_1340 = 1_341 * 60_000_000;
    let servers = RecordInput {
        id: "servers-up".into(),
        text: "12,000 of 32,000 servers up at 13:40".into(),
        source: "press".into(),
        measure: RecordMeasure::ServersOn {
            at_us: at_1340,
            of: 32_000,
        },
        role: RecordRole::Tuned,
        low: 12_000,
        high: 15_000,
    };
    let whole = RecordInput {
        id: "all-back".into(),
        text: "all functions normal".into(),
        source: "ministry".into(),
        measure: RecordMeasure::WholeRta,
        role: RecordRole::Tuned,
        low: 7_653 * MINUTE,
        high: 7_653 * MINUTE,
    };
    rta.chain([servers, whole]).collect()
}

fn row(layout: &Layout, replication: u32, dice: &mut Dice) -> Row {
    let mut cells = vec![0; layout.width()];
    let calm = dice.below(100) < 5;
    let mut spans = Vec::new();
    for (s, shape) in SERVICES.iter().enumerate() {
        let lost = !calm && (shape.0 != "search" || dice.below(10) < 3);
        if !lost {
            cells[layout.down_at(s)] = NEVER_LOST;
            cells[layout.rta(s)] = NEVER_LOST;
            cells[layout.class(s)] = NO_CLASS;
            continue;
        }
        let down = (8 + dice.below(4)) * MINUTE;
        let rta = dice.about(shape.4, shape.5) * MINUTE + dice.below(MINUTE);
        let late = shape.0 == "ads" && dice.below(20) == 0;
        cells[layout.down_at(s)] = down;
        cells[layout.rta(s)] = if late { BEYOND_HORIZON } else { rta };
        let span = if late { 10_080 * MINUTE - down } else { rta };
        cells[layout.lost_user_seconds(s)] = shape.3 * span;
        cells[layout.outages(s)] = 1 + dice.below(2);
        cells[layout.class(s)] = [0, 0, 3, 3, 4][usize::try_from(dice.below(5)).expect("small")];
        let mut left = span;
        for (kind, percent) in CUT.iter().skip(1) {
            let part = span / 100 * percent;
            cells[layout.tile(s, *kind)] = part;
            left -= part;
        }
        cells[layout.tile(s, CUT[0].0)] = left;
        spans.push((down, span, late, shape.3));
    }
    whole(layout, &mut cells, &spans);
    for class in 0..CLASSES.len() {
        let most = [420, 90, 0, 60, 8, 3, 2][class];
        cells[layout.blast(class)] = if calm {
            0
        } else {
            most - most / 5 + dice.below(most / 3 + 1)
        };
    }
    cells[layout.servers_down_max()] = if calm { 0 } else { 32_000 };
    cells[layout.hops_max()] = if calm { 0 } else { 4 + dice.below(4) };
    let users: i64 = SERVICES.iter().map(|s| s.3).sum();
    let per_hour = dice.about(1_000, 20);
    let servers_at = |us: u64| {
        let minutes = i64::try_from(us / 60_000_000).expect("within the horizon");
        if calm || minutes < 14 {
            40_000
        } else {
            (8_000 + (minutes - 611).max(0) * per_hour / 60).min(40_000)
        }
    };
    for (k, at) in layout.curve_times_us().iter().enumerate() {
        let now = i64::try_from(*at).expect("within the horizon");
        let out: i64 = spans
            .iter()
            .filter(|s| s.0 <= now && now < s.0 + s.1)
            .map(|s| s.3)
            .sum();
        cells[layout.curve(k)] = 1_000_000 - out * 1_000_000 / users;
        cells[layout.servers_on(k)] = servers_at(*at);
    }
    for (r, record) in records().iter().enumerate() {
        cells[layout.record(r)] = match &record.measure {
            RecordMeasure::ServiceRta(id) => {
                let s = SERVICES
                    .iter()
                    .position(|s| s.0 == id)
                    .expect("the service exists");
                cells[layout.rta(s)]
            }
            RecordMeasure::WholeRta => cells[layout.whole_rta()],
            RecordMeasure::ServersOn { at_us, .. } => servers_at(*at_us) - 8_000,
            RecordMeasure::Served(_) => 0,
        };
    }
    Row {
        replication,
        cells: cells.into(),
    }
}

fn whole(layout: &Layout, cells: &mut [i64], spans: &[(i64, i64, bool, i64)]) {
    let used = || spans.iter().filter(|span| span.3 > 0);
    let Some(begin) = used().map(|span| span.0).min() else {
        cells[layout.whole_down_at()] = NEVER_LOST;
        cells[layout.whole_rta()] = NEVER_LOST;
        return;
    };
    let end = used().map(|span| span.0 + span.1).max().expect("there is one");
    cells[layout.whole_down_at()] = begin;
    cells[layout.whole_rta()] = if used().any(|span| span.2) {
        BEYOND_HORIZON
    } else {
        end - begin
    };
    let mut left = end - begin;
    for (kind, percent) in CUT.iter().skip(1) {
        let part = (end - begin) / 100 * percent;
        cells[layout.whole_tile(*kind)] = part;
        left -= part;
    }
    cells[layout.whole_tile(CUT[0].0)] = left;
}

/// `n` rows.
pub fn rows(n: u32) -> Rows {
    let layout = layout();
    let mut dice = Dice(42);
    let rows: Vec<Row> = (0..n)
        .map(|replication| row(&layout, replication, &mut dice))
        .collect();
    Rows::new(layout, &rows)
}

/// The head of the fixture.
pub fn head() -> Head {
    Head {
        interrupted_of: None,
        title: "The Pangyo fire, as it happened".into(),
        name: "as-it-happened".into(),
        happening: "fire in the battery room of Pangyo".into(),
        basis: Basis::Given,
        version: "0.1.0".into(),
        seed: 1,
        n: 0,
        horizon_us: 10_080 * 60_000_000,
        start: Some("2022-10-15T15:19:00".into()),
        from_dark: false,
        start_circles: Vec::new(),
        zone: "Asia/Seoul".into(),
        level: 0.95,
        servers: 40_000,
        scenario_sha256: "00".repeat(32),
        options: BTreeMap::from([("variant".into(), "none".into())]),
        tile_kinds: KINDS
            .iter()
            .map(|kind| Label {
                name: kind.0.into(),
                label: kind.1.into(),
            })
            .collect(),
    }
}

fn chosen(rows: &Rows, replication: u32, why: ChosenWhy) -> Chosen {
    let layout = &rows.layout;
    let all = rows.to_vec().expect("rows in memory");
    let row = all
        .iter()
        .find(|row| row.replication == replication)
        .expect("the replication exists");
    let mut outages = Vec::new();
    for (s, service) in layout.services().iter().enumerate() {
        let (down, rta) = (row.cells[layout.down_at(s)], row.cells[layout.rta(s)]);
        if down == NEVER_LOST {
            continue;
        }
        let mut tiles = Vec::new();
        let mut from = down.unsigned_abs();
        for (kind, _) in CUT {
            let to = from + row.cells[layout.tile(s, kind)].unsigned_abs();
            let label = match KINDS[kind].0 {
                "outside-action" => "building sealed, fire".to_owned(),
                "booting" => "boot text-pool by hand (deploy died with Pangyo)".to_owned(),
                "blocked" => "site-failover runs at Pangyo only".to_owned(),
                _ => KINDS[kind].1.to_owned(),
            };
            tiles.push(TileRun {
                from_us: from,
                to_us: to,
                kind: KINDS[kind].0.into(),
                label,
            });
            from = to;
        }
        let class = usize::try_from(row.cells[layout.class(s)]).map_or("direct", |class| CLASSES[class]);
        outages.push(ChosenOutage {
            service: service.id.clone(),
            down_at_us: down.unsigned_abs(),
            up_at_us: (rta != BEYOND_HORIZON).then_some(down.unsigned_abs() + rta.unsigned_abs()),
            tiles,
            cause: vec![
                "fire in battery room B3".into(),
                "power of Pangyo cut".into(),
                format!("{} lost", service.id),
            ],
            class: class.into(),
        });
    }
    outages.sort_by(|a, b| {
        a.down_at_us
            .cmp(&b.down_at_us)
            .then_with(|| a.service.cmp(&b.service))
    });
    let story = [
        (
            0,
            "A battery in room B3 catches fire; the gas system discharges and does not put it out.",
        ),
        (
            8,
            "text, login, pay and 10 other services are lost: their servers at Pangyo lose power.",
        ),
        (93, "The brigade has the power of the whole building cut."),
        (506, "The fire is out. The building stays sealed."),
        (
            611,
            "Power returns zone by zone. 32,000 servers wait to be booted by hand.",
        ),
        (618, "text is back, through spare capacity at other sites."),
    ];
    let story = story
        .iter()
        .map(|(m, text)| StoryLine {
            at_us: m * 60_000_000,
            text: (*text).into(),
        })
        .collect();
    Chosen {
        replication,
        why,
        outages,
        story,
    }
}

/// The results of the fixture: estimates of `n` invented rows, with two replications told.
pub fn results(n: u32) -> (Results, Rows) {
    let rows = rows(n);
    let service = |id: &str| {
        rows.layout
            .services()
            .iter()
            .position(|s| s.id == id)
            .expect("the service exists")
    };
    let target = |id: &str, text: &str, service, hours: u64, required| TargetInput {
        id: id.into(),
        text: text.into(),
        measure: TargetMeasure::ServiceBackWithin {
            service,
            within_us: hours * 3_600_000_000,
        },
        required,
        confidence: 0.99,
    };
    let input = EstimateInput {
        head: head(),
        targets: vec![
            target("text-back", "text back within 1 h", service("text"), 1, 0.95),
            target("pay-by-night", "pay back within 48 h", service("pay"), 48, 0.95),
            target(
                "portal-noon",
                "portal back within 18 h",
                service("portal"),
                18,
                0.8,
            ),
        ],
        records: records(),
        not_described: vec![
            "Pangyo: network not described, so it cannot fail".into(),
            "Anyang: power and cooling not described, so they cannot fail".into(),
        ],
        numbers: Numbers {
            yours: 312,
            yours_by_grade: vec![GradeCount {
                grade: "assumed".into(),
                count: 41,
            }],
            library_by_grade: vec![
                GradeCount {
                    grade: "assumed".into(),
                    count: 9,
                },
                GradeCount {
                    grade: "vendor".into(),
                    count: 21,
                },
                GradeCount {
                    grade: "primary".into(),
                    count: 31,
                },
            ],
        },
    };
    let mut results = estimate(&rows, input);
    for (replication, why) in crate::analysis::estimate::to_tell(&results, &[]) {
        results.chosen.push(chosen(&rows, replication, why));
    }
    (results, rows)
}
