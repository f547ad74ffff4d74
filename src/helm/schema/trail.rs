//! [`Trail`]: where the schemas of a document stand, kept as steps so that a name is written only when it is asked for.

use std::sync::Arc;

use super::address::{located, push_token};
use crate::yaml::Str;

/// The places of a document.
#[derive(Clone, Debug)]
pub(super) struct Trail {
    pub(super) url: Arc<str>,
    steps: Vec<Step>,
}

/// The number of a place in its trail.
pub(super) type StepId = u32;

#[derive(Clone, Debug)]
enum Step {
    /// A JSON pointer.
    Start(String),
    Below {
        parent: StepId,
        keyword: Str,
        part: Option<Part>,
    },
}

/// One of the schemas of a keyword.
#[derive(Clone, Debug)]
pub(super) enum Part {
    Name(Str),
    Index(usize),
}

impl Trail {
    pub(super) fn new(url: &str) -> Self {
        Self { url: url.into(), steps: Vec::new() }
    }

    fn push(&mut self, step: Step) -> StepId {
        self.steps.push(step);
        (self.steps.len() - 1) as StepId
    }

    /// Adds a place by its JSON pointer.
    pub(super) fn start(&mut self, pointer: String) -> StepId {
        self.push(Step::Start(pointer))
    }

    /// Adds a place below another one.
    pub(super) fn below(&mut self, parent: StepId, keyword: &Str, part: Option<Part>) -> StepId {
        self.push(Step::Below { parent, keyword: keyword.clone(), part })
    }

    /// Returns the JSON pointer to a place.
    pub(super) fn pointer(&self, place: StepId) -> String {
        let mut tokens: Vec<String> = Vec::new();
        let mut at = place;
        let start = loop {
            match self.steps.get(at as usize) {
                None => break "",
                Some(Step::Start(pointer)) => break pointer,
                Some(Step::Below { parent, keyword, part }) => {
                    tokens.extend(part.as_ref().map(|part| match part {
                        Part::Name(name) => name.lossy().into_owned(),
                        Part::Index(index) => index.to_string(),
                    }));
                    tokens.push(keyword.lossy().into_owned());
                    at = *parent;
                }
            }
        };
        let mut pointer = start.to_owned();
        tokens.iter().rev().for_each(|token| push_token(&mut pointer, token));
        pointer
    }

    /// Returns a place with its document, as messages name it.
    pub(super) fn location(&self, place: StepId) -> String {
        located(&self.url, &self.pointer(place))
    }
}
