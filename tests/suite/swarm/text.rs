//! Random scenarios in the language: whole data centers with people, manuals and what happens to them, as text that validates.

use crate::dice::Dice;
use serde_json::{Map, Value as Json, json};

/// A scenario as it is drawn: its sections, and the ids by kind that others may name.
#[derive(Default)]
pub(super) struct Drawing {
    sections: Map<String, Json>,
    pub(super) places: Vec<String>,
    pub(super) sites: Vec<String>,
    pub(super) rooms: Vec<String>,
    /// What can feed things, in an order in which each is fed by earlier ones only.
    pub(super) feeding: Vec<String>,
    cooling: Vec<String>,
    pools: Vec<(String, i64, String)>,
    stores: Vec<String>,
    pub(super) services: Vec<String>,
    pub(super) teams: Vec<(String, i64)>,
    /// All that can be lost, broken or repaired.
    pub(super) losable: Vec<String>,
    /// What can be cut for itself.
    electrical: Vec<String>,
    /// What may fail by itself: section and id.
    failing: Vec<(&'static str, String)>,
}

/// How long what fails in common with others lives in the mean: members of a group are alike.
const COMMON_MTTF: &str = "50 h";

/// The sections of a random scenario of about so many services.
pub fn draw(dice: &mut Dice, size: usize) -> Map<String, Json> {
    let mut drawing = Drawing::default();
    drawing.places(dice);
    drawing.power(dice);
    drawing.pools(dice);
    drawing.name_services_and_teams(dice, size);
    drawing.stores(dice);
    drawing.services(dice);
    drawing.network(dice);
    drawing.loads_of_services(dice);
    drawing.boots(dice);
    drawing.people(dice);
    drawing.procedures(dice);
    drawing.happens(dice);
    drawing.failures(dice);
    drawing.shortages(dice);
    let mut sections = drawing.sections;
    sections.insert("blackstart".to_owned(), json!(1));
    sections.insert("title".to_owned(), json!("a random scenario"));
    sections.insert("horizon".to_owned(), json!("3 d"));
    sections
}

/// A law of any kind for a time of this order, in minutes.
pub(super) fn law(dice: &mut Dice, minutes: i64) -> Json {
    let m = minutes.max(1);
    match dice.below(8) {
        0 => json!({"lognormal": {"median": format!("{m} min"), "p90": format!("{} min", 3 * m)}}),
        1 => json!({"uniform": {"from": format!("{} s", 30 * m), "to": format!("{} min", 2 * m)}}),
        2 => json!({"exponential": {"mean": format!("{m} min")}}),
        3 => {
            json!({"triangular": {"low": format!("{} s", 20 * m), "mode": format!("{m} min"), "high": format!("{} min", 4 * m)}})
        }
        4 => json!({"weibull": {"shape": 1.7, "scale": format!("{m} min")}}),
        5 => json!({"normal": {"mean": format!("{m} min"), "sd": format!("{} s", 15 * m)}}),
        _ => json!(format!("{m} min")),
    }
}

fn share(dice: &mut Dice, most: i64) -> Json {
    json!(format!("{} %", dice.within(0, most)))
}

/// Some of these names, at most so many; none if there are none.
pub(super) fn names(dice: &mut Dice, among: &[String], most: usize) -> Vec<String> {
    let count = dice.below(most.min(among.len()) + 1);
    dice.some(among, count)
}

impl Drawing {
    pub(super) fn put(&mut self, section: &'static str, id: &str, entry: Json) {
        const WITH_A_BODY: [&str; 9] = [
            "utility-feeds",
            "transformers",
            "generators",
            "transfer-switches",
            "ups",
            "batteries",
            "pdus",
            "buses",
            "cooling-plants",
        ];
        if WITH_A_BODY.contains(&section) {
            self.failing.push((section, id.to_owned()));
        }
        let entries = self
            .sections
            .entry(section.to_owned())
            .or_insert_with(|| json!({}));
        let Json::Object(entries) = entries else {
            unreachable!("sections are maps")
        };
        entries.insert(id.to_owned(), entry);
    }

