//! Chooses one image of a listing by a policy: pure, every fact comes in as an argument.
