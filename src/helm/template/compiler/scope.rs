//! [`Scope`]: which slot a variable lives in.

/// The variables that can be seen at the current place of a template.
#[derive(Debug)]
pub(super) struct Scope<'a> {
    variables: Vec<Variable<'a>>,
    next: u32,
    size: u32,
    dot: u32,
    /// How many arguments that may be skipped are around the current place.
    conditional: usize,
}

#[derive(Debug)]
struct Variable<'a> {
    name: &'a [u8],
    slot: u32,
    /// Whether its declaration may be skipped, by `and` or `or`.
    is_conditional: bool,
}

/// The slots that a name may mean.
pub(super) enum Found {
    Nothing,
    Slot(u32),
    /// The first that is set, innermost first; only the last is sure to be.
    OneOf(Vec<u32>),
}

/// A point to which a scope can go back.
#[derive(Clone, Copy, Debug)]
pub(super) struct ScopeMark {
    variables: usize,
    next: u32,
    dot: u32,
}

impl Default for Scope<'_> {
    /// Returns the scope of a template's beginning: `$` and the dot are in the first slot.
    fn default() -> Self {
        let root = Variable { name: b"$", slot: 0, is_conditional: false };
        Self { variables: vec![root], next: 1, size: 1, dot: 0, conditional: 0 }
    }
}

impl<'a> Scope<'a> {
    /// Returns a slot that is free until the scope goes back.
    pub(super) fn slot(&mut self) -> u32 {
        let slot = self.next;
        self.next += 1;
        self.size = self.size.max(self.next);
        slot
    }

    /// Declares a variable and returns its slot.
    pub(super) fn declare(&mut self, name: &'a [u8]) -> u32 {
        let slot = self.slot();
        self.variables.push(Variable { name, slot, is_conditional: self.conditional > 0 });
        slot
    }

    /// Returns where a variable is.
    pub(super) fn find(&self, name: &[u8]) -> Found {
        let mut named = self.variables.iter().rev().filter(|variable| variable.name == name);
        match named.next() {
            None => return Found::Nothing,
            Some(variable) if !variable.is_conditional => return Found::Slot(variable.slot),
            Some(_) => {}
        }
        let mut slots = Vec::new();
        for variable in self.variables.iter().rev().filter(|variable| variable.name == name) {
            slots.push(variable.slot);
            if !variable.is_conditional {
                return Found::OneOf(slots);
            }
        }
        // None is sure: a slot that is never set stands for the error.
        slots.push(u32::MAX);
        Found::OneOf(slots)
    }

    /// Returns the slot of the dot.
    pub(super) fn dot(&self) -> u32 {
        self.dot
    }

    /// Changes the dot until the scope goes back.
    pub(super) fn set_dot(&mut self, slot: u32) {
        self.dot = slot;
    }

    /// Returns how many slots the template needs.
    pub(super) fn size(&self) -> u32 {
        self.size
    }

    /// Returns the next free slot; all later ones are free as well.
    pub(super) fn next(&self) -> u32 {
        self.next
    }

    /// Enters or leaves an argument that may be skipped.
    pub(super) fn set_conditional(&mut self, enters: bool) {
        self.conditional = if enters { self.conditional + 1 } else { self.conditional.saturating_sub(1) };
    }

    /// Returns the current point.
    pub(super) fn mark(&self) -> ScopeMark {
        ScopeMark { variables: self.variables.len(), next: self.next, dot: self.dot }
    }

    /// Goes back to a point: what was declared since is gone.
    pub(super) fn restore(&mut self, mark: ScopeMark) {
        self.variables.truncate(mark.variables);
        self.next = mark.next;
        self.dot = mark.dot;
    }
}
