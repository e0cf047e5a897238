//! From a scenario's file to what can be simulated, for every subcommand.

use super::exit::{Exit, Failure};
use super::output;
use crate::compile::{Compiled, compile, language, validate};
use crate::diagnostics::{Style, render};
use crate::scenario::{Limits, Loaded, Node, Value, load};
use jiff::civil::{DateTime, Time, Weekday};
use std::path::{Path, PathBuf};

/// Which scenario, and in which variant.
#[derive(Debug, Clone, clap::Args)]
pub struct Source {
    /// Apply a variant, or several in order: `A+B`
    #[arg(long, value_name = "ID")]
    pub variant: Vec<String>,
    /// Instead of what the scenario says happens: lose these things (places, components, services, tools, teams)
    #[arg(long, value_name = "ID,...", value_delimiter = ',')]
    pub lose: Vec<String>,
    /// When they are lost: `+90 min` after the start, `2022-10-15 20:00`, or `Fri 20:00` (the first after the start)
    #[arg(long, value_name = "TIME", requires = "lose")]
    pub at: Option<String>,
    /// Instead of what the scenario says happens: begin with nothing running, as the power comes back
    #[arg(long, value_name = "STATE", value_enum, conflicts_with = "lose")]
    pub from: Option<From>,
    #[command(flatten)]
    pub limits: LimitArgs,
}

/// What a scenario may begin from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum From {
    /// Nothing runs and batteries are empty; power is just back.
    Dark,
}

/// How long a black start is watched where the scenario does not say how long it is.
const HORIZON_FROM_DARK: &str = "7 d";

/// How much of a file is read.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct LimitArgs {
    /// The largest file that is read, in MiB
    #[arg(long, value_name = "MIB")]
    pub limit_file: Option<u64>,
    /// The most entities that a scenario may have, after `count:`
    #[arg(long, value_name = "N")]
    pub limit_entities: Option<usize>,
    /// The most values of one file
    #[arg(long, value_name = "N")]
    pub limit_values: Option<usize>,
    /// The most values of one file that come from YAML aliases
    #[arg(long, value_name = "N")]
    pub limit_aliases: Option<usize>,
    /// The deepest nesting of one file, in levels (at most 512)
    #[arg(long, value_name = "LEVELS", value_parser = clap::value_parser!(u16).range(1..=512))]
    pub limit_depth: Option<u16>,
    /// The most files that are included
    #[arg(long, value_name = "N")]
    pub limit_includes: Option<usize>,
}

impl LimitArgs {
    fn limits(&self) -> Limits {
        let usual = Limits::default();
        Limits {
            file_bytes_max: self
                .limit_file
                .map_or(usual.file_bytes_max, |mib| mib.saturating_mul(1 << 20)),
            depth_max: self.limit_depth.map_or(usual.depth_max, usize::from),
            nodes_max: self.limit_values.unwrap_or(usual.nodes_max),
            alias_nodes_max: self.limit_aliases.unwrap_or(usual.alias_nodes_max),
            entities_max: self.limit_entities.unwrap_or(usual.entities_max),
            includes_max: self.limit_includes.unwrap_or(usual.includes_max),
            ..usual
        }
    }
}

impl Source {
    /// A scenario as it stands.
    pub fn of_limits(limits: LimitArgs) -> Self {
        Self {
            variant: Vec::new(),
            lose: Vec::new(),
            at: None,
            from: None,
            limits,
        }
    }

    /// Reads a scenario with its variant; what is wrong with it is in the issues.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn load(&self, path: &Path) -> Result<Loaded, Failure> {
        let limits = self.limits.limits();
        let mut loaded = load(path, &language(), &self.variant, &limits)
            .map_err(|error| Failure::new(Exit::World, format!("cannot read {error}")))?;
        if !self.lose.is_empty() {
            // JSON is YAML: names of strangers are quoted, never spliced.
            let at = match self.at.as_deref() {
                None => "+0 min".to_owned(),
                Some(at) => match weekday_time(at) {
                    Some(when) => next_such_time(&loaded, when)?,
                    None => at.to_owned(),
                },
            };
            let happens = serde_json::json!({loss_id(&self.lose): {"loss-of": {"ids": self.lose, "at": at}}});
            loaded.replace_section("happens", "--lose", &happens.to_string(), &limits);
            forget_what_happened(&mut loaded);
        }
        if self.from == Some(From::Dark) {
            loaded.root.remove("happens");
            if loaded.root.remove("annual").is_some() {
                keep_targets(&mut loaded, |target| {
                    target.get("availability").is_none() && target.get("down-per-year").is_none()
                });
            }
            loaded.replace_section("initial", "--from", "dark", &limits);
            if loaded.root.get("horizon").is_none() {
                loaded.replace_section("horizon", "--from", HORIZON_FROM_DARK, &limits);
            }
            forget_what_happened(&mut loaded);
        }
        Ok(loaded)
    }

    /// Reads, checks and compiles a scenario. Problems are told on standard error.
    ///
    /// # Errors
    /// When the file cannot be read, or the scenario is not valid.
    pub fn compile(&self, path: &Path) -> Result<Compiled, Failure> {
        compile_loaded(self.load(path)?)
    }

    /// The options that change results, by name.
    pub fn options(&self) -> std::collections::BTreeMap<String, String> {
        let mut options = std::collections::BTreeMap::new();
        if !self.variant.is_empty() {
            options.insert("variant".to_owned(), self.variant.join("+"));
        }
        if self.from == Some(From::Dark) {
            options.insert("from".to_owned(), "dark".to_owned());
        }
        if !self.lose.is_empty() {
            options.insert("lose".to_owned(), self.lose.join(","));
            options.insert(
                "at".to_owned(),
                self.at.clone().unwrap_or_else(|| "+0 min".to_owned()),
            );
        }
        options
    }
}

