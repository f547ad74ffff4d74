//! [`List`]: a Go slice.

use std::cell::{Ref, RefCell, RefMut};
use std::rc::Rc;

use super::Value;

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
    items: Rc<RefCell<Vec<Value>>>,
}

impl List {
    /// Returns a slice of its own.
    pub fn new(list_type: ListType, items: Vec<Value>) -> Self {
        Self { list_type, items: Rc::new(RefCell::new(items)) }
    }

    /// Returns the Go type.
    pub fn list_type(&self) -> ListType {
        self.list_type
    }

    /// Returns the number of elements.
    pub fn len(&self) -> usize {
        self.items.borrow().len()
    }

    /// Tells whether there is no element.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the element at an index.
    pub fn get(&self, index: usize) -> Option<Value> {
        self.items.borrow().get(index).cloned()
    }

    /// Borrows the elements; no call that may write to the list while the borrow lives.
    pub fn items(&self) -> Ref<'_, Vec<Value>> {
        self.items.borrow()
    }

    /// Borrows the elements for writing.
    pub fn items_mut(&self) -> RefMut<'_, Vec<Value>> {
        self.items.borrow_mut()
    }

    /// Returns a copy of the elements (each shared, not deep).
    pub fn to_vec(&self) -> Vec<Value> {
        self.items.borrow().clone()
    }

    /// Tells whether both are the same slice.
    pub fn is_same(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.items, &other.items)
    }
}
