//! [`Seeded`]: a clock and dice from which a made-up value follows from where it is made.
//!
//! A value follows from the salt, the scope, the names of chart, release and namespace, and the place of the call (see
//! [`Draw::place`](template::Draw)). Nothing else: neither the version of the chart nor the values that other lines use, so
//! that an upgrade or another number of replicas leaves every password where it is.

use std::fmt;
use std::sync::Arc;

use super::capabilities::Capabilities;
use super::chart::Chart;
use super::error::Error;
use super::functions::Failure;
use super::release::Release;
use super::render::{Options, Rendered, render};
use super::template::{Draw, Environment};
use crate::yaml::{Data, Str};

/// What the clock shows where no time is given: the beginning of 2020, in seconds since 1970.
pub const STANDING_TIME: i64 = 1_577_836_800;

/// What all made-up values of a release follow from, beside the release.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Seed {
    /// A text that only those know who may know the values.
    pub salt: String,
    /// What tells releases of equal names apart: the environment.
    pub scope: String,
    /// What the clock shows, in seconds since 1970; without it [`STANDING_TIME`], and certificates have no end.
    pub time: Option<i64>,
}

impl fmt::Debug for Seed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Seed").field("scope", &self.scope).field("time", &self.time).finish_non_exhaustive()
    }
}

/// Renders a release of a chart with values that follow from a seed.
///
/// # Errors
/// As [`render`].
pub fn render_seeded(
    chart: &Arc<Chart>,
    user: &Data,
    release: &Release,
    capabilities: &Capabilities,
    options: &Options<'_>,
    seed: &Seed,
) -> Result<Rendered, Error> {
    let mut seeded = Seeded::new(seed, chart.name(), release);
    let mut rendered = render(chart, user, release, capabilities, options, &mut seeded)?;
    // Notes are for a person: a password must not be among them.
    rendered.notes = Str::default();
    Ok(rendered)
}

/// A clock that stands and dice that follow from a seed.
#[derive(Clone)]
pub struct Seeded {
    key: [u8; 32],
    time: Option<i64>,
    /// What the call that runs draws.
    stream: Option<blake3::OutputReader>,
}

impl Seeded {
    /// Returns the clock and dice of a release.
    pub fn new(seed: &Seed, chart: &Str, release: &Release) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key("plainsail made-up values, 1");
        let parts: [&[u8]; 5] =
            [seed.salt.as_bytes(), seed.scope.as_bytes(), chart, release.name.as_bytes(), release.namespace.as_bytes()];
        for part in parts {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
        Self { key: *hasher.finalize().as_bytes(), time: seed.time, stream: None }
    }
}

impl Environment for Seeded {
    fn now(&mut self, _: &'static str) -> Result<i128, Failure> {
        Ok(i128::from(self.time.unwrap_or(STANDING_TIME)) * 1_000_000_000)
    }

    fn random(&mut self, function: &'static str, buffer: &mut [u8]) -> Result<(), Failure> {
        // Every function that draws has a place; without one there would be nothing to follow from.
        let stream = self.stream.as_mut().ok_or(Failure::Impure(function))?;
        stream.fill(buffer);
        Ok(())
    }

    fn address(&self) -> Result<u64, Failure> {
        let hash = blake3::keyed_hash(&self.key, b"address");
        let [a, b, c, ..] = *hash.as_bytes();
        Ok(0xc0_0000_0000 | u64::from(a) << 24 | u64::from(b) << 16 | u64::from(c) << 8)
    }

    fn is_watching(&self) -> bool {
        true
    }

    fn calling(&mut self, draw: Draw) {
        self.stream = Some(blake3::Hasher::new_keyed(&self.key).update(draw.place.as_bytes()).finalize_xof());
    }

