//! [`Release`]: under which name and where a chart is rendered.

use super::error::Error;
use super::profile::Profile;

/// Under which name and where a chart is rendered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// `.Release.Name`
    pub name: String,
    /// `.Release.Namespace`
    pub namespace: String,
    /// `.Release.IsUpgrade`; `.Release.IsInstall` is the opposite.
    pub is_upgrade: bool,
}

const MAX_NAME: usize = 53;

impl Release {
    /// Checks the name as Helm does.
    ///
    /// # Errors
    /// If it is empty, too long, or no name of a Kubernetes object.
    pub fn check_name(&self, profile: Profile) -> Result<(), Error> {
        let reason = if self.name.is_empty() {
            "no name provided"
        } else if self.name.len() > MAX_NAME || !self.name.split('.').all(is_label) {
            "invalid release name, must match regex ^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$ \
             and the length must not be longer than 53"
        } else {
            return Ok(());
        };
        let prefix = profile.rules().words.release_name;
        Err(Error::ReleaseName { prefix, name: self.name.clone(), reason: reason.to_owned() })
    }
}

/// `[a-z0-9]([-a-z0-9]*[a-z0-9])?`
fn is_label(part: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let bytes = part.as_bytes();
    match (bytes.first(), bytes.last()) {
        (Some(first), Some(last)) => {
            inner(*first) && inner(*last) && bytes.iter().all(|byte| inner(*byte) || *byte == b'-')
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_names_of_kubernetes_objects_only() {
        let check = |name: &str| {
            let release = Release { name: name.to_owned(), namespace: String::new(), is_upgrade: false };
            release.check_name(Profile::V4).is_ok()
        };
        for name in ["a", "a-b", "a.b", "0", &"a".repeat(53)] {
            assert!(check(name), "{name}");
        }
        for name in ["", "-a", "a-", "A", "a_b", "a..b", ".a", "a\n", "../a", &"a".repeat(54)] {
            assert!(!check(name), "{name}");
        }
    }
}
