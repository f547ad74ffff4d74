//! [`Profile`]: which Helm release is followed, and [`Rules`]: every rule on which they differ.
//!
//! This is the only file that knows versions. The rest of the engine asks for a rule by its name, and a house test keeps it so. To
//! follow another release, add its column below.

/// A Helm release whose output is reproduced byte for byte.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Profile {
    /// Helm 4.2.4.
    #[default]
    V4,
    /// Helm 3.21.4.
    V3,
}

/// What the releases do differently, each with what Helm changed and where its source says so.
#[derive(Debug)]
pub(crate) struct Rules {
    /// Reading a chart looks at the root's Chart.yaml first and refuses one without, and any `apiVersion` but v1 and v2. Helm 4
    /// has loaders by that version (`pkg/chart/loader/load.go`); Helm 3 has one for all and checks less.
    pub(crate) reads_chart_version_first: bool,
    /// A dependency under an alias has subcharts and dependencies of its own. Helm 3 shares them with the original, so that what is
    /// done to one alias is done to all (`copyChartAsAlias`; `pkg/chart/v2/util/dependencies.go` copies since 4.0).
    pub(crate) copies_aliased_charts: bool,
    /// Nulls in the defaults of a chart are dropped before they can reach subcharts. Since 4.2.0
    /// (`pkg/chart/common/util/coalesce.go`, `coalesceValues`); Helm 3 hands them on, and templates see them.
    pub(crate) drops_null_defaults: bool,
    /// Value files have many documents, all merged. Since 4.0 (`pkg/chart/v2/loader/load.go`, `LoadValues`); Helm 3 reads the first.
    pub(crate) merges_value_documents: bool,
    /// `--set-json` takes a whole object beside `key=json`. Since 4.0 (`pkg/cli/values/options.go`).
    pub(crate) set_json_takes_objects: bool,
    /// An index that is not closed ends a `--set` line without a word: Helm 4 finds the end of the line inside of the wrapped error too
    /// (`errors.Is` for `==` in `pkg/strvals/parser.go`), Helm 3 reports it.
    pub(crate) unclosed_index_ends_line: bool,
    /// `.Chart` and what is in it are maps and lists of anything, where a name that is not there is empty. Helm 4 makes them of its two
    /// chart types (`pkg/chart/common.go`, `MetadataAsMap`); in Helm 3 they are the structs themselves.
    pub(crate) chart_is_map: bool,
    /// `.Capabilities.KubeVersion` keeps the suffix of a vendor (`v1.33.4-gke.1`) beside what is compared. Since 4.0
    /// (`pkg/chart/common/capabilities.go`).
    pub(crate) keeps_version_suffix: bool,
    /// `.Files.Lines` of an empty file fails. A fault of 4.x: it asks whether the file is there, no longer whether it is empty
    /// (`pkg/engine/files.go`), and then looks at the last line.
    pub(crate) lines_of_nothing_fail: bool,
    /// What `.Capabilities.HelmVersion` says; the linker flags of the released programs (`internal/version/version.go`).
    pub(crate) build: Build,
    /// Names of Go types that templates can print. Packages were moved for 4.0.
    pub(crate) types: TypeNames,
    /// Functions that are not there. 4.0 added two (`pkg/engine/funcs.go`).
    pub(crate) missing_functions: &'static [&'static str],
    /// Documents are split at `---` with what is behind it on the line, and keep the white space at their end. 4.2.0 and 4.2.4 changed
    /// it (`pkg/release/v1/util/manifest.go`); Helm 3 takes all white space around a separator and trims both ends.
    pub(crate) keeps_end_of_documents: bool,
    /// The kinds in the order of their installation. 4.0 put webhooks last (`pkg/release/v1/util/kind_sorter.go`); Helm 3 does not know
    /// them.
    pub(crate) install_order: &'static [&'static str],
    /// Errors of templates are a trace of many lines (`pkg/engine/engine.go`, `reformatExecErrorMsg`, since 4.0); else Go's own line.
    pub(crate) traces_errors: bool,
    /// What stands before other errors; 4.0 wrote more of them into its errors (`pkg/action/install.go`, `pkg/cmd/install.go`).
    pub(crate) words: Words,
}

/// The program that a release is.
#[derive(Debug)]
pub(crate) struct Build {
    pub(crate) version: &'static str,
    pub(crate) commit: &'static str,
    /// The Kubernetes that its client is for; a field of Helm 4 only.
    pub(crate) kube_client: Option<&'static str>,
}

