//! [`Layer`]: a value tree while it is layered: maps that are changed are references, as in Go; the rest stays shared.
//!
//! Helm coalesces in place, and some of its maps are reachable in two ways afterwards (tables below `global` above all):
//! what a subchart's defaults add there is seen by its parent, and a template that sets a key through one way sets it
//! through the other. Only maps that are touched are copied, one level each; untouched subtrees keep sharing the chart's.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use super::Error;
use crate::helm::value::{Map, MapType, Value};
use crate::yaml::{Data, DataMap, Str, StrMap};

/// How deep values may be nested: a little more than the reader of YAML allows.
pub(super) const MAX_DEPTH: usize = 600;

/// A node of a value tree.
#[derive(Clone, Debug)]
pub(super) enum Layer {
    /// A subtree that nothing has changed.
    Plain(Data),
    /// A map that may be changed.
    Table(Table),
}

/// A map that may be changed, and reached in several ways.
#[derive(Clone, Debug, Default)]
pub(super) struct Table(Rc<RefCell<StrMap<Layer>>>);

impl Layer {
    pub(super) fn is_null(&self) -> bool {
        matches!(self, Self::Plain(Data::Null))
    }

    pub(super) fn is_table(&self) -> bool {
        matches!(self, Self::Table(_) | Self::Plain(Data::Map(_)))
    }
}

impl Table {
    /// Makes the first level of a map changeable.
    pub(super) fn new(map: &DataMap) -> Self {
        Self(Rc::new(RefCell::new(map.iter().map(|(key, value)| (key.clone(), Layer::Plain(value.clone()))).collect())))
    }

    /// Returns a map of its own with the same entries.
    pub(super) fn shallow_copy(&self) -> Self {
        Self(Rc::new(RefCell::new(self.0.borrow().clone())))
    }

    pub(super) fn is_same(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.borrow().is_empty()
    }

    pub(super) fn get(&self, key: &[u8]) -> Option<Layer> {
        self.0.borrow().get(key).cloned()
    }

    pub(super) fn insert(&self, key: Str, value: Layer) {
        self.0.borrow_mut().insert(key, value);
    }

    pub(super) fn remove(&self, key: &[u8]) {
        self.0.borrow_mut().remove(key);
    }

    pub(super) fn keys(&self) -> Vec<Str> {
        self.0.borrow().keys().cloned().collect()
    }

    /// Returns the map at a key, changeable from now on; `None` where there is none.
    pub(super) fn table(&self, key: &[u8]) -> Option<Self> {
        let mut entries = self.0.borrow_mut();
        let slot = entries.get_mut(key)?;
        match slot {
            Layer::Table(table) => Some(table.clone()),
            Layer::Plain(Data::Map(map)) => {
                let table = Self::new(map);
                *slot = Layer::Table(table.clone());
                Some(table)
            }
            Layer::Plain(_) => None,
        }
    }

    /// Gives every map among the entries an identity, so that copies of this map share them.
    pub(super) fn identify_entries(&self) {
        for slot in self.0.borrow_mut().values_mut() {
            if let Layer::Plain(Data::Map(map)) = slot {
                *slot = Layer::Table(Self::new(map));
            }
        }
    }

    /// Returns the table at a path, as Go's `Values.Table` does.
    pub(super) fn path(&self, path: &str) -> Option<Self> {
        path.split('.').try_fold(self.clone(), |table, part| table.table(part.as_bytes()))
    }

    /// Returns what stands at a path unless it is a table, as Go's `Values.PathValue` does.
    pub(super) fn path_value(&self, path: &str) -> Option<Data> {
        let (table, key) = match path.rsplit_once('.') {
            Some((before, last)) => (self.path(before)?, last),
            None => (self.clone(), path),
        };
        match table.get(key.as_bytes())? {
            Layer::Plain(Data::Map(_)) | Layer::Table(_) => None,
            Layer::Plain(data) => Some(data),
        }
    }

    /// Returns the tree as plain data.
    pub(super) fn freeze(&self) -> Result<Data, Error> {
        self.freeze_at(0)
    }

    fn freeze_at(&self, depth: usize) -> Result<Data, Error> {
        if depth > MAX_DEPTH {
            return Err(Error::TooDeep { limit: MAX_DEPTH });
        }
        // A plain loop: the frames of an iterator would cost several times the stack.
        let entries = self.0.borrow();
        let mut map = Vec::with_capacity(entries.len());
        for (key, layer) in entries.iter() {
            let data = match layer {
                Layer::Plain(data) => data.clone(),
                Layer::Table(table) => table.freeze_at(depth + 1)?,
            };
            map.push((key.clone(), data));
        }
        Ok(Data::Map(Arc::new(map.into_iter().collect())))
    }

    /// Returns the tree as values for templates; a map that is reached in two ways stays one map.
    pub(super) fn to_map(&self) -> Result<Map, Error> {
        self.to_map_at(&mut Vec::new(), 0)
    }

    fn to_map_at(&self, known: &mut Vec<(Self, Map)>, depth: usize) -> Result<Map, Error> {
        if depth > MAX_DEPTH {
            return Err(Error::TooDeep { limit: MAX_DEPTH });
        }
        // Only tables that something else holds as well can be met again.
        let shared = Rc::strong_count(&self.0) > 1;
        if shared && let Some((_, map)) = known.iter().find(|(table, _)| table.is_same(self)) {
            return Ok(map.clone());
        }
        let result = Map::new(MapType::Any);
        if shared {
            known.push((self.clone(), result.clone()));
        }
        for (key, layer) in self.0.borrow().iter() {
            let value = match layer {
                Layer::Plain(data) => Value::from(data),
                Layer::Table(table) => Value::Map(table.to_map_at(known, depth + 1)?),
            };
            result.insert(key.clone(), value);
        }
        Ok(result)
    }
}
