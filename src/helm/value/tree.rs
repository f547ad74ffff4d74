//! Lets a [`Value`] be written as YAML or JSON where it stands.

use super::{Number, Value};
use crate::yaml::{Tree, View};

impl Tree for Value {
    fn view<R>(&self, look: impl FnOnce(View<'_, Self>) -> R) -> R {
        match self {
            Self::Nil | Self::Invalid => look(View::Null),
            Self::Bool(value) => look(View::Bool(*value)),
            Self::Int(value) | Self::Int64(value) => look(View::Int(*value)),
            Self::Float(value) => look(View::Float(*value)),
            Self::Str(text) => look(View::Str(text)),
            Self::Bytes(bytes) => look(View::Bytes(bytes)),
            Self::List(list) if list.is_nil() => look(View::NilList),
            Self::Map(map) if map.is_nil() => look(View::NilMap),
            Self::List(list) => look(View::List(&list.items())),
            Self::Map(map) => look(View::Map(&map.entries())),
            Self::Number(number) => look(match *number {
                Number::Uint8(value) => View::Uint(value.into()),
                Number::Int32(value) => View::Int(value.into()),
                Number::Uint32(value) => View::Uint(value.into()),
                Number::Uint64(value) => View::Uint(value),
                Number::Duration(value) => View::Duration(value),
                Number::Month(value) | Number::Weekday(value) => View::Int(value),
                Number::Complex(..) => View::Unsupported("complex128"),
            }),
            Self::Host(host) => match (host.json_fields(), host.timestamp()) {
                (Some(fields), _) => look(View::Fields(&fields, &host.yaml_fields())),
                (None, Some(time)) => look(View::Time(&time.text, time.json_error.as_deref())),
                (None, None) => host.to_plain().view(look),
            },
        }
    }
}
