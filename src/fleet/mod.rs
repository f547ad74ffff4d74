//! The GitOps repository as types: `plainsail.yaml`, environments, releases, images, holds; schema and lint.
