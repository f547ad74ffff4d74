//! [`Frame`]: a schema that a value is looked at with, and [`Job`]: what it still has to do.

use super::instance::View;
use super::problem::ProblemId;
use super::rules::{Id, SchemaRef};
use crate::yaml::Str;

/// A schema that a value is looked at with.
pub(super) struct Frame<'s, 'v, T> {
    /// The schema by which it was reached.
    pub(super) scope: SchemaRef<'s>,
    /// The schema that it looks with, which is another one where a part of a schema has a draft of its own.
    pub(super) schema: SchemaRef<'s>,
    /// The schema of schemas, where that is what it looks with.
    pub(super) metaschema: Option<SchemaRef<'s>>,
    pub(super) value: View<'v, T>,
    pub(super) purpose: Purpose<'v>,
    /// Nobody wants to know what is wrong, only whether something is.
    pub(super) is_quiet: bool,
    /// Something is wrong that nobody wants to know.
    pub(super) has_failed: bool,
    /// The value is inside the one of the frame below.
    pub(super) is_inside: bool,
    /// How many values it lies in.
    pub(super) depth: usize,
    /// The first frame of the same scope.
    pub(super) scope_from: usize,
    pub(super) path_from: usize,
    pub(super) path_to: usize,
    pub(super) jobs_from: usize,
    /// The entries or items that nobody has looked at, where somebody wants to know.
    pub(super) unevaluated: Option<Box<[bool]>>,
    pub(super) problems: Vec<ProblemId>,
    /// What the group at hand has found.
    pub(super) held: Vec<ProblemId>,
    /// Which ones of the group at hand fit.
    pub(super) matched: Vec<usize>,
}

impl<'s, 'v, T> Frame<'s, 'v, T> {
    pub(super) fn new(schema: SchemaRef<'s>, value: View<'v, T>, purpose: Purpose<'v>, is_quiet: bool) -> Self {
        Self {
            scope: schema,
            schema,
            metaschema: None,
            value,
            purpose,
            is_quiet,
            has_failed: false,
            is_inside: false,
            depth: 0,
            scope_from: 0,
            path_from: 0,
            path_to: 0,
            jobs_from: 0,
            unevaluated: None,
            problems: Vec::new(),
            held: Vec::new(),
            matched: Vec::new(),
        }
    }

    /// Tells whether there is something that nobody has looked at, and somebody wants to know.
    pub(super) fn wants_rest(&self) -> bool {
        self.unevaluated.as_ref().is_some_and(|left| left.contains(&true))
    }

    /// Takes over what another schema has looked at in the same value.
    pub(super) fn merge(&mut self, other: Option<Box<[bool]>>) {
        match (&mut self.unevaluated, other) {
            (Some(own), Some(other)) => own.iter_mut().zip(other).for_each(|(own, other)| *own &= other),
            (own, None) => *own = None,
            (None, _) => {}
        }
    }

    pub(super) fn evaluate(&mut self, index: usize) {
        if let Some(left) = self.unevaluated.as_mut().and_then(|left| left.get_mut(index)) {
            *left = false;
        }
    }

    /// Notes that an item is in what `contains` asks for.
    pub(super) fn item_is_evaluated(&mut self, index: usize) {
        if self.schema.rules().draft >= super::draft::Draft::Year2020 {
            self.evaluate(index);
        }
    }
}

/// What comes of what a schema finds.
#[derive(Clone, Copy)]
pub(super) enum Purpose<'v> {
    /// Its problems are those of the schema that asked.
    Add,
    Ref,
    RecursiveRef,
    DynamicRef,
    /// It looks at a key.
    Name(&'v Str),
    /// It looks at an item, with this index.
    Contains(usize),
    Not,
    AllOf,
    AnyOf,
    /// It is the one with this index.
    OneOf(usize),
    If,
}

impl Purpose<'_> {
    /// Returns the keyword of a reference.
    pub(super) fn reference(self) -> Option<&'static str> {
        match self {
            Self::Ref => Some("$ref"),
            Self::RecursiveRef => Some("$recursiveRef"),
            Self::DynamicRef => Some("$dynamicRef"),
            _ => None,
        }
    }
}

/// Something that the last frame has to do.
pub(super) struct Job<'v, T> {
    pub(super) work: Work,
    pub(super) purpose: Purpose<'v>,
    pub(super) value: View<'v, T>,
    pub(super) token: Token<'v>,
}

impl<'v, T> Job<'v, T> {
    /// Looks at the same value with another schema.
    pub(super) fn same(value: View<'v, T>, purpose: Purpose<'v>, schema: Id) -> Self {
        Self { work: Work::Look(schema), purpose, value, token: Token::None }
    }

    /// Looks at a value inside.
    pub(super) fn inside(value: View<'v, T>, token: Token<'v>, purpose: Purpose<'v>, schema: Id) -> Self {
        Self { work: Work::Look(schema), purpose, value, token }
    }

    /// Does something else.
    pub(super) fn other(value: View<'v, T>, work: Work) -> Self {
        Self { work, purpose: Purpose::Add, value, token: Token::None }
    }
}

#[derive(Clone, Copy)]
pub(super) enum Work {
    Look(Id),
    /// Something is wrong; it was found earlier than it is told.
    Problem(ProblemId),
    End(Group),
    /// Looks at what nobody has looked at.
    Unevaluated,
}

/// Schemas of which something is said together.
#[derive(Clone, Copy)]
pub(super) enum Group {
    AllOf,
    AnyOf,
    OneOf,
    Contains,
}

/// A step from a value to one inside.
#[derive(Clone, Copy)]
pub(super) enum Token<'v> {
    /// The same value.
    None,
    Name(&'v Str),
    Index(usize),
}
