//! Forges: pull requests on GitHub and its like. Knows nothing of charts.