    fn places(&mut self, dice: &mut Dice) {
        for site in 0..1 + dice.below(3) {
            let id = format!("site-{site}");
            let mut rooms = Map::new();
            for room in 0..1 + dice.below(3) {
                let (number, room) = (room, format!("room-{site}-{room}"));
                let mut entry = json!({});
                if number > 0 && dice.chance(0.7) {
                    let side = dice.pick(&["beside", "above", "below"]);
                    let other = format!("room-{site}-{}", dice.below(number));
                    entry[side] = json!({ other: format!("{} min", dice.within(0, 120)) });
                }
                if dice.chance(0.5) {
                    entry["suppression"] = json!(dice.pick(&["gas", "water-mist", "sprinkler"]));
                }
                if dice.chance(0.5) {
                    entry["sill"] = json!(format!("{} cm", dice.within(0, 150)));
                }
                self.rows_and_racks(dice, &room, &mut entry);
                rooms.insert(room.clone(), entry);
                self.rooms.push(room.clone());
                self.places.push(room);
            }
            let entry = if dice.chance(0.4) {
                let building = format!("building-{site}");
                self.places.push(building.clone());
                json!({"buildings": {building: {"rooms": rooms}}})
            } else {
                json!({"rooms": rooms})
            };
            self.put("sites", &id, entry);
            self.places.push(id.clone());
            self.sites.push(id);
        }
        self.losable.extend(self.places.iter().cloned());
    }

    /// Rows and racks within a room, sometimes.
    fn rows_and_racks(&mut self, dice: &mut Dice, room: &str, entry: &mut Json) {
        if dice.chance(0.7) {
            return;
        }
        let (row, racks) = (
            format!("row-in-{room}"),
            [0, 1].map(|n| format!("rack-{n}-in-{room}")),
        );
        entry["rows"] = json!({ row.clone(): {"racks": [racks[0]]} });
        entry["racks"] = json!([racks[1]]);
        self.places.push(row);
        self.places.extend(racks);
    }

    fn power(&mut self, dice: &mut Dice) {
        for number in 0..1 + dice.below(3) {
            let place = dice.pick(&self.places).clone();
            let feed = format!("grid-{number}");
            self.put("utility-feeds", &feed, json!({"in": place}));
            let mut last = feed.clone();
            self.feeding.push(feed.clone());
            if dice.chance(0.4) {
                last = format!("tr-{number}");
                self.put(
                    "transformers",
                    &last,
                    json!({"in": dice.pick(&self.places), "fed-by": feed}),
                );
                self.feeding.push(last.clone());
            }
            if dice.chance(0.7) {
                let generator = format!("gen-{number}");
                let units = dice.within(1, 3);
                let entry = json!({
                    "in": dice.pick(&self.places), "stands-in-for": last, "units": units, "needed": dice.within(1, units),
                    "fails-to-start": share(dice, 30), "fuel": format!("{} h", dice.within(1, 60)),
                });
                self.put("generators", &generator, entry);
                self.losable.push(generator.clone());
                let switch = format!("ats-{number}");
                let entry = json!({
                    "in": dice.pick(&self.places), "sources": [last, generator], "senses": format!("{} s", dice.within(0, 5)),
                });
                self.put("transfer-switches", &switch, entry);
                self.feeding.push(switch.clone());
                last = switch;
            }
            if dice.chance(0.7) {
                let (ups, battery) = (format!("ups-{number}"), format!("bat-{number}"));
                let mut entry =
                    json!({"in": dice.pick(&self.places), "fed-by": last, "batteries": [battery]});
                tripping(dice, &mut entry);
                let by_load = entry.get("capacity").is_some();
                self.put("ups", &ups, entry);
                let mut entry = json!({
                    "in": dice.pick(&self.places), "autonomy": format!("{} min", dice.within(1, 40)),
                    "recharges": format!("{} h", dice.within(1, 20)),
                });
                if by_load && dice.chance(0.5) {
                    let least = dice.within(1, 20);
                    entry["autonomy"] = json!({
                        "20 %": format!("{} min", least + dice.within(0, 60)), "90 %": format!("{least} min"),
                    });
                    entry["recharge-draws"] = json!(format!("{} kW", dice.within(1, 20)));
                }
                self.put("batteries", &battery, entry);
                self.losable.push(battery);
                self.feeding.push(ups);
            }
        }
        for number in 0..1 + dice.below(4) {
            let fed_by = names(dice, &self.feeding.clone(), 2);
            let (section, id) = if dice.chance(0.8) {
                ("pdus", format!("pdu-{number}"))
            } else {
                ("buses", format!("bus-{number}"))
            };
            let mut entry = json!({"in": dice.pick(&self.places), "fed-by": fed_by});
            tripping(dice, &mut entry);
            self.put(section, &id, entry);
            self.feeding.push(id);
        }
        for number in 0..dice.below(3) {
            let id = format!("chill-{number}");
            let units = dice.within(1, 4);
            let entry = json!({
                "in": dice.pick(&self.places), "units": units, "needed": dice.within(1, units),
                "fed-by": names(dice, &self.feeding.clone(), 2), "restarts": law(dice, 5),
                "ride-through": format!("{} min", dice.within(0, 60)),
            });
            self.put("cooling-plants", &id, entry);
            self.losable.push(id.clone());
            self.cooling.push(id);
        }
        self.electrical = self.feeding.clone();
        self.losable.extend(self.feeding.iter().cloned());
    }

