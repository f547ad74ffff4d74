//! Rendered text to manifests: splitting, hooks, install order, printing.
