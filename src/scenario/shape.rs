//! Which maps are structs, which are keyed by id and which are tags: all that the rules of a patch need to know.
//!
//! Made from the JSON schema of a kind, so that no kind is named here.

use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The shape of a value. Cheap to clone; shapes may refer to themselves.
#[derive(Clone, Debug)]
pub struct Shape {
    forms: Arc<Vec<Form>>,
    at: usize,
}

/// What a value is, as far as merging is concerned.
#[derive(Clone, Debug, PartialEq)]
enum Form {
    /// Nothing is known: a map merges by key.
    Any,
    /// A text, a number or a flag.
    Scalar,
    /// A list, which is replaced as a whole.
    List(usize),
    /// A map of fields.
    Fields(BTreeMap<Box<str>, usize>),
    /// A map keyed by id.
    Keyed(usize),
    /// One of several kinds: a bare word, or a map with the kind as its only key.
    Tagged(BTreeMap<Box<str>, usize>),
    /// A law: tags, where a text may stand instead. Its parameters belong together.
    Law(BTreeMap<Box<str>, usize>),
}

impl Form {
    /// The form in a table where all forms stand this much later.
    fn moved(&self, by: usize) -> Form {
        let all =
            |map: &BTreeMap<Box<str>, usize>| map.iter().map(|(key, at)| (key.clone(), at + by)).collect();
        match self {
            Form::Any => Form::Any,
            Form::Scalar => Form::Scalar,
            Form::List(at) => Form::List(at + by),
            Form::Keyed(at) => Form::Keyed(at + by),
            Form::Fields(fields) => Form::Fields(all(fields)),
            Form::Tagged(tags) => Form::Tagged(all(tags)),
            Form::Law(tags) => Form::Law(all(tags)),
        }
    }
}

const ANY: usize = 0;
const SCALAR: usize = 1;

impl Shape {
    /// Nothing is known.
    pub fn any() -> Shape {
        Shape {
            forms: Arc::new(vec![Form::Any, Form::Scalar]),
            at: ANY,
        }
    }

    /// The shape that a JSON schema describes (as `schemars` 1.x writes them: `oneOf` of single-property objects or
    /// constants is a choice of tags, `additionalProperties` or `patternProperties` a map keyed by id, `properties` a map
    /// of fields, `anyOf` with null an optional value; `$ref` into `$defs` is followed).
    pub fn from_schema(schema: &Json) -> Shape {
        let mut builder = Builder {
            root: schema,
            forms: vec![Form::Any, Form::Scalar],
            named: BTreeMap::new(),
        };
        let at = builder.form(schema, 0);
        Shape {
            forms: Arc::new(builder.forms),
            at,
        }
    }

    /// The shape of a map of named parts, each of its own shape or (`true`) a map keyed by id of it.
    pub(super) fn of_sections(sections: impl IntoIterator<Item = (String, Shape, bool)>) -> Shape {
        let mut forms = vec![Form::Any, Form::Scalar];
        let mut fields = BTreeMap::new();
        for (name, shape, keyed) in sections {
            let moved = forms.len();
            forms.extend(shape.forms.iter().map(|form| form.moved(moved)));
            let mut at = shape.at + moved;
            if keyed {
                forms.push(Form::Keyed(at));
                at = forms.len() - 1;
            }
            fields.insert(name.into(), at);
        }
        forms.push(Form::Fields(fields));
        let at = forms.len() - 1;
        Shape {
            forms: Arc::new(forms),
            at,
        }
    }

    /// The shape of a map of these fields.
    pub(super) fn fields(fields: impl IntoIterator<Item = (String, Shape)>) -> Shape {
        Shape::joined(fields, Form::Fields)
    }

    /// The shape of a choice among these tags.
    pub(super) fn tagged(tags: impl IntoIterator<Item = (String, Shape)>) -> Shape {
        Shape::joined(tags, Form::Tagged)
    }

    /// This shape of a map of fields, with these ones as well.
    pub fn with_fields(&self, more: impl IntoIterator<Item = (String, Shape)>) -> Shape {
        let own: Vec<(String, Shape)> = match self.form() {
            Form::Fields(fields) => fields
                .iter()
                .map(|(name, at)| (name.to_string(), self.step(*at)))
                .collect(),
            _ => Vec::new(),
        };
        Shape::fields(own.into_iter().chain(more))
    }

    fn joined(
        named: impl IntoIterator<Item = (String, Shape)>,
        form: impl Fn(BTreeMap<Box<str>, usize>) -> Form,
    ) -> Shape {
        let mut forms = vec![Form::Any, Form::Scalar];
        let mut places = BTreeMap::new();
        for (name, shape) in named {
            let moved = forms.len();
            forms.extend(shape.forms.iter().map(|form| form.moved(moved)));
            places.insert(name.into(), shape.at + moved);
        }
        forms.push(form(places));
        Shape {
            at: forms.len() - 1,
            forms: Arc::new(forms),
        }
    }

    fn form(&self) -> &Form {
        self.forms.get(self.at).unwrap_or(&Form::Any)
    }

    fn step(&self, at: usize) -> Shape {
        Shape {
            forms: Arc::clone(&self.forms),
            at,
        }
    }

