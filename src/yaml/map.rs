//! [`StrMap`]: a map with texts as keys, in byte order, for maps that are looked into far more often than they are changed.
//!
//! Entries lie side by side, each with the first bytes of its key as a number, so that a search compares numbers and hardly ever
//! texts. A map that keeps growing beyond some size becomes a tree, where one more entry costs as little as the first.

use std::collections::{BTreeMap, btree_map};
use std::{fmt, slice, vec};

use super::Str;

/// From so many entries on a map that is changed becomes a tree.
const MANY: usize = 512;

/// A map with texts as keys, in byte order.
#[derive(Clone)]
pub struct StrMap<V>(Kind<V>);

#[derive(Clone)]
enum Kind<V> {
    Few(Vec<Entry<V>>),
    Many(BTreeMap<Str, V>),
}

#[derive(Clone)]
struct Entry<V> {
    /// The first eight bytes of the key, filled up with zeros; they compare as the texts do.
    head: u64,
    key: Str,
    value: V,
}

#[inline]
fn head_of(key: &[u8]) -> u64 {
    match key.first_chunk::<8>() {
        Some(bytes) => u64::from_be_bytes(*bytes),
        None => {
            key.iter().zip((0..64).step_by(8).rev()).fold(0, |head, (byte, shift)| head | u64::from(*byte) << shift)
        }
    }
}

impl<V> Entry<V> {
    fn new(key: Str, value: V) -> Self {
        Self { head: head_of(&key), key, value }
    }

    #[inline]
    fn compare(&self, head: u64, key: &[u8]) -> std::cmp::Ordering {
        self.head.cmp(&head).then_with(|| {
            // Of equal heads the longer text is the greater one, as long as one of them ends within its head.
            if key.len() <= 8 || self.key.len() <= 8 { self.key.len().cmp(&key.len()) } else { (*self.key).cmp(key) }
        })
    }
}

fn search<V>(entries: &[Entry<V>], key: &[u8]) -> Result<usize, usize> {
    let head = head_of(key);
    entries.binary_search_by(|entry| entry.compare(head, key))
}

impl<V> StrMap<V> {
    /// Returns an empty map.
    pub const fn new() -> Self {
        Self(Kind::Few(Vec::new()))
    }

    /// Returns the number of entries.
    pub fn len(&self) -> usize {
        match &self.0 {
            Kind::Few(entries) => entries.len(),
            Kind::Many(entries) => entries.len(),
        }
    }

    /// Tells whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the value of a key.
    pub fn get(&self, key: &[u8]) -> Option<&V> {
        match &self.0 {
            Kind::Few(entries) => search(entries, key).ok().and_then(|at| entries.get(at)).map(|entry| &entry.value),
            Kind::Many(entries) => entries.get(key),
        }
    }

    /// Returns the value of a key, to be changed.
    pub fn get_mut(&mut self, key: &[u8]) -> Option<&mut V> {
        match &mut self.0 {
            Kind::Few(entries) => match search(entries, key) {
                Ok(at) => entries.get_mut(at).map(|entry| &mut entry.value),
                Err(_) => None,
            },
            Kind::Many(entries) => entries.get_mut(key),
        }
    }

    /// Tells whether the key exists.
    pub fn contains_key(&self, key: &[u8]) -> bool {
        self.get(key).is_some()
    }

    /// Sets a key and returns what it was before.
    pub fn insert(&mut self, key: Str, value: V) -> Option<V> {
        let entries = match &mut self.0 {
            Kind::Few(entries) => entries,
            Kind::Many(entries) => return entries.insert(key, value),
        };
        match search(entries, &key) {
            Ok(at) => entries.get_mut(at).map(|entry| std::mem::replace(&mut entry.value, value)),
            Err(at) if at == entries.len() || entries.len() < MANY => {
                entries.insert(at, Entry::new(key, value));
                None
            }
            Err(_) => {
                let mut tree = self.take_tree();
                tree.insert(key, value);
                self.0 = Kind::Many(tree);
                None
            }
        }
    }

