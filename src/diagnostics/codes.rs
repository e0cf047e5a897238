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
        "bad-template",
        "`template:` in an entry is the name of an entry of `templates:`, which is a map.",
    ),
    (
        "bad-variant",
        "A variant is a map with `patch:`, and may have `title:`, `cost:` and `lead-time:`.",
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
        "file-too-large",
        "The file is larger than the limit, which is there so that a wrong file cannot fill the memory.",
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
        "multiple-documents",
        "The file holds more than one YAML document (`---`). Write one scenario per file, or use variants.",
    ),
    (
        "nested-in",
        "An entry that is written inside its place cannot also say `in:`.",
    ),
    ("not-utf8", "The file is not text in UTF-8."),
    (
        "number-malformed",
        "This is not a number as Blackstart reads numbers: digits, at most one point, perhaps an exponent.",
    ),
    (
        "number-separator",
        "Numbers are written without separators: `32000`, not `32,000`.",
    ),
    (
        "patch-removes-nothing",
        "In a patch an empty value removes; nothing of this id is there to be removed. An entry with all defaults is written `{}` in a patch.",
    ),
    ("template-cycle", "Templates are built on each other in a circle."),
    ("template-unknown", "`templates:` has no entry of this name."),
    ("too-deep", "The document is nested more deeply than the limit."),
    (
        "too-many-entities",
        "There are more entries than the limit, most likely through `count:`.",
    ),
    ("too-many-includes", "More files are included than the limit."),
    ("too-many-nodes", "The document holds more values than the limit."),
    (
        "unknown-field",
        "The kind of thing described here has no such field.",
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
}
