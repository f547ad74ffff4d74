//! Checks that the rendered manifests really name the images that were selected.

use super::RenderedObject;
use crate::yaml::Data;

/// Tells whether some manifest names an image by its digest, as `…@sha256:…` in a value (a comment does not count).
pub(super) fn is_deployed(objects: &[RenderedObject], digest: &str) -> bool {
    let reference = format!("@{digest}");
    objects.iter().any(|object| names(&object.data, reference.as_bytes()))
}

fn names(data: &Data, reference: &[u8]) -> bool {
    // An explicit stack: manifests come from charts, which may nest as deep as the YAML reader allows.
    let mut rest = vec![data];
    while let Some(data) = rest.pop() {
        match data {
            Data::String(text) if text.ends_with(reference) => return true,
            Data::List(items) => rest.extend(items.iter()),
            Data::Map(map) => rest.extend(map.values()),
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::{Limits, parse};

    #[test]
    fn an_image_is_deployed_where_a_value_ends_in_its_digest() {
        let object = |yaml: &str| {
            [RenderedObject {
                source: String::new(),
                text: yaml.into(),
                data: parse(yaml.as_bytes(), &Limits::default()).unwrap(),
            }]
        };
        assert!(is_deployed(&object("spec: {containers: [{image: 'web:1@sha256:ab'}]}"), "sha256:ab"));
        assert!(!is_deployed(&object("spec: {containers: [{image: 'web:1'}]} # web@sha256:ab"), "sha256:ab"));
        assert!(!is_deployed(&object("spec: {containers: [{image: 'web@sha256:abc'}]}"), "sha256:ab"));
    }
}
