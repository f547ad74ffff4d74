//! [`Capabilities`]: what templates are told of the cluster. There is none, so these are Helm's defaults and the flags.

use super::go::quote::quote_text;

/// What templates are told of the cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// The version of Kubernetes.
    pub kube_version: KubeVersion,
    /// The group versions that exist, in Helm's order.
    pub api_versions: Vec<String>,
}

impl Default for Capabilities {
    fn default() -> Self {
        let kube_version = KubeVersion {
            version: "v1.36.0".to_owned(),
            normalized: "v1.36.0".to_owned(),
            major: "1".to_owned(),
            minor: "36".to_owned(),
        };
        Self { kube_version, api_versions: API_VERSIONS.iter().map(|name| (*name).to_owned()).collect() }
    }
}

/// A version of Kubernetes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KubeVersion {
    /// As given, with a leading `v`.
    pub version: String,
    /// The numbers only, which is what constraints are checked against.
    pub normalized: String,
    /// The first number.
    pub major: String,
    /// The second number.
    pub minor: String,
}

/// A text that is no version of Kubernetes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("invalid kube version '{text}': {reason}")]
pub struct KubeVersionError {
    /// The text.
    pub text: String,
    /// Helm's words.
    pub reason: String,
}

impl KubeVersion {
    /// Reads a version: two or more numbers with anything behind them.
    ///
    /// # Errors
    /// If there are not at least two numbers at the beginning.
    pub fn parse(text: &str) -> Result<Self, KubeVersionError> {
        let quoted = quote_text(text.as_bytes());
        let fail = |reason: String| Err(KubeVersionError { text: text.to_owned(), reason });
        let blank = |c: char| matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{c}');
        let trimmed = text.trim_start_matches(blank);
        let numbers = trimmed.strip_prefix('v').unwrap_or(trimmed);
        let length = numbers_length(numbers);
        if length == 0 || numbers[length..].contains('\n') {
            return fail(format!("could not parse {quoted} as version"));
        }
        let parts: Vec<&str> = numbers[..length].split('.').collect();
        if parts.len() < 2 {
            return fail(format!("illegal version string {quoted}"));
        }
        let mut values: Vec<u64> = Vec::new();
        for (index, part) in parts.iter().enumerate() {
            if index == 0 && part.len() > 1 && part.starts_with('0') {
                return fail(format!("illegal zero-prefixed version component \"{part}\" in {quoted}"));
            }
            match part.parse() {
                Ok(value) => values.push(value),
                Err(_) => {
                    return fail(format!(
                        "illegal non-numeric version component \"{part}\" in {quoted}: strconv.ParseUint: parsing \"{part}\": value out of range"
                    ));
                }
            }
        }
        let joined: Vec<String> = values.iter().map(u64::to_string).collect();
        Ok(Self {
            version: if text.starts_with('v') { text.to_owned() } else { format!("v{text}") },
            normalized: format!("v{}", joined.join(".")),
            major: joined.first().cloned().unwrap_or_default(),
            minor: joined.get(1).cloned().unwrap_or_default(),
        })
    }
}

/// Returns the length of the longest beginning that fits `[0-9]+(\.[0-9]+)*`.
fn numbers_length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let digits = |from: usize| bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let mut length = digits(0);
    while length > 0 && bytes.get(length) == Some(&b'.') {
        match digits(length + 1) {
            0 => break,
            more => length += 1 + more,
        }
    }
    length
}

/// The group versions that client-go of Kubernetes 1.36 registers; both Helms are built with it.
const API_VERSIONS: &[&str] = &[
    "v1",
    "admissionregistration.k8s.io/v1",
    "admissionregistration.k8s.io/v1alpha1",
    "admissionregistration.k8s.io/v1beta1",
    "internal.apiserver.k8s.io/v1alpha1",
    "apps/v1",
    "apps/v1beta1",
    "apps/v1beta2",
    "authentication.k8s.io/v1",
    "authentication.k8s.io/v1alpha1",
    "authentication.k8s.io/v1beta1",
    "authorization.k8s.io/v1",
    "authorization.k8s.io/v1beta1",
    "autoscaling/v1",
    "autoscaling/v2",
    "batch/v1",
    "batch/v1beta1",
    "certificates.k8s.io/v1",
    "certificates.k8s.io/v1beta1",
    "certificates.k8s.io/v1alpha1",
    "coordination.k8s.io/v1alpha2",
    "coordination.k8s.io/v1beta1",
    "coordination.k8s.io/v1",
    "discovery.k8s.io/v1",
    "discovery.k8s.io/v1beta1",
    "events.k8s.io/v1",
    "events.k8s.io/v1beta1",
    "extensions/v1beta1",
    "flowcontrol.apiserver.k8s.io/v1",
    "flowcontrol.apiserver.k8s.io/v1beta1",
    "flowcontrol.apiserver.k8s.io/v1beta2",
    "flowcontrol.apiserver.k8s.io/v1beta3",
    "networking.k8s.io/v1",
    "networking.k8s.io/v1beta1",
    "node.k8s.io/v1",
    "node.k8s.io/v1alpha1",
    "node.k8s.io/v1beta1",
    "policy/v1",
    "policy/v1beta1",
    "rbac.authorization.k8s.io/v1",
    "rbac.authorization.k8s.io/v1beta1",
    "rbac.authorization.k8s.io/v1alpha1",
    "resource.k8s.io/v1",
    "resource.k8s.io/v1beta2",
    "resource.k8s.io/v1beta1",
    "resource.k8s.io/v1alpha3",
    "scheduling.k8s.io/v1alpha2",
    "scheduling.k8s.io/v1beta1",
    "scheduling.k8s.io/v1",
    "storage.k8s.io/v1beta1",
    "storage.k8s.io/v1",
    "storage.k8s.io/v1alpha1",
    "storagemigration.k8s.io/v1beta1",
    "apiextensions.k8s.io/v1beta1",
    "apiextensions.k8s.io/v1",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_suffix_but_not_in_the_normalized_form() {
        let version = KubeVersion::parse("1.31.2-eks-1234").unwrap();
        assert_eq!((version.version.as_str(), version.normalized.as_str()), ("v1.31.2-eks-1234", "v1.31.2"));
        assert_eq!((version.major.as_str(), version.minor.as_str()), ("1", "31"));
    }

    #[test]
    fn says_in_helms_words_what_is_no_version() {
        for (text, reason) in [
            ("1", "illegal version string \"1\""),
            ("01.2", "illegal zero-prefixed version component \"01\" in \"01.2\""),
            ("vv1.2", "could not parse \"vv1.2\" as version"),
            ("1.2\n3", "could not parse \"1.2\\n3\" as version"),
        ] {
            assert_eq!(KubeVersion::parse(text).unwrap_err().reason, reason);
        }
        assert_eq!(KubeVersion::parse("v1.030").unwrap().normalized, "v1.30");
    }
}
