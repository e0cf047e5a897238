//! `blackstart new`: a scenario to begin with, from a template that is built into the program.

use super::exit::{Exit, Failure};
use super::output;
use crate::diagnostics::did_you_mean;
use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::PathBuf;

/// A template: a whole scenario, in `scenarios/templates/`.
#[derive(Clone, Copy, Debug)]
pub struct Template {
    /// What people call it.
    pub name: &'static str,
    /// What it is about, in a line.
    pub about: &'static str,
    /// The scenario.
    pub text: &'static str,
}

/// The row of a template.
macro_rules! template {
    ($name:literal, $about:literal) => {
        Template {
            name: $name,
            about: $about,
            text: include_str!(concat!("../../scenarios/templates/", $name, ".yaml")),
        }
    };
}

/// All templates, the simplest first. docs/templates.md has a paragraph about each.
pub const TEMPLATES: &[Template] = &[
    template!(
        "single-site-n",
        "one site, one path of power, years of ordinary life"
    ),
    template!(
        "single-site-n-plus-1",
        "one site with a spare of most things, years of ordinary life"
    ),
    template!(
        "2n-concurrently-maintainable",
        "two sides of power, one of them under maintenance when the utility fails"
    ),
    template!(
        "2n-fault-tolerant",
        "two sides of power that share nothing, years of ordinary life"
    ),
    template!(
        "two-sites-active-standby",
        "a site is lost, and people switch to the standby"
    ),
    template!(
        "two-sites-active-active",
        "two sites serve, and one of them is lost"
    ),
    template!("three-zones-quorum", "three zones, of which two are needed"),
    template!(
        "site-plus-outside-cloud",
        "a site is lost, and its core is started in an outside cloud"
    ),
];

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Which template; without it, all of them are listed
    #[arg(value_name = "TEMPLATE")]
    template: Option<String>,
    /// The file that is written; `TEMPLATE.yaml` if not given. A file that is there is left as it is
    #[arg(value_name = "FILE", requires = "template")]
    file: Option<PathBuf>,
}

pub fn run(args: &Args) -> Result<Exit, Failure> {
    let Some(name) = &args.template else {
        output::print(&list())?;
        return Ok(Exit::Done);
    };
    let template = TEMPLATES.iter().find(|template| template.name == name);
    let template = template.ok_or_else(|| {
        let near = did_you_mean(name, TEMPLATES.iter().map(|template| template.name));
        let near = near.map_or_else(
            || "`blackstart new` lists them".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        Failure::new(Exit::Usage, format!("there is no template `{name}`; {near}"))
    })?;
    let file = args.file.clone();
    let file = file.unwrap_or_else(|| PathBuf::from(format!("{}.yaml", template.name)));
    let shown = file.display();
    let opened = OpenOptions::new().write(true).create_new(true).open(&file);
    let written = opened.and_then(|mut file| file.write_all(template.text.as_bytes()));
    written.map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => Failure::new(
            Exit::World,
            format!("{shown} is there already and was left as it is; name another file"),
        ),
        _ => Failure::new(Exit::World, format!("{shown}: {error}")),
    })?;
    output::print(&format!(
        "{shown}: {}\nNext: blackstart run {shown}\n",
        template.about
    ))?;
    Ok(Exit::Done)
}

/// The templates, a line each.
fn list() -> String {
    let width = TEMPLATES.iter().map(|template| template.name.len()).max();
    let width = width.unwrap_or_default();
    let mut text = String::from("Templates of scenarios, each of which runs as it is:\n\n");
    for template in TEMPLATES {
        text.push_str(&format!("  {:width$}  {}\n", template.name, template.about));
    }
    text.push_str("\nblackstart new TEMPLATE [FILE] writes one of them\n");
    text
}
