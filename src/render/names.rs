//! Names the files of a rendered release: `<kind>.<name>.yaml`, longer only where that would not tell objects apart.
//!
//! Names come out of rendered text, so nothing in them may be trusted to be a file name (threats P06): what does not fit is
//! replaced or refused, and two objects for one file are an error, never an overwrite.

use std::collections::{BTreeMap, BTreeSet};

use super::{Error, RenderedObject};

/// The longest file name, in bytes; most file systems end at 255.
const LONGEST: usize = 240;

/// Returns the file name of each object, in the same order.
///
/// # Errors
/// A kind or name that cannot be one, or two objects for one file.
pub(super) fn file_names(objects: &[RenderedObject]) -> Result<Vec<String>, Error> {
    let mut groups: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut namespaces: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for object in objects {
        let kind = object.kind().to_lowercase();
        groups.entry(kind.clone()).or_default().insert(object.group());
        namespaces.entry(kind).or_default().insert(object.namespace());
    }
    let mut taken: BTreeMap<String, usize> = BTreeMap::new();
    let mut names = Vec::with_capacity(objects.len());
    for (index, object) in objects.iter().enumerate() {
        let kind = kind_part(object)?;
        let mut parts = Vec::new();
        if namespaces.get(&kind).is_some_and(|all| all.len() > 1) && !object.namespace().is_empty() {
            parts.push(name_part(object, &object.namespace())?);
        }
        parts.push(kind.clone());
        if groups.get(&kind).is_some_and(|all| all.len() > 1) && !object.group().is_empty() {
            parts.push(name_part(object, &object.group())?);
        }
        parts.push(own_part(object)?);
        let name = format!("{}.yaml", shortened(&parts.join(".")));
        if let Some(first) = taken.insert(name.clone(), index) {
            return Err(Error::NamesCollide {
                file: name,
                first: objects[first].source.clone(),
                second: object.source.clone(),
            });
        }
        names.push(name);
    }
    Ok(names)
}

fn kind_part(object: &RenderedObject) -> Result<String, Error> {
    let kind = object.kind();
    if kind.is_empty() || !kind.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(Error::NotAnObject { source_file: object.source.clone(), reason: format!("its kind is {kind:?}") });
    }
    Ok(kind.to_lowercase())
}

/// Returns what tells the object from others of its kind.
fn own_part(object: &RenderedObject) -> Result<String, Error> {
    let name = object.name();
    if !name.is_empty() {
        return name_part(object, &name);
    }
    let generated = object.generate_name();
    if !generated.is_empty() {
        return name_part(object, &generated);
    }
    if object.kind().ends_with("List") {
        // A list has no name of its own; its template has.
        let file = object.source.rsplit('/').next().unwrap_or_default();
        let stem = file.split('.').next().unwrap_or_default();
        return name_part(object, stem);
    }
    Err(Error::NotAnObject { source_file: object.source.clone(), reason: "it has no metadata.name".to_owned() })
}

/// Turns a name into a part of a file name. Names of RBAC objects may hold `:`, which some file systems do not take.
fn name_part(object: &RenderedObject, name: &str) -> Result<String, Error> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b':');
    if name.is_empty() || name.len() > 253 || name.starts_with(['.', '-']) || !name.bytes().all(fits) {
        return Err(Error::NotAnObject {
            source_file: object.source.clone(),
            reason: format!("{:?} cannot be the name of an object", crop(name)),
        });
    }
    Ok(name.to_lowercase().replace(':', "_"))
}

fn crop(name: &str) -> String {
    name.chars().take(80).collect()
}

/// Cuts a name that is too long and keeps it apart from others by a hash of the whole.
fn shortened(name: &str) -> String {
    if name.len() <= LONGEST {
        return name.to_owned();
    }
    let hash = blake3::hash(name.as_bytes()).to_hex();
    format!("{}-{}", &name[..LONGEST - 17], &hash[..16])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::{Limits, parse};

    fn object(yaml: &str) -> RenderedObject {
        RenderedObject {
            source: "c/templates/list-of.things.yaml".to_owned(),
            text: yaml.into(),
            data: parse(yaml.as_bytes(), &Limits::default()).unwrap(),
        }
    }

    fn names(yamls: &[&str]) -> Result<Vec<String>, Error> {
        file_names(&yamls.iter().map(|yaml| object(yaml)).collect::<Vec<_>>())
    }

    #[test]
    fn kind_and_name_are_enough_most_of_the_time() {
        assert_eq!(
            names(&["{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}}"]).unwrap(),
            ["deployment.web.yaml"]
        );
        assert_eq!(
            names(&["{apiVersion: v1, kind: ConfigMapList, items: []}"]).unwrap(),
            ["configmaplist.list-of.yaml"]
        );
        assert_eq!(
            names(&["{apiVersion: r/v1, kind: ClusterRole, metadata: {name: 'System:Web'}}"]).unwrap(),
            ["clusterrole.system_web.yaml"]
        );
    }

    #[test]
    fn the_group_is_named_where_a_kind_is_in_two() {
        let both = [
            "{apiVersion: a.io/v1, kind: Ingress, metadata: {name: x}}",
            "{apiVersion: b.io/v1, kind: Ingress, metadata: {name: z}}",
        ];
        assert_eq!(names(&both).unwrap(), ["ingress.a.io.x.yaml", "ingress.b.io.z.yaml"]);
    }

    #[test]
    fn the_namespace_is_named_where_a_kind_is_in_two() {
        let both = [
            "{apiVersion: v1, kind: Role, metadata: {name: x, namespace: a}}",
            "{apiVersion: v1, kind: Role, metadata: {name: x, namespace: b}}",
        ];
        assert_eq!(names(&both).unwrap(), ["a.role.x.yaml", "b.role.x.yaml"]);
    }

    #[test]
    fn two_objects_for_one_file_are_an_error() {
        let twins =
            ["{apiVersion: v1, kind: Role, metadata: {name: x}}", "{apiVersion: v1, kind: Role, metadata: {name: X}}"];
        assert!(matches!(names(&twins), Err(Error::NamesCollide { .. })));
    }

    #[test]
    fn names_that_lead_elsewhere_are_refused() {
        for name in ["../../.github/workflows/x", ".git", "a/b", "a\\u0000b", "", "git\\u200d"] {
            let yaml = format!("{{apiVersion: v1, kind: ConfigMap, metadata: {{name: \"{name}\"}}}}");
            assert!(matches!(names(&[&yaml]), Err(Error::NotAnObject { .. })), "{name}");
        }
        assert!(matches!(
            names(&["{apiVersion: v1, kind: ../x, metadata: {name: a}}"]),
            Err(Error::NotAnObject { .. })
        ));
    }

    #[test]
    fn long_names_are_cut_and_stay_apart() {
        let yaml =
            |end: char| format!("{{apiVersion: v1, kind: ConfigMap, metadata: {{name: {}{end}}}}}", "a".repeat(252));
        let both = names(&[&yaml('x'), &yaml('y')]).unwrap();
        assert!(both[0] != both[1] && both.iter().all(|name| name.len() < 256));
    }
}
