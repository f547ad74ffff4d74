//! [`Map`]: a Go map with string keys.

use std::cell::{Ref, RefCell, RefMut};
use std::collections::BTreeMap;
use std::rc::Rc;

use super::{Value, release};
use crate::yaml::Str;

/// The Go type of a map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MapType {
    /// `map[string]interface {}`
    Any,
    /// `map[string]string`
    Strings,
    /// Helm's `Values`, a named map type with methods (`common.Values` in 4.x, `chartutil.Values` in 3.x).
    Values,
    /// Another type, by the name that `typeOf` prints.
    Named(&'static str),
}

/// A Go map: a reference to entries that other values may share, kept in byte order of the keys.
#[derive(Clone, Debug)]
pub struct Map {
    map_type: MapType,
    shared: Rc<Shared>,
}

/// What all references to a map have in common.
#[derive(Debug, Default)]
struct Shared {
    nil: bool,
    entries: RefCell<BTreeMap<Str, Value>>,
}

impl Drop for Shared {
    fn drop(&mut self) {
        let entries = std::mem::take(self.entries.get_mut());
        if entries.values().any(|value| matches!(value, Value::List(_) | Value::Map(_))) {
            release(entries.into_values().collect());
        }
    }
}

impl Map {
    /// Returns a fresh, empty map.
    pub fn new(map_type: MapType) -> Self {
        Self { map_type, shared: Rc::default() }
    }

    /// Returns a fresh map with entries; the last of equal keys wins.
    pub fn from_entries(map_type: MapType, entries: impl IntoIterator<Item = (Str, Value)>) -> Self {
        let entries = RefCell::new(entries.into_iter().collect());
        Self { map_type, shared: Rc::new(Shared { nil: false, entries }) }
    }

    /// Returns a nil map: empty like others, but nothing can be put in, and it is `null` in JSON.
    pub fn nil(map_type: MapType) -> Self {
        Self { map_type, shared: Rc::new(Shared { nil: true, entries: RefCell::default() }) }
    }

    /// Tells whether this is a nil map.
    pub fn is_nil(&self) -> bool {
        self.shared.nil
    }

    /// Takes the values out if nothing else refers to them.
    pub(super) fn take_unshared(&mut self) -> Option<BTreeMap<Str, Value>> {
        Rc::get_mut(&mut self.shared).map(|shared| std::mem::take(shared.entries.get_mut()))
    }

    /// Returns the Go type.
    pub fn map_type(&self) -> MapType {
        self.map_type
    }

    /// Returns the same entries under another Go type, as a conversion in Go does.
    pub fn retyped(&self, map_type: MapType) -> Self {
        Self { map_type, shared: Rc::clone(&self.shared) }
    }

    /// Returns the number of entries.
    pub fn len(&self) -> usize {
        self.shared.entries.borrow().len()
    }

    /// Tells whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the value of a key.
    pub fn get(&self, key: &[u8]) -> Option<Value> {
        self.shared.entries.borrow().get(key).cloned()
    }

    /// Tells whether the key exists.
    pub fn contains_key(&self, key: &[u8]) -> bool {
        self.shared.entries.borrow().contains_key(key)
    }

    /// Sets a key, seen through every alias.
    pub fn insert(&self, key: Str, value: Value) {
        self.shared.entries.borrow_mut().insert(key, value);
    }

    /// Removes a key, seen through every alias.
    pub fn remove(&self, key: &[u8]) {
        self.shared.entries.borrow_mut().remove(key);
    }

    /// Borrows the entries; no call that may write to the map while the borrow lives.
    pub fn entries(&self) -> Ref<'_, BTreeMap<Str, Value>> {
        self.shared.entries.borrow()
    }

    /// Borrows the entries for writing.
    pub fn entries_mut(&self) -> RefMut<'_, BTreeMap<Str, Value>> {
        self.shared.entries.borrow_mut()
    }

    /// Tells whether both are the same map.
    pub fn is_same(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.shared, &other.shared)
    }
}
