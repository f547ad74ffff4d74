//! Compiles the keywords of one schema, draft by draft, as far as its dialect has them.

use super::address::Fragment;
use super::compile::{Compiler, Current};
use super::decimal::Decimal;
use super::draft::Draft;
use super::error::Error;
use super::formats::Format;
use super::instance::{Instance, Types};
use super::json::Json;
use super::rules::{
    Additional, Bound, Contains, Dependency, DynamicReference, Id, ListRules, Logic, MapRules, NumberRules, Options,
    Pattern, Schema, TextRules, Unevaluated,
};
use crate::yaml::{Str, StrMap};

/// Compiles the keywords of a schema.
pub(super) fn compile<'d>(
    compiler: &mut Compiler<'d>,
    current: &Current<'d>,
    map: &'d StrMap<Json>,
    schema: &mut Schema,
) -> Result<(), Error> {
    let mut keywords = Keywords { compiler, current, map };
    keywords.references(schema)?;
    // In old drafts a reference stands for the whole schema, but for what later drafts brought.
    let is_whole = current.dialect.draft < Draft::Year2019 && schema.reference.is_some();
    if is_whole {
        keywords.unseen();
    } else {
        if keywords.has("applicator") {
            schema.logic = keywords.logic();
        }
        schema.for_maps = keywords.for_maps()?;
        schema.for_lists = keywords.for_lists();
        keywords.for_scalars(schema)?;
    }
    keywords.constant(schema);
    keywords.unevaluated(schema);
    Ok(())
}

struct Keywords<'c, 'd> {
    compiler: &'c mut Compiler<'d>,
    current: &'c Current<'d>,
    map: &'d StrMap<Json>,
}

