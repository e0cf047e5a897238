//! *Did you mean*: the word that was probably wanted.

/// Likeness (Jaro-Winkler, 0 to 1) below which a word is no suggestion.
const LIKENESS_MIN: f64 = 0.84;

/// The largest number of candidates that are looked at: a suggestion is a courtesy and must not cost seconds.
const CANDIDATES_MAX: usize = 100_000;

/// The candidate that `word` was probably meant to be, if one is near: at most a third of its letters mistyped
/// (Damerau-Levenshtein), or very alike (Jaro-Winkler). Ties go to the first in sorted order.
pub fn did_you_mean<S: AsRef<str>>(word: &str, candidates: impl IntoIterator<Item = S>) -> Option<String> {
    let folded = word.to_lowercase();
    let length = folded.chars().count();
    let edits_max = length.div_ceil(3).min(3);
    let mut best: Option<(usize, f64, String)> = None;
    for candidate in candidates.into_iter().take(CANDIDATES_MAX) {
        let candidate = candidate.as_ref();
        if candidate == word || candidate.is_empty() || candidate.len().abs_diff(word.len()) > 8 {
            continue;
        }
        let other = candidate.to_lowercase();
        let edits = strsim::osa_distance(&folded, &other);
        let likeness = strsim::jaro_winkler(&folded, &other);
        // With one letter or two, everything is one edit away from everything.
        let near = (edits <= edits_max && edits < length) || (length > 3 && likeness >= LIKENESS_MIN);
        if !near {
            continue;
        }
        let better = best
            .as_ref()
            .is_none_or(|(edits_best, likeness_best, word_best)| {
                (edits.cmp(edits_best))
                    .then(likeness_best.total_cmp(&likeness))
                    .then(candidate.cmp(word_best.as_str()))
                    .is_lt()
            });
        if better {
            best = Some((edits, likeness, candidate.to_owned()));
        }
    }
    best.map(|(_, _, word)| word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typo_finds_its_word() {
        let names = ["login", "text", "photo", "failover"];
        assert_eq!(did_you_mean("logn", names).as_deref(), Some("login"));
        assert_eq!(did_you_mean("fail-over", names).as_deref(), Some("failover"));
        assert_eq!(did_you_mean("Photo", names).as_deref(), Some("photo"));
        assert_eq!(did_you_mean("txet", names).as_deref(), Some("text"));
    }

    #[test]
    fn an_unrelated_word_finds_none() {
        let names = ["login", "text"];
        assert_eq!(did_you_mean("cooling", names), None);
        assert_eq!(did_you_mean("q", ["a", "b"]), None);
        assert_eq!(did_you_mean("x", [] as [&str; 0]), None);
    }

    #[test]
    fn ties_do_not_depend_on_the_order() {
        assert_eq!(
            did_you_mean("hall-x", ["hall-b", "hall-a"]),
            did_you_mean("hall-x", ["hall-a", "hall-b"])
        );
    }
}
