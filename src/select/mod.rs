//! Chooses one image of a listing by a policy. Pure: everything it may know comes in as an argument.
