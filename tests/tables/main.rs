//! Runs the tables of expected results; each module is one table, its data lies in `data`.

mod go_fmt;
