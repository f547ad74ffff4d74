//! What the cases share: charts in memory, a thread with a small stack, and the oracle.

use std::sync::Arc;
use std::time::Instant;

use plainsail::helm::chart::{self, Chart, File};
use plainsail::helm::functions::Failure;
use plainsail::helm::template::{self, Environment};
use plainsail::helm::{self, Capabilities, Limits, Options, Profile, Release, Rendered};
use plainsail::yaml::{Data, parse};

/// Stands in files that no chart may read.
pub(crate) const CANARY: &str = "canary-5f2c9e";

/// The stack of a test's thread, and of most threads of Rust.
const STACK: usize = 2 << 20;

pub(crate) const CHART: &str = "apiVersion: v2\nname: hostile\nversion: 0.1.0\n";

/// Runs a hostile input where a deep recursion would end the process.
pub(crate) fn guarded<T: Send>(name: &str, run: impl FnOnce() -> T + Send) -> T {
    let begin = Instant::now();
    let result = std::thread::scope(|scope| {
        std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, run).unwrap().join()
    });
    println!("{name}: {} ms, peak {} MiB", begin.elapsed().as_millis(), peak_memory());
    result.unwrap_or_else(|_| panic!("{name} panicked"))
}

/// The highest resident memory of this process so far, in MiB.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap_or_default() / 1024
}

/// A clock that stands and randomness that is none, so that functions that need them run.
pub(crate) struct Fixed;

impl Environment for Fixed {
    fn now(&mut self, _: &'static str) -> Result<i128, Failure> {
        Ok(1_700_000_000_000_000_000)
    }

    fn random(&mut self, _: &'static str, buffer: &mut [u8]) -> Result<(), Failure> {
        for (index, byte) in buffer.iter_mut().enumerate() {
            *byte = (index * 37 + 11) as u8;
        }
        Ok(())
    }
}

pub(crate) fn load(files: Vec<(String, Vec<u8>)>) -> Result<Arc<Chart>, chart::Error> {
    let files = files.into_iter().map(|(name, data)| File { name, data: data.into() }).collect();
    Chart::load(files, Profile::V4, chart::Limits::default())
}

pub(crate) fn options(steps: u64) -> Options<'static> {
    let mut limits = Limits::default();
    limits.template.steps = steps;
    Options { limits, ..Options::new(Profile::V4) }
}

pub(crate) fn render_chart(chart: &Arc<Chart>, values: &Data, options: &Options<'_>) -> Result<Rendered, helm::Error> {
    let release = Release { name: "r".to_owned(), namespace: "n".to_owned(), is_upgrade: false };
    helm::render(chart, values, &release, &Capabilities::default(), options, &mut Fixed)
}

/// Renders a chart of one template with the usual caps.
pub(crate) fn render(template: &str) -> Result<Rendered, helm::Error> {
    render_within(template, Limits::default().template.steps)
}

/// Renders a chart of one template with a number of steps.
pub(crate) fn render_within(template: &str, steps: u64) -> Result<Rendered, helm::Error> {
    let files =
        vec![("Chart.yaml".to_owned(), CHART.into()), ("templates/a.yaml".to_owned(), template.as_bytes().to_vec())];
    let chart = load(files)?;
    render_chart(&chart, &Data::map(), &options(steps))
}

pub(crate) fn values(text: &str) -> Result<Data, plainsail::yaml::Error> {
    parse(text.as_bytes(), &plainsail::yaml::Limits::default())
}

/// The oracle for caps: a typed error that names the cap and its value.
pub(crate) fn assert_cap<T: std::fmt::Debug>(name: &str, result: Result<T, helm::Error>) {
    let error = result.expect_err(name);
    assert!(is_cap(&error), "{name}: {error}");
}

/// Tells whether an error is that of a cap, and names it and its value.
pub(crate) fn is_cap(error: &helm::Error) -> bool {
    matches!(error, helm::Error::Template(template::Error::Limit { .. })) && names_a_cap(&error.to_string())
}

/// Tells whether a message names a cap and its value.
pub(crate) fn names_a_cap(text: &str) -> bool {
    let names = ["cap of", "limit", "deeper than", "more than", "maximum", "exceed", "larger than", "greater than"];
    // What a map that holds itself is called; the cap is the depth.
    text.contains("encountered a cycle")
        || names.iter().any(|name| text.contains(name)) && text.bytes().any(|byte| byte.is_ascii_digit())
}

/// The oracle for errors of Helm's: no cap is needed, and the message stays short.
pub(crate) fn assert_refused<T: std::fmt::Debug, E: std::fmt::Display>(name: &str, result: Result<T, E>) {
    let Err(error) = result else { panic!("{name} was accepted") };
    let text = error.to_string();
    assert!(!text.contains(CANARY), "{name}: shows the canary");
    assert!(text.len() < 1_000_000, "{name}: a message of {} bytes", text.len());
}

/// Patience without end.
#[derive(Debug)]
pub(crate) struct Endless;

impl plainsail::helm::Patience for Endless {
    fn is_over(&self) -> bool {
        false
    }

    fn seconds(&self) -> u64 {
        0
    }
}
