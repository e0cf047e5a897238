//! Words that may not stand in the sources, and where: banned calls, and the domain's words in the kernel.

use crate::sources::{Source, sources};

/// Methods of floats whose last bit depends on the platform's mathematics.
const PLATFORM_MATHEMATICS: &[&str] = &[
    "ln", "log", "log2", "log10", "ln_1p", "exp", "exp2", "exp_m1", "powf", "powi", "sin", "cos", "tan",
    "asin", "acos", "atan", "atan2", "sinh", "cosh", "tanh", "cbrt", "hypot", "gamma", "ln_gamma", "erf",
    "erfc",
];

/// Layers whose numbers must be the same on every machine.
const PORTABLE: &[&str] = &["random", "kernel", "observe", "statistics"];

/// A word that the code may not use, why, and the files that may (paths begin with one of these).
struct Banned {
    word: &'static str,
    why: &'static str,
    allowed: &'static [&'static str],
}

const BANNED: &[Banned] = &[
    Banned {
        word: "HashMap",
        why: "its order could reach output: use BTreeMap or Vec",
        allowed: &[],
    },
    Banned {
        word: "HashSet",
        why: "its order could reach output: use BTreeSet or Vec",
        allowed: &[],
    },
    Banned {
        word: "SystemTime",
        why: "results know no wall clock",
        allowed: &[],
    },
    Banned {
        word: "Instant",
        why: "only the progress of the command line looks at a clock",
        allowed: &["src/cli/"],
    },
    Banned {
        word: "thread_rng",
        why: "every draw is keyed",
        allowed: &[],
    },
    Banned {
        word: "OsRng",
        why: "every draw is keyed",
        allowed: &[],
    },
    Banned {
        word: "StdRng",
        why: "its stream is not portable",
        allowed: &[],
    },
    Banned {
        word: "todo!",
        why: "what is not done is not begun",
        allowed: &[],
    },
    Banned {
        word: "unimplemented!",
        why: "what is not done is not begun",
        allowed: &[],
    },
    Banned {
        word: "dbg!",
        why: "left over from a search",
        allowed: &[],
    },
];

/// Words of the domain, in the singular; the plural is found too.
const DOMAIN: &[&str] = &[
    "room",
    "building",
    "site",
    "data center",
    "rack",
    "hall",
    "server",
    "service",
    "microservice",
    "pool",
    "database",
    "replica",
    "generator",
    "battery",
    "ups",
    "transformer",
    "utility",
    "feeder",
    "pdu",
    "diesel",
    "chiller",
    "cooling",
    "crac",
    "router",
    "network link",
    "dns",
    "tier",
    "user",
    "customer",
    "team",
    "landlord",
    "brigade",
    "vendor",
    "outsider",
    "fire",
    "flood",
    "earthquake",
    "ransomware",
    "kakao",
    "pangyo",
    "messenger",
    "login",
    "rto",
    "rpo",
];

/// Words of the list that mean something else in the kernel, with the phrase in which they stand and what it means there.
const OTHER_MEANING: &[(&str, &str)] = &[
    (
        "in the order of service",
        "queueing theory's word for who is served when",
    ),
    ("what full service is worth", "the top of the scale of levels"),
    ("fn fire(", "a timer fires"),
    (".fire(", "a timer fires"),
    ("makes room for", "space in an array"),
];

fn is_word_part(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Whether `word` stands in `line` as a whole word.
fn stands(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        !before.is_some_and(is_word_part) && (word.ends_with('!') || !after.is_some_and(is_word_part))
    })
}

/// The call of platform mathematics in a line, if any: `x.ln()`, `f64::ln(x)`. Calls of `libm::` are free.
fn platform_call(line: &str) -> Option<&'static str> {
    PLATFORM_MATHEMATICS.iter().copied().find(|name| {
        line.match_indices(&format!("{name}(")).any(|(at, _)| {
            let before = &line[..at];
            before.ends_with('.') || before.ends_with("f64::") || before.ends_with("f32::")
        }) || ["f64::", "f32::"]
            .iter()
            .any(|float| stands(line, &format!("{float}{name}")))
    })
}

