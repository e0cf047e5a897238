//! The table of all codes, from which `blackstart help CODE` explains them.

/// Every code with its explanation, by name.
pub const CODES: &[(&str, &str)] = &[
    (
        "alias-bomb",
        "YAML aliases repeat so much text that the document would become too large. Write the repeated part as a template.",
    ),
    (
        "alias-unknown",
        "A YAML alias `*x` names no anchor `&x` that is complete before it.",
    ),
    (
        "archetype-unknown",
        "There is no archetype of this name for what it is to arrange. `blackstart help power` lists those for power, with what each of them stands for.",
    ),
    (
        "autonomy-without-capacity",
        "How long a battery lasts by load is told by shares of the capacity of its UPS, which must be given.",
    ),
    (
        "bad-annotation",
        "A value with a grade is written `{assumed: VALUE}`, `{assumed: {value: VALUE, range: [LOW, HIGH]}}` or `{value: VALUE, source: \"where from\", grade: primary}`. Grades: primary, survey, press, vendor, derived, assumed.",
    ),
    (
        "bad-count",
        "`count:` on an entry is a whole number from 1: `count: 3` on `ups` makes `ups-1`, `ups-2`, `ups-3`.",
    ),
    (
        "bad-id",
        "An id has 1 to 100 of the letters a to z, digits, `.`, `_` and `-`. A name in any script goes into `name:`.",
    ),
    (
        "bad-include",
        "`include:` is a file name or a list of file names, relative to the file that includes.",
    ),
    (
        "bad-library",
        "`library:` in an entry is the name of one of the library's blocks for its section.",
    ),
    (
        "bad-moment",
        "A time of the scenario is a civil time in the zone of the clock, `2022-10-15 16:52`, or a time since the start, `+93 min`.",
    ),
    (
        "bad-template",
        "`template:` in an entry is the name of an entry of `templates:`, which is a map.",
    ),
    (
        "bad-tier",
        "A tier is a number from 1 (restored first) to 9, or `internal` for a tool, which ranks with the best service that needs it.",
    ),
    (
        "bad-variant",
        "A variant is a map with `patch:`, and may have `title:`, `cost:` and `lead-time:`.",
    ),
    (
        "barrier-to-itself",
        "A barrier lies between two rooms: `beside`, `above` and `below` name the room on the other side.",
    ),
    (
        "beyond-horizon",
        "The time is after the horizon, so that it is never reached in any replication. Raise `horizon` or take the entry out.",
    ),
    (
        "capacity-untold",
        "Loads draw from a place that is fed in a way of which it cannot be told how much arrives: capacities that are shared above something that feeds it in its turn. Let the loads draw where the sources meet, or give what stands between a capacity of its own that each source can give alone.",
    ),
    (
        "column-file",
        "The file of an empirical law's values cannot be read, or lies elsewhere than in or below the folder of the file that names it.",
    ),
    (
        "column-too-long",
        "An empirical law is drawn from at most 100,000 observed values.",
    ),
    (
        "column-unknown",
        "The file has no column of this name. The first line of a CSV file names its columns.",
    ),
    (
        "column-value",
        "A value of the column is no length of time. Give `unit: h` for bare numbers; else each value has its unit, `90 min`.",
    ),
    (
        "common-cause-invalid",
        "The members of a common cause are alike: equal exponential lives, or equal chances to fail when called on; and the factors are chances.",
    ),
    (
        "contradiction",
        "Two fields that exclude each other are both given.",
    ),
    (
        "dual-cord-one-feed",
        "A server with two cords is fed by two sides, so that either can die. Name two feeds, or say that it has one cord.",
    ),
    (
        "duplicate-id",
        "Ids are unique over all sections of a design, and over all files that are included beside each other.",
    ),
    (
        "duplicate-key",
        "The same key stands twice in one map; the second would silently win.",
    ),
    (
        "empty-file",
        "The file holds nothing. The smallest scenario begins with `blackstart: 1`.",
    ),
    (
        "failover-not-covered",
        "The service names a procedure for its failover, but no step of that procedure starts it anywhere.",
    ),
    (
        "file-too-large",
        "The file is larger than the limit, which is there so that a wrong file cannot fill the memory.",
    ),
    (
        "hangs-on-one-site",
        "A service stands at several sites, but cannot be without something that stands at one of them alone: the others do not help.",
    ),
    (
        "hash-collision",
        "Two names happen to give the same number to draw random numbers by, so that their fates would be one. Rename one of them.",
    ),
    (
        "heat-untold",
        "Servers stand in a room whose heat is described, but it is not said what they draw: they do not warm it.",
    ),
    (
        "in-two-places",
        "A thing stands in one place: it is written inside one, or says `in:`, or both say the same. Ids are unique over all places.",
    ),
    ("include-cycle", "Files include each other in a circle."),
    (
        "include-missing",
        "A file named in `include:` cannot be read. Names are relative to the file that includes.",
    ),
    (
        "invalid-value",
        "The value is well-formed, but not accepted here.",
    ),
    ("is-a-directory", "A file is needed where a directory was given."),
    (
        "joined-to-itself",
        "A link joins two routers or sites. The routers of one site reach each other without a link.",
    ),
    (
        "law-invalid",
        "The parameters of a law (a distribution) do not fit together, such as a 90 % quantile below the median.",
    ),
    (
        "library-unknown",
        "The library has no block of this name for this section.",
    ),
    ("missing-field", "A field that has no default is not given."),
    (
        "missing-tag",
        "One of several kinds has to be chosen here: a bare word, or a map with that word as its only key.",
    ),
    (
        "more-needed-than-there-are",
        "More units, servers or heads are asked for than there are, so that it could never be.",
    ),
    (
        "multiple-documents",
        "The file holds more than one YAML document (`---`). Write one scenario per file, or use variants.",
    ),
    ("named-twice", "The same thing is named twice in one list."),
    ("negative-quantity", "This quantity cannot be less than nothing."),
    (
        "nested-in",
        "An entry that is written inside its place cannot also say `in:`.",
    ),
    (
        "never-reached",
        "The network is described, and no path of links and uplinks leads to these servers from where the service is used, not even while everything works. Describe the way there, or leave the network of that site out.",
    ),
    (
        "nobody-asked",
        "A work or a team is described without anybody who could do it or be asked.",
    ),
    (
        "nobody-notices",
        "There is no way in which the team, or the trigger of the procedure, could ever come to be known.",
    ),
    (
        "not-csv",
        "The file is no table of values separated by commas: its lines differ in their number of columns, or a quote is not closed.",
    ),
    (
        "not-in-annual",
        "The scenario is years of ordinary life (`annual`), and this belongs to one disaster: something that happens once at its time, or what is said of it. Take it out, or write a `horizon` instead of `annual`.",
    ),
    ("not-utf8", "The file is not text in UTF-8."),
    (
        "nothing-happens",
        "The entry does nothing: it has no effect, or what it names is not there.",
    ),
    (
        "number-malformed",
        "This is not a number as Blackstart reads numbers: digits, at most one point, perhaps an exponent.",
    ),
    (
        "number-separator",
        "Numbers are written without separators: `32000`, not `32,000`.",
    ),
    (
        "observer-of-no-site",
        "What watches a service to move it looks from the one site in which it stands. This one runs on pools of several sites, or on none.",
    ),
    (
        "one-primary",
        "Exactly one replica of a store is its `primary`; the others serve once they are promoted.",
    ),
    (
        "only-in-annual",
        "A promise about years (`availability`, `down-per-year`) needs a scenario of years: write `annual` instead of `horizon`.",
    ),
    (
        "order-cycle",
        "Entries or steps come after each other in a circle, so that none of them ever begins.",
    ),
    (
        "out-of-bounds",
        "The value is well-formed, but outside of what is possible here.",
    ),
    (
        "patch-removes-nothing",
        "In a patch an empty value removes; nothing of this id is there to be removed. An entry with all defaults is written `{}` in a patch.",
    ),
    (
        "promise-out-of-reach",
        "The steps of the manual that move a service take longer than its recovery time objective, even if all goes quickly.",
    ),
    (
        "promise-unclear",
        "A target promises one thing: `back-within` with `probability`, or (in annual runs) `availability`, or `down-per-year`.",
    ),
    (
        "quantity-too-large",
        "The quantity is larger than anything that is built; most likely a unit or a digit is wrong.",
    ),
    (
        "recovery-point-out-of-reach",
        "A promise about how much work may be lost is stricter than the replicas of a needed store allow. It is a weakness of the design, not of the file.",
    ),
    (
        "replicas-in-one-place",
        "All replicas of a store stand in one place, so that what takes the place takes all of them.",
    ),
    (
        "standbys-do-not-fit",
        "A pool has too few servers for what runs there together with what would move there.",
    ),
    (
        "start-cycle",
        "Things wait for each other before they can be started: once all of them have stopped, none comes back.",
    ),
    (
        "supply-cycle",
        "Things feed each other in a circle. Once dead, none of them could come back by itself, and each would be live because of the others.",
    ),
    (
        "target-beyond-horizon",
        "A promise about a time that is longer than each replication is watched cannot be judged. Raise `horizon`.",
    ),
    ("template-cycle", "Templates are built on each other in a circle."),
    ("template-unknown", "`templates:` has no entry of this name."),
    (
        "tie-ends",
        "A tie joins two different buses: no fewer, no more, and not one to itself.",
    ),
    (
        "time-needs-fixed-start",
        "A time on the calendar only means something in a scenario whose `clock` says when it begins.",
    ),
    ("too-deep", "The document is nested more deeply than the limit."),
    (
        "too-many-entities",
        "There are more entries than the limit, most likely through `count:`.",
    ),
    ("too-many-includes", "More files are included than the limit."),
    ("too-many-nodes", "The document holds more values than the limit."),
    (
        "tool-dies-with-it",
        "A tool of the manual, all that would notice a loss, or a channel to who commands is lost with the site that the manual is there for.",
    ),
    (
        "trips-without-capacity",
        "What opens when it carries too much needs a capacity: the most that it may carry.",
    ),
    (
        "unit-missing",
        "A bare number stands where a unit belongs. Units are written in the values: `10 min`, `600 W`, `99.9 %`.",
    ),
    ("unit-unknown", "The unit is not known."),
    (
        "unit-wrong-dimension",
        "The unit measures something else than what is needed here.",
    ),
    (
        "unknown-field",
        "The kind of thing described here has no such field.",
    ),
    (
        "unknown-name",
        "Nothing of this name exists in the design, or not of the kind that is needed here.",
    ),
    ("unknown-section", "A scenario has no section of this name."),
    (
        "unknown-tag",
        "None of the kinds that can be chosen here has this name.",
    ),
    (
        "variant-conflict",
        "Two variants that are applied together set the same value differently; the later one wins.",
    ),
    ("variant-unknown", "`variants:` has no entry of this name."),
    (
        "version-missing",
        "The first line of a scenario says in which version of the language it is written: `blackstart: 1`.",
    ),
    (
        "version-unknown",
        "This program reads version 1 of the language only.",
    ),
    (
        "without-effect",
        "What is written here cannot have any effect in this design.",
    ),
    (
        "wrong-kind",
        "The name stands for something of another kind than is needed here.",
    ),
    (
        "wrong-length",
        "A list of this length is needed here: a day has 24 hours, a week has 7 days.",
    ),
    (
        "wrong-type",
        "A value of another shape is needed here: a map, a list, a text or a number.",
    ),
    (
        "yaml-merge-key",
        "The merge key `<<` of old YAML is not read. `template:` does what it did, and says so.",
    ),
    ("yaml-syntax", "The file is not well-formed YAML (or JSON)."),
    ("yaml-tag", "YAML tags such as `!x` mean nothing in a scenario."),
];

