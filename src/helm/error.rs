//! [`Error`]: why a release cannot be rendered: Helm's message, and the place as data.

use super::limits::Cap;
use super::{chart, foreign, manifests, template, values};

/// A place in a chart's or the user's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file.
    pub file: String,
    /// The line, from 1, where it is known.
    pub line: Option<usize>,
    /// The column as Go counts it (bytes, from 0), where it is known.
    pub column: Option<usize>,
}

/// Why a release cannot be rendered. The text is Helm's; the data is in the fields.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The chart cannot be loaded.
    #[error(transparent)]
    Chart(#[from] chart::Error),
    /// The values cannot be made.
    #[error(transparent)]
    Values(#[from] values::Error),
    /// A template failed.
    #[error(transparent)]
    Template(#[from] template::Error),
    /// A template that is not Go's failed.
    #[error(transparent)]
    Foreign(#[from] foreign::Error),
    /// What the templates printed is no manifest.
    #[error(transparent)]
    Manifest(#[from] manifests::Error),
    /// A chart of this type cannot be installed.
    #[error("{chart_type} charts are not installable")]
    NotInstallable {
        /// The type.
        chart_type: String,
    },
    /// Dependencies of Chart.yaml are not below `charts/`.
    #[error(
        "{prefix}fetch missing dependencies: found in Chart.yaml, but missing in charts/ directory: {}",
        .names.join(", ")
    )]
    MissingDependencies {
        /// Their names.
        names: Vec<String>,
        /// What Helm says first.
        prefix: &'static str,
    },
    /// The values of dependencies do not fit.
    #[error("{prefix}{error}")]
    Dependencies {
        /// What Helm says first.
        prefix: &'static str,
        /// The error.
        error: values::Error,
    },
    /// The name of the release is not allowed.
    #[error("{prefix}release name {name:?}: {reason}")]
    ReleaseName {
        /// What Helm says first.
        prefix: &'static str,
        /// The name.
        name: String,
        /// Why.
        reason: String,
    },
    /// The chart is not for this version of Kubernetes.
    #[error("chart requires kubeVersion: {constraint} which is incompatible with Kubernetes {version}")]
    KubeVersion {
        /// The constraint in Chart.yaml.
        constraint: String,
        /// The version.
        version: String,
    },
}

impl Error {
    /// Returns where the problem lies, where that is known.
    pub fn place(&self) -> Option<Place> {
        match self {
            Self::Chart(error) => chart_place(error, ""),
            Self::Values(values::Error::File { name, line, .. })
            | Self::Dependencies { error: values::Error::File { name, line, .. }, .. } => {
                Some(Place { file: name.clone(), line: *line, column: None })
            }
            Self::Template(template::Error::Parse { file, line, .. }) => {
                Some(Place { file: file.clone(), line: Some(*line as usize), column: None })
            }
            Self::Template(
                template::Error::Execution { trace, .. }
                | template::Error::Limit { trace, .. }
                | template::Error::Impure { trace, .. }
                | template::Error::Address { trace }
                | template::Error::NotBuilt { trace, .. },
            ) => trace.last().map(|place| Place {
                file: place.file.clone(),
                line: Some(place.line as usize),
                column: Some(place.column as usize),
            }),
            Self::Foreign(foreign::Error::Template { file, line, column, .. }) => {
                Some(Place { file: file.clone(), line: *line, column: *column })
            }
            Self::Foreign(foreign::Error::NoEngine { file }) => {
                Some(Place { file: file.clone(), line: None, column: None })
            }
            Self::Manifest(manifests::Error::Yaml { source_path, line, .. }) => {
                Some(Place { file: source_path.clone(), line: *line, column: None })
            }
            _ => None,
        }
    }

    /// Returns the cap that was reached, if that is what is wrong and it can be set.
    pub fn cap(&self) -> Option<Cap> {
        match self {
            Self::Chart(error) => chart_cap(error),
            Self::Values(values::Error::File { cap, .. })
            | Self::Template(template::Error::Limit { cap, .. })
            | Self::Foreign(foreign::Error::Template { cap, .. })
            | Self::Manifest(manifests::Error::Yaml { cap, .. }) => *cap,
            Self::Manifest(manifests::Error::TooMany { .. }) => Some(Cap::Objects),
            _ => None,
        }
    }

    /// Tells whether Helm got as far as running templates; it adds a hint to its message then.
    pub fn is_from_rendering(&self) -> bool {
        matches!(self, Self::Template(_) | Self::Manifest(manifests::Error::Yaml { .. }) | Self::KubeVersion { .. })
    }
}

fn chart_cap(error: &chart::Error) -> Option<Cap> {
    match error {
        chart::Error::File { cap, .. } | chart::Error::TooLarge { cap, .. } => *cap,
        chart::Error::Subchart { cause, .. } => chart_cap(cause),
        _ => None,
    }
}

fn chart_place(error: &chart::Error, folder: &str) -> Option<Place> {
    match error {
        chart::Error::File { file, line, .. } => {
            Some(Place { file: format!("{folder}{file}"), line: *line, column: None })
        }
        chart::Error::Validation { .. } | chart::Error::ApiVersion | chart::Error::ApiVersionNotInstallable => {
            Some(Place { file: format!("{folder}Chart.yaml"), line: None, column: None })
        }
        chart::Error::Subchart { name, cause, .. } => chart_place(cause, &format!("{folder}charts/{name}/")),
        _ => None,
    }
}
