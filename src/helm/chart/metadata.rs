//! [`Metadata`]: what Chart.yaml says, decoded and validated as Helm does.

use super::Error;
use crate::helm::decode::Decoder;
use crate::helm::go::quote::{is_print, quote_text};
use crate::helm::profile::{Profile, TypeNames};
use crate::helm::semver::Version;
use crate::yaml::{Data, DataMap, Str};

/// The contents of Chart.yaml.
#[derive(Clone, Debug, Default, PartialEq)]
// A list or map that is null or missing is none: templates can tell it from an empty one.
pub struct Metadata {
    /// `name`, required.
    pub name: Str,
    /// `home`
    pub home: Str,
    /// `sources`
    pub sources: Option<Vec<Str>>,
    /// `version`, required.
    pub version: Str,
    /// `description`
    pub description: Str,
    /// `keywords`
    pub keywords: Option<Vec<Str>>,
    /// `maintainers`; a null entry is refused by [`Metadata::validate`].
    pub maintainers: Option<Vec<Option<Maintainer>>>,
    /// `icon`
    pub icon: Str,
    /// `apiVersion`
    pub api_version: Str,
    /// `condition`
    pub condition: Str,
    /// `tags`
    pub tags: Str,
    /// `appVersion`
    pub app_version: Str,
    /// `deprecated`
    pub deprecated: bool,
    /// `annotations`, by key.
    pub annotations: Option<Vec<(Str, Str)>>,
    /// `kubeVersion`
    pub kube_version: Str,
    /// `dependencies`; `None` where the key is missing, which Helm treats differently from an empty list.
    pub dependencies: Option<Vec<Option<Dependency>>>,
    /// `type`: `application`, `library` or empty.
    pub chart_type: Str,
}

/// A maintainer of a chart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Maintainer {
    /// `name`
    pub name: Str,
    /// `email`
    pub email: Str,
    /// `url`
    pub url: Str,
}

/// A chart that another chart depends on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dependency {
    /// `name`; after dependency processing the alias, where there is one.
    pub name: Str,
    /// `version`, a constraint.
    pub version: Str,
    /// `repository`
    pub repository: Str,
    /// `condition`, comma-separated paths.
    pub condition: Str,
    /// `tags`
    pub tags: Option<Vec<Str>>,
    /// `enabled`; set by dependency processing.
    pub enabled: bool,
    /// `import-values`: strings or `{child, parent}`.
    pub import_values: Vec<Data>,
    /// `alias`
    pub alias: Str,
}

impl Metadata {
    /// Decodes the data of Chart.yaml (or of requirements.yaml, over what Chart.yaml gave).
    pub(super) fn decode(&mut self, data: &Data, profile: Profile) -> Result<(), String> {
        let types = &profile.rules().types;
        let mut decoder = Decoder::new("Metadata");
        if let Some(map) = decoder.object(data, "", types.metadata) {
            self.decode_fields(map, &mut decoder, types);
        }
        decoder.finish(())
    }

    fn decode_fields(&mut self, map: &DataMap, decoder: &mut Decoder, types: &TypeNames) {
        let mut text = |target: &mut Str, field: &str| {
            let found = decoder.string(map, field, "");
            if !found.is_empty() {
                *target = found;
            }
        };
        text(&mut self.name, "name");
        text(&mut self.home, "home");
        text(&mut self.version, "version");
        text(&mut self.description, "description");
        text(&mut self.icon, "icon");
        text(&mut self.api_version, "apiVersion");
        text(&mut self.condition, "condition");
        text(&mut self.tags, "tags");
        text(&mut self.app_version, "appVersion");
        text(&mut self.kube_version, "kubeVersion");
        text(&mut self.chart_type, "type");
        // What requirements.yaml does not name stays as Chart.yaml has it.
        let names = |field: &str| map.keys().any(|key| key.eq_ignore_ascii_case(field.as_bytes()));
        if names("sources") {
            self.sources = decoder.strings(map, "sources", "");
        }
        if names("keywords") {
            self.keywords = decoder.strings(map, "keywords", "");
        }
        self.deprecated |= decoder.boolean(map, "deprecated", "");
        if names("annotations") {
            self.annotations = decoder.string_map(map, "annotations", "");
        }
        if names("maintainers") {
            let items = decoder.list(map, "maintainers", "", &format!("[]*{}", types.maintainer));
            let decode = |item| Maintainer::decode(item, decoder, types.maintainer);
            self.maintainers = items.map(|items| items.iter().map(decode).collect());
        }
        let items = decoder.list(map, "dependencies", "", &format!("[]*{}", types.dependency));
        if let Some(items) = items {
            let decode = |item| Dependency::decode(item, decoder, types.dependency, "Metadata");
            self.dependencies = Some(items.iter().map(decode).collect());
        }
    }

