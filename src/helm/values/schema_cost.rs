//! [`check`]: how often a schema would look at values, found without looking.
//!
//! The validator follows every reference and every branch each time it comes by: thirty definitions that each name the one below
//! twice (`allOf: [{$ref: a1}, {$ref: a1}]`) look a thousand million times at one value. Here each pair of a subschema and a
//! value is counted once and its count is remembered, so that finding out costs no more than there are such pairs.

use std::collections::HashMap;

use serde_json::Value as Json;

/// How often values may be looked at.
const MOST_LOOKS: u64 = 50_000_000;

/// How many pairs of a subschema and a value are counted before that alone is too much.
const MOST_PAIRS: usize = 2_000_000;

/// Keywords whose schemas look at the same value.
const IN_PLACE: &[&str] = &["allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas", "dependencies"];

/// Keywords whose schemas look at each element or key of the value.
const INSIDE: &[&str] = &[
    "items",
    "prefixItems",
    "additionalItems",
    "contains",
    "additionalProperties",
    "patternProperties",
    "propertyNames",
    "unevaluatedItems",
    "unevaluatedProperties",
];

/// Keywords that name another schema.
const REFERENCES: &[&str] = &["$ref", "$dynamicRef", "$recursiveRef"];

/// Tells why checking would take too long; `None` where it would not.
pub(super) fn check(schema: &Json, values: &Json) -> Option<String> {
    let mut count = Count { root: schema, named: named(schema), known: HashMap::new(), pending: Vec::new() };
    match count.looks(schema, values) {
        Some(looks) if looks <= MOST_LOOKS => None,
        _ => Some(format!(
            "checking the values against this schema would look at them more often than the cap of {MOST_LOOKS}"
        )),
    }
}

/// Tells whether a schema can look at one value many times: it leads to itself, or its references multiply. For all others
/// [`check`] would find nothing.
pub(super) fn may_multiply(schema: &Json) -> bool {
    /// Ways through a schema that no validator minds.
    const FEW: u64 = 10_000;
    let count = Count { root: schema, named: named(schema), known: HashMap::new(), pending: Vec::new() };
    let mut known: HashMap<*const Json, Option<u64>> = HashMap::new();
    let mut pending: Vec<(&Json, Vec<&Json>, u64)> = vec![(schema, count.all_below(schema), 1)];
    known.insert(schema, None);
    let mut last = 0;
    while let Some((at, below, ways)) = pending.last_mut() {
        *ways = ways.saturating_add(last);
        last = 0;
        if *ways > FEW {
            return true;
        }
        let Some(next) = below.pop() else {
            last = *ways;
            known.insert(std::ptr::from_ref(*at), Some(last));
            pending.pop();
            continue;
        };
        match known.get(&std::ptr::from_ref(next)) {
            Some(Some(ways)) => last = *ways,
            Some(None) => return true,
            None => {
                known.insert(next, None);
                pending.push((next, count.all_below(next), 1));
            }
        }
    }
    false
}

/// An object of JSON: a schema's keywords, or a value.
type Keywords = serde_json::Map<String, Json>;

/// A subschema and a value, by where they lie.
type Pair = (*const Json, *const Json);

struct Count<'s> {
    root: &'s Json,
    /// The schemas that have a name of their own: `$id`, `$anchor` and the like.
    named: HashMap<String, &'s Json>,
    /// What is counted; `None` while it is being counted, as a schema that leads to itself at the same value is no look.
    known: HashMap<Pair, Option<u64>>,
    pending: Vec<Work<'s>>,
}

/// A pair that is being counted.
struct Work<'s> {
    pair: Pair,
    below: Vec<(&'s Json, &'s Json)>,
    looks: u64,
}

impl<'s> Count<'s> {
    /// Counts with a stack of its own; schemas lead to themselves as deep as values are.
    fn looks(&mut self, schema: &'s Json, value: &'s Json) -> Option<u64> {
        self.begin(schema, value);
        let mut last = 0;
        while let Some(work) = self.pending.last_mut() {
            work.looks = work.looks.saturating_add(last);
            last = 0;
            let Some((schema, value)) = work.below.pop() else {
                last = work.looks;
                let pair = work.pair;
                self.known.insert(pair, Some(last));
                self.pending.pop();
                continue;
            };
            let pair: Pair = (std::ptr::from_ref(schema), std::ptr::from_ref(value));
            match self.known.get(&pair) {
                Some(known) => last = known.unwrap_or_default(),
                None if self.known.len() >= MOST_PAIRS => return None,
                None => self.begin(schema, value),
            }
        }
        Some(last)
    }