    fn pools(&mut self, dice: &mut Dice) {
        for number in 0..2 + dice.below(4) {
            let place = dice.pick(&self.places).clone();
            self.pools
                .push((format!("pool-{number}"), dice.within(4, 150), place));
        }
        self.losable.extend(self.pools.iter().map(|pool| pool.0.clone()));
    }

    fn name_services_and_teams(&mut self, dice: &mut Dice, size: usize) {
        self.services = (0..size).map(|number| format!("svc-{number}")).collect();
        self.teams = (0..1 + dice.below(3))
            .map(|number| (format!("team-{number}"), dice.within(1, 12)))
            .collect();
        self.losable.extend(self.services.iter().cloned());
        self.losable.extend(self.teams.iter().map(|team| team.0.clone()));
    }

    /// So many servers as a pool can give.
    fn standing(&self, dice: &mut Dice, pool: usize) -> i64 {
        dice.within(1, (self.pools[pool].1 / 2).max(1))
    }

    fn stores(&mut self, dice: &mut Dice) {
        for number in 0..dice.below(4) {
            let id = format!("store-{number}");
            let mut replicas = Map::new();
            let all: Vec<usize> = (0..self.pools.len()).collect();
            let count = 1 + dice.below(3);
            for (at, pool) in dice.some(&all, count).into_iter().enumerate() {
                let servers = self.standing(dice, pool);
                let replica = match at {
                    0 => json!({"primary": {"servers": servers}}),
                    1 => json!({"asynchronous": {"servers": servers, "lag": "2 s"}}),
                    _ => json!({"synchronous": {"servers": servers}}),
                };
                replicas.insert(self.pools[pool].0.clone(), replica);
            }
            let mut entry = json!({"replicas": replicas, "starts": law(dice, 30)});
            if dice.chance(0.4) {
                entry["failover"] = self.failover(dice, &[]);
            }
            self.put("stores", &id, entry);
            self.stores.push(id);
        }
        self.losable.extend(self.stores.iter().cloned());
    }

    /// Machines that move something, watched by some of `eyes`.
    fn failover(&self, dice: &mut Dice, eyes: &[String]) -> Json {
        let mut automatic = json!({
            "unhealthy-for": format!("{} s", dice.below(600)), "takes": law(dice, 10),
            "needs": names(dice, &self.services, 1), "observers": names(dice, eyes, 3),
        });
        if dice.chance(0.3) {
            automatic["errs"] = share(dice, 60);
        }
        if dice.chance(0.4) {
            automatic["returns-after"] = json!(format!("{} min", dice.below(300)));
        }
        json!({ "automatic": automatic })
    }

    fn need(dice: &mut Dice) -> Json {
        match dice.below(8) {
            0 => json!({"hard": {"grace": format!("{} min", dice.within(1, 90))}}),
            1 => json!({"soft": {"loses": share(dice, 100)}}),
            2 => json!("start"),
            3 => json!({"fallback": {"quality": share(dice, 100)}}),
            _ => json!("hard"),
        }
    }

