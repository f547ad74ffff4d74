<<<<<<< HEAD
//! Runs the tables of expected results; each module is one table, its data lies in `data`.

mod go_fmt;
=======
//! The tables of expected results: what Helm 4.2.4 and 3.21.4 give, run on plainsail case by case.

mod glob;
mod helmignore;
mod semver;
mod table;
>>>>>>> d01be65 (helm: versions, globs and .helmignore as Helm's libraries read them)
