//! Two other readers of YAML, which have nothing in common with ours and with each other: serde-saphyr, by the rules of YAML 1.2 on
//! the scanner of the family of yaml-rust, and `yaml_serde` on libyaml, the C library whose rules are those of YAML 1.1 in all but its words.

use plainsail::yaml::Data;
use serde_json::Value as Json;

/// Reads the value of a text, or says why it is refused.
pub(crate) type Reader = fn(&str) -> Result<Json, String>;

/// The other readers by name.
pub(crate) const OTHERS: [(&str, Reader); 2] = [("serde-saphyr", saphyr), ("libyaml", libyaml)];

fn saphyr(text: &str) -> Result<Json, String> {
    serde_saphyr::from_str(text).map_err(|error| error.to_string())
}

fn libyaml(text: &str) -> Result<Json, String> {
    yaml_serde::from_str(text).map_err(|error| error.to_string())
}

/// Tells whether another reader read what was written. It counts integers apart from other numbers, Helm does not.
pub(crate) fn is_same(read: &Json, written: &Data) -> bool {
    match (read, written) {
        (Json::Null, Data::Null) => true,
        (Json::Bool(left), Data::Bool(right)) => left == right,
        (Json::Number(left), Data::Float(right)) => left.as_f64() == Some(*right),
        (Json::Number(left), Data::Int(right)) => left.as_i64() == Some(*right),
        (Json::String(left), Data::String(right)) => *left == *right.lossy(),
        (Json::Array(left), Data::List(right)) => {
            left.len() == right.len() && left.iter().zip(right.iter()).all(|(left, right)| is_same(left, right))
        }
        (Json::Object(left), Data::Map(right)) => {
            let is_same_at = |(key, value): (&String, &Json)| {
                right.get(key.as_bytes()).is_some_and(|written| is_same(value, written))
            };
            left.len() == right.len() && left.iter().all(is_same_at)
        }
        _ => false,
    }
}
