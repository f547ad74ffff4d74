//! [`may_change_values`]: whether running a template may change maps that other templates see. Reads the texts only.
//!
//! Go's maps are references: `set .Values "a" 1` in one file is seen by the files after it. When a file fails half way, what it
//! would have set is missing in the others, and what they complain of may be no fault of theirs.

use std::collections::HashSet;

use super::ast::{Ast, NodeId, NodeKind};
use super::code::Unit;
use super::literal;
use super::program::Program;
use crate::yaml::Str;

/// The functions that change the value they are given first. The merges change what lies deeper in it, too.
const SETTERS: &[&str] = &["set", "unset", "sortAlpha"];
const MERGERS: &[&str] = &["merge", "mergeOverwrite", "mustMerge", "mustMergeOverwrite"];

/// What gives a new value. What lies in it is new, too, but for the second ones.
const NEW: &[&str] = &["deepCopy", "mustDeepCopy", "fromYaml", "fromJson", "mustFromJson", "fromToml", "fromYamlArray"];
const NEW_OUTSIDE: &[&str] =
    &["dict", "list", "pick", "omit", "keys", "values", "tuple", "concat", "append", "prepend"];

/// Tells whether running a template may change what others see: it, or one that it includes by name, sets something in a value
/// that it did not make itself. In doubt it may. `tpl_changes` tells the same of the texts that `tpl` may be given.
pub(crate) fn may_change_values(program: &Program, template: &[u8], tpl_changes: bool) -> bool {
    let mut pending = vec![Str::from(template)];
    let mut seen = HashSet::new();
    while let Some(name) = pending.pop() {
        if !seen.insert(name.clone()) {
            continue;
        }
        // A name that nothing defines is an error of its own.
        let Some(found) = program.find(&name) else { continue };
        let unit: &Unit = &found.unit;
        let Some(root) = found.template().map(|template| template.root) else { return true };
        let template = Template { ast: &unit.ast, text: &unit.text, tpl_changes };
        if template.changes(root, &mut pending) {
            return true;
        }
    }
    false
}

/// Tells whether a text that `tpl` may be given names a function that changes something.
pub(crate) fn names_a_change(text: &[u8]) -> bool {
    let holds = |word: &&str| memchr::memmem::find(text, word.as_bytes()).is_some();
    holds(&"{{") && (SETTERS.iter().any(holds) || MERGERS.iter().any(holds) || holds(&"include"))
}

/// How new a value is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Newness {
    /// Others may see it.
    Shared,
    /// Only what lies in it may be seen by others.
    Outside,
    /// All of it was made here.
    Deep,
}

struct Template<'a> {
    ast: &'a Ast,
    text: &'a [u8],
    tpl_changes: bool,
}