    fn begin(&mut self, schema: &'s Json, value: &'s Json) {
        let pair: Pair = (std::ptr::from_ref(schema), std::ptr::from_ref(value));
        self.known.insert(pair, None);
        let below = self.below(schema, value);
        self.pending.push(Work { pair, below, looks: 1 });
    }

    /// Returns what a subschema looks at in a value, with which subschemas: rather more than it does.
    fn below(&self, schema: &'s Json, value: &'s Json) -> Vec<(&'s Json, &'s Json)> {
        let Json::Object(keywords) = schema else { return Vec::new() };
        let mut below = Vec::new();
        for (keyword, inner) in keywords {
            let keyword = keyword.as_str();
            if REFERENCES.contains(&keyword) {
                below.extend(inner.as_str().and_then(|name| self.find(name)).map(|found| (found, value)));
            } else if IN_PLACE.contains(&keyword) {
                below.extend(schemas(keyword, inner).into_iter().map(|inner| (inner, value)));
            } else {
                match value {
                    Json::Array(items) => within_list(keywords, keyword, inner, items, &mut below),
                    Json::Object(entries) => within_map(keywords, keyword, inner, entries, &mut below),
                    _ => {}
                }
            }
        }
        below
    }

    /// Returns the subschemas of a schema, whatever the value.
    fn all_below(&self, schema: &'s Json) -> Vec<&'s Json> {
        let Json::Object(keywords) = schema else { return Vec::new() };
        let mut below = Vec::new();
        for (keyword, inner) in keywords {
            let keyword = keyword.as_str();
            if REFERENCES.contains(&keyword) {
                below.extend(inner.as_str().and_then(|name| self.find(name)));
            } else if IN_PLACE.contains(&keyword) || INSIDE.contains(&keyword) {
                below.extend(schemas(keyword, inner));
            } else if let ("properties", Json::Object(properties)) = (keyword, inner) {
                below.extend(properties.values());
            }
        }
        below
    }

    fn find(&self, reference: &str) -> Option<&'s Json> {
        match reference.strip_prefix('#') {
            Some(pointer) if pointer.is_empty() || pointer.starts_with('/') => {
                self.root.pointer(pointer).or_else(|| self.root.pointer(&pointer.replace("%25", "%")))
            }
            Some(anchor) => self.named.get(anchor).copied(),
            None => self.named.get(reference.trim_end_matches('#')).copied(),
        }
    }
}

/// Adds what a keyword looks at in a list: the elements that are its own, as other keywords have the others.
fn within_list<'s>(
    keywords: &'s Keywords,
    keyword: &str,
    inner: &'s Json,
    items: &'s [Json],
    below: &mut Vec<(&'s Json, &'s Json)>,
) {
    let tuple_length = |keyword: &str| keywords.get(keyword).and_then(Json::as_array).map_or(0, Vec::len);
    let first = tuple_length("prefixItems").max(tuple_length("items"));
    match (keyword, inner) {
        ("prefixItems" | "items", Json::Array(schemas)) => below.extend(schemas.iter().zip(items)),
        ("items" | "additionalItems" | "unevaluatedItems", _) => {
            below.extend(items.iter().skip(first).map(|item| (inner, item)));
        }
        ("contains", _) => below.extend(items.iter().map(|item| (inner, item))),
        _ => {}
    }
}

/// Adds what a keyword looks at in a map.
fn within_map<'s>(
    keywords: &'s Keywords,
    keyword: &str,
    inner: &'s Json,
    entries: &'s Keywords,
    below: &mut Vec<(&'s Json, &'s Json)>,
) {
    /// Stands for a key, which is never more than a text.
    static KEY: Json = Json::Null;
    match (keyword, inner) {
        ("properties", Json::Object(properties)) => {
            below.extend(properties.iter().filter_map(|(name, inner)| Some((inner, entries.get(name)?))));
        }
        ("additionalProperties" | "unevaluatedProperties", _) => {
            let named = keywords.get("properties").and_then(Json::as_object);
            let is_other = |name: &str| named.is_none_or(|named| !named.contains_key(name));
            below.extend(entries.iter().filter(|(name, _)| is_other(name)).map(|(_, entry)| (inner, entry)));
        }
        ("patternProperties", Json::Object(patterns)) => {
            for inner in patterns.values() {
                below.extend(entries.values().map(|entry| (inner, entry)));
            }
        }
        ("propertyNames", _) => below.extend(entries.iter().map(|_| (inner, &KEY))),
        _ => {}
    }
}

