//! What a rendered release must not hold, because it would be committed and read by Argo CD: Secrets in plain text, files
//! that Argo CD's reader refuses or reads as something else.

use super::object::string_at;
use super::{Error, RenderedObject};
use crate::yaml::Data;

/// Argo CD leaves out a file that holds this text.
const SKIP_MARKER: &str = "+argocd:skip-file-rendering";

/// Argo CD refuses a folder whose manifests are larger than this together.
const LARGEST: usize = 10_000_000;

/// Refuses Secrets with data, but for those that are allowed by name.
///
/// # Errors
/// The first Secret that is not allowed.
pub(super) fn no_plain_secrets(objects: &[RenderedObject], allowed: &[String]) -> Result<(), Error> {
    for object in objects {
        for part in object.parts() {
            if string_at(part, "kind") != "Secret" || string_at(part, "apiVersion") != "v1" {
                continue;
            }
            let has = |key: &str| {
                part.get(key).is_some_and(|data| data.as_map().is_none_or(|map| !map.is_empty()) && *data != Data::Null)
            };
            let name = part.get("metadata").map(|metadata| string_at(metadata, "name")).unwrap_or_default();
            if (has("data") || has("stringData")) && !allowed.contains(&name) {
                return Err(Error::PlainSecret { name, source_file: object.source.clone() });
            }
        }
    }
    Ok(())
}

/// Refuses what Argo CD's reader would refuse, leave out, or read otherwise.
///
/// # Errors
/// The first object that is wrong.
pub(super) fn readable_by_argo(objects: &[RenderedObject]) -> Result<(), Error> {
    for object in objects {
        let unreadable =
            |reason: &str| Error::Unreadable { source_file: object.source.clone(), reason: reason.to_owned() };
        if object.api_version().is_empty() {
            return Err(Error::NotAnObject {
                source_file: object.source.clone(),
                reason: "it has no apiVersion".to_owned(),
            });
        }
        let text = object.text.lossy();
        if text.contains(SKIP_MARKER) {
            return Err(unreadable("it holds the text that makes Argo CD leave the file out"));
        }
        // The separator in front is Helm's; another at the start of a line would split the object in two.
        if text.lines().skip(1).any(|line| line.starts_with("---")) {
            return Err(unreadable("a line in it begins with ---, where Argo CD would split it"));
        }
    }
    let size: usize = objects.iter().map(|object| object.text.len()).sum();
    if size > LARGEST {
        return Err(Error::TooLarge { bytes: size, most: LARGEST });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::{Limits, parse};

    fn object(yaml: &str) -> RenderedObject {
        RenderedObject {
            source: "c/templates/a.yaml".to_owned(),
            text: format!("---\n{yaml}").into(),
            data: parse(yaml.as_bytes(), &Limits::default()).unwrap(),
        }
    }

    #[test]
    fn a_secret_with_data_is_refused_unless_allowed() {
        let secret = [object("apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata: {a: Yg==}\n")];
        assert!(matches!(no_plain_secrets(&secret, &[]), Err(Error::PlainSecret { .. })));
        assert!(no_plain_secrets(&secret, &["s".to_owned()]).is_ok());
        assert!(
            no_plain_secrets(&[object("apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata: {}\n")], &[]).is_ok()
        );
        assert!(
            no_plain_secrets(
                &[object(
                    "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: s}\nspec: {data: [a]}\n"
                )],
                &[]
            )
            .is_ok()
        );
    }

    #[test]
    fn a_secret_inside_a_list_is_found() {
        let list = [object(
            "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Secret, metadata: {name: s}, stringData: {a: b}}\n",
        )];
        assert!(matches!(no_plain_secrets(&list, &[]), Err(Error::PlainSecret { .. })));
    }

    #[test]
    fn what_argo_would_misread_is_refused() {
        assert!(readable_by_argo(&[object("apiVersion: v1\nkind: A\nmetadata: {name: a}\n")]).is_ok());
        assert!(matches!(
            readable_by_argo(&[object("apiVersion: v1\nkind: A\n# +argocd:skip-file-rendering\n")]),
            Err(Error::Unreadable { .. })
        ));
        assert!(matches!(readable_by_argo(&[object("kind: A\n")]), Err(Error::NotAnObject { .. })));
    }
}
