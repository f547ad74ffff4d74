//! `.Capabilities`: the cluster, as far as Helm knows one.

use super::methods::Method;
use super::record::{Answer, Field, Getter, Held, Record};
use crate::helm::capabilities::{Capabilities, KubeVersion};
use crate::helm::functions::{Context, Failure, Param};
use crate::helm::profile::Profile;
use crate::helm::value::{List, ListType, Value};

/// The Go type of `.Capabilities.APIVersions`, in whichever package.
pub(super) const VERSION_SET: &str = ".VersionSet";

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
    let types = &profile.rules().types;
    let versions = capabilities.api_versions.iter().map(|version| Value::str(version.as_str())).collect();
    let versions = Value::List(List::new(ListType::Named(types.version_set), versions));
    let fields = vec![
        Field::new("KubeVersion", "KubeVersion", kube_version(&capabilities.kube_version, profile)).always(),
        Field::new("APIVersions", "APIVersions", versions).always(),
        Field::new("HelmVersion", "HelmVersion", helm_version(profile)).always(),
    ];
    let copy = Getter { name: "Copy", answer: Answer::Copy };
    Record::new(types.capabilities, Held::Pointed, fields).with(vec![copy]).value()
}

fn kube_version(version: &KubeVersion, profile: Profile) -> Value {
    let (full, normalized) = (Value::str(version.version.as_str()), Value::str(version.normalized.as_str()));
    let (major, minor) = (Value::str(version.major.as_str()), Value::str(version.minor.as_str()));
    let rules = profile.rules();
    let shown = if rules.keeps_version_suffix { full } else { normalized.clone() };
    let mut fields = vec![Field::new("Version", "Version", shown.clone()).always()];
    if rules.keeps_version_suffix {
        let hidden = Field::new("normalizedVersion", "normalizedVersion", normalized.clone());
        fields.push(Field { is_exported: false, ..hidden });
    }
    fields.push(Field::new("Major", "Major", major).always());
    fields.push(Field::new("Minor", "Minor", minor).always());
    let getters = vec![
        Getter { name: "String", answer: Answer::Field("normalizedVersion", "Version") },
        Getter { name: "GitVersion", answer: Answer::Field("Version", "Version") },
    ];
    Record::new(rules.types.kube_version, Held::InPlace, fields).with(getters).value()
}

fn helm_version(profile: Profile) -> Value {
    let build = &profile.rules().build;
    let mut fields = vec![
        Field::new("Version", "version", Value::str(build.version)),
        Field::new("GitCommit", "git_commit", Value::str(build.commit)),
        Field::new("GitTreeState", "git_tree_state", Value::str("clean")),
        Field::new("GoVersion", "go_version", Value::str(GO_VERSION)),
    ];
    if let Some(client) = build.kube_client {
        fields.push(Field::new("KubeClientVersion", "kube_client_version", Value::str(client)).always());
    }
    Record::new("version.BuildInfo", Held::InPlace, fields).value()
}