    fn services(&mut self, dice: &mut Dice) {
        let all: Vec<usize> = (0..self.pools.len()).collect();
        let mut eyes = Vec::new();
        for id in self.services.clone() {
            let mut runs_on = Map::new();
            let count = 1 + dice.below(2);
            for (at, pool) in dice.some(&all, count).into_iter().enumerate() {
                let servers = self.standing(dice, pool);
                let standing = match (at, dice.below(3)) {
                    (0, _) | (_, 0) => json!({"active": servers}),
                    (_, 1) => json!({"warm": servers}),
                    _ => json!({"cold": servers}),
                };
                runs_on.insert(self.pools[pool].0.clone(), standing);
            }
            // Needs may go round in circles, as they do.
            let others: Vec<String> = self
                .services
                .iter()
                .chain(&self.stores)
                .filter(|other| **other != id)
                .cloned()
                .collect();
            let mut needs = Map::new();
            for need in names(dice, &others, 3) {
                needs.insert(need, Self::need(dice));
            }
            let tier = if dice.chance(0.2) {
                json!("internal")
            } else {
                json!(dice.within(1, 6))
            };
            let mut entry = json!({
                "tier": tier, "needs": needs, "starts": law(dice, 8),
                "starts-with": format!("{} %", dice.within(10, 100)), "recovered-at": format!("{} %", dice.within(50, 100)),
            });
            if dice.chance(0.9) {
                if runs_on.len() == 1 {
                    eyes.push(id.clone());
                }
                entry["runs-on"] = Json::Object(runs_on);
                if dice.chance(0.4) {
                    entry["failover"] = self.failover(dice, &eyes);
                }
            }
            if dice.chance(0.7) {
                entry["users"] = json!(dice.within(1, 5_000_000));
            }
            if dice.chance(0.5) {
                entry["rto"] = json!(format!("{} min", dice.within(5, 600)));
            }
            self.put("services", &id, entry);
        }
    }

    pub(super) fn crew(&self, dice: &mut Dice) -> Json {
        let (team, heads) = dice.pick(&self.teams).clone();
        json!({ team: dice.within(1, heads.min(4)) })
    }

    fn boots(&mut self, dice: &mut Dice) {
        for (id, servers, place) in self.pools.clone() {
            let mut boot = Map::new();
            if dice.chance(0.6) {
                let rate = format!("{} /h", dice.within(20, 2_000));
                boot.insert(
                    "automated".to_owned(),
                    json!({"needs": names(dice, &self.services.clone(), 2), "rate": rate}),
                );
            }
            if dice.chance(0.7) || boot.is_empty() {
                boot.insert(
                    "by-hand".to_owned(),
                    json!({"crew": self.crew(dice), "each": law(dice, 4)}),
                );
            }
            let mut entry = json!({
                "in": place, "servers": servers, "fed-by": names(dice, &self.feeding.clone(), 2),
                "cooled-by": names(dice, &self.cooling.clone(), 1), "batch": dice.within(1, 40),
                "dead-on-arrival": share(dice, 30), "boot": boot,
            });
            if dice.chance(0.6) {
                entry["repair"] = json!({"crew": self.crew(dice), "each": law(dice, 60)});
            }
            if dice.chance(0.5) {
                entry["draws"] = json!(format!("{} W", dice.within(100, 800)));
                if dice.chance(0.5) {
                    entry["draws-starting"] = json!(format!("{} W", dice.within(100, 1_500)));
                }
            }
            self.put("pools", &id, entry);
        }
    }

    fn learns(&self, dice: &mut Dice) -> Json {
        let mut ways = Map::new();
        ways.insert(
            "alarms".to_owned(),
            json!({"needs": names(dice, &self.services.clone(), 2), "after": law(dice, 4)}),
        );
        if dice.chance(0.5) {
            ways.insert("calls".to_owned(), json!({"after": law(dice, 30)}));
        }
        Json::Object(ways)
    }

    fn people(&mut self, dice: &mut Dice) {
        for (id, heads) in self.teams.clone() {
            let mut channels = names(dice, &self.services.clone(), 2);
            channels.push("phone".to_owned());
            let entry = json!({
                "heads": heads, "on-call": dice.within(1, heads), "joins": law(dice, 20), "others-join": law(dice, 120),
                "reached-by": channels, "answers": law(dice, 6), "patience": format!("{} min", dice.within(1, 30)),
                "learns": self.learns(dice),
            });
            self.put("teams", &id, entry);
        }
    }

