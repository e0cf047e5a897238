//! Who brings what back: a design that adds things which the same hands repair can be worse for what was there before.
//!
//! One more unit that works by itself never makes a design less available, if nobody is needed for it. One that stands in the queue of a
//! crew may, since the others then wait behind it.

use std::collections::BTreeMap;

use crate::compile::Compiled;
use crate::kernel::{Action, Effect, WorkId};

/// How many things are named in a caution.
const NAMED_MAX: usize = 3;

/// What each crew brings back: by what people call the crew, the works, sorted.
pub type Crews = BTreeMap<String, Vec<String>>;

/// The crews of a design, and what each brings back.
pub fn crews(compiled: &Compiled) -> Crews {
    let mut found = Crews::new();
    let net = &compiled.net;
    for number in 0..net.works() {
        let work = net.work(WorkId::new(number));
        let restores = |effect: &Effect| match effect {
            Effect::Act(action) => matches!(action, Action::Repair { .. }),
            Effect::RepairItems(_) | Effect::StartItems(_) => true,
            Effect::Force { .. } => false,
        };
        if !work.effects.iter().any(restores) {
            continue;
        }
        for (crew, _) in work.ways.iter().flat_map(|way| &way.crew) {
            let label = &compiled.crews[crew.index()].label;
            let works = found.entry(label.clone()).or_default();
            works.push(compiled.works[number].label.clone());
        }
    }
    for works in found.values_mut() {
        works.sort();
        works.dedup();
    }
    found
}

/// What is to be said of a design that gives the crews of the base more to bring back.
pub fn shared(name: &str, base: &Crews, design: &Crews) -> Vec<String> {
    let mut found = Vec::new();
    for (crew, works) in design {
        let Some(before) = base.get(crew) else { continue };
        let is_new = |work: &&String| before.binary_search(work).is_err();
        let added: Vec<&str> = works.iter().filter(is_new).map(String::as_str).collect();
        if added.is_empty() || added.len() == works.len() {
            continue;
        }
        let more = added.len().saturating_sub(NAMED_MAX);
        let mut named = added[..added.len() - more].join(", ");
        if more > 0 {
            named = format!("{named} and {more} more");
        }
        found.push(format!(
            "{name} gives {crew} more to do ({named}) beside what they bring back already. What is added never hurts if it needs nobody; here \
             the rest may wait behind it, so that more redundancy can mean a later recovery."
        ));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crews_of(works: &[&str]) -> Crews {
        let works = works.iter().map(|&work| work.to_owned()).collect();
        Crews::from([("ops".to_owned(), works)])
    }

    #[test]
    fn only_more_work_for_the_same_people_is_told() {
        let base = crews_of(&["boot a", "boot b"]);
        assert!(shared("same", &base, &base).is_empty());
        assert!(shared("less", &base, &crews_of(&["boot a"])).is_empty());
        assert!(shared("another", &base, &crews_of(&["boot c"])).is_empty());
        assert!(
            shared(
                "own",
                &base,
                &Crews::from([("others".to_owned(), vec!["boot c".to_owned()])])
            )
            .is_empty()
        );
        let told = shared("more", &base, &crews_of(&["boot a", "boot b", "boot c"]));
        assert_eq!(told.len(), 1);
        assert!(
            told[0].starts_with("more gives ops more to do (boot c) "),
            "{}",
            told[0]
        );
        let told = shared("many", &base, &crews_of(&["1", "2", "3", "4", "5", "boot a"]));
        assert!(told[0].contains("(1, 2, 3 and 2 more)"), "{}", told[0]);
    }
}