impl<'d> Keywords<'_, 'd> {
    fn has(&self, vocabulary: &str) -> bool {
        self.current.dialect.has(vocabulary)
    }

    /// Tells whether the draft is this one or a later one.
    fn since(&self, draft: Draft) -> bool {
        self.current.dialect.draft >= draft
    }

    fn value(&self, keyword: &str) -> Option<&'d Json> {
        self.map.get(keyword.as_bytes())
    }

    fn text(&self, keyword: &str) -> Option<&'d Str> {
        self.value(keyword)?.as_text()
    }

    fn is_true(&self, keyword: &str) -> bool {
        self.value(keyword).and_then(Json::as_bool) == Some(true)
    }

    fn number(&self, keyword: &str) -> Option<Decimal> {
        match self.value(keyword)? {
            Json::Number(written) => Decimal::parse(written),
            _ => None,
        }
    }

    fn bound(&self, keyword: &str) -> Option<Bound> {
        self.number(keyword).map(Bound::new)
    }

    fn count(&self, keyword: &str) -> Option<i64> {
        self.number(keyword).filter(Decimal::is_whole).map(|number| number.to_wrapped_i64())
    }

    fn schema(&mut self, keyword: &str) -> Option<Id> {
        self.value(keyword).map(|node| self.compiler.below(self.current, node))
    }

    fn schemas(&mut self, keyword: &str) -> Vec<Id> {
        let items = self.value(keyword).and_then(Json::as_list).unwrap_or_default();
        items.iter().map(|node| self.compiler.below(self.current, node)).collect()
    }

    fn named_schemas(&mut self, keyword: &str) -> impl Iterator<Item = (&'d Str, Id)> {
        let entries = self.value(keyword).and_then(Json::as_map).into_iter().flatten();
        entries.map(|(name, node)| (name, self.compiler.below(self.current, node)))
    }

    fn additional(&mut self, keyword: &str) -> Additional {
        match self.value(keyword) {
            None => Additional::Unsaid,
            Some(Json::Bool(true)) => Additional::Allowed,
            Some(Json::Bool(false)) => Additional::Refused,
            Some(node) => Additional::Schema(self.compiler.below(self.current, node)),
        }
    }

    fn reference(&mut self, keyword: &str) -> Result<Option<Id>, Error> {
        self.text(keyword).map(|reference| self.compiler.referenced(self.current, reference)).transpose()
    }

    fn pattern(&self, text: &Str, keyword: &str) -> Result<Pattern, Error> {
        Pattern::new(text).map_err(|cause| Error::Pattern {
            pattern: text.lossy().into_owned(),
            place: self.compiler.place_of(self.current, keyword),
            cause,
        })
    }

    fn references(&mut self, schema: &mut Schema) -> Result<(), Error> {
        schema.reference = self.reference("$ref")?;
        if !self.since(Draft::Year2019) {
            return Ok(());
        }
        let recursive = self.reference("$recursiveRef")?;
        schema.is_recursive_anchor = self.is_true("$recursiveAnchor");
        let (mut dynamic, mut anchor) = (None, None);
        if self.since(Draft::Year2020) {
            if let Some(target) = self.reference("$dynamicRef")? {
                let anchor =
                    match self.text("$dynamicRef").map(|reference| Fragment::of(&reference.lossy())).transpose()? {
                        Some(Fragment::Anchor(anchor)) => Some(Str::from(anchor)),
                        _ => None,
                    };
                dynamic = Some(DynamicReference { target, anchor });
            }
            anchor = self.text("$dynamicAnchor").filter(|anchor| !anchor.is_empty()).cloned();
        }
        if recursive.is_some() || dynamic.is_some() || anchor.is_some() {
            let known = schema.dynamic.get_or_insert_default();
            known.recursive = recursive;
            known.reference = dynamic;
            known.anchor = anchor;
        }
        Ok(())
    }

    /// Compiles what nobody looks at beside a reference: what is wrong there is wrong all the same.
    fn unseen(&mut self) {
        if self.since(Draft::Six) {
            self.schema("contains");
            self.schema("propertyNames");
        }
        if self.since(Draft::Seven) {
            self.condition(&mut Logic::default());
        }
    }

    fn logic(&mut self) -> Option<Box<Logic>> {
        let mut logic = Logic {
            all_of: self.schemas("allOf"),
            any_of: self.schemas("anyOf"),
            one_of: self.schemas("oneOf"),
            not: self.schema("not"),
            ..Logic::default()
        };
        if self.since(Draft::Seven) {
            self.condition(&mut logic);
        }
        (!logic.is_empty()).then(|| Box::new(logic))
    }

    fn condition(&mut self, logic: &mut Logic) {
        logic.condition = self.schema("if");
        if logic.condition.is_some() {
            let known = self.value("if").and_then(Json::as_bool);
            logic.then = if known == Some(false) { None } else { self.schema("then") };
            logic.otherwise = if known == Some(true) { None } else { self.schema("else") };
        }
    }

    fn for_maps(&mut self) -> Result<Option<Box<MapRules>>, Error> {
        let mut rules = MapRules::default();
        if self.has("applicator") {
            rules.properties = self.named_schemas("properties").map(|(name, id)| (name.clone(), id)).collect();
            let patterns: Vec<(&Str, Id)> = self.named_schemas("patternProperties").collect();
            for (text, id) in patterns {
                rules.patterns.push((self.pattern(text, "patternProperties")?, id));
            }
            rules.additional = self.additional("additionalProperties");
            for (name, node) in self.value("dependencies").and_then(Json::as_map).into_iter().flatten() {
                let dependency = match node {
                    Json::List(names) => Dependency::Names(texts(names)),
                    _ => Dependency::Schema(self.compiler.below(self.current, node)),
                };
                rules.dependencies.push((name.clone(), dependency));
            }
            if self.since(Draft::Six) {
                rules.names = self.schema("propertyNames");
            }
            if self.since(Draft::Year2019) {
                rules.dependent_schemas =
                    self.named_schemas("dependentSchemas").map(|(name, id)| (name.clone(), id)).collect();
            }
        }
        if self.has("validation") {
            rules.most = self.count("maxProperties");
            rules.least = self.count("minProperties");
            rules.required = self.value("required").and_then(Json::as_list).map(texts).unwrap_or_default();
            if self.since(Draft::Year2019) {
                let entries = self.value("dependentRequired").and_then(Json::as_map).into_iter().flatten();
                rules.dependent_names =
                    entries.filter_map(|(name, names)| Some((name.clone(), texts(names.as_list()?)))).collect();
            }
        }
        Ok((!rules.is_empty()).then(|| Box::new(rules)))
    }

    fn for_lists(&mut self) -> Option<Box<ListRules>> {
        let mut rules = ListRules::default();
        if self.has("applicator") {
            if self.since(Draft::Year2020) {
                rules.first = self.schemas("prefixItems");
                rules.rest = self.schema("items").map_or(Additional::Unsaid, Additional::Schema);
            } else if self.value("items").and_then(Json::as_list).is_some() {
                rules.first = self.schemas("items");
                rules.rest = self.additional("additionalItems");
            } else {
                rules.each = self.schema("items");
            }
            if self.since(Draft::Six) {
                rules.contains = self.schema("contains").map(|schema| Contains { schema, least: None, most: None });
            }
        }
        if self.has("validation") {
            rules.least = self.count("minItems");
            rules.most = self.count("maxItems");
            rules.unique = self.is_true("uniqueItems");
            let (least, most) = (self.count("minContains"), self.count("maxContains"));
            if let Some(contains) = rules.contains.as_mut().filter(|_| self.since(Draft::Year2019)) {
                (contains.least, contains.most) = (least, most);
            }
        }
        (!rules.is_empty()).then(|| Box::new(rules))
    }

    fn for_scalars(&self, schema: &mut Schema) -> Result<(), Error> {
        if self.has("validation") {
            schema.types = match self.value("type") {
                Some(Json::String(name)) => Types::named(name),
                Some(Json::List(names)) => {
                    texts(names).iter().fold(Types::default(), |types, name| types.union(Types::named(name)))
                }
                _ => Types::default(),
            };
            if let Some(values) = self.value("enum").and_then(Json::as_list) {
                let types = values.iter().fold(Types::default(), |types, value| types.union(value.view().types()));
                schema.options = Some(Box::new(Options { values: values.to_vec(), types }));
            }
            schema.for_numbers = self.for_numbers();
            let mut texts = TextRules { least: self.count("minLength"), most: self.count("maxLength"), pattern: None };
            if let Some(text) = self.text("pattern") {
                texts.pattern = Some(self.pattern(text, "pattern")?);
            }
            schema.for_texts = (!texts.is_empty()).then(|| Box::new(texts));
        }
        if self.current.asserts_formats {
            schema.format = self.text("format").and_then(|name| Format::named(name));
        }
        Ok(())
    }

    fn for_numbers(&self) -> Option<Box<NumberRules>> {
        let mut rules = NumberRules { multiple_of: self.number("multipleOf"), ..NumberRules::default() };
        // In draft 4 these are a remark on the others.
        (rules.maximum, rules.below) = match (self.bound("maximum"), self.is_true("exclusiveMaximum")) {
            (maximum, true) => (None, maximum),
            (maximum, false) => (maximum, self.bound("exclusiveMaximum")),
        };
        (rules.minimum, rules.above) = match (self.bound("minimum"), self.is_true("exclusiveMinimum")) {
            (minimum, true) => (None, minimum),
            (minimum, false) => (minimum, self.bound("exclusiveMinimum")),
        };
        (!rules.is_empty()).then(|| Box::new(rules))
    }

    fn constant(&self, schema: &mut Schema) {
        if self.since(Draft::Six) && self.has("validation") {
            schema.constant = self.value("const").cloned().map(Box::new);
        }
    }

    fn unevaluated(&mut self, schema: &mut Schema) {
        let vocabulary = if self.since(Draft::Year2020) { "unevaluated" } else { "applicator" };
        if self.since(Draft::Year2019) && self.has(vocabulary) {
            let (properties, items) = (self.schema("unevaluatedProperties"), self.schema("unevaluatedItems"));
            if properties.is_some() || items.is_some() {
                schema.unevaluated = Some(Box::new(Unevaluated { properties, items }));
            }
        }
    }
}

fn texts(items: &[Json]) -> Vec<Str> {
    items.iter().filter_map(Json::as_text).cloned().collect()
}
