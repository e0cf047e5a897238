//! The network of a random scenario, and the names of its services.

use super::text::{Drawing, law};
use crate::dice::Dice;
use serde_json::json;

impl Drawing {
    pub(super) fn network(&mut self, dice: &mut Dice) {
        self.zones(dice);
        if dice.chance(0.6) {
            return;
        }
        let sites = self.sites.clone();
        self.put("ducts", "trench", json!({}));
        self.losable.push("trench".to_owned());
        for site in &sites {
            for number in 0..1 + dice.below(2) {
                let id = format!("router-{number}-{site}");
                let mut router = json!({"in": site});
                if dice.chance(0.5) && !self.feeding.is_empty() {
                    router["fed-by"] = json!(dice.pick(&self.feeding));
                }
                if dice.chance(0.3) {
                    router["fails"] = json!({"mttf": "100 h", "repair": {"takes": law(dice, 60)}});
                }
                self.put("routers", &id, router);
                self.losable.push(id);
            }
            if dice.chance(0.8) {
                let mut uplink =
                    json!({"from": format!("router-0-{site}"), "carries": dice.pick(&["all", "users"])});
                if dice.chance(0.5) {
                    uplink["capacity"] = json!(format!("{} Mbit/s", dice.within(1, 100_000)));
                }
                if dice.chance(0.3) {
                    uplink["announced-while"] = json!(dice.pick(&self.services));
                }
                let id = format!("uplink-{site}");
                self.put("uplinks", &id, uplink);
                self.losable.push(id);
            }
        }
        for pair in sites.windows(2) {
            let id = format!("fibre-{}", pair[0]);
            let mut link = json!({"between": [pair[0], format!("router-0-{}", pair[1])]});
            if dice.chance(0.6) {
                link["shares"] = json!("trench");
            }
            self.put("links", &id, link);
            self.losable.push(id);
        }
        if sites.len() > 1 && dice.chance(0.5) {
            let (first, splices) = (format!("fibre-{}", sites[0]), law(dice, 60));
            let cut = json!({"of": ["trench", first], "at": format!("+{} min", dice.within(0, 300)), "reached": law(dice, 60), "splices": splices});
            self.put("happens", "digger", json!({"link-cut": cut}));
        }
    }

    /// What users ask of some services, and what too much does.
    pub(super) fn loads_of_services(&mut self, dice: &mut Dice) {
        let mut loaded = Vec::new();
        for id in self.services.clone() {
            let entry = self.entry("services", &id);
            let has_servers = entry
                .get("runs-on")
                .and_then(|on| on.as_object())
                .is_some_and(|on| !on.is_empty());
            let users = entry
                .get("users")
                .and_then(serde_json::Value::as_i64)
                .unwrap_or(0);
            if !has_servers || users == 0 || !dice.chance(0.4) {
                continue;
            }
            let overload = match dice.below(3) {
                0 => json!("share"),
                1 => json!({"queue": {"keeps": format!("{} min", dice.within(1, 300)), "late": "40 %"}}),
                _ => json!({"collapse": {"above": "105 %", "offered": "250 %", "below": "80 %"}}),
            };
            entry["load"] = json!({"server-carries": dice.within(1, users / 10 + 1), "overload": overload});
            if dice.chance(0.5) {
                entry["load"]["per-user"] = json!("20 kbit/s");
            }
            entry.as_object_mut().expect("an entry").remove("servers-needed");
            loaded.push(id);
        }
        if !loaded.is_empty() && dice.chance(0.6) {
            let surge = json!({"of": dice.pick(&loaded), "at": format!("+{} min", dice.within(0, 300)), "to": "220 %", "for": law(dice, 90)});
            self.put("happens", "sale", json!({"demand-surge": surge}));
        }
    }

    fn zones(&mut self, dice: &mut Dice) {
        if dice.chance(0.6) {
            return;
        }
        let answers = dice.some(&self.services, 2);
        let zone = json!({"answered-by": answers, "ttl": format!("{} s", dice.within(1, 900)), "negative-ttl": format!("{} s", dice.within(1, 900))});
        self.put("dns", "zone", zone);
        self.losable.push("zone".to_owned());
        for id in self.services.clone() {
            if dice.chance(0.3) {
                self.entry("services", &id)["found-by"] = json!("zone");
            }
        }
    }
}
