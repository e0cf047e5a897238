//! What happens in a random scenario.

use super::text::{Drawing, law, names};
use crate::dice::Dice;
use serde_json::{Map, Value as Json, json};

impl Drawing {
    pub(super) fn happens(&mut self, dice: &mut Dice) {
        let mut entries = Map::new();
        for number in 0..2 + dice.below(6) {
            let mut entry = if number > 0 && dice.chance(0.4) {
                json!({"after": format!("entry-{}", dice.below(number)), "takes": law(dice, 40)})
            } else {
                json!({"at": format!("+{} min", dice.within(0, 600))})
            };
            let helps = dice.chance(0.45);
            entry["does"] = self.does(dice, helps);
            entry["note"] = json!("something");
            entries.insert(format!("entry-{number}"), entry);
        }
        self.put("happens", "history", json!({"timeline": {"entries": entries}}));
        if dice.chance(0.4) {
            let mut fire =
                json!({"in": dice.pick(&self.rooms), "at": format!("+{} min", dice.within(0, 300))});
            if dice.chance(0.5) {
                fire["library"] = json!(dice.pick(&["lithium-ion", "lead-acid"]));
            }
            if dice.chance(0.3) {
                fire["cuts"] = json!([dice.pick(&self.places)]);
                fire["seals"] = json!([dice.pick(&self.places)]);
            }
            self.put("happens", "blaze", json!({"fire": fire}));
        }
        if dice.chance(0.3) {
            let mut leak =
                json!({"in": dice.pick(&self.rooms), "at": format!("+{} min", dice.within(0, 300))});
            if dice.chance(0.5) {
                leak["cuts"] = json!([dice.pick(&self.places)]);
            }
            self.put("happens", "pipe", json!({"leak": leak}));
        }
        if dice.chance(0.3) {
            let depth = json!({"median": "60 cm", "p90": "140 cm"});
            let flood = json!({"at-site": dice.pick(&self.sites), "at": format!("+{} min", dice.within(0, 300)), "reaches": depth, "rises": law(dice, 60), "stays": law(dice, 200), "falls": law(dice, 200)});
            self.put("happens", "river", json!({"flood": flood}));
        }
        if dice.chance(0.2) {
            let dark = json!({"of": dice.pick(&self.places), "at": format!("+{} min", dice.within(0, 300)), "for": law(dice, 60)});
            self.put("happens", "lights-out", json!({"blackout": dark}));
        }
        self.works_of_people(dice);
        for number in 0..dice.below(3) {
            let count = 1 + dice.below(2);
            let ids = dice.some(&self.losable, count);
            let loss =
                json!({"ids": ids, "at": format!("+{} min", dice.within(0, 300)), "for": law(dice, 200)});
            self.put("happens", &format!("loss-{number}"), json!({"loss-of": loss}));
        }
    }

    /// What people do to themselves: changes, what they forgot to renew, who is away; and a grid that goes.
    fn works_of_people(&mut self, dice: &mut Dice) {
        let at = |dice: &mut Dice| format!("+{} min", dice.within(0, 300));
        if dice.chance(0.3) {
            let mut change =
                json!({"of": dice.some(&self.losable, 2), "at": at(dice), "shows": law(dice, 30)});
            change["caught"] = self.remedy(dice);
            change["rolls-back"] = self.remedy(dice);
            if dice.chance(0.6) {
                let last = json!({"in": dice.pick(&self.places), "after": "one", "waits": law(dice, 60)});
                change["stages"] = json!({"one": {"in": dice.pick(&self.places)}, "two": last});
            }
            self.put("happens", "release", json!({"bad-change": change}));
        }
        if dice.chance(0.3) {
            let mut expiry =
                json!({"of": dice.some(&self.losable, 3), "at": at(dice), "lingers": law(dice, 60)});
            expiry["renews"] = self.remedy(dice);
            expiry["installs"] = self.remedy(dice);
            self.put("happens", "expired", json!({"expiry": expiry}));
        }
        if dice.chance(0.3) {
            let of = dice.pick(&self.rooms);
            let outage = json!({"of": of, "at": at(dice), "lasts": law(dice, 100), "fails-again": "30 %", "holds": law(dice, 30)});
            self.put("happens", "grid-gone", json!({"utility-outage": outage}));
        }
        if dice.chance(0.3) && !self.teams.is_empty() {
            let (of, covered) = (dice.pick(&self.teams).0.clone(), dice.chance(0.5));
            let away =
                json!({"of": of, "at": at(dice), "for": law(dice, 300), "share": "40 %", "covered": covered});
            self.put("happens", "ill", json!({"staff-absence": away}));
        }
    }

    fn remedy(&self, dice: &mut Dice) -> Json {
        let mut remedy = json!({"takes": law(dice, 60)});
        if dice.chance(0.6) {
            remedy["crew"] = self.crew(dice);
        }
        if dice.chance(0.3) {
            remedy["needs"] = json!(names(dice, &self.services, 1));
        }
        remedy
    }
}