/// What was promised for, or observed of, what no longer happens says nothing.
fn forget_what_happened(loaded: &mut Loaded) {
    loaded.root.remove("record");
    keep_targets(loaded, |target| target.get("given").is_none());
}

/// Drops the other targets.
fn keep_targets(loaded: &mut Loaded, keep: impl Fn(&Node) -> bool) {
    if let Some(Value::Map(targets)) = loaded.root.get_mut("targets").map(|node| &mut node.value) {
        targets.retain(|target| keep(&target.node));
    }
}

/// The title of a variant, or of several as `A+B`: those of its parts that have one.
pub fn title_of_variant(loaded: &Loaded, variant: &str) -> String {
    let title = |id: &str| {
        let title = loaded.root.find(["variants", id.trim(), "title"])?;
        title.text().map(str::to_owned)
    };
    variant
        .split('+')
        .filter_map(title)
        .collect::<Vec<_>>()
        .join("; ")
}

/// Checks and compiles what was read. Problems are told on standard error.
///
/// # Errors
/// When it is not valid.
pub fn compile_loaded(mut loaded: Loaded) -> Result<Compiled, Failure> {
    match validate(&mut loaded) {
        Some(design) => Ok(compile(design)),
        None => Err(complain_of(&loaded)),
    }
}

/// Tells on standard error what is wrong with a scenario.
pub fn complain_of(loaded: &Loaded) -> Failure {
    let style = Style {
        colour: output::err_has_colour(),
        width: output::out_width(),
    };
    output::complain(&render(&loaded.issues, &loaded.sources, style));
    Failure::told(Exit::Invalid)
}

/// The name of a scenario: its file's stem.
pub fn name_of(path: &Path) -> String {
    path.file_stem().map_or_else(
        || "scenario".to_owned(),
        |stem| stem.to_string_lossy().into_owned(),
    )
}

/// Where the results of a scenario go, unless the user says otherwise.
pub fn usual_directory(path: &Path) -> PathBuf {
    Path::new("output").join(name_of(path))
}

/// What the loss of these things is called: `loss-of-hall-and-ops`.
fn loss_id(ids: &[String]) -> String {
    const LENGTH_MAX: usize = 100;
    let id = format!("loss-of-{}", ids.join("-and-"));
    let fits = id.len() <= LENGTH_MAX
        && id
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c));
    if fits { id } else { "loss-of-several".to_owned() }
}

/// A day of the week and a time of day: `Fri 20:00`. `None` for anything else.
fn weekday_time(text: &str) -> Option<(Weekday, Time)> {
    const DAYS: [(&str, Weekday); 7] = [
        ("mon", Weekday::Monday),
        ("tue", Weekday::Tuesday),
        ("wed", Weekday::Wednesday),
        ("thu", Weekday::Thursday),
        ("fri", Weekday::Friday),
        ("sat", Weekday::Saturday),
        ("sun", Weekday::Sunday),
    ];
    let (day, time) = text.trim().split_once(' ')?;
    let day = day.to_lowercase();
    let &(_, day) = DAYS.iter().find(|(short, _)| day.starts_with(short))?;
    let (hour, minute) = time.trim().split_once(':')?;
    let time = Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()?;
    Some((day, time))
}

/// The first such time at or after the start of a scenario, as the language writes it.
fn next_such_time(loaded: &Loaded, (day, time): (Weekday, Time)) -> Result<String, Failure> {
    let starts = loaded.root.get("clock").and_then(|clock| clock.get("starts"));
    let starts = match starts.map(|node| &node.value) {
        Some(Value::Scalar { text, .. }) => text.replace(' ', "T").parse::<DateTime>().ok(),
        _ => None,
    };
    let Some(start) = starts else {
        let message = "--at with a day of the week needs a scenario with a clock; write `--at '+90 min'`";
        return Err(Failure::new(Exit::Usage, message));
    };
    let days = start.weekday().until(day);
    let mut then = start
        .date()
        .checked_add(jiff::Span::new().days(days))
        .map(|date| date.to_datetime(time));
    if then.as_ref().is_ok_and(|then| *then < start) {
        then = then.and_then(|then| then.checked_add(jiff::Span::new().days(7)));
    }
    let then = then.map_err(|error| Failure::new(Exit::Usage, format!("--at: {error}")))?;
    Ok(then.strftime("%Y-%m-%d %H:%M").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::load_text;

    #[test]
    fn a_day_of_the_week_is_the_first_after_the_start() {
        let text = "blackstart: 1\nclock: {zone: Asia/Seoul, starts: '2022-10-15 15:19'}\n";
        let loaded = load_text("x.yaml", text, &language(), &[], &Limits::default());
        let at = |text: &str| {
            next_such_time(&loaded, weekday_time(text).expect("a day and a time")).expect("a clock")
        };
        // 15 October 2022 was a Saturday.
        assert_eq!(at("Fri 20:00"), "2022-10-21 20:00");
        assert_eq!(at("saturday 15:19"), "2022-10-15 15:19");
        assert_eq!(at("Sat 9:00"), "2022-10-22 09:00");
        assert_eq!(weekday_time("+90 min"), None);
        assert_eq!(weekday_time("2022-10-15 20:00"), None);
        let no_clock = load_text("x.yaml", "blackstart: 1\n", &language(), &[], &Limits::default());
        assert!(next_such_time(&no_clock, (Weekday::Friday, Time::midnight())).is_err());
    }
}
