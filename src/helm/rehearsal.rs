//! [`rehearse`]: renders with values that are made up, or known from before, and says which there were.
//!
//! For output that keeps what is committed: whoever calls this looks for the made-up texts in what was rendered, finds what
//! stands there in what is committed, and renders again with that.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::capabilities::Capabilities;
use super::chart::Chart;
use super::error::Error;
use super::functions::{self, Context, Failure, Texts};
use super::profile::Profile;
use super::release::Release;
use super::render::{Options, Rendered, render};
use super::seeded::{Seed, Seeded};
use super::template::{Draw, Environment};
use super::value::Value;
use crate::yaml::{Data, Str};

/// Texts that are known from before, by the site of the call that made them.
pub(crate) type Known = HashMap<blake3::Hash, Texts>;

/// Which world a rehearsal takes place in.
#[derive(Clone, Copy, Debug)]
pub(crate) enum World<'a> {
    /// The one whose values may be committed.
    Own,
    /// One where everything that is neither known nor one of these comes out otherwise.
    Other(&'a HashSet<blake3::Hash>),
    /// The one where all but one of what is not known is as it may be committed.
    OtherOnly(blake3::Hash),
    /// One where the call of a site fails, so that the error says where it is.
    Without(blake3::Hash),
}

/// A result that was made up.
#[derive(Clone, Debug)]
pub(crate) struct Made {
    pub(crate) site: blake3::Hash,
    pub(crate) function: &'static str,
    pub(crate) texts: Texts,
    pub(crate) becomes: Becomes,
}

/// What became of a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Becomes {
    /// The one that is known took its place.
    Known,
    /// What is known does not fit what is asked for now.
    Unfit,
    /// Nothing is known.
    Fresh,
}

/// What a rehearsal gave.
#[derive(Debug)]
pub(crate) struct Rehearsed {
    pub(crate) rendered: Rendered,
    pub(crate) made: Vec<Made>,
}

/// What is rendered.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Piece<'a> {
    pub(crate) chart: &'a Arc<Chart>,
    pub(crate) user: &'a Data,
    pub(crate) release: &'a Release,
    pub(crate) capabilities: &'a Capabilities,
    pub(crate) options: &'a Options<'a>,
    pub(crate) seed: &'a Seed,
}

/// Renders a release with what is known.
///
/// # Errors
/// As [`render`].
pub(crate) fn rehearse(piece: Piece<'_>, known: &Known, world: World<'_>) -> Result<Rehearsed, Error> {
    let Piece { chart, user, release, capabilities, options, seed } = piece;
    // Far away, and in no year that a chart would compare with.
    let elsewhere = Seed { salt: format!("{} elsewhere", seed.salt), time: Some(5_000_000_000), ..seed.clone() };
    let mut stage = Stage {
        own: Seeded::new(seed, chart.name(), release),
        other: Seeded::new(&elsewhere, chart.name(), release),
        known,
        world,
        profile: options.profile,
        is_other: false,
        made: Vec::new(),
    };
    let mut rendered = render(chart, user, release, capabilities, options, &mut stage)?;
    rendered.notes = Str::default();
    let made = stage.made.into_iter();
    let made = made.map(|(site, function, result, becomes)| Made {
        site,
        function,
        texts: functions::texts(&result),
        becomes,
    });
    Ok(Rehearsed { rendered, made: made.collect() })
}

struct Stage<'a> {
    own: Seeded,
    other: Seeded,
    known: &'a Known,
    world: World<'a>,
    profile: Profile,
    /// Whether the call that runs comes out otherwise.
    is_other: bool,
    made: Vec<(blake3::Hash, &'static str, Value, Becomes)>,
}

impl Stage<'_> {
    fn seeded(&mut self) -> &mut Seeded {
        if self.is_other { &mut self.other } else { &mut self.own }
    }
}

impl Environment for Stage<'_> {
    fn now(&mut self, function: &'static str) -> Result<i128, Failure> {
        self.seeded().now(function)
    }

    fn random(&mut self, function: &'static str, buffer: &mut [u8]) -> Result<(), Failure> {
        self.seeded().random(function, buffer)
    }

    fn address(&self) -> Result<u64, Failure> {
        self.own.address()
    }

    fn is_watching(&self) -> bool {
        true
    }

    fn is_recording(&self) -> bool {
        true
    }

    fn calling(&mut self, draw: Draw) {
        self.is_other = match self.world {
            World::Own | World::Without(_) => false,
            World::Other(same) => !same.contains(&draw.site),
            World::OtherOnly(site) => site == draw.site,
        };
        self.seeded().calling(draw);
    }

    fn called(&mut self, draw: Draw, arguments: &[Value], result: Value) -> Result<Value, Failure> {
        if matches!(self.world, World::Without(site) if site == draw.site) {
            return Err(Failure::Impure(draw.function));
        }
        let known = self.known.get(&draw.site);
        let older = functions::older(&mut Checking(self.profile), draw.function, arguments, &result, known)?;
        let becomes = match (&older, known) {
            (Some(_), _) => Becomes::Known,
            (None, Some(_)) => Becomes::Unfit,
            (None, None) => Becomes::Fresh,
        };
        let result = older.unwrap_or(result);
        self.made.push((draw.site, draw.function, result.clone(), becomes));
        Ok(result)
    }

    fn certificates_end(&self) -> bool {
        self.own.certificates_end()
    }
}

/// For looking at a result: nothing is drawn.
struct Checking(Profile);

impl Context for Checking {
    fn profile(&self) -> Profile {
        self.0
    }

    fn now(&mut self, function: &'static str) -> Result<i128, Failure> {
        Err(Failure::Impure(function))
    }

    fn random(&mut self, function: &'static str, _: &mut [u8]) -> Result<(), Failure> {
        Err(Failure::Impure(function))
    }

    fn spend(&mut self, _: usize) -> Result<(), Failure> {
        Ok(())
    }
}
