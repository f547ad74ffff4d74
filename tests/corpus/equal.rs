//! Every case of the corpus prints what Helm prints, or fails where Helm fails.

use plainsail::helm::functions::Failure;
use plainsail::helm::template::Environment;
use plainsail::helm::{Profile, render};
use rayon::prelude::*;
use regex::Regex;

use crate::folders::{Corpus, Wanted, difference};

/// A clock and dice such as a machine has, but the same each time.
struct Machine(u64);

impl Environment for Machine {
    fn now(&mut self, _: &'static str) -> Result<i128, Failure> {
        Ok(1_795_248_000_123_456_789)
    }

    fn random(&mut self, _: &'static str, buffer: &mut [u8]) -> Result<(), Failure> {
        self.0 += 1;
        blake3::Hasher::new().update(&self.0.to_le_bytes()).finalize_xof().fill(buffer);
        Ok(())
    }

    fn address(&self) -> Result<u64, Failure> {
        Ok(0xc0_0012_3000)
    }
}

#[derive(Default)]
struct Count {
    equal: usize,
    refused: usize,
    at_the_same_place: usize,
    wrong: Vec<String>,
}

fn check(profile: Profile) {
    let Some(corpus) = Corpus::find(&format!("the corpus as Helm {} renders it", profile.version())) else { return };
    let place = Regex::new(r"[\w./@+-]+\.(?:ya?ml|tpl|txt|json|toml):\d+(?::\d+)?").unwrap();
    let counts = corpus.cases.par_iter().map(|case| {
        let mut count = Count::default();
        let found = corpus.read(case, profile).and_then(|input| {
            input.print(&|chart, values, release, capabilities, options| {
                render(chart, values, release, capabilities, options, &mut Machine(0))
            })
        });
        match (corpus.wanted(case, profile), found) {
            (Wanted::Output(wanted, _), Ok(found)) => match difference(&wanted, &found) {
                None => count.equal += 1,
                Some(difference) => count.wrong.push(format!("differs: {}: {difference}", case.id)),
            },
            (Wanted::Output(..), Err(error)) => count.wrong.push(format!("failed: {}: {error}", case.id)),
            (Wanted::Error(error), Ok(_)) => count.wrong.push(format!("accepted: {}: Helm says {error}", case.id)),
            (Wanted::Error(wanted), Err(error)) => {
                count.refused += 1;
                let wanted = place.find(&wanted).map(|place| place.as_str());
                let found = error.to_string();
                let is_same = |found: &str| {
                    wanted.is_some_and(|wanted| {
                        found.strip_suffix(wanted).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
                    })
                };
                match wanted {
                    Some(_) if place.find_iter(&found).any(|found| is_same(found.as_str())) => {
                        count.at_the_same_place += 1;
                    }
                    Some(wanted) => count.wrong.push(format!("elsewhere: {}: wanted {wanted}, found {found}", case.id)),
                    None => {}
                }
            }
        }
        count
    });
    let count = counts.reduce(Count::default, |mut left, right| {
        left.equal += right.equal;
        left.refused += right.refused;
        left.at_the_same_place += right.at_the_same_place;
        left.wrong.extend(right.wrong);
        left
    });
    let Count { equal, refused, at_the_same_place, wrong } = count;
    println!(
        "{}: {} cases: {equal} equal, {refused} refused, {at_the_same_place} of them at the same place, {} wrong",
        profile.version(),
        corpus.cases.len(),
        wrong.len()
    );
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_case_is_as_helm_4_has_it() {
    check(Profile::V4);
}

#[test]
fn every_case_is_as_helm_3_has_it() {
    check(Profile::V3);
}
