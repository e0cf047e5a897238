//! A service at several sites that cannot be without something at one of them.

use super::reach::{Standbys, lost_with, sites, sites_of, way_down};
use super::{Finding, named};
use crate::component::Service;
use crate::diagnostics::{Issue, Issues};
use crate::model::Model;

pub(super) const FINDING: Finding = Finding {
    code: "hangs-on-one-site",
    example: "blackstart: 1\nsites: {alpha: {}, beta: {}}\npools: {web-a: {in: alpha, servers: 9}, web-b: {in: beta, servers: 9}}\n\
              services:\n  login: {tier: 1, runs-on: {web-a: {active: 3}}}\n  text: {tier: 1, runs-on: {web-a: {active: 3}, web-b: {active: 3}}, needs: {login: hard}}\n",
    look,
};

fn look(model: &Model, issues: &mut Issues) {
    for site in sites(model) {
        let lost = lost_with(model, site, Standbys::Count);
        for (id, service) in model.all::<Service>() {
            let stands = sites_of(model, id, Standbys::Count);
            if stands.len() < 2 || !lost.contains(&id) {
                continue;
            }
            let way = way_down(model, id, &lost);
            let (entity, at) = (model.entity(id), model.entity(site));
            let last = model.entity(*way.last().unwrap_or(&id));
            let sites = named(stands.iter().map(|&site| model.entity(site).id.as_str()));
            let between: Vec<&str> = way[1..].iter().map(|&id| model.entity(id).id.as_str()).collect();
            let message = format!(
                "`{}` stands at {sites}, but is lost with `{}` alone: it cannot be without {}",
                entity.id,
                at.id,
                between
                    .iter()
                    .map(|id| format!("`{id}`"))
                    .collect::<Vec<_>>()
                    .join(", and that not without "),
            );
            let need = way.get(1).map_or("", |&next| model.entity(next).id.as_str());
            let span = service
                .needs
                .keys()
                .find(|name| name.as_str() == need)
                .map_or(entity.span, |name| name.span);
            let issue =
                Issue::finding("hangs-on-one-site", span, message).at(format!("{} › needs", entity.path()));
            issues.push(issue.also(last.span, format!("stands at `{}` alone", at.id)).help(format!(
                "let `{}` stand at another site too, or let `{need}` be needed less: `fallback`, `soft`",
                last.id
            )));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::of;

    fn design(login: &str, need: &str) -> String {
        format!(
            "blackstart: 1\nsites: {{alpha: {{}}, beta: {{}}}}\npools: {{web-a: {{in: alpha, servers: 9}}, web-b: {{in: beta, servers: 9}}}}\n\
             services:\n  login: {{tier: 1, runs-on: {{{login}}}}}\n  text: {{tier: 1, runs-on: {{web-a: {{active: 3}}, web-b: {{warm: 3}}}}, needs: {{login: {need}}}}}\n"
        )
    }

    #[test]
    fn only_a_hard_need_of_what_stands_at_one_site_is_told() {
        let told = of("hangs-on-one-site", &design("web-a: {active: 3}", "hard"));
        assert_eq!(
            told,
            [
                "`text` stands at `alpha` and `beta`, but is lost with `alpha` alone: it cannot be without `login`"
            ]
        );
        assert!(
            of(
                "hangs-on-one-site",
                &design("web-a: {active: 3}", "{soft: {loses: 20 %}}")
            )
            .is_empty()
        );
        assert!(
            of(
                "hangs-on-one-site",
                &design("web-a: {active: 3}, web-b: {cold: 3}", "hard")
            )
            .is_empty()
        );
    }
}