/// Names of Go types.
#[derive(Debug)]
pub(crate) struct TypeNames {
    pub(crate) values: &'static str,
    pub(crate) capabilities: &'static str,
    pub(crate) kube_version: &'static str,
    pub(crate) version_set: &'static str,
    pub(crate) head: &'static str,
    pub(crate) metadata: &'static str,
    pub(crate) maintainer: &'static str,
    pub(crate) dependency: &'static str,
    pub(crate) lock: &'static str,
}

/// What stands before errors.
#[derive(Debug)]
pub(crate) struct Words {
    pub(crate) missing_dependencies: &'static str,
    pub(crate) release_name: &'static str,
    pub(crate) values_of_dependencies: &'static str,
}

const KINDS: &[&str] = &[
    "PriorityClass",
    "Namespace",
    "NetworkPolicy",
    "ResourceQuota",
    "LimitRange",
    "PodSecurityPolicy",
    "PodDisruptionBudget",
    "ServiceAccount",
    "Secret",
    "SecretList",
    "ConfigMap",
    "StorageClass",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "CustomResourceDefinition",
    "ClusterRole",
    "ClusterRoleList",
    "ClusterRoleBinding",
    "ClusterRoleBindingList",
    "Role",
    "RoleList",
    "RoleBinding",
    "RoleBindingList",
    "Service",
    "DaemonSet",
    "Pod",
    "ReplicationController",
    "ReplicaSet",
    "Deployment",
    "HorizontalPodAutoscaler",
    "StatefulSet",
    "Job",
    "CronJob",
    "IngressClass",
    "Ingress",
    "APIService",
    "MutatingWebhookConfiguration",
    "ValidatingWebhookConfiguration",
];
const WEBHOOKS: usize = 2;

static HELM_4: Rules = Rules {
    reads_chart_version_first: true,
    copies_aliased_charts: true,
    drops_null_defaults: true,
    merges_value_documents: true,
    set_json_takes_objects: true,
    unclosed_index_ends_line: true,
    chart_is_map: true,
    keeps_version_suffix: true,
    lines_of_nothing_fail: true,
    build: Build { version: "v4.2.4", commit: "3900f434fd3ef2b84065dc04508df48f288dba00", kube_client: Some("v1.36") },
    types: TypeNames {
        values: "common.Values",
        capabilities: "*common.Capabilities",
        kube_version: "common.KubeVersion",
        version_set: "common.VersionSet",
        head: "util.SimpleHead",
        metadata: "v2.Metadata",
        maintainer: "v2.Maintainer",
        dependency: "v2.Dependency",
        lock: "v2.Lock",
    },
    missing_functions: &[],
    keeps_end_of_documents: true,
    install_order: KINDS,
    traces_errors: true,
    words: Words {
        missing_dependencies: "an error occurred while checking for chart dependencies. You may need to run 'helm dependency build' to ",
        release_name: "release name check failed: ",
        values_of_dependencies: "chart dependencies processing failed: ",
    },
};

static HELM_3: Rules = Rules {
    reads_chart_version_first: false,
    copies_aliased_charts: false,
    drops_null_defaults: false,
    merges_value_documents: false,
    set_json_takes_objects: false,
    unclosed_index_ends_line: false,
    chart_is_map: false,
    keeps_version_suffix: false,
    lines_of_nothing_fail: false,
    build: Build { version: "v3.21.4", commit: "813176c51bb5c181dbbd7901298ddcc104cd3417", kube_client: None },
    types: TypeNames {
        values: "chartutil.Values",
        capabilities: "*chartutil.Capabilities",
        kube_version: "chartutil.KubeVersion",
        version_set: "chartutil.VersionSet",
        head: "releaseutil.SimpleHead",
        metadata: "chart.Metadata",
        maintainer: "chart.Maintainer",
        dependency: "chart.Dependency",
        lock: "chart.Lock",
    },
    missing_functions: &["mustToToml", "mustToYaml"],
    keeps_end_of_documents: false,
    install_order: KINDS.split_at(KINDS.len() - WEBHOOKS).0,
    traces_errors: false,
    words: Words {
        missing_dependencies: "An error occurred while checking for chart dependencies. You may need to run `helm dependency build` to ",
        release_name: "",
        values_of_dependencies: "",
    },
};

impl Profile {
    /// Returns the version as written: `4.2.4`.
    pub fn version(self) -> &'static str {
        match self {
            Self::V4 => "4.2.4",
            Self::V3 => "3.21.4",
        }
    }

    /// Returns the profile of a version as written.
    pub fn from_version(version: &str) -> Option<Self> {
        [Self::V4, Self::V3].into_iter().find(|profile| profile.version() == version)
    }

    /// Returns what this release does differently.
    pub(crate) fn rules(self) -> &'static Rules {
        match self {
            Self::V4 => &HELM_4,
            Self::V3 => &HELM_3,
        }
    }
}
