//! [`Limits`]: every cap of a rendering that can be set, and [`Cap`]: their names, and how far each may be set.
//!
//! Charts are somebody else's. A cap that is reached is a typed error that knows its [`Cap`], so that whoever shows it can say
//! how to raise it.

use super::{chart, template};
use crate::yaml;

/// The caps of one rendering, by what they are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Reading a chart.
    pub chart: chart::Limits,
    /// Running its templates.
    pub template: template::Limits,
    /// Seconds that a release may take. Whoever has a clock counts them, see [`super::Patience`].
    pub seconds: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { chart: chart::Limits::default(), template: template::Limits::default(), seconds: 60 }
    }
}

/// A cap, by its name in settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cap {
    /// `fileBytes`
    FileBytes,
    /// `chartBytes`
    ChartBytes,
    /// `chartFiles`
    ChartFiles,
    /// `chartDepth`
    ChartDepth,
    /// `archiveRatio`
    ArchiveRatio,
    /// `yamlBytes`
    YamlBytes,
    /// `yamlDepth`
    YamlDepth,
    /// `yamlValues`
    YamlValues,
    /// `steps`
    Steps,
    /// `outputBytes`
    OutputBytes,
    /// `templateDepth`
    TemplateDepth,
    /// `objects`
    Objects,
    /// `seconds`
    Seconds,
}

/// What is to be known of a cap besides its value.
struct Facts {
    cap: Cap,
    name: &'static str,
    lowest: u64,
    highest: u64,
    /// What is counted.
    counts: &'static str,
}

const KIB: u64 = 1 << 10;
const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;

/// The highest values are what still ends in time and memory that a machine for builds has.
const FACTS: &[Facts] = &[
    fact(Cap::FileBytes, "fileBytes", KIB, 256 * MIB, "bytes of one file of a chart"),
    fact(Cap::ChartBytes, "chartBytes", KIB, GIB, "bytes of all files of a chart, as unpacked"),
    fact(Cap::ChartFiles, "chartFiles", 1, 1_000_000, "files of a chart"),
    fact(Cap::ChartDepth, "chartDepth", 0, 64, "charts inside charts"),
    fact(Cap::ArchiveRatio, "archiveRatio", 1, 10_000, "times that an archive may grow, looked at above 10 MiB"),
    fact(Cap::YamlBytes, "yamlBytes", KIB, GIB, "bytes of one YAML or JSON text"),
    fact(Cap::YamlDepth, "yamlDepth", 10, 500, "lists and maps within each other in YAML and JSON"),
    fact(Cap::YamlValues, "yamlValues", 100, 50_000_000, "values of one YAML or JSON text, aliases expanded"),
    fact(Cap::Steps, "steps", 1_000, 20_000_000_000, "steps of templates and units of work of their functions"),
    fact(Cap::OutputBytes, "outputBytes", KIB, GIB, "bytes that the templates of a release print"),
    fact(Cap::TemplateDepth, "templateDepth", 10, 1_000_000, "templates within templates"),
    fact(Cap::Objects, "objects", 1, 1_000_000, "documents of a release"),
    fact(Cap::Seconds, "seconds", 1, 3_600, "seconds that rendering a release may take"),
];

const fn fact(cap: Cap, name: &'static str, lowest: u64, highest: u64, counts: &'static str) -> Facts {
    Facts { cap, name, lowest, highest, counts }
}

/// Why a cap cannot be set so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CapError {
    /// There is no cap of that name.
    #[error("there is no limit `{name}`")]
    Unknown {
        /// The name.
        name: String,
    },
    /// A cap can only be set within bounds.
    #[error("the limit `{name}` must be between {lowest} and {highest}, not {value}", name = .cap.name())]
    OutOfRange {
        /// The cap.
        cap: Cap,
        /// The value.
        value: u64,
        /// The lowest that makes sense.
        lowest: u64,
        /// The highest that is safe.
        highest: u64,
    },
}

impl Cap {
    /// Returns all caps.
    pub fn all() -> impl Iterator<Item = Self> {
        FACTS.iter().map(|facts| facts.cap)
    }

    /// Finds a cap by its name in settings.
    ///
    /// # Errors
    /// If there is none of that name.
    pub fn named(name: &str) -> Result<Self, CapError> {
        let found = FACTS.iter().find(|facts| facts.name == name);
        found.map(|facts| facts.cap).ok_or_else(|| CapError::Unknown { name: name.to_owned() })
    }

