//! [`Instance`]: what a schema looks at, which is values or, for the schema of schemas, another schema.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::decimal::Decimal;
use super::json::Json;
use crate::yaml::{Data, Str, StrMap};

/// A value that a schema can look at.
pub(super) trait Instance: Sized {
    /// Returns what it is.
    fn view(&self) -> View<'_, Self>;
}

/// A value, by its type in JSON.
#[derive(Debug)]
pub(super) enum View<'v, T> {
    Null,
    Bool(bool),
    Number(Number<'v>),
    Text(&'v Str),
    List(&'v [T]),
    Map(&'v StrMap<T>),
}

impl<T> Clone for View<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for View<'_, T> {}

/// A number in one of the ways in which it can be had.
#[derive(Clone, Copy, Debug)]
pub(super) enum Number<'v> {
    Int(i64),
    Float(f64),
    /// As it is written in JSON.
    Written(&'v [u8]),
}

impl Instance for Data {
    fn view(&self) -> View<'_, Self> {
        match self {
            Self::Null => View::Null,
            Self::Bool(value) => View::Bool(*value),
            Self::Int(value) => View::Number(Number::Int(*value)),
            Self::Float(value) => View::Number(Number::Float(*value)),
            Self::String(text) => View::Text(text),
            Self::List(items) => View::List(items),
            Self::Map(map) => View::Map(map),
        }
    }
}

impl Instance for Json {
    fn view(&self) -> View<'_, Self> {
        match self {
            Self::Null => View::Null,
            Self::Bool(value) => View::Bool(*value),
            Self::Number(written) => View::Number(Number::Written(written)),
            Self::String(text) => View::Text(text),
            Self::List(items) => View::List(items),
            Self::Map(map) => View::Map(map),
        }
    }
}

impl<T> View<'_, T> {
    /// Returns the type.
    pub(super) fn types(&self) -> Types {
        match self {
            Self::Null => Types::NULL,
            Self::Bool(_) => Types::BOOLEAN,
            Self::Number(_) => Types::NUMBER,
            Self::Text(_) => Types::STRING,
            Self::List(_) => Types::ARRAY,
            Self::Map(_) => Types::OBJECT,
        }
    }
}

impl Number<'_> {
    /// Tells whether this is a whole number, `1.0` included.
    pub(super) fn is_whole(self) -> bool {
        match self {
            Self::Int(_) => true,
            Self::Float(value) => value.fract() == 0.0,
            Self::Written(written) if written.iter().all(u8::is_ascii_digit) => true,
            Self::Written(_) => Decimal::of(self).is_some_and(|number| number.is_whole()),
        }
    }
}

/// A set of types of JSON.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Types(u8);

impl Types {
    pub(super) const NULL: Self = Self(1);
    pub(super) const BOOLEAN: Self = Self(2);
    pub(super) const NUMBER: Self = Self(4);
    pub(super) const INTEGER: Self = Self(8);
    pub(super) const STRING: Self = Self(16);
    pub(super) const ARRAY: Self = Self(32);
    pub(super) const OBJECT: Self = Self(64);

    /// All types, in the order in which messages list them.
    const NAMES: [(Self, &str); 7] = [
        (Self::NULL, "null"),
        (Self::BOOLEAN, "boolean"),
        (Self::NUMBER, "number"),
        (Self::INTEGER, "integer"),
        (Self::STRING, "string"),
        (Self::ARRAY, "array"),
        (Self::OBJECT, "object"),
    ];

    /// Returns the type of a name; unknown names are no type.
    pub(super) fn named(name: &[u8]) -> Self {
        Self::NAMES.iter().find(|(_, known)| known.as_bytes() == name).map_or(Self::default(), |(types, _)| *types)
    }

    pub(super) fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) fn contains(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(super) fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Tells whether a value is of one of the types.
    pub(super) fn fit<T>(self, value: &View<'_, T>) -> bool {
        self.contains(value.types())
            || (self.contains(Self::INTEGER) && matches!(value, View::Number(number) if number.is_whole()))
    }

    /// Returns the names as a message lists them.
    pub(super) fn words(self) -> String {
        let names = Self::NAMES.iter().filter(|(types, _)| self.contains(*types)).map(|(_, name)| *name);
        names.collect::<Vec<_>>().join(" or ")
    }
}

