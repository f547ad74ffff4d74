//! `semver` and `semverCompare`, and the version that templates can ask.

use std::any::Any;
use std::cell::{Ref, RefCell};
use std::rc::Rc;

use super::errors::ErrorHost;
use super::{Context, Failure, Function, Param, arguments};
use crate::helm::go::types::type_name;
use crate::helm::profile::Profile;
use crate::helm::semver::{Constraints, Error, Version};
use crate::helm::value::{Host, Number, Value};
use crate::yaml::{Data, Limits, json};

/// The functions of this family.
pub(super) const FUNCTIONS: &[Function] = &[
    Function { name: "semver", params: &[Param::Str], variadic: None, body: semver },
    Function { name: "semverCompare", params: &[Param::Str, Param::Str], variadic: None, body: semver_compare },
];

fn semver(_: &mut dyn Context, arguments: &[Value]) -> Result<Value, Failure> {
    let version = Version::parse(arguments::text(arguments, 0)?).map_err(failure)?;
    Ok(VersionHost::pointer(version))
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
    /// Some methods of the pointer write what they read into the version.
    version: RefCell<Version>,
    is_pointer: bool,
}

/// What Go says when it follows a nil pointer.
const NIL_POINTER: &str = "runtime error: invalid memory address or nil pointer dereference";

const OTHER: &[Param] = &[Param::Named("*semver.Version")];

impl VersionHost {
    fn value(version: Version) -> Value {
        Value::Host(Rc::new(Self { version: RefCell::new(version), is_pointer: false }))
    }

    fn pointer(version: Version) -> Value {
        Value::Host(Rc::new(Self { version: RefCell::new(version), is_pointer: true }))
    }

    fn version(&self) -> Ref<'_, Version> {
        self.version.borrow()
    }

    /// Reads a version into this one, and returns the error of doing so.
    fn replace(&self, text: &[u8]) -> Value {
        match Version::parse(text) {
            Ok(version) => {
                self.version.replace(version);
                ErrorHost::nil()
            }
            Err(error) => {
                let type_name =
                    if matches!(error, Error::Range { .. }) { "*fmt.wrapError" } else { "*errors.errorString" };
                ErrorHost::value(type_name, error.to_string())
            }
        }
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
            "Scan" if self.is_pointer => Some(&[Param::Any]),
            "UnmarshalJSON" | "UnmarshalText" if self.is_pointer => Some(&[Param::Bytes]),
            "LessThan" | "LessThanEqual" | "GreaterThan" | "GreaterThanEqual" | "Equal" | "Compare"
                if self.is_pointer =>
            {
                Some(OTHER)
            }
            _ => None,
        }
    }

    fn call(&self, name: &str, arguments: &[Value]) -> Result<Value, Failure> {
        let version = self.version();
        let other = || match arguments.first() {
            None | Some(Value::Nil) => Err(NIL_POINTER.into()),
            _ => {
                arguments::host::<Self>(arguments, 0, "*semver.Version").map(|other| version.compare(&other.version()))
            }
        };
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
            "Scan" => {
                drop(version);
                match arguments::any(arguments, 0) {
                    Value::Str(text) | Value::Bytes(text) => self.replace(text),
                    Value::Nil | Value::Invalid => {
                        ErrorHost::value("*errors.errorString", "cannot scan nil into Version".to_owned())
                    }
                    other => {
                        let text = format!("unsupported Scan type {}", type_name(other, Profile::default()));
                        ErrorHost::value("*errors.errorString", text)
                    }
                }
            }
            "UnmarshalText" => {
                drop(version);
                self.replace(arguments::text(arguments, 0)?)
            }
            "UnmarshalJSON" => {
                drop(version);
                match json::parse(arguments::text(arguments, 0)?, &Limits::default()) {
                    Ok(Data::String(text)) => self.replace(&text),
                    Ok(Data::Null) => self.replace(b""),
                    Ok(other) => {
                        let found = json::json_type(&other);
                        let text = format!("json: cannot unmarshal {found} into Go value of type string");
                        ErrorHost::value("*json.UnmarshalTypeError", text)
                    }
                    Err(error) => ErrorHost::value("*json.SyntaxError", error.to_string()),
                }
            }
            "LessThan" => Value::Bool(other()?.is_lt()),
            "LessThanEqual" => Value::Bool(other()?.is_le()),
            "GreaterThan" => Value::Bool(other()?.is_gt()),
            "GreaterThanEqual" => Value::Bool(other()?.is_ge()),
            "Equal" if matches!(arguments.first(), Some(Value::Nil)) => Value::Bool(false),
            "Equal" => Value::Bool(other()?.is_eq()),
            "Compare" => Value::Int(other()? as i64),
            _ => return Err(Failure::NotBuilt(format!("method {name} of {}", self.type_name()))),
        })
    }

    fn print(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.version().to_string().as_bytes());
    }

    fn text(&self) -> Option<Vec<u8>> {
        Some(self.version().to_string().into_bytes())
    }

    fn fields(&self) -> Option<Vec<(&'static str, Value)>> {
        let version = self.version();
        Some(vec![
            ("major", Value::Number(Number::Uint64(version.major()))),
            ("minor", Value::Number(Number::Uint64(version.minor()))),
            ("patch", Value::Number(Number::Uint64(version.patch()))),
            ("pre", Value::str(version.prerelease())),
            ("metadata", Value::str(version.metadata())),
            ("original", Value::str(version.original())),
        ])
    }

    fn pointee(&self) -> Option<Rc<dyn Host>> {
        let version = self.version.clone();
        self.is_pointer.then(|| Rc::new(Self { version, is_pointer: false }) as Rc<dyn Host>)
    }

    fn deep_copied(&self, _: &mut dyn FnMut(&Value) -> Result<Value, Failure>) -> Result<Option<Value>, Failure> {
        // All of its fields are private.
        Ok(Some(if self.is_pointer { Self::pointer(Version::default()) } else { Self::value(Version::default()) }))
    }

    fn to_plain(&self) -> Value {
        Value::str(self.version().to_string())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
