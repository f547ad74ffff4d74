//! [`older`]: takes the result that a function had before in the place of the one that it has now, if it is one that the
//! arguments could have given.

use super::certificates::{CertificateHost, Older};
use super::times::TimeHost;
use super::{Context, Failure, arguments, lookup};
use crate::helm::go::time::Time;
use crate::helm::value::Value;
use crate::yaml::Str;

/// The texts of a result, by what they are of: a field of a certificate, or nothing.
pub(crate) type Texts = std::collections::BTreeMap<&'static str, Str>;

/// How Go prints a time.
const PRINTED: &[u8] = b"2006-01-02 15:04:05.999999999 -0700 MST";

/// Returns the texts by which a result shows, as far as anything has read them.
pub(crate) fn texts(result: &Value) -> Texts {
    let one = |text: Str| Texts::from([("", text)]);
    match result {
        Value::Str(text) => one(text.clone()),
        Value::Int(number) | Value::Int64(number) => one(number.to_string().into()),
        Value::Host(host) => {
            match (arguments::as_host::<TimeHost>(host), arguments::as_host::<CertificateHost>(host)) {
                (Some(host), _) => one(host.time.text().into()),
                (_, Some(_)) => ["Cert", "Key"]
                    .into_iter()
                    .filter(|field| host.promised(field).is_none())
                    .filter_map(|field| match host.field(field) {
                        Some(Value::Str(text)) if !text.is_empty() => Some((field, text)),
                        _ => None,
                    })
                    .collect(),
                _ => Texts::new(),
            }
        }
        _ => Texts::new(),
    }
}

/// Returns the older result, or `None` where the arguments could not have given it.
///
/// # Errors
/// Where the result needs something that is lost.
pub(crate) fn older(
    context: &mut dyn Context,
    function: &str,
    arguments: &[Value],
    made: &Value,
    older: Option<&Texts>,
) -> Result<Option<Value>, Failure> {
    if let Value::Host(host) = made
        && let Some(host) = arguments::as_host::<CertificateHost>(host)
    {
        if let Some(older) = older
            && let Some(certificate) = older.get("Cert")
            && let Older::Kept(value) = host.keep(certificate, older.get("Key"))
        {
            return Ok(Some(value));
        }
        return host.check_signer().map(|()| None);
    }
    let Some(text) = older.and_then(|older| older.get("")) else { return Ok(None) };
    Ok(plain(context, function, arguments, made, text))
}

fn plain(context: &mut dyn Context, function: &str, arguments: &[Value], made: &Value, text: &Str) -> Option<Value> {
    let argument = |index| arguments::text(arguments, index).ok();
    let whole = || Some(Value::Str(text.clone()));
    let is_if = |fits: bool| if fits { whole() } else { None };
    let has_hash = |password: Option<&[u8]>, hash: &[u8]| {
        let hash = std::str::from_utf8(hash).unwrap_or_default();
        password.is_some_and(|password| bcrypt::verify(password, hash).unwrap_or(false))
    };
    match function {
        "randInt" => text.as_utf8()?.parse().ok().map(Value::Int),
        "genPrivateKey" => match made {
            Value::Str(made) => is_if(first_line(made) == first_line(text)),
            _ => None,
        },
        "shuffle" => {
            let sorted = |text: &[u8]| {
                let mut bytes = text.to_vec();
                bytes.sort_unstable();
                bytes
            };
            is_if(sorted(argument(0)?) == sorted(text))
        }
        "bcrypt" => is_if(has_hash(argument(0), text)),
        "htpasswd" => {
            let hash = text.strip_prefix(argument(0)?)?.strip_prefix(b":")?;
            is_if(has_hash(argument(1), hash))
        }
        "encryptAES" => {
            let decrypted =
                (lookup("decryptAES")?.body)(context, &[arguments.first()?.clone(), Value::Str(text.clone())]);
            is_if(matches!(decrypted, Ok(Value::Str(plain)) if argument(1) == Some(plain.as_bytes())))
        }
        "now" => Time::parse(PRINTED, text).ok().map(TimeHost::value),
        "date" | "dateInZone" | "date_in_zone" => is_if(Time::parse(argument(0)?, text).is_ok()),
        "htmlDate" | "htmlDateInZone" => is_if(Time::parse(b"2006-01-02", text).is_ok()),
        "unixEpoch" => is_if(text.as_utf8()?.parse::<i64>().is_ok()),
        _ => whole(),
    }
}

fn first_line(text: &[u8]) -> &[u8] {
    text.split(|byte| *byte == b'\n').next().unwrap_or_default()
}
