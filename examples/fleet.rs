//! Renders a fleet of releases in one process, for measuring and for comparing with a program that uses Helm as a library.
//!
//!     cargo run --profile measure --no-default-features --example fleet -- FLEET.json [-j N] [--hash] [--only TEXT]
//!
//! FLEET.json is a list of `{name, namespace, env, chart, values}`, paths relative to itself. `--hash` prints the SHA-256 of what
//! `helm template` prints and the name, a line per release; `--only` renders the releases whose chart's path contains the text.
//! The last line, on standard error, tells counts, the seconds of the phases on the wall, and the peak of memory.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program")]

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use plainsail::files::{Folder, read_chart_folder};
use plainsail::helm::chart::{Chart, Limits};
use plainsail::helm::functions::Failure;
use plainsail::helm::template::Environment;
use plainsail::helm::values::{UserValues, ValueFile};
use plainsail::helm::{Capabilities, Options, PrintOptions, Profile, Release, render};
use rayon::prelude::*;
use sha2::{Digest, Sha256};

type Failed = Box<dyn Error + Send + Sync>;

const PROFILE: Profile = Profile::V4;

/// A row of the list.
#[derive(serde::Deserialize)]
struct Row {
    name: String,
    namespace: String,
    chart: String,
    values: String,
}

struct Arguments {
    fleet: String,
    threads: usize,
    hash: bool,
    only: String,
}

impl Arguments {
    fn read() -> Result<Self, Failed> {
        let mut found = Self { fleet: String::new(), threads: 1, hash: false, only: String::new() };
        let mut given = std::env::args().skip(1);
        while let Some(argument) = given.next() {
            match argument.as_str() {
                "-j" => found.threads = given.next().ok_or("-j needs a number")?.parse()?,
                "--hash" => found.hash = true,
                "--only" => found.only = given.next().ok_or("--only needs a text")?,
                _ => found.fleet = argument,
            }
        }
        Ok(found)
    }
}

/// A clock that stands still, and numbers that look random: no release of a fleet that is compared may show them.
struct Fixed(u64);

impl Environment for Fixed {
    fn now(&mut self, _: &'static str) -> Result<i128, Failure> {
        Ok(0)
    }

    fn random(&mut self, _: &'static str, buffer: &mut [u8]) -> Result<(), Failure> {
        for byte in buffer {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *byte = (self.0 >> 56) as u8;
        }
        Ok(())
    }
}

fn load(base: &Path, path: &str) -> Result<Arc<Chart>, Failed> {
    let limits = Limits::default();
    let files = read_chart_folder(&Folder::new(base.join(path)), "", limits)?;
    Ok(Chart::load(files, PROFILE, limits)?)
}

fn print(base: &Path, row: &Row, chart: &Arc<Chart>, capabilities: &Capabilities) -> Result<Vec<u8>, Failed> {
    let text = fs::read(base.join(&row.values))?;
    let file = ValueFile { name: row.values.clone(), text: text.into() };
    let user = UserValues { files: vec![file], ..UserValues::default() };
    let user = user.merge(PROFILE, &|path| Err(format!("no file {path}")))?;
    let release = Release { name: row.name.clone(), namespace: row.namespace.clone(), is_upgrade: false };
    let rendered = render(chart, &user, &release, capabilities, &Options::new(PROFILE), &mut Fixed(1))?;
    Ok(rendered.print(&PrintOptions::default())?)
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn peak_of_memory() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.unwrap_or("unknown").trim().to_owned()
}

fn main() -> Result<(), Failed> {
    let arguments = Arguments::read()?;
    let base = Path::new(&arguments.fleet).parent().unwrap_or(Path::new("")).to_owned();
    let mut rows: Vec<Row> = serde_json::from_slice(&fs::read(&arguments.fleet)?)?;
    rows.retain(|row| row.chart.contains(&arguments.only));
    let begin = Instant::now();
    let mut charts = BTreeMap::new();
    for row in &rows {
        if !charts.contains_key(&row.chart) {
            charts.insert(row.chart.clone(), load(&base, &row.chart)?);
        }
    }
    let loaded = begin.elapsed();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(arguments.threads).build()?;
    let capabilities = Capabilities::default();
    let one = |row: &Row| -> Result<(usize, String), Failed> {
        let text =
            print(&base, row, &charts[&row.chart], &capabilities).map_err(|error| format!("{}: {error}", row.name))?;
        let hash = if arguments.hash { hexadecimal(&Sha256::digest(&text)) } else { String::new() };
        Ok((text.len(), hash))
    };
    let results: Vec<Result<(usize, String), Failed>> = pool.install(|| rows.par_iter().map(one).collect());
    let (mut bytes, mut failed) = (0, 0);
    for (row, result) in rows.iter().zip(results) {
        match result {
            Ok((length, hash)) => {
                bytes += length;
                if arguments.hash {
                    println!("{hash} {}", row.name);
                }
            }
            Err(error) => {
                failed += 1;
                eprintln!("{error}");
            }
        }
    }
    let (all, memory) = (begin.elapsed(), peak_of_memory());
    let (count, kinds) = (rows.len(), charts.len());
    eprintln!(
        "{count} releases of {kinds} charts, {failed} failed, {bytes} bytes, load {loaded:.2?}, all {all:.2?}, peak {memory}"
    );
    Ok(())
}