    /// Verbs with what they are done to.
    pub(super) fn does(&self, dice: &mut Dice, helps: bool) -> Json {
        let mut does = Map::new();
        let pairs = [
            ("lose", "give-back"),
            ("break", "repair"),
            ("cut", "energise"),
            ("seal", "unseal"),
        ];
        for _ in 0..1 + dice.below(2) {
            let (hurt, help) = *dice.pick(&pairs);
            let verb = if helps { help } else { hurt };
            let among: Vec<String> = match hurt {
                "cut" => self.electrical.iter().chain(&self.places).cloned().collect(),
                "seal" => self.places.clone(),
                _ => self.losable.clone(),
            };
            let count = 1 + dice.below(3);
            does.insert(verb.to_owned(), json!(dice.some(&among, count)));
        }
        if !helps && dice.chance(0.05) {
            does.insert("destroy".to_owned(), json!([dice.pick(&self.losable)]));
        }
        if dice.chance(0.2) {
            let services = dice.some(&self.services, 2);
            if helps {
                does.insert(
                    "start".to_owned(),
                    json!({"services": services, "in": dice.pick(&self.sites)}),
                );
            } else {
                does.insert("stop".to_owned(), json!({"services": services}));
            }
        }
        if helps && self.sites.len() > 1 && dice.chance(0.3) {
            let sites = dice.some(&self.sites, 2);
            does.insert("fail-over".to_owned(), json!({"from": sites[0], "to": sites[1]}));
        }
        if helps && !self.stores.is_empty() && dice.chance(0.2) {
            does.insert(
                "promote".to_owned(),
                json!({"stores": [dice.pick(&self.stores)], "at": dice.pick(&self.sites)}),
            );
        }
        Json::Object(does)
    }

    fn procedures(&mut self, dice: &mut Dice) {
        for number in 0..dice.below(3) {
            let id = format!("manual-{number}");
            let trigger = if dice.chance(0.5) {
                json!({"service-lost": dice.pick(&self.services)})
            } else {
                json!({"site-lost": self.pools[dice.below(self.pools.len())].2})
            };
            let mut steps = Map::new();
            let count = 1 + dice.below(5);
            for step in 0..count {
                let before: Vec<String> = (0..step).map(|earlier| format!("step-{earlier}")).collect();
                let mut entry = json!({
                    "after": names(dice, &before, 2), "takes": law(dice, 15), "needs": names(dice, &self.services.clone(), 1),
                    "errs": share(dice, 40),
                });
                if dice.chance(0.8) {
                    entry["crew"] = self.crew(dice);
                }
                if dice.chance(0.2) {
                    entry["access"] = json!([dice.pick(&self.places)]);
                }
                if dice.chance(0.5) {
                    entry["on-error"] = json!(dice.pick(&["retry", "give-up"]));
                }
                let after = format!("{} min", dice.within(1, 60));
                match dice.below(3) {
                    0 => {
                        entry["on-blocked"] = json!({"improvise": {"after": after, "takes": law(dice, 60), "errs": share(dice, 40)}})
                    }
                    1 => {
                        // What is given up when it is blocked is not tried again when it goes wrong.
                        entry["on-blocked"] = json!({"give-up": {"after": after}});
                        entry["on-error"] = json!("give-up");
                    }
                    _ => {}
                }
                if dice.chance(0.7) {
                    entry["does"] = self.does(dice, true);
                }
                steps.insert(format!("step-{step}"), entry);
            }
            let command = dice.pick(&self.teams).0.clone();
            let entry =
                json!({"trigger": trigger, "noticed": self.learns(dice), "command": command, "steps": steps});
            self.put("procedures", &id, entry);
        }
    }
}

impl Drawing {
    pub(super) fn entry(&mut self, section: &str, id: &str) -> &mut Json {
        &mut self.sections[section][id]
    }

    fn repair(&self, dice: &mut Dice) -> Json {
        let mut repair = json!({"takes": law(dice, 200)});
        if dice.chance(0.7) {
            repair["crew"] = self.crew(dice);
        }
        if dice.chance(0.3) {
            repair["needs"] = json!(names(dice, &self.services, 1));
        }
        repair
    }

