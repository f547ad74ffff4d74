//! The parts of Go's standard library whose output can be seen from a template: fmt, strconv, time, regexp syntax.