    /// Returns the cap that an error of reading YAML is about, if it is about one.
    pub(crate) fn of_yaml(error: &yaml::Error) -> Option<Self> {
        match error {
            yaml::Error::TooLarge { .. } => Some(Self::YamlBytes),
            yaml::Error::TooDeep { .. } => Some(Self::YamlDepth),
            yaml::Error::TooManyNodes { .. } => Some(Self::YamlValues),
            _ => None,
        }
    }

    fn facts(self) -> &'static Facts {
        FACTS.iter().find(|facts| facts.cap == self).unwrap_or(&FACTS[0])
    }

    /// Returns the name in settings.
    pub fn name(self) -> &'static str {
        self.facts().name
    }

    /// Says what is counted.
    pub fn counts(self) -> &'static str {
        self.facts().counts
    }

    /// Returns the lowest and the highest value that can be set.
    pub fn range(self) -> (u64, u64) {
        (self.facts().lowest, self.facts().highest)
    }

    /// Returns the value that holds where none is set.
    pub fn default_value(self) -> u64 {
        Limits::default().get(self)
    }
}

impl Limits {
    /// Returns the value of a cap.
    pub fn get(&self, cap: Cap) -> u64 {
        let (chart, template) = (&self.chart, &self.template);
        match cap {
            Cap::FileBytes => chart.file_bytes,
            Cap::ChartBytes => chart.chart_bytes,
            Cap::ChartFiles => chart.entries as u64,
            Cap::ChartDepth => chart.depth as u64,
            Cap::ArchiveRatio => chart.ratio,
            Cap::YamlBytes => template.yaml.bytes as u64,
            Cap::YamlDepth => template.yaml.depth as u64,
            Cap::YamlValues => template.yaml.nodes as u64,
            Cap::Steps => template.steps,
            Cap::OutputBytes => template.output as u64,
            Cap::TemplateDepth => template.depth as u64,
            Cap::Objects => template.objects as u64,
            Cap::Seconds => self.seconds,
        }
    }

    /// Sets a cap.
    ///
    /// # Errors
    /// If the value is out of the bounds of that cap.
    pub fn set(&mut self, cap: Cap, value: u64) -> Result<(), CapError> {
        let (lowest, highest) = cap.range();
        if !(lowest..=highest).contains(&value) {
            return Err(CapError::OutOfRange { cap, value, lowest, highest });
        }
        let (chart, template) = (&mut self.chart, &mut self.template);
        // The bounds are far below what a machine word holds.
        let size = value as usize;
        match cap {
            Cap::FileBytes => chart.file_bytes = value,
            Cap::ChartBytes => chart.chart_bytes = value,
            Cap::ChartFiles => chart.entries = size,
            Cap::ChartDepth => chart.depth = size,
            Cap::ArchiveRatio => chart.ratio = value,
            Cap::YamlBytes => template.yaml.bytes = size,
            Cap::YamlDepth => template.yaml.depth = size,
            Cap::YamlValues => template.yaml.nodes = size,
            Cap::Steps => template.steps = value,
            Cap::OutputBytes => template.output = size,
            Cap::TemplateDepth => template.depth = size,
            Cap::Objects => template.objects = size,
            Cap::Seconds => self.seconds = value,
        }
        // The same rules for YAML hold wherever it is read.
        chart.yaml = template.yaml;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cap_has_a_name_and_can_be_set_within_its_bounds() {
        for cap in Cap::all() {
            assert_eq!(Cap::named(cap.name()), Ok(cap));
            let (lowest, highest) = cap.range();
            let default = cap.default_value();
            assert!((lowest..=highest).contains(&default), "{cap:?}");
            for value in [lowest, highest] {
                let mut limits = Limits::default();
                limits.set(cap, value).unwrap();
                assert_eq!(limits.get(cap), value, "{cap:?}");
                // No other cap moves with it.
                let others = Cap::all().filter(|other| *other != cap);
                assert!(others.into_iter().all(|other| limits.get(other) == other.default_value()), "{cap:?}");
                assert_eq!(limits.chart.yaml, limits.template.yaml);
            }
            let mut limits = Limits::default();
            assert!(limits.set(cap, highest + 1).is_err());
            assert!(lowest == 0 || limits.set(cap, lowest - 1).is_err());
            assert_eq!(limits, Limits::default());
        }
        assert_eq!(Cap::named("step").unwrap_err().to_string(), "there is no limit `step`");
    }
    #[test]
    fn the_documentation_has_every_cap() {
        let text = include_str!("../../docs/limits.md");
        for cap in Cap::all() {
            let (lowest, highest) = cap.range();
            let row = format!("| `{}` | {} | {lowest} | {highest} | {}", cap.name(), cap.default_value(), cap.counts());
            assert!(text.contains(&row), "docs/limits.md has no line\n{row}");
        }
    }
}