/// Returns the subschemas of a keyword: itself, those of a list, those of a map.
fn schemas<'s>(keyword: &str, inner: &'s Json) -> Vec<&'s Json> {
    match inner {
        Json::Array(items) => items.iter().collect(),
        Json::Object(entries) if matches!(keyword, "patternProperties" | "dependentSchemas" | "dependencies") => {
            entries.values().collect()
        }
        other => vec![other],
    }
}

/// Finds the schemas that have a name of their own.
fn named(root: &Json) -> HashMap<String, &Json> {
    let mut found = HashMap::new();
    let mut pending = vec![root];
    while let Some(at) = pending.pop() {
        match at {
            Json::Array(items) => pending.extend(items),
            Json::Object(entries) => {
                for (key, value) in entries {
                    if let (true, Json::String(name)) =
                        (matches!(key.as_str(), "$id" | "id" | "$anchor" | "$dynamicAnchor"), value)
                    {
                        found.insert(name.trim_start_matches('#').to_owned(), at);
                    }
                }
                pending.extend(entries.values());
            }
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn references_that_double_are_seen() {
        let mut definitions = serde_json::Map::new();
        for level in 0..40 {
            let below = json!({"$ref": format!("#/$defs/a{}", level + 1)});
            definitions.insert(format!("a{level}"), json!({"allOf": [below, below]}));
        }
        definitions.insert("a40".to_owned(), json!({"type": "object"}));
        let schema = json!({"$defs": definitions, "$ref": "#/$defs/a0"});
        assert!(check(&schema, &json!({})).unwrap().contains("cap of 50000000"));
        let at_level_20 = json!({"$defs": schema["$defs"], "$ref": "#/$defs/a30"});
        assert_eq!(check(&at_level_20, &json!({})), None);
    }

    #[test]
    fn what_doubles_with_the_depth_of_the_values_is_seen() {
        let schema = json!({"properties": {"a": {"anyOf": [{"$ref": "#"}, {"$ref": "#"}]}}});
        let mut values = json!(1);
        for _ in 0..60 {
            values = json!({"a": values});
        }
        assert!(check(&schema, &values).is_some());
        assert_eq!(check(&schema, &json!({"a": {"a": {"a": 1}}})), None);
    }

    #[test]
    fn a_tree_is_looked_at_once() {
        let below = json!({"$ref": "#"});
        let schema = json!({
            "properties": {"a": below}, "additionalProperties": below, "items": below, "propertyNames": {"type": "string"}
        });
        let mut values = json!([1]);
        for level in 0..90 {
            values = if level % 3 == 0 { json!([values]) } else { json!({"a": values, "b": [], "c": {"a": 1}}) };
        }
        assert_eq!(check(&schema, &values), None);
    }

    #[test]
    fn most_schemas_need_no_count() {
        let plain = json!({"$defs": {"a": {"type": "string"}}, "properties": {"a": {"$ref": "#/$defs/a"}, "b": {"$ref": "#/$defs/a"}}});
        assert!(!may_multiply(&plain));
        assert!(may_multiply(&json!({"properties": {"a": {"$ref": "#"}}})));
    }

    #[test]
    fn a_schema_that_leads_to_itself_ends() {
        for schema in [
            json!({"$ref": "#"}),
            json!({"allOf": [{"$ref": "#"}, {"$ref": "#"}]}),
            json!({"$anchor": "a", "not": {"$ref": "#a"}}),
        ] {
            assert_eq!(check(&schema, &json!({"a": [1]})), None);
        }
        let tree = json!({"$id": "tree", "items": {"$ref": "tree"}, "additionalProperties": {"$ref": "#"}});
        assert_eq!(check(&tree, &json!([[[1], [2]], {"a": []}])), None);
    }
}
