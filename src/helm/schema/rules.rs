//! [`Schemas`]: compiled schemas, each with what it asks of a value, grouped by the type that it is asked of.

use std::sync::OnceLock;

use super::decimal::Decimal;
use super::draft::Draft;
use super::error::Stop;
use super::formats::Format;
use super::instance::{Number, Types};
use super::json::Json;
use super::trail::{StepId, Trail};
use crate::helm::go::regex::{self, Regex};
use crate::yaml::{Str, StrMap};

/// The number of a schema among those that were compiled together.
pub(super) type Id = u32;

/// Schemas that refer to each other. The first is the one that was asked for.
#[derive(Debug, Default)]
pub(super) struct Schemas {
    pub(super) list: Vec<Schema>,
    /// The documents that they stand in.
    pub(super) trails: Vec<Trail>,
}

/// Where a schema stands: the number of a document, and a place in it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) document: u32,
    pub(super) step: StepId,
}

/// A schema and those that it refers to.
#[derive(Clone, Copy, Debug)]
pub(super) struct SchemaRef<'s> {
    of: &'s Schemas,
    pub(super) id: Id,
}

impl<'s> SchemaRef<'s> {
    pub(super) fn new(of: &'s Schemas, id: Id) -> Self {
        Self { of, id }
    }

    /// Returns another schema of the same ones.
    pub(super) fn sibling(self, id: Id) -> Self {
        Self { of: self.of, id }
    }

    pub(super) fn rules(self) -> &'s Schema {
        // Ids are given out by the list itself.
        &self.of.list[self.id as usize]
    }

    /// Returns the document and the place in it, as messages name them.
    pub(super) fn location(self) -> String {
        let Place { document, step } = self.rules().place;
        self.of.trails.get(document as usize).map_or_else(String::new, |trail| trail.location(step))
    }

    /// Returns the schema with the identifier below which this one stands.
    pub(super) fn resource(self) -> &'s Schema {
        &self.of.list[self.rules().resource as usize]
    }
}

impl PartialEq for SchemaRef<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id && std::ptr::eq(self.of, other.of)
    }
}

/// What one schema asks for.
#[derive(Debug)]
pub(super) struct Schema {
    pub(super) place: Place,
    pub(super) resource: Id,
    pub(super) draft: Draft,
    /// Everything fits, or nothing.
    pub(super) always: Option<bool>,
    pub(super) types: Types,
    /// The schema, or an outer one with the same mark, is what `$recursiveRef` means.
    pub(super) is_recursive_anchor: bool,
    pub(super) constant: Option<Box<Json>>,
    pub(super) options: Option<Box<Options>>,
    pub(super) format: Option<&'static Format>,
    pub(super) reference: Option<Id>,
    pub(super) for_maps: Option<Box<MapRules>>,
    pub(super) for_lists: Option<Box<ListRules>>,
    pub(super) for_texts: Option<Box<TextRules>>,
    pub(super) for_numbers: Option<Box<NumberRules>>,
    pub(super) logic: Option<Box<Logic>>,
    pub(super) dynamic: Option<Box<Dynamic>>,
    pub(super) unevaluated: Option<Box<Unevaluated>>,
}

impl Schema {
    pub(super) fn new(place: Place, draft: Draft, resource: Id) -> Self {
        Self {
            place,
            resource,
            draft,
            always: None,
            types: Types::default(),
            is_recursive_anchor: false,
            constant: None,
            options: None,
            format: None,
            reference: None,
            for_maps: None,
            for_lists: None,
            for_texts: None,
            for_numbers: None,
            logic: None,
            dynamic: None,
            unevaluated: None,
        }
    }

    /// Tells whether no entry of a map is left that nobody has looked at.
    pub(super) fn evaluates_all_properties(&self) -> bool {
        self.for_maps.as_ref().is_some_and(|rules| rules.additional != Additional::Unsaid)
    }

    /// Returns how many items of a list are looked at in any case; all of them where there is no number.
    pub(super) fn evaluated_items(&self) -> Option<usize> {
        match &self.for_lists {
            None => Some(0),
            Some(rules) if rules.each.is_some() || rules.rest != Additional::Unsaid => None,
            Some(rules) => Some(rules.first.len()),
        }
    }

    /// Tells whether it leads to other schemas for the same value.
    pub(super) fn leads_on(&self) -> bool {
        self.reference.is_some() || self.logic.is_some() || self.dynamic.is_some() || self.unevaluated.is_some()
    }
}

/// `enum`
#[derive(Debug)]
pub(super) struct Options {
    pub(super) values: Vec<Json>,
    pub(super) types: Types,
}

/// What is asked of a map.
#[derive(Debug, Default)]
pub(super) struct MapRules {
    pub(super) least: Option<i64>,
    pub(super) most: Option<i64>,
    pub(super) required: Vec<Str>,
    pub(super) properties: StrMap<Id>,
    pub(super) patterns: Vec<(Pattern, Id)>,
    pub(super) additional: Additional,
    pub(super) names: Option<Id>,
    pub(super) dependencies: Vec<(Str, Dependency)>,
    pub(super) dependent_schemas: Vec<(Str, Id)>,
    pub(super) dependent_names: Vec<(Str, Vec<Str>)>,
}

impl MapRules {
    pub(super) fn is_empty(&self) -> bool {
        self.least.is_none()
            && self.most.is_none()
            && self.required.is_empty()
            && self.properties.is_empty()
            && self.patterns.is_empty()
            && self.additional == Additional::Unsaid
            && self.names.is_none()
            && self.dependencies.is_empty()
            && self.dependent_schemas.is_empty()
            && self.dependent_names.is_empty()
    }
}