    /// The shape of the value under this key.
    pub fn child(&self, key: &str) -> Shape {
        let at = match self.form() {
            Form::Fields(fields) | Form::Tagged(fields) | Form::Law(fields) => {
                fields.get(key).copied().unwrap_or(ANY)
            }
            Form::Keyed(entry) => *entry,
            Form::Any | Form::Scalar | Form::List(_) => ANY,
        };
        self.step(at)
    }

    /// The shape of an element, if this is a list.
    pub fn element(&self) -> Shape {
        match self.form() {
            Form::List(element) => self.step(*element),
            _ => self.step(ANY),
        }
    }

    /// Whether it is a choice of tags.
    pub fn is_tagged(&self) -> bool {
        matches!(self.form(), Form::Tagged(_) | Form::Law(_))
    }

    /// Whether it is a law: a choice of tags, or a text instead.
    pub fn is_law(&self) -> bool {
        matches!(self.form(), Form::Law(_))
    }

    /// Whether it is a choice of tags, this one among them.
    pub fn has_tag(&self, tag: &str) -> bool {
        matches!(self.form(), Form::Tagged(tags) | Form::Law(tags) if tags.contains_key(tag))
    }

    /// Whether it is a map keyed by id.
    pub fn is_keyed(&self) -> bool {
        matches!(self.form(), Form::Keyed(_))
    }

    /// Whether it is a map of fields.
    pub fn is_fields(&self) -> bool {
        matches!(self.form(), Form::Fields(_))
    }

    /// Whether it is a map of fields, this one among them.
    pub fn has_field(&self, field: &str) -> bool {
        matches!(self.form(), Form::Fields(fields) if fields.contains_key(field))
    }
}

struct Builder<'a> {
    root: &'a Json,
    forms: Vec<Form>,
    /// The forms of `$ref`s that are known or under way.
    named: BTreeMap<String, usize>,
}

/// A schema nested more deeply than this is not looked into further.
const DEPTH_MAX: usize = 64;

impl Builder<'_> {
    fn add(&mut self, form: Form) -> usize {
        self.forms.push(form);
        self.forms.len() - 1
    }

    fn form(&mut self, schema: &Json, depth: usize) -> usize {
        let Some(object) = schema.as_object() else {
            return ANY;
        };
        if depth > DEPTH_MAX {
            return ANY;
        }
        if let Some(reference) = object.get("$ref").and_then(Json::as_str) {
            return self.reference(reference, depth);
        }
        if let Some(options) = options(object) {
            return self.choice(options, depth);
        }
        if let Some([only]) = object.get("allOf").and_then(Json::as_array).map(Vec::as_slice) {
            return self.form(only, depth + 1);
        }
        if let Some(words) = object.get("enum").and_then(Json::as_array) {
            return self.words(words);
        }
        if let Some(word) = object.get("const") {
            return self.words(std::slice::from_ref(word));
        }
        self.plain(object, depth)
    }

    fn reference(&mut self, reference: &str, depth: usize) -> usize {
        if let Some(at) = self.named.get(reference) {
            return *at;
        }
        let target = reference
            .strip_prefix('#')
            .and_then(|pointer| self.root.pointer(pointer))
            .cloned();
        let Some(target) = target else { return ANY };
        // The place is taken before the form is known, so that it may refer to itself.
        let place = self.add(Form::Any);
        self.named.insert(reference.to_owned(), place);
        let at = self.form(&target, depth + 1);
        self.forms[place] = self.forms[at].clone();
        place
    }

    fn words(&mut self, words: &[Json]) -> usize {
        let tags: BTreeMap<_, _> = words
            .iter()
            .filter_map(Json::as_str)
            .map(|word| (word.into(), ANY))
            .collect();
        if tags.is_empty() {
            SCALAR
        } else {
            self.add(Form::Tagged(tags))
        }
    }

    /// `oneOf` or `anyOf`: tags if all that is more than a scalar or a list is a single-property object or a constant.
    fn choice(&mut self, options: &[Json], depth: usize) -> usize {
        let mut tags: BTreeMap<Box<str>, usize> = BTreeMap::new();
        let mut others = Vec::new();
        let mut or_text = false;
        for option in options {
            let option = self.resolved(option).clone();
            if let Some((tag, content)) = single_property(&option) {
                let at = self.form(content, depth + 1);
                tags.insert(tag.into(), at);
                continue;
            }
            let at = self.form(&option, depth + 1);
            match self.forms[at].clone() {
                Form::Tagged(more) => tags.extend(more),
                Form::Law(more) => {
                    or_text = true;
                    tags.extend(more);
                }
                Form::Scalar => or_text |= option.get("type").is_none_or(|kind| kind != "null"),
                Form::List(_) => others.push(at),
                _ => others.insert(0, at),
            }
        }
        match others.first() {
            _ if !tags.is_empty() && others.iter().all(|at| matches!(self.forms[*at], Form::List(_))) => self
                .add(if or_text {
                    Form::Law(tags)
                } else {
                    Form::Tagged(tags)
                }),
            Some(at) => *at,
            None => SCALAR,
        }
    }

    fn resolved<'s>(&'s self, schema: &'s Json) -> &'s Json {
        let target = schema
            .get("$ref")
            .and_then(Json::as_str)
            .and_then(|reference| reference.strip_prefix('#'));
        // An option that is a reference to a choice is looked at through the reference; deeper ones by `form`.
        match target.and_then(|pointer| self.root.pointer(pointer)) {
            Some(target) if single_property(target).is_some() => target,
            _ => schema,
        }
    }

    fn plain(&mut self, object: &Map<String, Json>, depth: usize) -> usize {
        if let Some(properties) = object.get("properties").and_then(Json::as_object) {
            let mut fields = BTreeMap::new();
            for (name, schema) in properties {
                let at = self.form(schema, depth + 1);
                fields.insert(name.as_str().into(), at);
            }
            return self.add(Form::Fields(fields));
        }
        if let Some(entry) = object
            .get("patternProperties")
            .and_then(Json::as_object)
            .and_then(|all| all.values().next())
        {
            let at = self.form(entry, depth + 1);
            return self.add(Form::Keyed(at));
        }
        match object.get("additionalProperties") {
            Some(entry @ Json::Object(_)) => {
                let at = self.form(entry, depth + 1);
                return self.add(Form::Keyed(at));
            }
            Some(Json::Bool(true)) => return self.add(Form::Keyed(ANY)),
            _ => {}
        }
        if let Some(items) = object.get("items") {
            let at = self.form(items, depth + 1);
            return self.add(Form::List(at));
        }
        let has = |wanted: &str| match object.get("type") {
            Some(Json::String(name)) => name == wanted,
            Some(Json::Array(names)) => names.iter().any(|name| name == wanted),
            _ => false,
        };
        if has("object") {
            self.add(Form::Fields(BTreeMap::new()))
        } else if has("array") {
            self.add(Form::List(ANY))
        } else if object.contains_key("type") {
            SCALAR
        } else {
            ANY
        }
    }
}