impl Template<'_> {
    fn changes(&self, root: NodeId, pending: &mut Vec<Str>) -> bool {
        let nodes = self.below(root);
        nodes.iter().any(|id| match self.ast.kind(*id) {
            NodeKind::Template(name, _) => {
                pending.push(literal::text(name.of(self.text)));
                false
            }
            NodeKind::Pipe(pipe) => {
                let commands = self.ast.children(pipe.commands);
                commands.iter().enumerate().any(|(index, command)| {
                    let before = index.checked_sub(1).and_then(|before| commands.get(before));
                    self.command_changes(*command, before.copied(), &nodes, pending)
                })
            }
            _ => false,
        })
    }

    fn command_changes(
        &self,
        command: NodeId,
        before: Option<NodeId>,
        nodes: &[NodeId],
        pending: &mut Vec<Str>,
    ) -> bool {
        let NodeKind::Command(words) = self.ast.kind(command) else { return false };
        let Some((name, arguments)) = self.ast.children(words).split_first() else { return false };
        let Some(function) = self.function(*name) else { return false };
        let first = arguments.first().copied().or(before);
        let newness = || first.map_or(Newness::Shared, |first| self.newness(first, nodes));
        match function {
            function if SETTERS.contains(&function) => newness() < Newness::Outside,
            function if MERGERS.contains(&function) => newness() < Newness::Deep,
            "tpl" => self.tpl_changes,
            "include" => match first.map(|first| self.ast.kind(first)) {
                Some(NodeKind::String(name)) => {
                    pending.push(literal::text(name.of(self.text)));
                    false
                }
                _ => true,
            },
            _ => false,
        }
    }

    fn function(&self, id: NodeId) -> Option<&'static str> {
        match self.ast.kind(id) {
            NodeKind::Identifier(function) => Some(function.name),
            _ => None,
        }
    }

    /// Tells how new the value of an expression is. Chains of variables and calls are followed a few steps.
    fn newness(&self, id: NodeId, nodes: &[NodeId]) -> Newness {
        const FURTHEST: usize = 16;
        let mut at = id;
        for _ in 0..FURTHEST {
            at = match self.ast.kind(at) {
                NodeKind::Pipe(pipe) => match self.ast.children(pipe.commands) {
                    [command] => *command,
                    [.., last] => return self.function_newness(*last).unwrap_or(Newness::Shared),
                    [] => return Newness::Shared,
                },
                NodeKind::Command(words) => match (self.function_newness(at), self.ast.children(words)) {
                    (Some(newness), _) => return newness,
                    // What a setter gives is what it was given.
                    (None, [name, first, ..]) if self.function(*name).is_some_and(is_setter) => *first,
                    (None, [only]) => *only,
                    _ => return Newness::Shared,
                },
                NodeKind::Variable(parts) => match self.ast.names(parts) {
                    [name] => match self.assigned(name.of(self.text), nodes).as_slice() {
                        [only] => *only,
                        _ => return Newness::Shared,
                    },
                    _ => return Newness::Shared,
                },
                _ => return Newness::Shared,
            };
        }
        Newness::Shared
    }

    fn function_newness(&self, command: NodeId) -> Option<Newness> {
        let NodeKind::Command(words) = self.ast.kind(command) else { return None };
        let words = self.ast.children(words);
        let function = self.function(*words.first()?)?;
        match function {
            function if NEW.contains(&function) => Some(Newness::Deep),
            "dict" if words.len() == 1 => Some(Newness::Deep),
            function if NEW_OUTSIDE.contains(&function) => Some(Newness::Outside),
            _ => None,
        }
    }

    /// Returns what a variable is set to, wherever in the template. A variable of `range` is an element of something.
    fn assigned(&self, name: &[u8], nodes: &[NodeId]) -> Vec<NodeId> {
        let ranges: HashSet<u32> = nodes
            .iter()
            .filter_map(|id| match self.ast.kind(*id) {
                NodeKind::Branch(branch) if branch.control == super::ast::Control::Range => Some(branch.pipe.0),
                _ => None,
            })
            .collect();
        let mut found = Vec::new();
        for id in nodes {
            let NodeKind::Pipe(pipe) = self.ast.kind(*id) else { continue };
            let is_named = self.ast.children(pipe.variables).iter().any(|variable| {
                matches!(self.ast.kind(*variable), NodeKind::Variable(parts)
                    if self.ast.names(parts).first().is_some_and(|part| part.of(self.text) == name))
            });
            match (is_named, self.ast.children(pipe.commands)) {
                (false, _) => {}
                (true, [command]) if !ranges.contains(&id.0) => found.push(*command),
                // Two, so that nothing is concluded.
                (true, _) => found.extend([*id, *id]),
            }
        }
        found
    }

    /// Returns all nodes of a tree.
    fn below(&self, root: NodeId) -> Vec<NodeId> {
        let mut found = vec![root];
        let mut next = 0;
        while let Some(id) = found.get(next).copied() {
            next += 1;
            match self.ast.kind(id) {
                NodeKind::List(items) | NodeKind::Command(items) => found.extend(self.ast.children(items)),
                NodeKind::Action(inner) | NodeKind::Chain(inner, _) => found.push(inner),
                NodeKind::Template(_, pipe) => found.extend(pipe),
                NodeKind::Branch(branch) => {
                    found.extend([branch.pipe, branch.list]);
                    found.extend(branch.other);
                }
                NodeKind::Pipe(pipe) => found.extend(self.ast.children(pipe.commands)),
                _ => {}
            }
        }
        found
    }
}

fn is_setter(name: &str) -> bool {
    SETTERS.contains(&name) || MERGERS.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helm::profile::Profile;
    use crate::helm::template::Source;

    fn changes(text: &str) -> bool {
        let helper =
            "{{ define \"quiet\" }}{{ .Values.a }}{{ end }}{{ define \"loud\" }}{{ $_ := set . \"a\" 1 }}{{ end }}";
        let sources =
            [("_h.tpl", helper), ("a.yaml", text)].map(|(name, text)| Source { name: name.into(), text: text.into() });
        let program = Program::compile(&sources, Profile::V4).unwrap();
        may_change_values(&program, b"a.yaml", false)
    }

    #[test]
    fn what_a_template_made_itself_it_may_change() {
        for text in [
            "a: {{ .Values.a | default 1 }}",
            "{{ $d := dict \"a\" 1 }}{{ $_ := set $d \"b\" .Values.b }}{{ toYaml $d }}",
            "{{ $d := dict }}{{ range .Values.l }}{{ $_ := set $d . 1 }}{{ end }}",
            "{{ $m := merge (deepCopy .Values.a) .Values.b }}{{ toYaml $m }}",
            "{{ merge (dict) .Values.b | toYaml }}",
            "{{ include \"quiet\" . }}{{ template \"quiet\" . }}",
            "{{ set (set (dict) \"a\" 1) \"b\" 2 | toJson }}",
        ] {
            assert!(!changes(text), "{text}");
        }
    }

    #[test]
    fn what_came_from_elsewhere_others_see() {
        for text in [
            "{{ $_ := set .Values \"b\" 1 }}",
            "{{ $v := .Values.a }}{{ $_ := set $v \"b\" 1 }}",
            "{{ range $k, $v := .Values }}{{ $_ := unset $v \"b\" }}{{ end }}",
            "{{ $m := merge (dict \"a\" .Values.a) .Values.b }}",
            "{{ $d := dict }}{{ $d = .Values }}{{ $_ := set $d \"b\" 1 }}",
            "{{ include \"loud\" . }}",
            "{{ template \"loud\" .Values }}",
            "{{ include (print \"lo\" \"ud\") . }}",
            "{{ if .Values.a }}{{ with .Values.b }}{{ mergeOverwrite . $.Values.c }}{{ end }}{{ end }}",
        ] {
            assert!(changes(text), "{text}");
        }
    }

    #[test]
    fn texts_that_change_something_name_the_function() {
        assert!(names_a_change(b"{{ $_ := set .Values \"a\" 1 }}"));
        assert!(!names_a_change(b"{{ .Values.a }}") && !names_a_change(b"settings"));
    }
}
