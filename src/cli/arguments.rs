//! What can be typed: the options that every command has, and the list of commands.

use std::path::PathBuf;

use clap::{Args, Parser, ValueEnum};

use super::commands::Command;

/// Finds new image tags, renders Helm charts to plain manifests, commits them, opens promotion pull requests.
#[derive(Debug, Parser)]
#[command(name = "plainsail", version, about, arg_required_else_help = true, propagate_version = true)]
pub struct Arguments {
    /// What every command has.
    #[command(flatten)]
    pub global: GlobalArguments,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The options that every command has.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Options of every command")]
pub struct GlobalArguments {
    /// Work in this folder instead of the current one.
    #[arg(short = 'C', value_name = "DIR", global = true)]
    pub directory: Option<PathBuf>,
    /// How to print the result on standard output.
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t, global = true)]
    pub output: OutputFormat,
    /// Print results, warnings and errors only.
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Print what happens in detail, on standard error; more with -vv and -vvv.
    #[arg(short, long, action = clap::ArgAction::Count, global = true)]
    pub verbose: u8,
}

/// How results are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum OutputFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON document.
    Json,
}
