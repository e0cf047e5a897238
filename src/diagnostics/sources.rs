//! The texts that spans point into, and the layers that they belong to.

use super::Span;
use std::borrow::Cow;

/// What a layer is: who wrote it, and so whose its numbers are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LayerKind {
    /// The file that was given.
    Scenario,
    /// The library that is built into the program.
    Library,
    /// A file that another one includes.
    Include(String),
    /// The patch of a variant.
    Variant(String),
}

/// One layer: scenario, library, an include, a variant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer {
    /// What it is.
    pub kind: LayerKind,
}

impl Layer {
    /// The name for people: `scenario`, `library`, ``include `x` ``, ``variant `x` ``.
    pub fn name(&self) -> String {
        match &self.kind {
            LayerKind::Scenario => "scenario".to_owned(),
            LayerKind::Library => "library".to_owned(),
            LayerKind::Include(name) => format!("include `{name}`"),
            LayerKind::Variant(name) => format!("variant `{name}`"),
        }
    }
}

/// One source text.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// Its name as the user gave it.
    pub name: String,
    /// The whole text.
    pub text: Cow<'static, str>,
    /// The layer in which it was read.
    pub layer: u8,
}

/// All source texts and layers of one scenario.
#[derive(Clone, Debug)]
pub struct Sources {
    files: Vec<SourceFile>,
    layers: Vec<Layer>,
}

impl Default for Sources {
    fn default() -> Sources {
        Sources::new()
    }
}

impl Sources {
    /// The layer of the file that was given.
    pub const SCENARIO: u8 = 0;
    /// The layer of the built-in library.
    pub const LIBRARY: u8 = 1;

    /// No file yet, and the two layers that always exist.
    pub fn new() -> Sources {
        Sources {
            files: Vec::new(),
            layers: vec![
                Layer {
                    kind: LayerKind::Scenario,
                },
                Layer {
                    kind: LayerKind::Library,
                },
            ],
        }
    }

    /// Adds a layer; `None` when all 256 are taken.
    pub fn add_layer(&mut self, kind: LayerKind) -> Option<u8> {
        let index = u8::try_from(self.layers.len()).ok()?;
        self.layers.push(Layer { kind });
        Some(index)
    }

    /// Adds a text; `None` when all 65,536 numbers of files are taken.
    pub fn add_file(
        &mut self,
        name: impl Into<String>,
        text: impl Into<Cow<'static, str>>,
        layer: u8,
    ) -> Option<u16> {
        let index = u16::try_from(self.files.len()).ok()?;
        self.files.push(SourceFile {
            name: name.into(),
            text: text.into(),
            layer,
        });
        Some(index)
    }

    /// Gives a file its text, once it has been parsed (until then the parser holds it).
    pub fn set_text(&mut self, file: u16, text: impl Into<Cow<'static, str>>) {
        if let Some(file) = self.files.get_mut(usize::from(file)) {
            file.text = text.into();
        }
    }

    /// A file by its number.
    pub fn file(&self, file: u16) -> Option<&SourceFile> {
        self.files.get(usize::from(file))
    }

    /// All files, in the order in which they were read.
    pub fn files(&self) -> &[SourceFile] {
        &self.files
    }

    /// A layer by its number.
    pub fn layer(&self, layer: u8) -> Option<&Layer> {
        self.layers.get(usize::from(layer))
    }

    /// Whether a layer is the patch of a variant.
    pub fn is_variant(&self, layer: u8) -> bool {
        matches!(
            self.layer(layer),
            Some(Layer {
                kind: LayerKind::Variant(_)
            })
        )
    }

    /// A place in words, `file:line:column`.
    pub fn place(&self, span: Span) -> String {
        match self.file(span.file) {
            Some(file) if !span.is_nowhere() => format!("{}:{}:{}", file.name, span.line, span.column),
            Some(file) => file.name.clone(),
            None => String::new(),
        }
    }
}

/// Where each line of a text begins, in bytes. A line ends with LF, CR LF or CR, as in YAML.
pub(super) fn line_starts(text: &str) -> Vec<usize> {
    let bytes = text.as_bytes();
    let mut starts = vec![0];
    for (at, byte) in bytes.iter().enumerate() {
        let ends = match byte {
            b'\n' => true,
            b'\r' => bytes.get(at + 1) != Some(&b'\n'),
            _ => false,
        };
        if ends {
            starts.push(at + 1);
        }
    }
    starts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sort_of_line_end_is_known() {
        assert_eq!(line_starts("a\nb\r\nc\rd"), [0, 2, 5, 7]);
        assert_eq!(line_starts(""), [0]);
    }

    #[test]
    fn places_are_named_as_people_gave_them() {
        let mut sources = Sources::new();
        let file = sources
            .add_file("a/b.yaml", "x: 1\n", Sources::SCENARIO)
            .expect("room for one");
        let span = Span {
            file,
            layer: 0,
            line: 1,
            column: 4,
            length: 1,
        };
        assert_eq!(sources.place(span), "a/b.yaml:1:4");
        let layer = sources
            .add_layer(LayerKind::Variant("big".to_owned()))
            .expect("room for one");
        assert!(sources.is_variant(layer) && !sources.is_variant(Sources::LIBRARY));
        assert_eq!(
            sources.layer(layer).map(Layer::name).as_deref(),
            Some("variant `big`")
        );
    }
}
