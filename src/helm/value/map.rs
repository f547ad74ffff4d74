//! [`Map`]: a Go map with string keys.
//!
//! A map that was read from a file stays as it was read, shared with other releases, until a template looks into it; then
//! one level becomes entries of its own, which keep their identity from there on.

use std::cell::{Ref, RefCell, RefMut};
use std::rc::Rc;
use std::sync::Arc;

use super::{Value, release};
use crate::yaml::{Data, DataMap, Str, StrMap};

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
    entries: RefCell<Entries>,
}

#[derive(Debug)]
enum Entries {
    /// Nothing has looked inside yet.
    Read(Arc<DataMap>),
    Own(StrMap<Value>),
}

impl Default for Entries {
    fn default() -> Self {
        Self::Own(StrMap::new())
    }
}

impl Entries {
    /// Returns the entries, their own from now on.
    fn own(&mut self) -> &mut StrMap<Value> {
        loop {
            match self {
                Self::Own(entries) => return entries,
                Self::Read(data) => {
                    let entries = data.iter().map(|(key, value)| (key.clone(), Value::from(value)));
                    *self = Self::Own(entries.collect());
                }
            }
        }
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        let Entries::Own(entries) = std::mem::take(self.entries.get_mut()) else { return };
        if entries.values().any(Value::is_container) {
            release(entries.into_values().filter(Value::is_container).collect());
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
        let entries = RefCell::new(Entries::Own(entries.into_iter().collect()));
        Self { map_type, shared: Rc::new(Shared { nil: false, entries }) }
    }

    /// Returns a map of its own of what was read from a file.
    pub fn from_data(data: Arc<DataMap>) -> Self {
        let entries = RefCell::new(Entries::Read(data));
        Self { map_type: MapType::Any, shared: Rc::new(Shared { nil: false, entries }) }
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
    pub(super) fn take_unshared(&mut self) -> Option<StrMap<Value>> {
        let shared = Rc::get_mut(&mut self.shared)?;
        match std::mem::take(shared.entries.get_mut()) {
            Entries::Own(entries) => Some(entries),
            Entries::Read(_) => None,
        }
    }

    /// Returns the Go type.
    #[inline]
    pub fn map_type(&self) -> MapType {
        self.map_type
    }

    /// Returns the same entries under another Go type, as a conversion in Go does.
    pub fn retyped(&self, map_type: MapType) -> Self {
        Self { map_type, shared: Rc::clone(&self.shared) }
    }

    /// Returns the number of entries.
    pub fn len(&self) -> usize {
        match &*self.shared.entries.borrow() {
            Entries::Read(data) => data.len(),
            Entries::Own(entries) => entries.len(),
        }
    }

    /// Returns the number of entries that take memory of their own: none where others hold the map, or share what it was
    /// read from.
    pub fn own_len(&self) -> usize {
        match &*self.shared.entries.borrow() {
            Entries::Own(entries) if Rc::strong_count(&self.shared) == 1 => entries.len(),
            _ => 0,
        }
    }

    /// Tells whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the value of a key.
    pub fn get(&self, key: &[u8]) -> Option<Value> {
        match &*self.shared.entries.borrow() {
            Entries::Own(entries) => return entries.get(key).cloned(),
            Entries::Read(data) => match data.get(key)? {
                // What is found now has to be found again.
                Data::List(_) | Data::Map(_) => {}
                scalar => return Some(Value::from(scalar)),
            },
        }
        self.entries_mut().get(key).cloned()
    }

    /// Tells whether the key exists.
    pub fn contains_key(&self, key: &[u8]) -> bool {
        match &*self.shared.entries.borrow() {
            Entries::Read(data) => data.contains_key(key),
            Entries::Own(entries) => entries.contains_key(key),
        }
    }

    /// Sets a key, seen through every alias.
    pub fn insert(&self, key: Str, value: Value) {
        self.entries_mut().insert(key, value);
    }

    /// Removes a key, seen through every alias.
    pub fn remove(&self, key: &[u8]) {
        self.entries_mut().remove(key);
    }

    /// Borrows the entries; no call that may write to the map while the borrow lives.
    pub fn entries(&self) -> Ref<'_, StrMap<Value>> {
        loop {
            let entries = Ref::filter_map(self.shared.entries.borrow(), |entries| match entries {
                Entries::Own(entries) => Some(entries),
                Entries::Read(_) => None,
            });
            match entries {
                Ok(entries) => return entries,
                Err(unread) => drop(unread),
            }
            drop(self.entries_mut());
        }
    }

    /// Borrows the entries for writing.
    pub fn entries_mut(&self) -> RefMut<'_, StrMap<Value>> {
        RefMut::map(self.shared.entries.borrow_mut(), Entries::own)
    }

    /// Tells whether both are the same map.
    pub fn is_same(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.shared, &other.shared)
    }
}
