//! [`List`]: a Go slice.

use std::cell::{Ref, RefCell, RefMut};
use std::rc::Rc;

use super::{Value, release};

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
    items: RefCell<Vec<Value>>,
}

impl Drop for Shared {
    fn drop(&mut self) {
        release(std::mem::take(self.items.get_mut()));
    }
}

impl List {
    /// Returns a slice of its own.
    pub fn new(list_type: ListType, items: Vec<Value>) -> Self {
        Self { list_type, shared: Rc::new(Shared { nil: false, items: RefCell::new(items) }) }
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
        Rc::get_mut(&mut self.shared).map(|shared| std::mem::take(shared.items.get_mut()))
    }

    /// Returns the Go type.
    pub fn list_type(&self) -> ListType {
        self.list_type
    }

    /// Returns the number of elements.
    pub fn len(&self) -> usize {
        self.shared.items.borrow().len()
    }

    /// Tells whether there is no element.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the element at an index.
    pub fn get(&self, index: usize) -> Option<Value> {
        self.shared.items.borrow().get(index).cloned()
    }

    /// Borrows the elements; no call that may write to the list while the borrow lives.
    pub fn items(&self) -> Ref<'_, Vec<Value>> {
        self.shared.items.borrow()
    }

    /// Borrows the elements for writing.
    pub fn items_mut(&self) -> RefMut<'_, Vec<Value>> {
        self.shared.items.borrow_mut()
    }

    /// Returns a copy of the elements (each shared, not deep).
    pub fn to_vec(&self) -> Vec<Value> {
        self.shared.items.borrow().clone()
    }

    /// Tells whether both are the same slice.
    pub fn is_same(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.shared, &other.shared)
    }
}
