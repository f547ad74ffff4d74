//! [`Draft`]: the versions of JSON Schema, and [`Dialect`]: one of them with a choice of its keywords.

use super::address::split;
use super::json::Json;
use super::trail::Part;
use crate::yaml::Str;

/// A version of JSON Schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Draft {
    Four,
    Six,
    Seven,
    Year2019,
    Year2020,
}

/// The version of a schema that does not say.
pub(super) const LATEST: Draft = Draft::Year2020;

/// Where subschemas stand below a keyword.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// The value of the keyword is one.
    Itself,
    /// The values of a map are.
    Map,
    /// The items of a list are.
    List,
    /// The value is one, or the items of a list are.
    Either,
}

/// Returns the draft that brought a keyword with subschemas, and where they stand.
fn subschemas(keyword: &[u8]) -> Option<(Draft, Shape)> {
    Some(match keyword {
        b"not" | b"additionalProperties" | b"additionalItems" => (Draft::Four, Shape::Itself),
        b"allOf" | b"anyOf" | b"oneOf" => (Draft::Four, Shape::List),
        b"items" => (Draft::Four, Shape::Either),
        b"definitions" | b"properties" | b"patternProperties" | b"dependencies" => (Draft::Four, Shape::Map),
        b"propertyNames" | b"contains" => (Draft::Six, Shape::Itself),
        b"if" | b"then" | b"else" => (Draft::Seven, Shape::Itself),
        b"unevaluatedProperties" | b"unevaluatedItems" | b"contentSchema" => (Draft::Year2019, Shape::Itself),
        b"$defs" | b"dependentSchemas" => (Draft::Year2019, Shape::Map),
        b"prefixItems" => (Draft::Year2020, Shape::List),
        _ => return None,
    })
}

impl Draft {
    /// Returns the version that an address of a metaschema means.
    pub(super) fn of_url(url: &str) -> Option<Self> {
        let (url, fragment) = split(url);
        if !fragment.is_empty() {
            return None;
        }
        match url.strip_prefix("http://").or_else(|| url.strip_prefix("https://")).unwrap_or(url) {
            "json-schema.org/schema" => Some(LATEST),
            "json-schema.org/draft/2020-12/schema" => Some(Self::Year2020),
            "json-schema.org/draft/2019-09/schema" => Some(Self::Year2019),
            "json-schema.org/draft-07/schema" => Some(Self::Seven),
            "json-schema.org/draft-06/schema" => Some(Self::Six),
            "json-schema.org/draft-04/schema" => Some(Self::Four),
            _ => None,
        }
    }

    /// Returns the address of the metaschema.
    pub(super) fn url(self) -> &'static str {
        match self {
            Self::Four => "http://json-schema.org/draft-04/schema",
            Self::Six => "http://json-schema.org/draft-06/schema",
            Self::Seven => "http://json-schema.org/draft-07/schema",
            Self::Year2019 => "https://json-schema.org/draft/2019-09/schema",
            Self::Year2020 => "https://json-schema.org/draft/2020-12/schema",
        }
    }

    /// Returns the keyword that names a schema.
    pub(super) fn id_keyword(self) -> &'static str {
        if self == Self::Four { "id" } else { "$id" }
    }

    /// Returns the name of a schema, without its fragment.
    pub(super) fn id_of(self, schema: &Json) -> Option<&str> {
        if self < Self::Year2019 && schema.get("$ref").is_some() {
            return None;
        }
        let id = schema.get(self.id_keyword())?.as_text().and_then(Str::as_utf8)?;
        Some(split(id).0).filter(|id| !id.is_empty())
    }

    /// Calls back with each subschema of a schema, its keyword, and which one of the keyword it is.
    pub(super) fn each_subschema<'d>(self, schema: &'d Json, mut found: impl FnMut(&'d Str, Option<Part>, &'d Json)) {
        let Some(map) = schema.as_map() else { return };
        for (key, value) in map {
            match (subschemas(key), value) {
                (Some((since, _)), _) if since > self => {}
                (Some((_, Shape::Map)), Json::Map(map)) => {
                    map.iter().for_each(|(name, below)| found(key, Some(Part::Name(name.clone())), below));
                }
                (Some((_, Shape::List | Shape::Either)), Json::List(items)) => {
                    items.iter().enumerate().for_each(|(index, below)| found(key, Some(Part::Index(index)), below));
                }
                (Some((_, Shape::Itself | Shape::Either)), _) => found(key, None, value),
                _ => {}
            }
        }
    }

    /// Returns the vocabularies, by name, each with whether schemas that do not choose have it.
    pub(super) fn vocabularies(self) -> &'static [(&'static str, bool)] {
        match self {
            Self::Year2019 => &[
                ("core", true),
                ("applicator", true),
                ("validation", true),
                ("meta-data", false),
                ("format", false),
                ("content", false),
            ],
            Self::Year2020 => &[
                ("core", true),
                ("applicator", true),
                ("unevaluated", true),
                ("validation", true),
                ("meta-data", false),
                ("format-annotation", false),
                ("format-assertion", false),
                ("content", false),
            ],
            _ => &[],
        }
    }
}

/// A draft with the vocabularies that a schema's schema chooses.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Dialect {
    pub(super) draft: Draft,
    /// Nothing for those that the draft has by itself.
    pub(super) vocabularies: Option<Vec<&'static str>>,
}

impl Dialect {
    /// Returns a draft as it is.
    pub(super) const fn plain(draft: Draft) -> Self {
        Self { draft, vocabularies: None }
    }

    /// Tells whether keywords of a vocabulary count.
    pub(super) fn has(&self, name: &str) -> bool {
        name == "core"
            || self.draft < Draft::Year2019
            || match &self.vocabularies {
                Some(chosen) => chosen.contains(&name),
                None => self.draft.vocabularies().contains(&(name, true)),
            }
    }

    /// Tells whether formats are more than a remark.
    pub(super) fn asserts_formats(&self) -> bool {
        match self.draft {
            Draft::Year2019 => self.has("format"),
            Draft::Year2020 => self.has("format-assertion"),
            _ => true,
        }
    }

    /// Returns the vocabularies that a metaschema chooses for its schemas.
    pub(super) fn chosen(draft: Draft, metaschema: &Json) -> Option<Vec<&'static str>> {
        let wanted = metaschema.get("$vocabulary")?.as_map().filter(|_| draft >= Draft::Year2019)?;
        let folder = draft.url().trim_end_matches("schema");
        let is_wanted = |name: &str| {
            name == "core"
                || wanted.get(format!("{folder}vocab/{name}").as_bytes()).and_then(Json::as_bool) == Some(true)
        };
        Some(draft.vocabularies().iter().map(|(name, _)| *name).filter(|name| is_wanted(name)).collect())
    }
}
