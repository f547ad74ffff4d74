//! Values: `--set` and its relatives, layering, dependencies, schema.
