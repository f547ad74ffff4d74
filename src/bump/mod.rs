//! Replaces single scalars in a YAML file and keeps every other byte. Knows nothing of charts, files or git.
