//! sprig's functions on addresses, and `getHostByName`, which asks no name server.

use super::{Context, Failure, Function, Param, arguments, convert};
use crate::helm::go::types;
use crate::helm::go::url::{Url, User};
use crate::helm::value::{Map, MapType, Value};
use crate::yaml::Str;

/// The functions of this family.
pub(super) const FUNCTIONS: &[Function] = &[
    Function { name: "getHostByName", params: &[Param::Str], variadic: None, body: get_host_by_name },
    Function { name: "urlJoin", params: &[Param::Map], variadic: None, body: url_join },
    Function { name: "urlParse", params: &[Param::Str], variadic: None, body: url_parse },
];

/// Gives nothing, as Helm does without `--enable-dns`.
fn get_host_by_name(_: &mut dyn Context, _: &[Value]) -> Result<Value, Failure> {
    Ok(Value::str(""))
}

fn url_parse(_: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let url = Url::parse(arguments::text(arguments, 0)?).map_err(|error| format!("unable to parse url: {error}"))?;
    let user = url.user.as_ref().map(User::text).unwrap_or_default();
    let parts: [(&str, &[u8]); 8] = [
        ("scheme", &url.scheme),
        ("host", &url.host),
        ("hostname", url.hostname()),
        ("path", &url.path),
        ("query", &url.query),
        ("opaque", &url.opaque),
        ("fragment", &url.fragment),
        ("userinfo", &user),
    ];
    let entries = parts.into_iter().map(|(key, part)| (Str::from(key), Value::str(part)));
    Ok(Value::Map(Map::from_entries(MapType::Any, entries)))
}

fn url_join(_: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let part = |key: &str| match arguments::any(arguments, 0) {
        Value::Map(map) => text_or_empty(map, key),
        _ => Ok(Str::default()),
    };
    let mut url = Url::default();
    url.scheme = part("scheme")?.to_vec();
    url.host = part("host")?.to_vec();
    url.path = part("path")?.to_vec();
    url.query = part("query")?.to_vec();
    url.opaque = part("opaque")?.to_vec();
    url.fragment = part("fragment")?.to_vec();
    let user = part("userinfo")?;
    if !user.is_empty() {
        let parsed = Url::parse(&[b"proto://", &user[..], b"@host"].concat());
        url.user = parsed.map_err(|error| format!("unable to parse userinfo in dict: {error}"))?.user;
    }
    Ok(Value::str(url.text()))
}

fn text_or_empty(map: &Map, key: &str) -> Result<Str, Failure> {
    match map.get(key.as_bytes()) {
        None => Ok(Str::default()),
        Some(Value::Str(text)) => Ok(text),
        Some(Value::Nil | Value::Invalid) => Err(convert::NIL_POINTER.into()),
        Some(other) => {
            let kind = types::kind_name(&other);
            Err(format!("unable to parse {key} key, must be of type string, but {kind} found").into())
        }
    }
}
