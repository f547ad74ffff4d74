//! Git without a work tree: an object store, our own transport, and the push protocol that never loses a commit.