    fn certificates_end(&self) -> bool {
        self.time.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helm::chart::{File, Limits};
    use crate::helm::profile::Profile;

    fn chart(files: &[(&str, &str)]) -> Arc<Chart> {
        let head = ("Chart.yaml", "apiVersion: v2\nname: web\nversion: 0.1.0\n");
        let files =
            files.iter().chain([&head]).map(|(name, text)| File { name: (*name).to_owned(), data: (*text).into() });
        Chart::load(files.collect(), Profile::V4, Limits::default()).unwrap()
    }

    fn rendered(files: &[(&str, &str)], user: &str, seed: &Seed, name: &str) -> Vec<String> {
        let user = crate::yaml::parse(user.as_bytes(), &crate::yaml::Limits::default()).unwrap();
        let release = Release { name: name.to_owned(), namespace: "ns".to_owned(), is_upgrade: false };
        let options = Options::new(Profile::V4);
        let found = render_seeded(&chart(files), &user, &release, &Capabilities::default(), &options, seed).unwrap();
        assert!(found.notes.is_empty());
        found.manifests.iter().flat_map(|one| one.text.lossy().lines().map(str::to_owned).collect::<Vec<_>>()).collect()
    }

    fn lines(template: &str, user: &str) -> Vec<String> {
        rendered(&[("templates/a.yaml", template)], user, &Seed::default(), "api")
    }

    #[test]
    fn the_same_inputs_give_the_same_and_each_place_its_own() {
        let template =
            "a: {{ randAlphaNum 20 }}\nb: {{ randAlphaNum 20 }}\n{{ range until 2 }}c{{ . }}: {{ uuidv4 }}\n{{ end }}";
        let found = lines(template, "{}");
        assert_eq!(found, lines(template, "{}"));
        let values: std::collections::BTreeSet<&str> = found.iter().map(|line| &line[3..]).collect();
        assert_eq!(values.len(), found.iter().filter(|line| !line.is_empty()).count(), "{found:?}");
    }

    #[test]
    fn salt_scope_and_release_count() {
        let files = [("templates/a.yaml", "a: {{ randAlphaNum 20 }}\n"), ("templates/NOTES.txt", "{{ randAlpha 5 }}")];
        let plain = rendered(&files, "{}", &Seed::default(), "api");
        assert_ne!(plain, rendered(&files, "{}", &Seed::default(), "web"));
        assert_ne!(plain, rendered(&files, "{}", &Seed { salt: "x".to_owned(), ..Seed::default() }, "api"));
        assert_ne!(plain, rendered(&files, "{}", &Seed { scope: "dev".to_owned(), ..Seed::default() }, "api"));
        assert_eq!(plain, rendered(&files, "{}", &Seed { time: Some(7), ..Seed::default() }, "api"));
    }

    /// What stays of `keep: …` when a chart and its values change in a way that has nothing to do with it.
    #[test]
    fn what_is_added_elsewhere_changes_nothing() {
        let kept = |found: Vec<String>| {
            found
                .into_iter()
                .find(|line| line.starts_with("keep:") || line.starts_with("keep-b:") || line.starts_with("keep-x:"))
                .unwrap()
        };
        for (before, after) in [
            ("keep: {{ randAlphaNum 9 }}\n", "new: {{ randAlphaNum 9 }}\n# more\nkeep: {{ randAlphaNum 9 }}\n"),
            (
                "keep: {{ randAlphaNum 9 }}\n",
                "replicas: {{ .Values.replicas }}\n  {{ uuidv4 }}\nkeep: {{ randAlphaNum 9 }}\n",
            ),
            (
                "{{ range $k, $v := dict \"b\" 1 }}\nkeep-{{ $k }}: {{ randAlphaNum 9 }}\n{{ end }}",
                "{{ range $k, $v := dict \"a\" 2 \"b\" 1 }}\nkeep-{{ $k }}: {{ randAlphaNum 9 }}\n{{ end }}",
            ),
            (
                "{{ range list (dict \"name\" \"x\") }}\nkeep-{{ .name }}: {{ randAlphaNum 9 }}\n{{ end }}",
                "{{ range list (dict \"name\" \"z\") (dict \"name\" \"x\") | reverse }}\nkeep-{{ .name }}: {{ randAlphaNum 9 }}\n{{ end }}",
            ),
        ] {
            assert_eq!(kept(lines(before, "replicas: 1\n")), kept(lines(after, "replicas: 3\n")), "{after}");
        }
    }

    #[test]
    fn a_changed_argument_makes_another_value() {
        let template = "a: {{ htpasswd \"u\" .Values.a | sha256sum }}\nb: {{ htpasswd \"u\" .Values.b | sha256sum }}\n";
        let (before, after) = (lines(template, "{a: one, b: two}"), lines(template, "{a: one, b: three}"));
        assert_eq!(before[0], after[0]);
        assert_ne!(before[1], after[1]);
    }

    #[test]
    fn the_checksum_of_a_file_is_that_of_its_text() {
        let secret = "{{- define \"pw\" }}{{ randAlphaNum 12 }}{{ end -}}\nfirst: {{ include \"pw\" . }}\nsecond: {{ include \"pw\" . }}\n";
        let files = [
            ("templates/secret.yaml", secret),
            ("templates/a.yaml", "{{ include \"web/templates/secret.yaml\" . | trim }}\n"),
            ("templates/b.yaml", "{{ include (print .Template.BasePath \"/secret.yaml\") . | trim }}\n"),
        ];
        let found = rendered(&files, "{}", &Seed::default(), "api");
        let of = |key: &str| found.iter().filter(|line| line.contains(key)).map(|line| line.trim()).collect::<Vec<_>>();
        for key in ["first", "second"] {
            let all = of(key);
            assert_eq!(all.len(), 3, "{found:?}");
            assert!(all.iter().all(|line| *line == all[0]), "{found:?}");
        }
        assert_ne!(of("first")[0][7..], of("second")[0][8..]);
    }

    #[test]
    fn the_clock_stands() {
        let template = "a: {{ now | date \"2006-01-02 15:04\" | quote }}\nb: {{ now | unixEpoch }}\n";
        assert_eq!(lines(template, "{}"), ["a: \"2020-01-01 00:00\"", "b: 1577836800"]);
        let at = Seed { time: Some(1_600_000_000), ..Seed::default() };
        let found = rendered(&[("templates/a.yaml", template)], "{}", &at, "api");
        assert_eq!(found[1], "b: 1600000000");
    }
}