/// What a key asks for where it is there.
#[derive(Debug)]
pub(super) enum Dependency {
    Names(Vec<Str>),
    Schema(Id),
}

/// What is asked of the entries that nothing else speaks of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Additional {
    #[default]
    Unsaid,
    Allowed,
    Refused,
    Schema(Id),
}

/// What is asked of a list.
#[derive(Debug, Default)]
pub(super) struct ListRules {
    pub(super) least: Option<i64>,
    pub(super) most: Option<i64>,
    pub(super) unique: bool,
    /// For the first items, each its own.
    pub(super) first: Vec<Id>,
    /// For all items.
    pub(super) each: Option<Id>,
    /// For the items behind the first ones.
    pub(super) rest: Additional,
    pub(super) contains: Option<Contains>,
}

impl ListRules {
    pub(super) fn is_empty(&self) -> bool {
        self.least.is_none()
            && self.most.is_none()
            && !self.unique
            && self.first.is_empty()
            && self.each.is_none()
            && self.rest == Additional::Unsaid
            && self.contains.is_none()
    }
}

#[derive(Debug)]
pub(super) struct Contains {
    pub(super) schema: Id,
    pub(super) least: Option<i64>,
    pub(super) most: Option<i64>,
}

/// What is asked of a text.
#[derive(Debug, Default)]
pub(super) struct TextRules {
    pub(super) least: Option<i64>,
    pub(super) most: Option<i64>,
    pub(super) pattern: Option<Pattern>,
}

impl TextRules {
    pub(super) fn is_empty(&self) -> bool {
        self.least.is_none() && self.most.is_none() && self.pattern.is_none()
    }
}

/// What is asked of a number.
#[derive(Debug, Default)]
pub(super) struct NumberRules {
    pub(super) minimum: Option<Bound>,
    pub(super) maximum: Option<Bound>,
    pub(super) above: Option<Bound>,
    pub(super) below: Option<Bound>,
    pub(super) multiple_of: Option<Decimal>,
}

impl NumberRules {
    pub(super) fn is_empty(&self) -> bool {
        let bounds = [&self.minimum, &self.maximum, &self.above, &self.below];
        bounds.iter().all(|bound| bound.is_none()) && self.multiple_of.is_none()
    }
}

/// A number to compare with.
#[derive(Debug)]
pub(super) struct Bound {
    pub(super) exact: Decimal,
    /// The same, where it can be compared with floats as they are.
    whole: Option<f64>,
}

impl Bound {
    pub(super) fn new(exact: Decimal) -> Self {
        /// Up to here floats hold every whole number.
        const MOST: f64 = 9_007_199_254_740_992.0;
        let float = exact.to_f64();
        let whole = (exact.is_whole() && float.abs() <= MOST).then_some(float);
        Self { exact, whole }
    }

    /// Compares a number with this one.
    ///
    /// # Errors
    /// Where the number is none for Go.
    pub(super) fn compare(&self, number: Number<'_>) -> Result<std::cmp::Ordering, Stop> {
        if let (Some(whole), Number::Float(value)) = (self.whole, number)
            && let Some(order) = value.partial_cmp(&whole)
        {
            return Ok(order);
        }
        Ok(exact(number)?.cmp(&self.exact))
    }
}

/// Returns the value of a number.
pub(super) fn exact(number: Number<'_>) -> Result<Decimal, Stop> {
    Decimal::of(number).ok_or(Stop::Panic("invalid memory address or nil pointer dereference"))
}

/// `allOf` and its relatives.
#[derive(Debug, Default)]
pub(super) struct Logic {
    pub(super) not: Option<Id>,
    pub(super) all_of: Vec<Id>,
    pub(super) any_of: Vec<Id>,
    pub(super) one_of: Vec<Id>,
    pub(super) condition: Option<Id>,
    pub(super) then: Option<Id>,
    pub(super) otherwise: Option<Id>,
}

impl Logic {
    pub(super) fn is_empty(&self) -> bool {
        let single = [self.not, self.condition, self.then, self.otherwise];
        single.iter().all(Option::is_none) && self.all_of.is_empty() && self.any_of.is_empty() && self.one_of.is_empty()
    }
}

/// References that depend on the way by which a schema was reached.
#[derive(Debug, Default)]
pub(super) struct Dynamic {
    pub(super) recursive: Option<Id>,
    pub(super) reference: Option<DynamicReference>,
    /// The dynamic anchor of this very schema.
    pub(super) anchor: Option<Str>,
    /// The dynamic anchors of a resource.
    pub(super) anchors: StrMap<Id>,
}

#[derive(Debug)]
pub(super) struct DynamicReference {
    pub(super) target: Id,
    /// The anchor that the reference names, if it names one.
    pub(super) anchor: Option<Str>,
}

/// What is asked of entries that no other schema has looked at.
#[derive(Debug, Default)]
pub(super) struct Unevaluated {
    pub(super) properties: Option<Id>,
    pub(super) items: Option<Id>,
}

/// A regular expression, compiled when it is first needed.
#[derive(Debug)]
pub(super) struct Pattern {
    pub(super) text: Str,
    compiled: OnceLock<Result<Regex, regex::Error>>,
}

impl Pattern {
    /// Takes an expression.
    ///
    /// # Errors
    /// If Go refuses it.
    pub(super) fn new(text: &Str) -> Result<Self, regex::Error> {
        Regex::check(text)?;
        Ok(Self { text: text.clone(), compiled: OnceLock::new() })
    }

    pub(super) fn matches(&self, text: &[u8]) -> Result<bool, Stop> {
        match self.compiled.get_or_init(|| Regex::new(&self.text)) {
            Ok(regex) => Ok(regex.is_match(text)),
            Err(error) => Err(Stop::Pattern(error.clone())),
        }
    }
}
