//! `.Chart`: a struct or a map, by [`chart_is_map`](crate::helm::profile::Rules).

use super::record::{Answer, Field, Getter, Held, Record};
use crate::helm::chart::{Dependency, Maintainer, Metadata};
use crate::helm::profile::Profile;
use crate::helm::value::{List, ListType, Map, MapType, Value};
use crate::yaml::Str;

/// Returns the object.
pub(super) fn object(metadata: &Metadata, is_root: bool, profile: Profile) -> Value {
    if profile.rules().chart_is_map {
        let map = plain(&metadata_fields(metadata, profile));
        map.insert("IsRoot".into(), Value::Bool(is_root));
        return Value::Map(map);
    }
    let inner = Record::new("chart.Metadata", Held::Copied, metadata_fields(metadata, profile)).value();
    let embedded = Field { json: None, ..Field::new("Metadata", "", inner) };
    let is_root = Field::new("IsRoot", "IsRoot", Value::Bool(is_root)).always();
    Record::new("struct { chart.Metadata; IsRoot bool }", Held::Copied, vec![embedded, is_root]).value()
}

fn plain(fields: &[Field]) -> Map {
    Map::from_entries(MapType::Any, fields.iter().map(|field| (Str::from(field.name), field.value.clone())))
}

fn metadata_fields(metadata: &Metadata, profile: Profile) -> Vec<Field> {
    let text = |text: &Str| Value::Str(text.clone());
    let annotations = metadata.annotations.as_ref().map_or_else(
        || Map::nil(MapType::Strings),
        |entries| Map::from_entries(MapType::Strings, entries.iter().map(|(key, value)| (key.clone(), text(value)))),
    );
    let dependencies = metadata.dependencies.as_deref().unwrap_or_default();
    vec![
        Field::new("Name", "name", text(&metadata.name)),
        Field::new("Home", "home", text(&metadata.home)),
        Field::new("Sources", "sources", strings(metadata.sources.as_ref(), profile)),
        Field::new("Version", "version", text(&metadata.version)),
        Field::new("Description", "description", text(&metadata.description)),
        Field::new("Keywords", "keywords", strings(metadata.keywords.as_ref(), profile)),
        Field::new("Maintainers", "maintainers", maintainers(metadata.maintainers.as_deref(), profile)),
        Field::new("Icon", "icon", text(&metadata.icon)),
        Field::new("APIVersion", "apiVersion", text(&metadata.api_version)),
        Field::new("Condition", "condition", text(&metadata.condition)),
        Field::new("Tags", "tags", text(&metadata.tags)),
        Field::new("AppVersion", "appVersion", text(&metadata.app_version)),
        Field::new("Deprecated", "deprecated", Value::Bool(metadata.deprecated)),
        Field::new("Annotations", "annotations", Value::Map(annotations)),
        Field::new("KubeVersion", "kubeVersion", text(&metadata.kube_version)),
        Field::new("Dependencies", "dependencies", dependency_list(dependencies, profile)),
        Field::new("Type", "type", text(&metadata.chart_type)),
    ]
}

fn strings(items: Option<&Vec<Str>>, profile: Profile) -> Value {
    list(ListType::Strings, items.map(|items| items.iter().cloned().map(Value::Str).collect()), profile)
}

/// A map has lists of anything; a slice of the struct that Chart.yaml does not name is nil.
fn list(list_type: ListType, items: Option<Vec<Value>>, profile: Profile) -> Value {
    Value::List(match items {
        items if profile.rules().chart_is_map => List::new(ListType::Any, items.unwrap_or_default()),
        Some(items) => List::new(list_type, items),
        None => List::nil(list_type),
    })
}

/// A slice that Helm appends to is nil as long as it is empty.
fn appended(items: Vec<Value>) -> Option<Vec<Value>> {
    (!items.is_empty()).then_some(items)
}

fn maintainers(items: Option<&[Option<Maintainer>]>, profile: Profile) -> Value {
    let one = |maintainer: &Option<Maintainer>| {
        let Some(maintainer) = maintainer else { return Value::Nil };
        let fields = vec![
            Field::new("Name", "name", Value::Str(maintainer.name.clone())),
            Field::new("Email", "email", Value::Str(maintainer.email.clone())),
            Field::new("URL", "url", Value::Str(maintainer.url.clone())),
        ];
        element("*chart.Maintainer", fields, profile)
    };
    list(ListType::Named("[]*chart.Maintainer"), items.map(|items| items.iter().map(one).collect()), profile)
}

fn dependency_list(items: &[Option<Dependency>], profile: Profile) -> Value {
    let one = |dependency: &Option<Dependency>| {
        let Some(dependency) = dependency else { return Value::Nil };
        let imports = dependency.import_values.iter().map(Value::from).collect();
        let text = |text: &Str| Value::Str(text.clone());
        let fields = vec![
            Field::new("Name", "name", text(&dependency.name)).always(),
            Field::new("Version", "version", text(&dependency.version)),
            Field::new("Repository", "repository", text(&dependency.repository)).always(),
            Field::new("Condition", "condition", text(&dependency.condition)),
            Field::new("Tags", "tags", strings(dependency.tags.as_ref(), profile)),
            Field::new("Enabled", "enabled", Value::Bool(dependency.enabled)),
            Field::new("ImportValues", "import-values", list(ListType::Any, appended(imports), profile)),
            Field::new("Alias", "alias", text(&dependency.alias)),
        ];
        element("*chart.Dependency", fields, profile)
    };
    list(ListType::Named("[]*chart.Dependency"), appended(items.iter().map(one).collect()), profile)
}

fn element(type_name: &'static str, fields: Vec<Field>, profile: Profile) -> Value {
    if profile.rules().chart_is_map {
        Value::Map(plain(&fields))
    } else {
        let validate = Getter { name: "Validate", answer: Answer::NoError };
        Record::new(type_name, Held::Pointed, fields).with(vec![validate]).value()
    }
}
