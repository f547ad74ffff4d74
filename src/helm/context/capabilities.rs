//! `.Capabilities`: the cluster, as far as Helm knows one.

use super::methods::Method;
use super::record::{Field, Getter, Held, Record};
use crate::helm::capabilities::{Capabilities, KubeVersion};
use crate::helm::functions::{Context, Failure, Param};
use crate::helm::profile::Profile;
use crate::helm::value::{List, ListType, Value};

/// The Go types of `.Capabilities.APIVersions`.
pub(super) const VERSIONS_4: &str = "common.VersionSet";
pub(super) const VERSIONS_3: &str = "chartutil.VersionSet";

pub(super) const VERSION_METHODS: &[Method] = &[Method { name: "Has", params: &[Param::Str], body: has }];

/// The Go release that Helm's release binaries were built with.
const GO_VERSION: &str = "go1.26.8";

fn has(context: &mut dyn Context, versions: &Value, arguments: &[Value]) -> Result<Value, Failure> {
    let (Value::List(list), Some(Value::Str(wanted))) = (versions, arguments.first()) else {
        return Err("a version that is no string".into());
    };
    context.spend(list.len())?;
    let found = list.items().iter().any(|version| matches!(version, Value::Str(version) if version == wanted));
    Ok(Value::Bool(found))
}

/// Returns the object.
pub(super) fn object(capabilities: &Capabilities, profile: Profile) -> Value {
    let (type_name, versions_type) = match profile {
        Profile::V4 => ("*common.Capabilities", VERSIONS_4),
        Profile::V3 => ("*chartutil.Capabilities", VERSIONS_3),
    };
    let versions = capabilities.api_versions.iter().map(|version| Value::str(version.as_str())).collect();
    let versions = Value::List(List::new(ListType::Named(versions_type), versions));
    let fields = vec![
        Field::new("KubeVersion", "KubeVersion", kube_version(&capabilities.kube_version, profile)).always(),
        Field::new("APIVersions", "APIVersions", versions).always(),
        Field::new("HelmVersion", "HelmVersion", helm_version(profile)).always(),
    ];
    let copy = Record::new(type_name, Held::Pointed, fields.clone()).value();
    let mut record = Record::new(type_name, Held::Pointed, fields);
    record.getters.push(Getter { name: "Copy", value: copy });
    record.value()
}

fn kube_version(version: &KubeVersion, profile: Profile) -> Value {
    let (full, normalized) = (Value::str(version.version.as_str()), Value::str(version.normalized.as_str()));
    let (major, minor) = (Value::str(version.major.as_str()), Value::str(version.minor.as_str()));
    let shown = if profile == Profile::V4 { full } else { normalized.clone() };
    let mut fields = vec![Field::new("Version", "Version", shown.clone()).always()];
    if profile == Profile::V4 {
        let hidden = Field::new("normalizedVersion", "normalizedVersion", normalized.clone());
        fields.push(Field { is_exported: false, ..hidden });
    }
    fields.push(Field::new("Major", "Major", major).always());
    fields.push(Field::new("Minor", "Minor", minor).always());
    let type_name = match profile {
        Profile::V4 => "common.KubeVersion",
        Profile::V3 => "chartutil.KubeVersion",
    };
    let mut record = Record::new(type_name, Held::InPlace, fields);
    record.getters = vec![Getter { name: "String", value: normalized }, Getter { name: "GitVersion", value: shown }];
    record.value()
}

fn helm_version(profile: Profile) -> Value {
    let (version, commit) = match profile {
        Profile::V4 => ("v4.2.4", "3900f434fd3ef2b84065dc04508df48f288dba00"),
        Profile::V3 => ("v3.21.4", "813176c51bb5c181dbbd7901298ddcc104cd3417"),
    };
    let mut fields = vec![
        Field::new("Version", "version", Value::str(version)),
        Field::new("GitCommit", "git_commit", Value::str(commit)),
        Field::new("GitTreeState", "git_tree_state", Value::str("clean")),
        Field::new("GoVersion", "go_version", Value::str(GO_VERSION)),
    ];
    if profile == Profile::V4 {
        fields.push(Field::new("KubeClientVersion", "kube_client_version", Value::str("v1.36")).always());
    }
    Record::new("version.BuildInfo", Held::InPlace, fields).value()
}
