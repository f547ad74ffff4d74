//! [`ValuesPath`]: the way to one value, written with dots as `helm --set` has it.

use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;

/// The way to one value: `image.tag`; a dot that belongs to a key is written `\.`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(!try_from, with = "String")]
pub struct ValuesPath {
    keys: Vec<String>,
}

impl ValuesPath {
    /// Returns the path of some keys.
    pub fn of<const N: usize>(keys: [&str; N]) -> Self {
        Self { keys: keys.map(str::to_owned).to_vec() }
    }

    /// Returns the keys, from the top.
    pub fn keys(&self) -> &[String] {
        &self.keys
    }

    /// Tells whether writing one would write into the other, or they are the same.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.keys.iter().zip(&other.keys).all(|(mine, theirs)| mine == theirs)
    }
}

impl TryFrom<String> for ValuesPath {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let mut keys = vec![String::new()];
        let mut characters = text.chars();
        while let Some(character) = characters.next() {
            match character {
                '.' => keys.push(String::new()),
                '[' | ']' => {
                    return Err(format!(
                        "`{text}` goes into a list, which a values path cannot\nname a path through mappings only"
                    ));
                }
                '\\' => match (characters.next(), keys.last_mut()) {
                    (Some(escaped), Some(key)) => key.push(escaped),
                    _ => return Err(format!("`{text}` ends in the middle of an escape")),
                },
                other => {
                    if let Some(key) = keys.last_mut() {
                        key.push(other);
                    }
                }
            }
        }
        if keys.iter().any(String::is_empty) {
            return Err(format!("`{text}` is not a values path\nwrite keys with dots between them: image.tag"));
        }
        Ok(Self { keys })
    }
}

impl fmt::Display for ValuesPath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, key) in self.keys.iter().enumerate() {
            if index > 0 {
                formatter.write_str(".")?;
            }
            formatter.write_str(&key.replace('\\', "\\\\").replace('.', "\\."))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> ValuesPath {
        ValuesPath::try_from(text.to_owned()).unwrap()
    }

    #[test]
    fn parts_at_dots_that_are_not_escaped() {
        assert_eq!(path(r"a.b\.c/d.e").keys(), ["a", "b.c/d", "e"]);
        assert_eq!(path(r"a.b\.c/d.e").to_string(), r"a.b\.c/d.e");
        for text in ["", "a..b", ".a", "a.", "a[0].b", "a\\"] {
            assert!(ValuesPath::try_from(text.to_owned()).is_err(), "{text}");
        }
    }

    #[test]
    fn a_path_overlaps_what_lies_below_it() {
        assert!(path("image").overlaps(&path("image.tag")));
        assert!(path("image.tag").overlaps(&path("image.tag")));
        assert!(!path("image.tag").overlaps(&path("image.tags")));
        assert!(!path("a.image.tag").overlaps(&path("b.image.tag")));
    }
}
