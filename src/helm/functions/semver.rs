//! `semver` and `semverCompare`, and the version that templates can ask.

use std::any::Any;
use std::rc::Rc;

use super::{Context, Failure, Function, Param, arguments};
use crate::helm::semver::{Constraints, Version};
use crate::helm::value::{Host, Number, Value};

/// The functions of this family.
pub(super) const FUNCTIONS: &[Function] = &[
    Function { name: "semver", params: &[Param::Str], variadic: None, body: semver },
    Function { name: "semverCompare", params: &[Param::Str, Param::Str], variadic: None, body: semver_compare },
];

fn semver(_: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let version = Version::parse(arguments::text(arguments, 0)?).map_err(failure)?;
    Ok(Value::Host(Rc::new(VersionHost { version, is_pointer: true })))
}

fn semver_compare(_: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let constraint = Constraints::parse(arguments::text(arguments, 0)?).map_err(failure)?;
    let version = Version::parse(arguments::text(arguments, 1)?).map_err(failure)?;
    Ok(Value::Bool(constraint.check(&version)))
}

fn failure(error: crate::helm::semver::Error) -> Failure {
    Failure::Error(error.to_string())
}

/// A `*semver.Version`, or the `semver.Version` that its `Inc…` and `Set…` methods return, which has fewer methods.
#[derive(Debug)]
struct VersionHost {
    version: Version,
    is_pointer: bool,
}

const OTHER: &[Param] = &[Param::Named("*semver.Version")];

impl VersionHost {
    fn value(version: Version) -> Value {
        Value::Host(Rc::new(Self { version, is_pointer: false }))
    }
}

impl Host for VersionHost {
    fn type_name(&self) -> &'static str {
        if self.is_pointer { "*semver.Version" } else { "semver.Version" }
    }

    fn kind(&self) -> &'static str {
        if self.is_pointer { "ptr" } else { "struct" }
    }

    fn field(&self, _: &str) -> Option<Value> {
        None
    }

    fn method(&self, name: &str) -> Option<&'static [Param]> {
        match name {
            "String" | "Major" | "Minor" | "Patch" | "Prerelease" | "Metadata" | "IncPatch" | "IncMinor"
            | "IncMajor" | "MarshalJSON" | "MarshalText" | "Value" => Some(&[]),
            "SetPrerelease" | "SetMetadata" => Some(&[Param::Str]),
            "Original" if self.is_pointer => Some(&[]),
            "LessThan" | "LessThanEqual" | "GreaterThan" | "GreaterThanEqual" | "Equal" | "Compare"
                if self.is_pointer =>
            {
                Some(OTHER)
            }
            _ => None,
        }
    }

    fn call(&self, name: &str, arguments: &[Value]) -> Result<Value, Failure> {
        let version = &self.version;
        let other =
            || arguments::host::<Self>(arguments, 0, "*semver.Version").map(|other| version.compare(&other.version));
        let overflow = |part| Failure::Error(format!("{part} version increment would overflow uint64"));
        Ok(match name {
            "String" | "Value" => Value::str(version.to_string()),
            "Original" => Value::str(version.original()),
            "Major" => Value::Number(Number::Uint64(version.major())),
            "Minor" => Value::Number(Number::Uint64(version.minor())),
            "Patch" => Value::Number(Number::Uint64(version.patch())),
            "Prerelease" => Value::str(version.prerelease()),
            "Metadata" => Value::str(version.metadata()),
            "IncPatch" => Self::value(version.next_patch().ok_or_else(|| overflow("patch"))?),
            "IncMinor" => Self::value(version.next_minor().ok_or_else(|| overflow("minor"))?),
            "IncMajor" => Self::value(version.next_major().ok_or_else(|| overflow("major"))?),
            "SetPrerelease" => Self::value(version.with_prerelease(&arguments::utf8(arguments, 0)?).map_err(failure)?),
            "SetMetadata" => Self::value(version.with_metadata(&arguments::utf8(arguments, 0)?).map_err(failure)?),
            "MarshalJSON" => Value::Bytes(format!("\"{version}\"").into()),
            "MarshalText" => Value::Bytes(version.to_string().into()),
            "LessThan" => Value::Bool(other()?.is_lt()),
            "LessThanEqual" => Value::Bool(other()?.is_le()),
            "GreaterThan" => Value::Bool(other()?.is_gt()),
            "GreaterThanEqual" => Value::Bool(other()?.is_ge()),
            "Equal" => Value::Bool(other()?.is_eq()),
            "Compare" => Value::Int(other()? as i64),
            _ => return Err(Failure::NotBuilt(format!("method {name} of {}", self.type_name()))),
        })
    }

    fn print(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.version.to_string().as_bytes());
    }

    fn text(&self) -> Option<Vec<u8>> {
        Some(self.version.to_string().into_bytes())
    }

    fn to_plain(&self) -> Value {
        Value::str(self.version.to_string())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
