//! [`Error`]: why a release could not be rendered.

/// Why a release could not be rendered into files. One release's error never keeps another from rendering.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// Reading a file of the repository failed.
    #[error(transparent)]
    Files(#[from] crate::files::Error),
    /// The chart, the values or a template is wrong.
    #[error("{0}")]
    Helm(Box<crate::helm::Error>),
    /// A values file is wrong.
    #[error("{file}: {reason}")]
    Values {
        /// The path in the repository.
        file: String,
        /// The line, from 1, where one is known.
        line: Option<usize>,
        /// What is wrong.
        reason: String,
        /// The cap that was reached, if that is what is wrong.
        cap: Option<crate::helm::Cap>,
    },
    /// There is no such file or folder.
    #[error("{what} {path} does not exist")]
    Missing {
        /// `chart`, `values file`.
        what: &'static str,
        /// The path in the repository.
        path: String,
    },
    /// An ability that is not there yet.
    #[error("{what} is not built yet")]
    NotBuilt {
        /// Which.
        what: String,
    },
    /// It cannot be told what a value has to be so that what is committed stays.
    #[error("{leaf} depends on chance and cannot be kept as it is committed: {reason}")]
    NotKept {
        /// The object and the keys.
        leaf: String,
        /// Why.
        reason: String,
        /// The call that it depends on, where one is found.
        #[source]
        cause: Option<Box<crate::helm::Error>>,
    },
    /// A selected image is not in the manifests.
    #[error("image {image} is not deployed: no manifest names its digest {digest}")]
    NotDeployed {
        /// The image.
        image: String,
        /// Its digest.
        digest: String,
    },
    /// Nothing was rendered.
    #[error("the chart renders to nothing, which Argo CD would take as an order to delete everything")]
    Empty,
    /// A document that is no object.
    #[error("a document of {source_file} cannot be committed: {reason}")]
    NotAnObject {
        /// The template.
        source_file: String,
        /// Why.
        reason: String,
    },
    /// Two objects would be written to one file.
    #[error("two objects would be written to {file}: one of {first}, one of {second}")]
    NamesCollide {
        /// The file.
        file: String,
        /// The first template.
        first: String,
        /// The second template.
        second: String,
    },
    /// A Secret in plain text.
    #[error("Secret {name} of {source_file} holds data, which would be committed in plain text")]
    PlainSecret {
        /// Its name.
        name: String,
        /// The template.
        source_file: String,
    },
    /// Argo CD would not read it as it stands.
    #[error("a document of {source_file} would not be read by Argo CD as it is: {reason}")]
    Unreadable {
        /// The template.
        source_file: String,
        /// Why.
        reason: String,
    },
    /// More than Argo CD reads.
    #[error("the manifests are {bytes} bytes together, Argo CD reads at most {most}")]
    TooLarge {
        /// The size.
        bytes: usize,
        /// The cap.
        most: usize,
    },
    /// A folder that is in the way.
    #[error("{folder} has files but no marker .plainsail: it is not plainsail's to write to")]
    NotOurs {
        /// The folder.
        folder: String,
    },
}

impl Error {
    /// Returns the cap that was reached, if that is what is wrong and it can be set.
    pub fn cap(&self) -> Option<crate::helm::Cap> {
        match self {
            Self::Helm(error) => error.cap(),
            Self::Values { cap, .. } => *cap,
            _ => None,
        }
    }
}
