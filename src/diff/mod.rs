//! What changed between two trees of manifests, by object and by line. Pure.