    /// Checks the fields and tidies their white space, in Helm's order.
    pub(super) fn validate(&mut self) -> Result<(), Error> {
        for field in [
            &mut self.name,
            &mut self.description,
            &mut self.home,
            &mut self.icon,
            &mut self.condition,
            &mut self.tags,
            &mut self.app_version,
            &mut self.kube_version,
        ] {
            sanitize(field);
        }
        self.sources.iter_mut().chain(&mut self.keywords).flatten().for_each(sanitize);
        let invalid = |message: &str| Err(Error::Validation { message: message.to_owned() });
        if self.name.is_empty() {
            return invalid("chart.metadata.name is required");
        }
        if self.name == "." || self.name == ".." {
            return invalid(&format!("chart.metadata.name {} is not allowed", quote(&self.name)));
        }
        // Helm takes the name `/`; here every slash is refused, since names become paths.
        if self.name.contains(&b'/') || self.name.contains(&0) {
            return invalid(&format!("chart.metadata.name {} is invalid", quote(&self.name)));
        }
        if self.version.is_empty() {
            return invalid("chart.metadata.version is required");
        }
        if Version::parse(&self.version).is_err() {
            return invalid(&format!("chart.metadata.version {} is invalid", quote(&self.version)));
        }
        if ![&b""[..], b"application", b"library"].contains(&self.chart_type.as_bytes()) {
            return invalid("chart.metadata.type must be application or library");
        }
        for maintainer in self.maintainers.iter_mut().flatten() {
            let Some(maintainer) = maintainer else {
                return invalid("maintainers must not contain empty or null nodes");
            };
            [&mut maintainer.name, &mut maintainer.email, &mut maintainer.url].into_iter().for_each(sanitize);
        }
        self.validate_dependencies()
    }

    fn validate_dependencies(&mut self) -> Result<(), Error> {
        let mut seen: Vec<Str> = Vec::new();
        for dependency in self.dependencies.iter_mut().flatten() {
            let Some(dependency) = dependency else {
                let message = "dependencies must not contain empty or null nodes".to_owned();
                return Err(Error::Validation { message });
            };
            dependency.validate()?;
            let key = if dependency.alias.is_empty() { &dependency.name } else { &dependency.alias };
            if seen.contains(key) {
                let message = format!("more than one dependency with name or alias {}", quote(key));
                return Err(Error::Validation { message });
            }
            seen.push(key.clone());
        }
        Ok(())
    }

    /// Tells whether the chart only lends its partials to others.
    pub fn is_library(&self) -> bool {
        self.chart_type.eq_ignore_ascii_case(b"library")
    }

    /// Returns the declared dependencies, without null entries.
    pub fn dependencies(&self) -> impl Iterator<Item = &Dependency> {
        self.dependencies.iter().flatten().flatten()
    }
}

impl Maintainer {
    fn decode(data: &Data, decoder: &mut Decoder, go_type: &str) -> Option<Self> {
        if *data == Data::Null {
            return None;
        }
        let Some(map) = decoder.object(data, "maintainers", go_type) else { return Some(Self::default()) };
        decoder.enter("Maintainer");
        let mut text = |field| decoder.string(map, field, "maintainers");
        let maintainer = Self { name: text("name"), email: text("email"), url: text("url") };
        decoder.enter("Metadata");
        Some(maintainer)
    }
}

impl Dependency {
    /// Decodes one of the list in a struct of the name `outer`.
    pub(super) fn decode(data: &Data, decoder: &mut Decoder, go_type: &str, outer: &'static str) -> Option<Self> {
        if *data == Data::Null {
            return None;
        }
        let prefix = "dependencies";
        let Some(map) = decoder.object(data, prefix, go_type) else { return Some(Self::default()) };
        decoder.enter("Dependency");
        let dependency = Self {
            name: decoder.string(map, "name", prefix),
            version: decoder.string(map, "version", prefix),
            repository: decoder.string(map, "repository", prefix),
            condition: decoder.string(map, "condition", prefix),
            tags: decoder.strings(map, "tags", prefix),
            enabled: decoder.boolean(map, "enabled", prefix),
            import_values: decoder
                .list(map, "import-values", prefix, "[]interface {}")
                .unwrap_or_default()
                .iter()
                .map(numbers)
                .collect(),
            alias: decoder.string(map, "alias", prefix),
        };
        decoder.enter(outer);
        Some(dependency)
    }

    fn validate(&mut self) -> Result<(), Error> {
        [&mut self.name, &mut self.version, &mut self.repository, &mut self.condition].into_iter().for_each(sanitize);
        self.tags.iter_mut().flatten().for_each(sanitize);
        let is_allowed = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        if !self.alias.iter().all(is_allowed) {
            let message = format!("dependency {} has disallowed characters in the alias", quote(&self.name));
            return Err(Error::Validation { message });
        }
        Ok(())
    }

    /// Returns the name under which the chart is known to its parent.
    pub fn effective_name(&self) -> &Str {
        if self.alias.is_empty() { &self.name } else { &self.alias }
    }
}

/// Reads `apiVersion` alone, as Helm does to choose a loader for the chart.
pub(super) fn api_version(data: &Data) -> Result<Str, String> {
    let mut decoder = Decoder::new("chartBase");
    let map = decoder.object(data, "", "loader.chartBase");
    let version = map.map_or_else(Str::default, |map| decoder.string(map, "apiVersion", ""));
    decoder.finish(version)
}

/// Makes every number a float, as reading JSON into `interface {}` does.
fn numbers(data: &Data) -> Data {
    match data {
        Data::Int(value) => Data::Float(*value as f64),
        Data::List(items) => Data::List(std::sync::Arc::new(items.iter().map(numbers).collect())),
        Data::Map(map) => {
            Data::Map(std::sync::Arc::new(map.iter().map(|(key, value)| (key.clone(), numbers(value))).collect()))
        }
        other => other.clone(),
    }
}

/// Makes white space a space and drops what cannot be printed.
fn sanitize(text: &mut Str) {
    let plain = |byte: &u8| (0x20..0x7f).contains(byte);
    if text.iter().all(plain) {
        return;
    }
    let tidy: String = text
        .lossy()
        .chars()
        .filter_map(|c| match c {
            c if c.is_whitespace() => Some(' '),
            c if is_print(c) => Some(c),
            _ => None,
        })
        .collect();
    *text = tidy.into();
}

/// Quotes for a message.
fn quote(text: &Str) -> String {
    quote_text(text)
}