fn options(object: &Map<String, Json>) -> Option<&[Json]> {
    ["oneOf", "anyOf"]
        .iter()
        .find_map(|key| object.get(*key))
        .and_then(Json::as_array)
        .map(Vec::as_slice)
}

/// The tag and content of `{type: object, properties: {TAG: CONTENT}, required: [TAG]}`.
fn single_property(schema: &Json) -> Option<(&str, &Json)> {
    let properties = schema.get("properties")?.as_object()?;
    let required = schema.get("required")?.as_array()?;
    match (properties.len(), required.len()) {
        (1, 1) => properties
            .iter()
            .next()
            .map(|(tag, content)| (tag.as_str(), content)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use schemars::JsonSchema;

    #[derive(JsonSchema)]
    #[serde(rename_all = "kebab-case")]
    #[expect(dead_code, reason = "only the schema is looked at")]
    enum Suppression {
        /// Gas.
        Gas {
            bottles: Option<u32>,
        },
        /// Nothing.
        None,
        Water(Pipes),
    }

    #[derive(JsonSchema)]
    #[expect(dead_code, reason = "only the schema is looked at")]
    struct Pipes {
        dry: bool,
        feeds: BTreeMap<String, Pipes>,
    }

    #[derive(JsonSchema)]
    #[expect(dead_code, reason = "only the schema is looked at")]
    struct Room {
        suppression: Option<Suppression>,
        needs: BTreeMap<crate::scenario::Id, Suppression>,
        draw: String,
        after: Vec<String>,
    }

    fn room() -> Shape {
        let schema = schemars::schema_for!(Room);
        Shape::from_schema(schema.as_value())
    }

    #[test]
    fn derived_schemas_are_understood() {
        let room = room();
        assert!(room.is_fields() && room.has_field("draw") && !room.has_field("drew"));
        let suppression = room.child("suppression");
        assert!(suppression.is_tagged(), "{suppression:?}");
        for tag in ["gas", "none", "water"] {
            assert!(suppression.has_tag(tag), "{tag}");
        }
        assert!(suppression.child("gas").has_field("bottles"));
        let needs = room.child("needs");
        assert!(needs.is_keyed() && needs.child("anything").is_tagged());
        assert!(!room.child("draw").is_tagged() && !room.child("after").is_keyed());
    }

    #[test]
    fn a_shape_may_refer_to_itself() {
        let mut shape = room().child("suppression").child("water");
        for _ in 0..50 {
            assert!(shape.is_fields());
            shape = shape.child("feeds").child("x");
        }
    }

    #[test]
    fn a_law_is_a_tag_even_where_a_text_may_stand() {
        let schema = serde_json::json!({"oneOf": [
            {"type": "string"},
            {"type": "object", "properties": {"lognormal": {"type": "object"}}, "required": ["lognormal"]},
            {"type": "object", "properties": {"fixed": {"type": "string"}}, "required": ["fixed"]},
        ]});
        let law = Shape::from_schema(&schema);
        assert!(law.has_tag("lognormal") && law.has_tag("fixed") && law.is_law());
        assert!(
            !room().child("suppression").is_law(),
            "tags without a text are no law"
        );
    }
}
