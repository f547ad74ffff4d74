//! What plainsail makes, given to the programs that people use on it. A program that is not installed is said and skipped.

mod charts;
mod context;
mod helm;
mod openssl;
