//! Registries: what images there are. Knows nothing of charts, fleets or git.
