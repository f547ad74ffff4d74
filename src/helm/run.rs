//! [`Run`]: all that running the templates of a release takes, put together once.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::capabilities::Capabilities;
use super::chart::Chart;
use super::context::Contexts;
use super::error::Error;
use super::foreign::{self, ForeignTemplate, ForeignTemplates, is_foreign};
use super::limits::Limits;
use super::patience::{Timed, check};
use super::profile::Profile;
use super::release::Release;
use super::render::Options;
use super::template::{Machine, Program, Source};
use super::value::Value;
use super::values::{ChartTree, Layered, NodeId};
use crate::yaml::Str;

/// The templates of a release with what they are run with.
pub(super) struct Run<'a> {
    /// The templates, in the order in which Helm runs them.
    templates: Vec<Template>,
    /// Those that are Go's, compiled.
    pub(super) program: Arc<Program>,
    contexts: Contexts,
    foreign: Foreign<'a>,
    options: &'a Options<'a>,
}

impl<'a> Run<'a> {
    /// Compiles the templates of a release, and makes what they see.
    ///
    /// # Errors
    /// If a text is no template, or values cannot be made.
    pub(super) fn new(
        chart: &Arc<Chart>,
        layered: &'a Layered,
        release: &'a Release,
        capabilities: &'a Capabilities,
        options: &'a Options<'a>,
    ) -> Result<Self, Error> {
        let tree = layered.tree();
        let templates = templates_of(tree);
        let program = program_of(chart, &templates, options.profile)?;
        let foreign = Foreign { tree, release, capabilities, limits: &options.limits, engine: options.foreign };
        let contexts = Contexts::build(tree, layered.to_map()?, release, capabilities, options.profile);
        Ok(Self { templates, program, contexts, foreign, options })
    }

    /// Returns the templates that print a file.
    pub(super) fn files(&self) -> impl Iterator<Item = &Template> {
        self.templates.iter().filter(|template| !is_partial(&template.path))
    }

    /// Makes a machine. Files see what those before them changed, so one runs them all.
    pub(super) fn machine<'m>(&'m self, environment: &'m mut Timed<'_>) -> Machine<'m> {
        Machine::new(&self.program, environment, self.options.limits.template)
    }

    /// Renders a file.
    ///
    /// # Errors
    /// Where its template fails.
    pub(super) fn render(&self, machine: &mut Machine<'_>, template: &Template) -> Result<Vec<u8>, Error> {
        check(self.options.patience)?;
        let Template { path, node, .. } = template;
        let dot = self.contexts.dot(*node, path);
        Ok(if is_foreign(path) { self.foreign.render(path, *node, &dot)? } else { machine.render(path, dot)? })
    }
}

/// A template of a release.
pub(super) struct Template {
    pub(super) path: String,
    pub(super) node: NodeId,
    pub(super) text: Str,
}

/// Collects the templates of all charts in use in the order in which Helm parses and runs them: the deepest first, of equal
/// depth the last by name first.
pub(super) fn templates_of(tree: &ChartTree) -> Vec<Template> {
    let mut templates = BTreeMap::new();
    for node in tree.walk() {
        let chart = tree.chart(node);
        let folder = tree.path(node);
        for file in &chart.templates {
            if chart.metadata.is_library() && !is_partial(&file.name) {
                continue;
            }
            let path = format!("{folder}/{}", file.name);
            templates.insert(path.clone(), Template { path, node, text: file.data.clone() });
        }
    }
    let mut templates: Vec<Template> = templates.into_values().rev().collect();
    templates.sort_by_cached_key(|template| std::cmp::Reverse(template.path.matches('/').count()));
    templates
}

pub(super) fn is_partial(path: &str) -> bool {
    path.rsplit('/').next().is_some_and(|name| name.starts_with('_'))
}

/// What files that are not Go templates are rendered with.
struct Foreign<'a> {
    tree: &'a ChartTree,
    release: &'a Release,
    capabilities: &'a Capabilities,
    limits: &'a Limits,
    engine: Option<&'a dyn ForeignTemplates>,
}

impl Foreign<'_> {
    fn render(&self, path: &str, node: NodeId, dot: &Value) -> Result<Vec<u8>, foreign::Error> {
        let engine = self.engine.ok_or_else(|| foreign::Error::NoEngine { file: path.to_owned() })?;
        let values = match dot {
            Value::Map(entries) => entries.get(b"Values").unwrap_or_default(),
            _ => Value::Nil,
        };
        engine.render(&ForeignTemplate {
            path,
            folder: &self.tree.path(node),
            chart: self.tree.chart(node),
            metadata: &self.tree.metadata(node),
            values: &values,
            release: self.release,
            capabilities: self.capabilities,
            limits: self.limits,
        })
    }
}

/// Returns the compiled templates, from the chart where a release with the same subcharts was rendered before.
fn program_of(chart: &Chart, templates: &[Template], profile: Profile) -> Result<Arc<Program>, Error> {
    let templates = || templates.iter().filter(|template| !is_foreign(&template.path));
    let names: Vec<Str> = templates().map(|template| Str::from(template.path.as_str())).collect();
    chart.programs.get_or_compile(names, profile, |names| {
        let sources: Vec<Source> = names
            .iter()
            .zip(templates())
            .map(|(name, template)| Source { name: name.clone(), text: template.text.clone() })
            .collect();
        Ok(Program::compile(&sources, profile)?)
    })
}
