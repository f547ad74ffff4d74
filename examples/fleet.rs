//! Renders a fleet of releases in one process, for measuring and for comparing with a program that uses Helm as a library.
//!
//!     cargo run --profile measure --no-default-features --example fleet -- FLEET.json [-j N] [--hash] [--only TEXT]
//!         [--phases] [--skip-schemas]
//!
//! FLEET.json is a list of `{name, namespace, env, chart, values}`, paths relative to itself. `--hash` prints the SHA-256 of what
//! `helm template` prints and the name, a line per release; `--only` renders the releases whose chart's path contains the text.
//! `--phases` adds where the time went, summed over threads; what schemas take is what `--skip-schemas` saves.
//! The last line, on standard error, tells counts, the seconds of the phases on the wall, and the peak of memory.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program")]

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

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
    phases: bool,
    skip_schemas: bool,
}

impl Arguments {
    fn read() -> Result<Self, Failed> {
        let mut found = Self {
            fleet: String::new(),
            threads: 1,
            hash: false,
            only: String::new(),
            phases: false,
            skip_schemas: false,
        };
        let mut given = std::env::args().skip(1);
        while let Some(argument) = given.next() {
            match argument.as_str() {
                "-j" => found.threads = given.next().ok_or("-j needs a number")?.parse()?,
                "--hash" => found.hash = true,
                "--phases" => found.phases = true,
                "--skip-schemas" => found.skip_schemas = true,
                "--only" => found.only = given.next().ok_or("--only needs a text")?,
                _ => found.fleet = argument,
            }
        }
        Ok(found)
    }
}

/// The parts of a rendering, in their order.
const PHASES: [&str; 7] = [
    "read and parse values files",
    "dependencies, coalesce, schema",
    "compile templates, context",
    "run templates",
    "split, heads, sort",
    "join",
    "hash",
];

/// A clock that stands still, and numbers that look random: no release of a fleet that is compared may show them. Notes when
/// the engine passes from one part to the next, which is when it asks whether to go on.
struct Fixed {
    random: u64,
    layered: Option<Instant>,
    compiled: Cell<Option<Instant>>,
    run: Option<Instant>,
}

impl Environment for Fixed {
    fn now(&mut self, _: &'static str) -> Result<i128, Failure> {
        Ok(0)
    }

    fn random(&mut self, _: &'static str, buffer: &mut [u8]) -> Result<(), Failure> {
        for byte in buffer {
            self.random = self.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *byte = (self.random >> 56) as u8;
        }
        Ok(())
    }

    fn is_watching(&self) -> bool {
        self.compiled.set(Some(Instant::now()));
        false
    }

    fn may_go_on(&mut self) -> Result<(), Failure> {
        let now = Instant::now();
        self.layered.get_or_insert(now);
        self.run = Some(now);
        Ok(())
    }
}

fn load(base: &Path, path: &str) -> Result<Arc<Chart>, Failed> {
    let limits = Limits::default();
    let files = read_chart_folder(&Folder::new(base.join(path)), "", limits)?;
    Ok(Chart::load(files, PROFILE, limits)?)
}

/// What became of a release.
struct Outcome {
    length: usize,
    hash: String,
    phases: [Duration; PHASES.len()],
}

fn print(
    base: &Path,
    row: &Row,
    chart: &Arc<Chart>,
    capabilities: &Capabilities,
    arguments: &Arguments,
) -> Result<Outcome, Failed> {
    let begin = Instant::now();
    let text = fs::read(base.join(&row.values))?;
    let file = ValueFile { name: row.values.clone(), text: text.into() };
    let user = UserValues { files: vec![file], ..UserValues::default() };
    let user = user.merge(PROFILE, &|path| Err(format!("no file {path}")))?;
    let release = Release { name: row.name.clone(), namespace: row.namespace.clone(), is_upgrade: false };
    let read = Instant::now();
    let options = Options { skip_schemas: arguments.skip_schemas, ..Options::new(PROFILE) };
    let mut environment = Fixed { random: 1, layered: None, compiled: Cell::default(), run: None };
    let rendered = render(chart, &user, &release, capabilities, &options, &mut environment)?;
    let sorted = Instant::now();
    let text = rendered.print(&PrintOptions::default())?;
    let joined = Instant::now();
    let hash = if arguments.hash { hexadecimal(&Sha256::digest(&text)) } else { String::new() };
    let Fixed { layered, compiled, run, .. } = environment;
    let layered = layered.unwrap_or(read);
    let run = run.unwrap_or(layered);
    let ends = [read, layered, compiled.get().unwrap_or(layered), run, sorted, joined, Instant::now()];
    let mut phases = [Duration::ZERO; PHASES.len()];
    let mut last = begin;
    for (phase, end) in phases.iter_mut().zip(ends) {
        *phase = end.saturating_duration_since(last);
        last = end;
    }
    Ok(Outcome { length: text.len(), hash, phases })
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
    let pool = rayon::ThreadPoolBuilder::new().num_threads(arguments.threads).build()?;
    let paths: BTreeSet<&str> = rows.iter().map(|row| row.chart.as_str()).collect();
    let load = |path| load(&base, path).map(|chart| (path, chart));
    let charts: Result<BTreeMap<_, _>, Failed> = pool
        .install(|| paths.into_par_iter().map(load).collect::<Result<Vec<_>, _>>())
        .map(|all| all.into_iter().collect());
    let charts = charts?;
    let loaded = begin.elapsed();
    let capabilities = Capabilities::default();
    let one = |row: &Row| {
        print(&base, row, &charts[row.chart.as_str()], &capabilities, &arguments)
            .map_err(|error| -> Failed { format!("{}: {error}", row.name).into() })
    };
    let results: Vec<Result<Outcome, Failed>> = pool.install(|| rows.par_iter().map(one).collect());
    let (mut bytes, mut failed) = (0, 0);
    let mut phases = [Duration::ZERO; PHASES.len()];
    for (row, result) in rows.iter().zip(results) {
        match result {
            Ok(outcome) => {
                bytes += outcome.length;
                for (sum, phase) in phases.iter_mut().zip(outcome.phases) {
                    *sum += phase;
                }
                if arguments.hash {
                    println!("{} {}", outcome.hash, row.name);
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
    if arguments.phases {
        eprintln!("{:8.3} s                     read charts", loaded.as_secs_f64());
        for (name, phase) in PHASES.iter().zip(phases) {
            let seconds = phase.as_secs_f64();
            eprintln!("{seconds:8.3} s  {:6.3} ms a release  {name}", seconds * 1000.0 / count.max(1) as f64);
        }
    }
    eprintln!(
        "{count} releases of {kinds} charts, {failed} failed, {bytes} bytes, load {loaded:.2?}, all {all:.2?}, peak {memory}"
    );
    Ok(())
}
