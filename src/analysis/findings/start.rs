//! Circles of what has to be there for a start: once all of it has stopped, none of it could be started.

use super::Finding;
use crate::compile::start_circles;
use crate::diagnostics::{Issue, Issues};
use crate::model::Model;

pub(super) const FINDING: Finding = Finding {
    code: "start-cycle",
    example: "blackstart: 1\nsites: {alpha: {}}\npools: {web: {in: alpha, servers: 20}}\n\
              services:\n  login: {tier: 1, runs-on: {web: {active: 4}}, needs: {settings: start}}\n  settings: {tier: internal, runs-on: {web: {active: 2}}, needs: {login: hard}}\n",
    look,
};

fn look(model: &Model, issues: &mut Issues) {
    for circle in start_circles(model) {
        let Some(&first) = circle.way.first() else {
            continue;
        };
        let names: Vec<String> = circle
            .way
            .iter()
            .chain([&first])
            .map(|&id| format!("`{}`", model.entity(id).id))
            .collect();
        let entity = model.entity(first);
        let message = format!(
            "once all of it has stopped, nothing of this could be started again: {}",
            names.join(" waits for ")
        );
        let mut issue = Issue::finding("start-cycle", entity.span, message).at(entity.path());
        if circle.count > circle.way.len() {
            issue = issue.note(format!("{} things in all wait for each other", circle.count));
        }
        issues.push(issue.help(
            "let one of them start without the other (`fallback`, `soft`), boot a pool by hand as well, or let a tool stand on servers of its own",
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::of;

    fn design(boot: &str, need: &str) -> String {
        format!(
            "blackstart: 1\nsites: {{alpha: {{}}}}\npools: {{web: {{in: alpha, servers: 20, boot: {{{boot}}}}}}}\n\
             services:\n  deploy: {{tier: internal, runs-on: {{web: {{active: 2}}}}, needs: {{login: {need}}}}}\n  login: {{tier: 1, runs-on: {{web: {{active: 4}}}}}}\n\
             teams: {{sre: {{heads: 2}}}}\n"
        )
    }

    #[test]
    fn a_tool_that_boots_the_servers_it_runs_on_is_a_circle_unless_hands_can_boot_them() {
        let told = of("start-cycle", &design("automated: {needs: deploy}", "hard"));
        assert_eq!(
            told,
            [
                "once all of it has stopped, nothing of this could be started again: `deploy` waits for `web` waits for `deploy`"
            ]
        );
        let by_hand = "automated: {needs: deploy}, by-hand: {crew: {sre: 1}}";
        assert!(of("start-cycle", &design(by_hand, "hard")).is_empty());
    }

    #[test]
    fn services_that_need_each_other_while_they_run_cannot_be_started_together() {
        let text = |back: &str| {
            format!(
                "blackstart: 1\nsites: {{alpha: {{}}}}\npools: {{web: {{in: alpha, servers: 20}}}}\n\
                 services:\n  a: {{tier: 1, runs-on: {{web: {{active: 2}}}}, needs: {{b: hard}}}}\n  b: {{tier: 1, runs-on: {{web: {{active: 2}}}}, needs: {{a: {back}}}}}\n"
            )
        };
        assert_eq!(of("start-cycle", &text("hard")).len(), 1);
        assert!(of("start-cycle", &text("{soft: {loses: 10 %}}")).is_empty());
    }
}
