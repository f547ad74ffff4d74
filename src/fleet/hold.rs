//! [`Hold`]: a line in a file that says what the tool must not move.

use std::borrow::Cow;

use jiff::Timestamp;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserializer, MapAccess, Visitor, value::MapAccessDeserializer};
use serde::{Deserialize, Serialize};

/// Stops bumps and promotions of a release or an environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Hold {
    /// Why.
    pub reason: String,
    /// Who holds it.
    pub who: Option<String>,
    /// When it ends by itself; without it, when the line is removed.
    pub until: Option<Timestamp>,
}

impl Hold {
    /// Tells whether it still holds.
    pub fn is_active(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|until| now < until)
    }
}

/// Reads a time, or a date for its first moment in UTC.
pub(super) fn parse_time(text: &str) -> Result<Timestamp, String> {
    let refuse = |_| format!("`{text}` is not a time\nwrite it like \"2026-11-21T06:20:01Z\"");
    match text.parse::<Timestamp>() {
        Ok(time) => Ok(time),
        Err(_) if text.len() == "2026-11-21".len() => {
            let date: jiff::civil::Date = text.parse().map_err(refuse)?;
            date.to_zoned(jiff::tz::TimeZone::UTC).map(|zoned| zoned.timestamp()).map_err(refuse)
        }
        Err(error) => Err(refuse(error)),
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Fields {
    /// Why.
    reason: String,
    /// Who holds it.
    who: Option<String>,
    /// When it ends by itself: a time, or a date for its first moment in UTC.
    until: Option<String>,
}

impl<'de> Deserialize<'de> for Hold {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Hold;
            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("a reason, or a mapping of `reason`, `who` and `until`")
            }
            fn visit_str<E: serde::de::Error>(self, reason: &str) -> Result<Hold, E> {
                checked(Hold { reason: reason.to_owned(), who: None, until: None })
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Hold, A::Error> {
                let fields = Fields::deserialize(MapAccessDeserializer::new(map))?;
                let until = fields.until.as_deref().map(parse_time).transpose().map_err(serde::de::Error::custom)?;
                checked(Hold { reason: fields.reason, who: fields.who, until })
            }
        }
        deserializer.deserialize_any(Either)
    }
}

/// A hold that nobody can explain later is a riddle.
fn checked<E: serde::de::Error>(hold: Hold) -> Result<Hold, E> {
    if hold.reason.trim().is_empty() {
        return Err(E::custom("a hold needs a reason\nwrite why, or remove the line to lift the hold"));
    }
    Ok(hold)
}

impl JsonSchema for Hold {
    fn schema_name() -> Cow<'static, str> {
        "Hold".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let fields = Fields::json_schema(generator);
        json_schema!({
            "description": "Stops bumps and promotions: a reason, or a mapping of reason, who and until.",
            "anyOf": [{"type": "string", "minLength": 1}, fields]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_its_first_moment_in_utc() {
        assert_eq!(parse_time("2026-12-01").unwrap().to_string(), "2026-12-01T00:00:00Z");
        assert_eq!(parse_time("2026-12-01T10:00:00+02:00").unwrap().to_string(), "2026-12-01T08:00:00Z");
        assert!(parse_time("2026-13-01").is_err());
        assert!(parse_time("tomorrow").is_err());
    }

    #[test]
    fn ends_at_the_moment_named() {
        let until = parse_time("2026-12-01").unwrap();
        let hold = Hold { reason: "x".into(), who: None, until: Some(until) };
        assert!(hold.is_active("2026-11-30T23:59:59Z".parse().unwrap()));
        assert!(!hold.is_active(until));
    }
}
