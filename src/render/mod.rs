//! A release to a tree of files: values and images into the chart, determinism, Secrets, file names, ownership.