/// Tells whether two values are equal; numbers are by what they mean.
pub(super) fn equal<A: Instance, B: Instance>(one: View<'_, A>, other: View<'_, B>) -> bool {
    match (one, other) {
        (View::Null, View::Null) => true,
        (View::Bool(one), View::Bool(other)) => one == other,
        (View::Text(one), View::Text(other)) => one == other,
        (View::Number(one), View::Number(other)) => equal_numbers(one, other),
        (View::List(one), View::List(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| equal(one.view(), other.view()))
        }
        (View::Map(one), View::Map(other)) => {
            let same = |((key, one), (other_key, other)): ((&Str, &A), (&Str, &B))| {
                key == other_key && equal(one.view(), other.view())
            };
            one.len() == other.len() && one.iter().zip(other.iter()).all(same)
        }
        _ => false,
    }
}

fn equal_numbers(one: Number<'_>, other: Number<'_>) -> bool {
    match (one, other) {
        (Number::Float(one), Number::Float(other)) => one == other,
        (Number::Int(one), Number::Int(other)) => one == other,
        _ => Decimal::of(one).is_some_and(|one| Decimal::of(other).as_ref() == Some(&one)),
    }
}

/// Returns the first item that is there before, with the place of that: `(before, item)`.
pub(super) fn duplicates<T: Instance>(items: &[T]) -> Option<(usize, usize)> {
    /// Up to so many items each is compared with each.
    const FEW: usize = 20;
    if items.len() <= FEW {
        return (1..items.len()).find_map(|second| {
            let first = items[..second].iter().position(|item| equal(items[second].view(), item.view()))?;
            Some((first, second))
        });
    }
    let mut known: std::collections::BTreeMap<u64, Vec<usize>> = std::collections::BTreeMap::new();
    for (second, item) in items.iter().enumerate() {
        let mut hasher = DefaultHasher::new();
        write_hash(item, &mut hasher);
        let alike = known.entry(hasher.finish()).or_default();
        if let Some(&first) = alike.iter().find(|&&first| equal(item.view(), items[first].view())) {
            return Some((first, second));
        }
        alike.push(second);
    }
    None
}

fn write_hash<T: Instance>(value: &T, hasher: &mut DefaultHasher) {
    let view = value.view();
    hasher.write_u8(view.types().0);
    match view {
        View::Null => {}
        View::Bool(value) => value.hash(hasher),
        View::Number(number) => Decimal::of(number).hash(hasher),
        View::Text(text) => text.hash(hasher),
        View::List(items) => items.iter().for_each(|item| write_hash(item, hasher)),
        View::Map(map) => {
            for (key, value) in map {
                key.hash(hasher);
                write_hash(value, hasher);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> Json {
        Json::read(text.as_bytes()).unwrap()
    }

    #[test]
    fn the_first_pair_of_equal_items_is_found() {
        let list = |text: &str| match json(text) {
            Json::List(items) => items,
            _ => Vec::new(),
        };
        assert_eq!(duplicates(&list("[1, 2, 1.0, 2]")), Some((0, 2)));
        assert_eq!(duplicates(&list("[[1], [2], {}]")), None);
        let many: Vec<String> = (0..30).map(|number| number.to_string()).collect();
        assert_eq!(duplicates(&list(&format!("[{}, 7e0]", many.join(",")))), Some((7, 30)));
    }

    #[test]
    fn numbers_are_equal_by_what_they_mean() {
        assert!(equal(json("{\"a\": [1e1]}").view(), json("{\"a\": [10.0]}").view()));
        assert!(equal(Data::Float(0.1).view(), json("0.1").view()));
        assert!(!equal(Data::Float(0.1).view(), json("0.10000000000000000001").view()));
        assert!(!equal(json("1e1000001").view(), json("1e1000001").view()));
    }
}