/// The explanation of a code, if it exists.
pub fn explanation(code: &str) -> Option<&'static str> {
    CODES
        .iter()
        .find(|(name, _)| *name == code)
        .map(|(_, text)| *text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_says_something_about_each() {
        for pair in CODES.windows(2) {
            assert!(pair[0].0 < pair[1].0, "{} stands before {}", pair[0].0, pair[1].0);
        }
        for (code, text) in CODES {
            assert!(text.len() > 20 && text.ends_with('.'), "{code} is not explained");
            assert!(
                code.chars()
                    .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'),
                "{code}"
            );
        }
        assert!(explanation("wrong-type").is_some() && explanation("no-such-code").is_none());
    }

    /// The codes in calls such as `Issue::error("code", ...)` of one source text.
    fn codes_in(text: &str) -> Vec<&str> {
        let calls = [
            "Issue::error(",
            "Issue::warning(",
            "Issue::finding(",
            "Fault::coded(",
            "Fault::new(",
            "coded(",
        ];
        let mut found = Vec::new();
        for call in calls {
            for (at, _) in text.match_indices(call) {
                let rest = text[at + call.len()..].trim_start();
                let Some(rest) = rest.strip_prefix('"') else {
                    continue;
                };
                found.extend(rest.split('"').next());
            }
        }
        found
    }

    #[test]
    fn every_code_in_the_sources_is_in_the_table() {
        let mut folders = vec![std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
        let mut number = 0;
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).expect("a folder of sources") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                if path.extension().is_none_or(|end| end != "rs") || path.ends_with("tests.rs") {
                    continue;
                }
                let text = std::fs::read_to_string(&path).expect("a source");
                // Tests make codes up; they stand last in a file.
                let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
                for code in codes_in(text) {
                    number += 1;
                    assert!(
                        explanation(code).is_some(),
                        "`{code}` of {} is not in CODES",
                        path.display()
                    );
                }
            }
        }
        assert!(
            number > 40,
            "only {number} codes were found: the search is broken"
        );
    }
}
