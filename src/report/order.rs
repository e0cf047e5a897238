//! The order in which services come up, if nothing runs at the start.

use crate::analysis::results::{Reach, Results};
use crate::report::words::{plain, quantile_span};
use serde::Serialize;

/// The order of a black start.
#[derive(Debug, Serialize)]
pub struct Order {
    /// What comes up, by its median.
    pub up: Vec<Up>,
    /// What mostly does not within the horizon.
    pub never: Vec<String>,
    /// Things that wait for each other, each circle in words.
    pub circles: Vec<String>,
}

/// A service that comes up.
#[derive(Debug, Serialize)]
pub struct Up {
    /// What people call it.
    pub name: String,
    /// When, from when power is back, and the bracket of that.
    pub after: String,
    /// The bracket.
    pub bracket: String,
}

/// The order of the black start of a run; `None` if it began with everything running.
pub fn order(results: &Results) -> Option<Order> {
    if !results.head.from_dark {
        return None;
    }
    let (mut up, mut never) = (Vec::new(), Vec::new());
    for service in &results.services {
        let Some(recovery) = &service.recovery else {
            continue;
        };
        let name = plain(&service.name);
        match recovery.median.value {
            Reach::At(us) => up.push((us, name, quantile_span(&recovery.median))),
            Reach::Beyond => never.push(name),
        }
    }
    up.sort();
    let up = up
        .into_iter()
        .map(|(_, name, (after, bracket))| Up { name, after, bracket });
    let circles = results.head.start_circles.iter().map(|circle| {
        let names: Vec<String> = circle
            .iter()
            .chain(circle.first())
            .map(|name| plain(name))
            .collect();
        names.join(" waits for ")
    });
    Some(Order {
        up: up.collect(),
        never,
        circles: circles.collect(),
    })
}