    /// Removes a key and returns what it was.
    pub fn remove(&mut self, key: &[u8]) -> Option<V> {
        match &mut self.0 {
            Kind::Few(entries) => {
                let at = search(entries, key).ok()?;
                if at + 1 == entries.len() || entries.len() < MANY {
                    return Some(entries.remove(at).value);
                }
                let mut tree = self.take_tree();
                let value = tree.remove(key);
                self.0 = Kind::Many(tree);
                value
            }
            Kind::Many(entries) => entries.remove(key),
        }
    }

    /// Returns the value of a key; one that is not there yet is made.
    pub fn get_or_insert_with(&mut self, key: Str, make: impl FnOnce() -> V) -> &mut V {
        if self.len() >= MANY && !self.contains_key(&key) {
            self.0 = Kind::Many(self.take_tree());
        }
        match &mut self.0 {
            Kind::Many(entries) => entries.entry(key).or_insert_with(make),
            Kind::Few(entries) => {
                let at = search(entries, &key).unwrap_or_else(|at| {
                    entries.insert(at, Entry::new(key, make()));
                    at
                });
                &mut entries[at].value
            }
        }
    }

    /// Takes the entries out as a tree.
    fn take_tree(&mut self) -> BTreeMap<Str, V> {
        match std::mem::take(&mut self.0) {
            Kind::Few(entries) => entries.into_iter().map(|entry| (entry.key, entry.value)).collect(),
            Kind::Many(entries) => entries,
        }
    }

    /// Returns the entries in order.
    pub fn iter(&self) -> Iter<'_, V> {
        match &self.0 {
            Kind::Few(entries) => Iter(Borrowed::Few(entries.iter())),
            Kind::Many(entries) => Iter(Borrowed::Many(entries.iter())),
        }
    }

    /// Returns the keys in order.
    pub fn keys(&self) -> impl Iterator<Item = &Str> {
        self.iter().map(|(key, _)| key)
    }

    /// Returns the values in the order of their keys.
    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.iter().map(|(_, value)| value)
    }

    /// Returns the values in the order of their keys, to be changed.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        let (few, many) = match &mut self.0 {
            Kind::Few(entries) => (Some(entries.iter_mut()), None),
            Kind::Many(entries) => (None, Some(entries.values_mut())),
        };
        few.into_iter().flatten().map(|entry| &mut entry.value).chain(many.into_iter().flatten())
    }

    /// Returns the values in the order of their keys.
    pub fn into_values(self) -> impl Iterator<Item = V> {
        self.into_iter().map(|(_, value)| value)
    }
}

impl<V> Default for Kind<V> {
    fn default() -> Self {
        Self::Few(Vec::new())
    }
}

impl<V> Default for StrMap<V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<V> FromIterator<(Str, V)> for StrMap<V> {
    /// Of equal keys the last one counts.
    fn from_iter<I: IntoIterator<Item = (Str, V)>>(entries: I) -> Self {
        let mut entries: Vec<Entry<V>> = entries.into_iter().map(|(key, value)| Entry::new(key, value)).collect();
        let is_in_order = |pair: &[Entry<V>]| pair[0].compare(pair[1].head, &pair[1].key).is_lt();
        if !entries.windows(2).all(is_in_order) {
            entries.sort_by(|one, other| one.compare(other.head, &other.key));
            entries.dedup_by(|later, first| {
                let is_same = later.head == first.head && later.key == first.key;
                if is_same {
                    std::mem::swap(&mut later.value, &mut first.value);
                }
                is_same
            });
        }
        Self(Kind::Few(entries))
    }
}

impl<V, const N: usize> From<[(Str, V); N]> for StrMap<V> {
    fn from(entries: [(Str, V); N]) -> Self {
        entries.into_iter().collect()
    }
}

impl<V> Extend<(Str, V)> for StrMap<V> {
    fn extend<I: IntoIterator<Item = (Str, V)>>(&mut self, entries: I) {
        for (key, value) in entries {
            self.insert(key, value);
        }
    }
}

impl<V: PartialEq> PartialEq for StrMap<V> {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().eq(other.iter())
    }
}

impl<V: fmt::Debug> fmt::Debug for StrMap<V> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_map().entries(self.iter()).finish()
    }
}

