//! [`Namespace`]: which templates a name means while texts of `tpl` define their own.

use std::rc::Rc;
use std::sync::Arc;

use crate::helm::template::ByText;
use crate::helm::template::code::{Template, Unit};
use crate::helm::template::program::Program;

/// A template of a compiled text.
#[derive(Clone, Debug)]
pub(in crate::helm::template) struct TemplateRef {
    pub(in crate::helm::template) unit: Arc<Unit>,
    pub(in crate::helm::template) index: u32,
}

impl TemplateRef {
    /// Returns the template.
    pub(in crate::helm::template) fn template(&self) -> Option<&Template> {
        self.unit.templates.get(self.index as usize)
    }
}

/// The definitions that the running texts of `tpl` add to those of the program. Cheap to copy.
#[derive(Clone, Debug, Default)]
pub(super) struct Namespace {
    /// The text of the innermost `tpl`, which is a template itself.
    text: Option<TemplateRef>,
    scope: Option<Rc<Scope>>,
}

#[derive(Debug)]
struct Scope {
    templates: ByText<TemplateRef>,
    outer: Option<Rc<Self>>,
}

impl Namespace {
    /// Finds a template.
    pub(super) fn find<'a>(&'a self, name: &[u8], program: &'a Program) -> Option<&'a TemplateRef> {
        if let Some(text) = &self.text
            && text.template().is_some_and(|template| *template.name == *name)
        {
            return Some(text);
        }
        let mut scope = self.scope.as_ref();
        while let Some(current) = scope {
            if let Some(found) = current.templates.get(name) {
                return Some(found);
            }
            scope = current.outer.as_ref();
        }
        program.find(name)
    }

    /// Returns the namespace inside a text of `tpl`. What is defined without a body replaces nothing.
    pub(super) fn within(&self, unit: &Arc<Unit>, program: &Program) -> Self {
        let mut inner = self.clone();
        let mut templates = ByText::default();
        for (index, template) in unit.templates.iter().enumerate() {
            if template.is_empty && self.find(&template.name, program).is_some() {
                continue;
            }
            let found = TemplateRef { unit: Arc::clone(unit), index: index as u32 };
            if template.name == unit.name {
                inner.text = Some(found);
            } else {
                templates.insert(template.name.clone(), found);
            }
        }
        if !templates.is_empty() {
            inner.scope = Some(Rc::new(Scope { templates, outer: inner.scope.take() }));
        }
        inner
    }
}
