//! [`render_pure`]: renders what is the same each time, also of charts that ask for the time or for chance in vain.
//!
//! Charts make passwords that a value replaces and certificates that nobody prints. What counts is a value that is used:
//! printed, compared, hashed. So where a strict rendering fails, the release is rendered with several clocks and dice; if
//! that cannot be seen in what comes out, nothing of it was used. All of them are fixed, so equal inputs give equal bytes.

use std::cell::Cell;
use std::sync::Arc;

use super::capabilities::Capabilities;
use super::chart::Chart;
use super::error::Error;
use super::functions::Failure;
use super::further::{Further, further_errors};
use super::manifests::{Hook, Manifest};
use super::release::Release;
use super::render::{CustomResource, Options, Rendered, render};
use super::template::{self, Environment, Pure};
use crate::yaml::{Data, Str};

/// The clocks, in seconds since 1970: 2001, 2033, 2128. Charts compare with times in between, if with any.
const CLOCKS: [i128; 3] = [1_000_000_000, 2_000_000_000, 5_000_000_000];

/// Two places in memory.
const ADDRESS: u64 = 0xc0_0001_0000;
const OTHER_ADDRESS: u64 = 0xc0_0abc_d000;

/// Renders a release of a chart without clock and randomness.
///
/// # Errors
/// As [`render`]; where the output depends on the time or on chance, [`template::Error::Impure`] names the call that it depends
/// on.
pub fn render_pure(
    chart: &Arc<Chart>,
    user: &Data,
    release: &Release,
    capabilities: &Capabilities,
    options: &Options<'_>,
) -> Result<Rendered, Error> {
    let run = |environment: &mut dyn Environment| render(chart, user, release, capabilities, options, environment);
    let strict = run(&mut Pure);
    if !matches!(strict, Err(Error::Template(template::Error::Impure { .. } | template::Error::Address { .. }))) {
        return strict;
    }
    let mut first = Dice::new(0, usize::MAX);
    let mut rendered = run(&mut first);
    if first.has_shown_address.get() {
        let mut moved = Dice { address: Some(OTHER_ADDRESS), ..Dice::new(0, usize::MAX) };
        if !is_same(&rendered, &run(&mut moved)) {
            return run(&mut Dice { address: None, ..Dice::new(0, usize::MAX) });
        }
    }
    for world in 1..CLOCKS.len() {
        let other = run(&mut Dice::new(world, 0));
        if !is_same(&rendered, &other) {
            let call = guilty_call(first.calls, |call| is_same(&rendered, &run(&mut Dice::new(world, call))));
            let refused = run(&mut Dice { refused: Some(call), ..Dice::new(0, usize::MAX) });
            let is_named = matches!(refused, Err(Error::Template(template::Error::Impure { .. })));
            return if is_named { refused } else { strict };
        }
    }
    if let Ok(rendered) = &mut rendered {
        // Notes are for a person and not compared: a password that was made up must not be among them.
        rendered.notes = Str::default();
    }
    rendered
}

/// As [`further_errors`], for a release that [`render_pure`] refused.
pub fn further_errors_pure(
    error: &Error,
    chart: &Arc<Chart>,
    user: &Data,
    release: &Release,
    capabilities: &Capabilities,
    options: &Options<'_>,
) -> Further {
    let run = |world| {
        let dice = &mut Dice::new(world, 0);
        further_errors(error, chart, user, release, capabilities, options, dice)
    };
    let found = run(0);
    if found.errors.is_empty() && found.same.is_empty() { found } else { found.in_both(&run(1)) }
}

/// Finds a call such that the output changes with it: `is_same_before(n)` tells whether it stays when all calls from the n-th
/// on have other results.
fn guilty_call(calls: usize, is_same_before: impl Fn(usize) -> bool) -> usize {
    let (mut differs, mut same) = (0, calls);
    while same - differs > 1 {
        let middle = usize::midpoint(differs, same);
        if is_same_before(middle) { same = middle } else { differs = middle }
    }
    differs
}

/// Compares what would be committed, or why nothing is. Test hooks never are, and their names are often random.
fn is_same(left: &Result<Rendered, Error>, right: &Result<Rendered, Error>) -> bool {
    match (left, right) {
        (Ok(left), Ok(right)) => committed(left) == committed(right),
        (Err(left), Err(right)) => left == right,
        _ => false,
    }
}

fn committed(rendered: &Rendered) -> (&[CustomResource], &[Manifest], Vec<&Hook>) {
    (&rendered.crds, &rendered.manifests, rendered.hooks.iter().filter(|hook| !hook.is_test()).collect())
}

/// A clock and dice with known results.
struct Dice {
    /// Which of the worlds; the first until the call with this number.
    world: usize,
    from: usize,
    /// How many calls there were.
    calls: usize,
    /// The call that fails.
    refused: Option<usize>,
    /// Where values lie, if that may be shown.
    address: Option<u64>,
    has_shown_address: Cell<bool>,
}

impl Dice {
    fn new(world: usize, from: usize) -> Self {
        Self { world, from, calls: 0, refused: None, address: Some(ADDRESS), has_shown_address: Cell::new(false) }
    }