    /// Ordinary failures and their repairs, and what some of them have in common.
    fn failures(&mut self, dice: &mut Dice) {
        let mut alike = Vec::new();
        for (section, id) in self.failing.clone() {
            let common = dice.chance(0.2);
            if !common && dice.chance(0.5) {
                continue;
            }
            let mut fails = json!({"repair": self.repair(dice)});
            if common {
                fails["mttf"] = json!(COMMON_MTTF);
                alike.push(id.clone());
            } else {
                fails["life"] = law(dice, 4_000);
            }
            let which = if section == "generators" && !common && dice.chance(0.6) {
                "fails-in-operation"
            } else {
                "fails"
            };
            self.entry(section, &id)[which] = fails;
        }
        if alike.len() > 1 {
            let mut group = json!({"members": alike});
            if dice.chance(0.5) {
                group["beta"] = json!(format!("{} %", dice.within(1, 90)));
            } else {
                group["mgl"] = json!(["30 %"]);
            }
            self.put("common-causes", "cause-0", group);
        }
    }

    /// Loads that draw more than there may be, on feeds of their own.
    fn shortages(&mut self, dice: &mut Dice) {
        if dice.chance(0.5) {
            return;
        }
        let hours: Vec<Json> = (0..24).map(|_| share(dice, 100)).collect();
        self.put("profiles", "day", json!({"hours": hours}));
        let feeds: Vec<String> = (0..1 + dice.below(3))
            .map(|number| format!("mains-{number}"))
            .collect();
        for feed in &feeds {
            let capacity = format!("{} kW", dice.within(100, 900));
            let fails = json!({"life": law(dice, 2_000), "repair": {"takes": law(dice, 100)}});
            self.put(
                "utility-feeds",
                feed,
                json!({"in": dice.pick(&self.sites), "capacity": capacity, "fails": fails}),
            );
        }
        let rule = dice.pick(&["shared", "by-tier"]);
        self.put(
            "buses",
            "hall-bus",
            json!({"in": dice.pick(&self.places), "fed-by": feeds, "when-short": rule}),
        );
        for number in 0..1 + dice.below(4) {
            let mut load = json!({
                "fed-by": "hall-bus", "draws": format!("{} kW", dice.within(50, 800)), "tier": dice.within(1, 6),
                "down-below": format!("{} %", dice.within(10, 100)),
            });
            if dice.chance(0.5) {
                load["profile"] = json!("day");
            }
            self.put("loads", &format!("load-{number}"), load);
        }
    }
}

/// Lets half of all things open when they carry too much, in one of several ways.
fn tripping(dice: &mut Dice, entry: &mut Json) {
    if dice.chance(0.5) {
        return;
    }
    entry["capacity"] = json!(format!("{} kW", dice.within(5, 80)));
    entry["trips"] = if dice.chance(0.5) {
        json!({"at": format!("{} %", dice.within(60, 120)), "after": format!("{} s", dice.within(0, 60))})
    } else {
        json!({"curve": {"100 %": format!("{} s", dice.within(60, 4_000)), "170 %": format!("{} s", dice.within(0, 60))}})
    };
    if dice.chance(0.3) {
        let every = format!("{} s", dice.within(1, 20));
        entry["trips"]["sheds"] = json!({"every": every, "spares": dice.within(1, 4), "returns-after": format!("{} s", dice.within(10, 900))});
    }
    if dice.chance(0.4) {
        entry["trips"]["resets-after"] = json!(format!("{} s", dice.within(1, 2_000)));
    } else if dice.chance(0.5) {
        entry["trips"]["reset"] = json!({"takes": law(dice, 30)});
    }
}

/// The text of a scenario, with the keys of all maps in the order that the dice give, or in that of names.
pub fn written(value: &Json, dice: &mut Option<&mut Dice>) -> String {
    match value {
        Json::Object(map) => {
            let mut entries: Vec<(&String, &Json)> = map.iter().collect();
            if let Some(dice) = dice {
                dice.shuffle(&mut entries);
            }
            let entries: Vec<String> = entries
                .into_iter()
                .map(|(key, value)| format!("{}: {}", Json::from(key.as_str()), written(value, dice)))
                .collect();
            format!("{{{}}}", entries.join(", "))
        }
        Json::Array(list) => {
            let items: Vec<String> = list.iter().map(|item| written(item, dice)).collect();
            format!("[{}]", items.join(", "))
        }
        other => other.to_string(),
    }
}
