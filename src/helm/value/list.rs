//! [`List`]: a Go slice. As a map, a list that was read from a file stays shared until a template looks into it.

use std::cell::{Ref, RefCell, RefMut};
use std::rc::Rc;
use std::sync::Arc;

use super::{Value, release};
use crate::yaml::Data;

/// The Go type of a slice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListType {
    /// `[]interface {}`
    Any,
    /// `[]string`
    Strings,
    /// `[]int`
    Ints,
    /// `[]float64`
    Floats,
    /// Another type, by the name that `typeOf` prints.
    Named(&'static str),
}

/// A Go slice: a reference to elements that other values may share.
#[derive(Clone, Debug)]
pub struct List {
    list_type: ListType,
    shared: Rc<Shared>,
}

/// What all references to a slice have in common.
#[derive(Debug, Default)]
struct Shared {
    nil: bool,
    items: RefCell<Items>,
}

#[derive(Debug)]
enum Items {
    /// Nothing has looked inside yet.
    Read(Arc<Vec<Data>>),
    Own(Vec<Value>),
}

impl Default for Items {
    fn default() -> Self {
        Self::Own(Vec::new())
    }
}

impl Items {
    /// Returns the elements, their own from now on.
    fn own(&mut self) -> &mut Vec<Value> {
        loop {
            match self {
                Self::Own(items) => return items,
                Self::Read(data) => *self = Self::Own(data.iter().map(Value::from).collect()),
            }
        }
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        if let Items::Own(items) = std::mem::take(self.items.get_mut())
            && items.iter().any(Value::is_container)
        {
            release(items);
        }
    }
}

impl List {
    /// Returns a slice of its own.
    pub fn new(list_type: ListType, items: Vec<Value>) -> Self {
        Self { list_type, shared: Rc::new(Shared { nil: false, items: RefCell::new(Items::Own(items)) }) }
    }

    /// Returns a slice of its own of what was read from a file.
    pub fn from_data(data: Arc<Vec<Data>>) -> Self {
        let items = RefCell::new(Items::Read(data));
        Self { list_type: ListType::Any, shared: Rc::new(Shared { nil: false, items }) }
    }

    /// Returns a nil slice: empty like others, but not equal to them for `deepEqual`, and `null` in JSON.
    pub fn nil(list_type: ListType) -> Self {
        Self { list_type, shared: Rc::new(Shared { nil: true, items: RefCell::default() }) }
    }

    /// Tells whether this is a nil slice.
    pub fn is_nil(&self) -> bool {
        self.shared.nil
    }

    /// Takes the elements out if nothing else refers to them.
    pub(super) fn take_unshared(&mut self) -> Option<Vec<Value>> {
        let shared = Rc::get_mut(&mut self.shared)?;
        match std::mem::take(shared.items.get_mut()) {
            Items::Own(items) => Some(items),
            Items::Read(_) => None,
        }
    }

    /// Returns the Go type.
    pub fn list_type(&self) -> ListType {
        self.list_type
    }

    /// Returns the number of elements.
    pub fn len(&self) -> usize {
        match &*self.shared.items.borrow() {
            Items::Read(data) => data.len(),
            Items::Own(items) => items.len(),
        }
    }

    /// Returns the number of elements that take memory of their own: none where others hold the list, or share what it was
    /// read from.
    pub fn own_len(&self) -> usize {
        match &*self.shared.items.borrow() {
            Items::Own(items) if Rc::strong_count(&self.shared) == 1 => items.len(),
            _ => 0,
        }
    }

    /// Tells whether there is no element.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the element at an index.
    pub fn get(&self, index: usize) -> Option<Value> {
        self.items().get(index).cloned()
    }

    /// Borrows the elements; no call that may write to the list while the borrow lives.
    pub fn items(&self) -> Ref<'_, Vec<Value>> {
        loop {
            let items = Ref::filter_map(self.shared.items.borrow(), |items| match items {
                Items::Own(items) => Some(items),
                Items::Read(_) => None,
            });
            match items {
                Ok(items) => return items,
                Err(unread) => drop(unread),
            }
            drop(self.items_mut());
        }
    }

    /// Borrows the elements for writing.
    pub fn items_mut(&self) -> RefMut<'_, Vec<Value>> {
        RefMut::map(self.shared.items.borrow_mut(), Items::own)
    }

    /// Returns a copy of the elements (each shared, not deep).
    pub fn to_vec(&self) -> Vec<Value> {
        self.items().clone()
    }

    /// Tells whether both are the same slice.
    pub fn is_same(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.shared, &other.shared)
    }
}