    /// Returns the number of the call and the world that answers it.
    fn call(&mut self, function: &'static str) -> Result<(usize, usize), Failure> {
        let call = self.calls;
        self.calls += 1;
        if self.refused == Some(call) {
            return Err(Failure::Impure(function));
        }
        Ok((call, if call < self.from { 0 } else { self.world }))
    }
}

impl Environment for Dice {
    fn now(&mut self, function: &'static str) -> Result<i128, Failure> {
        let (_, world) = self.call(function)?;
        Ok(CLOCKS[world] * 1_000_000_000)
    }

    fn random(&mut self, function: &'static str, buffer: &mut [u8]) -> Result<(), Failure> {
        let (call, world) = self.call(function)?;
        let mut hasher = blake3::Hasher::new();
        hasher.update(&(world as u64).to_le_bytes());
        hasher.update(&(call as u64).to_le_bytes());
        hasher.finalize_xof().fill(buffer);
        Ok(())
    }

    fn address(&self) -> Result<u64, Failure> {
        self.has_shown_address.set(true);
        self.address.ok_or(Failure::Address)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helm::chart::{File, Limits};
    use crate::helm::profile::Profile;

    fn rendered(template: &str, user: &str) -> Result<String, Error> {
        let files = [
            ("Chart.yaml", "apiVersion: v2\nname: web\nversion: 0.1.0\n"),
            ("templates/a.yaml", template),
            ("templates/NOTES.txt", "{{ randAlpha 5 }}"),
        ];
        let files = files.map(|(name, text)| File { name: name.to_owned(), data: text.into() });
        let chart = Chart::load(files.into(), Profile::V4, Limits::default()).unwrap();
        let user = crate::yaml::parse(user.as_bytes(), &crate::yaml::Limits::default()).unwrap();
        let release = Release { name: "api".to_owned(), namespace: "ns".to_owned(), is_upgrade: false };
        let options = Options::new(Profile::V4);
        let found = render_pure(&chart, &user, &release, &Capabilities::default(), &options)?;
        assert!(found.notes.is_empty());
        Ok(found.manifests.iter().map(|manifest| manifest.text.lossy().into_owned()).collect())
    }

    const GIVEN: &str = "password: given\n";

    #[test]
    fn what_is_made_in_vain_does_no_harm() {
        for template in [
            "a: {{ .Values.password | default (randAlphaNum 16) }}\n",
            "{{ $now := now }}{{ $id := uuidv4 }}a: {{ .Values.password }}\n",
            "{{ $ca := genCA \"x\" 10 }}{{ $cert := genSignedCert \"y\" nil nil 10 $ca }}a: {{ .Values.password }}\n",
            "a: {{ if .Values.password }}{{ .Values.password }}{{ else }}{{ randAlpha 3 }}{{ end }}\n",
        ] {
            assert_eq!(rendered(template, GIVEN).unwrap(), "a: given\n", "{template}");
        }
    }

    #[test]
    fn an_address_is_refused_where_it_is_used() {
        let unused = "a: {{ if toString . }}{{ .Values.password }}{{ end }}\n";
        assert_eq!(rendered(unused, GIVEN).unwrap(), "a: given\n");
        for template in ["a: {{ toString . | sha256sum }}\n", "{{ randAlpha 3 | len }}: {{ printf \"%p\" .Values }}\n"]
        {
            let error = rendered(template, "{}").unwrap_err();
            assert!(matches!(error, Error::Template(template::Error::Address { .. })), "{template}: {error}");
        }
    }

    #[test]
    fn what_is_used_is_refused_at_its_place() {
        for (template, function, line) in [
            ("a: {{ .Values.password | default (randAlphaNum 16) }}\n", "randAlphaNum", 1),
            (
                "{{ $a := randAlpha 4 }}\n{{ $b := randNumeric 4 }}\n{{ $c := randAscii 4 }}\na: {{ $b }}\n",
                "randNumeric",
                2,
            ),
            ("a: 1\nb: {{ uuidv4 | sha256sum }}\n", "uuidv4", 2),
            ("a: 1\n{{ if gt (now | unixEpoch | int64) 1700000000 }}b: 1{{ end }}\n", "now", 2),
            ("{{ $_ := randAlpha 3 }}\n{{ $ca := genCA \"x\" 10 }}\na: {{ $ca.Key | b64enc }}\n", "genCA", 2),
            ("{{ fail (randAlpha 3) }}\n", "randAlpha", 1),
        ] {
            let error = rendered(template, "{}").unwrap_err();
            let Error::Template(template::Error::Impure { function: found, trace }) = &error else {
                panic!("{template}: {error}")
            };
            assert_eq!((*found, trace.last().unwrap().line), (function, line), "{template}");
        }
    }

    #[test]
    fn other_errors_keep_their_words() {
        let error = rendered("{{ $x := now }}a: {{ required \"say b\" .Values.b }}\n", "{}").unwrap_err();
        assert_eq!(error.to_string(), "execution error at (web/templates/a.yaml:1:21): say b");
    }
}