/// The words of an identifier or a text, in lower case: `rackPower_hot` is rack, power, hot.
fn split_words(line: &str) -> String {
    let mut words = String::from(" ");
    let mut previous = ' ';
    for c in line.chars() {
        if c.is_uppercase() && previous.is_lowercase() {
            words.push(' ');
        }
        words.extend(if c.is_alphanumeric() {
            c.to_lowercase().next()
        } else {
            Some(' ')
        });
        previous = c;
    }
    words.push(' ');
    words
}

/// The word of the domain in a line of the kernel, if any.
fn domain_word(line: &str) -> Option<&'static str> {
    let mut line = line.to_owned();
    for (phrase, _meaning) in OTHER_MEANING {
        while let Some(at) = line.to_lowercase().find(phrase) {
            line.replace_range(at..at + phrase.len(), " ");
        }
    }
    let words = split_words(&line);
    let plural = |word: &str| match word.strip_suffix('y') {
        Some(stem) => format!(" {stem}ies "),
        None => format!(" {word}s "),
    };
    DOMAIN
        .iter()
        .copied()
        .find(|word| words.contains(&format!(" {word} ")) || words.contains(&plural(word)))
}

fn report(what: &str, found: &[String]) {
    assert!(found.is_empty(), "{what}:\n{}", found.join("\n"));
}

#[test]
fn no_banned_word_stands_in_the_code() {
    let mut found = Vec::new();
    for source in sources("src") {
        for (at, line) in source.code_lines() {
            for banned in BANNED {
                if stands(line, banned.word)
                    && !banned.allowed.iter().any(|path| source.path.starts_with(path))
                {
                    found.push(format!("{}:{at}: {}: {}", source.path, banned.word, banned.why));
                }
            }
        }
    }
    report("banned words", &found);
}

#[test]
fn portable_layers_use_no_platform_mathematics() {
    let mut found = Vec::new();
    for source in sources("src") {
        if source.layer().is_some_and(|layer| PORTABLE.contains(&layer)) {
            for (at, line) in source.code_lines() {
                if let Some(name) = platform_call(line) {
                    found.push(format!(
                        "{}:{at}: `{name}` of the platform; use `libm::{name}`",
                        source.path
                    ));
                }
            }
        }
    }
    report("numbers that differ between machines", &found);
}

#[test]
fn the_kernel_knows_no_word_of_the_domain() {
    let mut found = Vec::new();
    let mut files = 0;
    for source in sources("src/kernel") {
        files += 1;
        for (at, line) in source.text_lines() {
            if let Some(word) = domain_word(line) {
                found.push(format!("{}:{at}: {word}: {}", source.path, line.trim()));
            }
        }
    }
    assert!(files > 10, "the kernel has {files} files only: was it moved?");
    report("words of the domain in the kernel", &found);
}

#[test]
fn no_test_is_ignored() {
    let mut found = Vec::new();
    for folder in ["src", "tests"] {
        for source in sources(folder) {
            for (at, line) in source.code.lines().enumerate() {
                if line.contains("#[ignore") {
                    found.push(format!("{}:{}", source.path, at + 1));
                }
            }
        }
    }
    report("tests that are ignored", &found);
}

#[test]
fn the_searches_find_what_they_look_for() {
    assert_eq!(platform_call("let y = x.ln();"), Some("ln"));
    assert_eq!(platform_call("xs.map(f64::exp)"), Some("exp"));
    assert_eq!(platform_call("let y = libm::log(x) + law.mean();"), None);
    assert_eq!(platform_call("let y = exp(x);"), None);
    assert!(stands("use std::collections::HashMap;", "HashMap") && !stands("MyHashMap", "HashMap"));
    assert!(stands("    todo!()", "todo!"));
    assert_eq!(domain_word("/// A battery of ten minutes."), Some("battery"));
    assert_eq!(domain_word("let batteries = 3;"), Some("battery"));
    assert_eq!(domain_word("struct ServerCell;"), Some("server"));
    assert_eq!(domain_word("let load_servers_max = 1;"), Some("server"));
    assert_eq!(domain_word("what each gets, in the order of service"), None);
    assert_eq!(domain_word("let observer = reuse;"), None);
    let source = Source::new("src/kernel/x.rs", "// a HashMap\nfn f() {}\n");
    assert!(source.code_lines().all(|(_, line)| !stands(line, "HashMap")));
}