/// The entries of a [`StrMap`] in order, borrowed.
pub struct Iter<'a, V>(Borrowed<'a, V>);

enum Borrowed<'a, V> {
    Few(slice::Iter<'a, Entry<V>>),
    Many(btree_map::Iter<'a, Str, V>),
}

impl<'a, V> Iterator for Iter<'a, V> {
    type Item = (&'a Str, &'a V);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.0 {
            Borrowed::Few(entries) => entries.next().map(|entry| (&entry.key, &entry.value)),
            Borrowed::Many(entries) => entries.next(),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match &self.0 {
            Borrowed::Few(entries) => entries.size_hint(),
            Borrowed::Many(entries) => entries.size_hint(),
        }
    }
}

/// The entries of a [`StrMap`] in order.
pub struct IntoIter<V>(Owned<V>);

enum Owned<V> {
    Few(vec::IntoIter<Entry<V>>),
    Many(btree_map::IntoIter<Str, V>),
}

impl<V> Iterator for IntoIter<V> {
    type Item = (Str, V);

    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.0 {
            Owned::Few(entries) => entries.next().map(|entry| (entry.key, entry.value)),
            Owned::Many(entries) => entries.next(),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match &self.0 {
            Owned::Few(entries) => entries.size_hint(),
            Owned::Many(entries) => entries.size_hint(),
        }
    }
}

impl<V> IntoIterator for StrMap<V> {
    type Item = (Str, V);
    type IntoIter = IntoIter<V>;

    fn into_iter(self) -> IntoIter<V> {
        IntoIter(match self.0 {
            Kind::Few(entries) => Owned::Few(entries.into_iter()),
            Kind::Many(entries) => Owned::Many(entries.into_iter()),
        })
    }
}

impl<'a, V> IntoIterator for &'a StrMap<V> {
    type Item = (&'a Str, &'a V);
    type IntoIter = Iter<'a, V>;

    fn into_iter(self) -> Iter<'a, V> {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn keys_that_begin_alike_or_hold_zeros_are_told_apart() {
        let keys: [&[u8]; 8] = [b"", b"\0", b"a", b"a\0", b"abcdefgh", b"abcdefgh\0", b"abcdefghi", b"abcdefgi"];
        let map: StrMap<usize> = keys.iter().rev().enumerate().map(|(at, key)| (Str::from(*key), at)).collect();
        assert!(map.keys().map(|key| &**key).eq(keys));
        for (at, key) in keys.iter().enumerate() {
            assert_eq!(map.get(key), Some(&(keys.len() - 1 - at)));
        }
    }

    proptest! {
        #[test]
        fn behaves_as_a_tree(
            first in prop::collection::vec(("[ab\\x00]{0,12}", 0..9), 0..40),
            steps in prop::collection::vec(("[ab\\x00]{0,12}", 0..9, 0..4), 0..200),
            many in prop::sample::select(vec![0, MANY]),
        ) {
            let first = || first.iter().map(|(key, value)| (Str::from(key.as_str()), *value));
            let filling = (0..many).map(|number| (Str::from(format!("b{number}")), 0));
            let mut map: StrMap<i32> = first().chain(filling.clone()).collect();
            let mut tree: BTreeMap<Str, i32> = first().chain(filling).collect();
            for (key, value, step) in steps {
                let key = Str::from(key);
                match step {
                    0 => prop_assert_eq!(map.remove(&key), tree.remove(&*key)),
                    1 => *map.get_or_insert_with(key.clone(), || value) += 1,
                    _ => prop_assert_eq!(map.insert(key.clone(), value), tree.insert(key.clone(), value)),
                }
                if step == 1 {
                    *tree.entry(key.clone()).or_insert(value) += 1;
                }
                prop_assert_eq!(map.get(&key), tree.get(&*key));
                prop_assert_eq!(map.len(), tree.len());
            }
            prop_assert!(map.iter().eq(tree.iter()));
            prop_assert!(map.values_mut().eq(tree.values_mut()));
            prop_assert!(map.into_iter().eq(tree));
        }
    }
}
