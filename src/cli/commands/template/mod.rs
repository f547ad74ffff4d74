//! `plainsail template`: a drop-in for `helm template`, no repository needed.

mod arguments;
mod flags;
mod inputs;
mod output;

pub(super) use self::arguments::Arguments;
use self::arguments::NonDeterminism;
use self::inputs::{load_chart, read_input, sources};
use crate::cli::{CliError, ErrorKind, Exit, Session};
use crate::deadline::Deadline;
use crate::helm::functions::Failure;
use crate::helm::template::{Environment, Pure};
use crate::helm::values;
use crate::helm::{
    self, Options, Profile, Release, Seeded, further_errors, further_errors_pure, render, render_name, render_pure,
    render_seeded,
};
use crate::jinja::ChartTemplates;
use crate::render::diagnostics;
use crate::yaml::Str;

/// Runs the command.
///
/// # Errors
/// What the chart or the values did wrong.
pub(super) fn run(arguments: &Arguments, session: &mut Session) -> Result<Exit, CliError> {
    arguments.unsupported.check()?;
    let base = session.global.directory.clone().unwrap_or_default();
    let profile = Profile::from_version(&arguments.helm).unwrap_or_default();
    let capabilities = arguments.capabilities()?;
    let limits = arguments.limits()?;
    let mut world = ThisMachine { now: session.world.now().as_nanosecond() };
    let (name, name_of_chart) = match arguments.non_determinism {
        None => arguments.name_and_chart(&mut world, profile)?,
        Some(NonDeterminism::Error) => arguments.name_and_chart(&mut Pure, profile)?,
        // The name comes before the release, so it follows from the salt alone.
        Some(NonDeterminism::Seed) => {
            let nameless = Release { name: String::new(), namespace: String::new(), is_upgrade: false };
            arguments.name_and_chart(&mut Seeded::new(&arguments.seed(), &Str::default(), &nameless), profile)?
        }
    };
    let given = arguments.user_values(&base, &limits)?;
    let read = |path: &str| read_input(&base, path).map(Str::from);
    let user = given.merge(profile, &read).map_err(|error| input_error(&error.into()))?;
    let chart = load_chart(&base, &name_of_chart, profile, limits.chart)?;
    if chart.metadata.deprecated {
        session.ui.warning("this chart is deprecated");
    }
    let namespace = arguments.namespace.clone();
    let namespace = namespace.or_else(|| session.world.variable("HELM_NAMESPACE").map(str::to_owned));
    let release = Release {
        name,
        namespace: namespace.filter(|name| !name.is_empty()).unwrap_or_else(|| "default".to_owned()),
        is_upgrade: arguments.is_upgrade,
    };
    let deadline = Deadline::of_seconds(limits.seconds);
    let options = Options {
        skip_schemas: arguments.skip_schema_validation,
        limits,
        patience: Some(&deadline),
        foreign: Some(&ChartTemplates),
        ..Options::new(profile)
    };
    let rendered = match arguments.non_determinism {
        None => render(&chart, &user, &release, &capabilities, &options, &mut world),
        Some(NonDeterminism::Error) => render_pure(&chart, &user, &release, &capabilities, &options),
        Some(NonDeterminism::Seed) => {
            render_seeded(&chart, &user, &release, &capabilities, &options, &arguments.seed())
        }
    };
    let rendered = rendered.map_err(|error| {
        let folder = base.join(&name_of_chart).is_dir().then_some(name_of_chart.as_str());
        let further = match arguments.non_determinism {
            Some(NonDeterminism::Error) => {
                further_errors_pure(&error, &chart, &user, &release, &capabilities, &options)
            }
            Some(NonDeterminism::Seed) => {
                let mut seeded = Seeded::new(&arguments.seed(), chart.name(), &release);
                further_errors(&error, &chart, &user, &release, &capabilities, &options, &mut seeded)
            }
            None => further_errors(&error, &chart, &user, &release, &capabilities, &options, &mut world),
        };
        let sources = sources(&given, profile, &read);
        let known = helm::explain::Release { chart: &chart, values: &user, sources: &sources, profile, folder };
        let explain = |error: &helm::Error| helm::explain(error, known);
        let (first, others) = diagnostics(&error, &further, explain, folder);
        let details = first.into_iter().chain(others).collect();
        input_error(&error).with_details(details)
    })?;
    for warning in &rendered.warnings {
        session.ui.warning(warning);
    }
    let exit = arguments.print(&rendered, &release, &base, session);
    // The process is about to end: taking trees apart piece by piece would be the last thing that it does.
    std::mem::forget((chart, user, rendered));
    exit
}

impl Arguments {
    fn name_and_chart(&self, world: &mut dyn Environment, profile: Profile) -> Result<(String, String), CliError> {
        let usage = |message: &str| Err(CliError::new(ErrorKind::Usage, message));
        match (self.name_and_chart.as_slice(), &self.name_template) {
            ([_, _], _) if self.generate_name => usage("cannot set --generate-name and also specify a name"),
            ([_, _], Some(template)) if !template.is_empty() => {
                usage("cannot set --name-template and also specify a name")
            }
            ([name, chart], _) => Ok((name.clone(), chart.clone())),
            ([_, _, more @ ..], _) => {
                usage(&format!("expected at most two arguments, unexpected arguments: {}", more.join(", ")))
            }
            ([chart], Some(template)) if !template.is_empty() => {
                let name = render_name(template, profile, world).map_err(|error| input_error(&error))?;
                Ok((name, chart.clone()))
            }
            ([chart], _) => Ok(("release-name".to_owned(), chart.clone())),
            _ => usage("name and chart are missing"),
        }
    }
}

/// Turns an error of the renderer into words.
fn input_error(error: &helm::Error) -> CliError {
    let made = CliError::of(ErrorKind::Input, error).as_helm();
    match error {
        helm::Error::Values(values::Error::SetJson { cause, .. } | values::Error::SetJsonObject { cause, .. }) => {
            made.hint(format!("The JSON is not valid: {cause}."))
        }
        helm::Error::Values(values::Error::Set { cause, .. }) if cause.ends_with("has no value") => made.hint(
            "A comma within a value is written `\\,`, a list `{a,b}`; a value that is to be taken as it is needs --set-literal.",
        ),
        _ => match error.cap() {
            Some(cap) => {
                let (name, (_, highest)) = (cap.name(), cap.range());
                made.hint(format!(
                    "If this chart is to be trusted with more: --limit {name}=NUMBER, at most {highest}."
                ))
            }
            None => made,
        },
    }
}

/// Clock and randomness of this machine, as Helm uses them.
struct ThisMachine {
    now: i128,
}

impl Environment for ThisMachine {
    fn now(&mut self, _: &'static str) -> Result<i128, Failure> {
        Ok(self.now)
    }

    fn random(&mut self, function: &'static str, buffer: &mut [u8]) -> Result<(), Failure> {
        getrandom::fill(buffer).map_err(|error| Failure::Error(format!("{function}: no randomness: {error}")))
    }

    fn address(&self) -> Result<u64, Failure> {
        let random = getrandom::u32().map_err(|error| Failure::Error(format!("no randomness: {error}")))?;
        // Where Go's heap lies on most systems.
        Ok(0xc0_0000_0000 | u64::from(random & !0xf))
    }
}
