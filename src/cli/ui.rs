//! [`Ui`]: what is printed, and where. Standard output carries results; standard error carries status, warnings and hints.

use std::io::Write;

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use serde::Serialize;

use super::redact::redact;
use super::{CliError, GlobalArguments, OutputFormat};
use crate::fleet::{Diagnostic, Severity};
use crate::world::World;

/// Prints for a person or a program. Every line on standard error, and every text result, passes the redaction.
pub struct Ui {
    output: OutputFormat,
    quiet: bool,
    color: ColorChoice,
    progress: Option<indicatif::ProgressBar>,
}

impl Ui {
    /// Makes the printer that the global options ask for; colour only where a terminal is attached.
    pub fn new(global: &GlobalArguments, world: &World) -> Self {
        let plain = world.variable("NO_COLOR").is_some_and(|value| !value.is_empty());
        let is_watched = std::io::IsTerminal::is_terminal(&std::io::stderr()) && !global.quiet && global.verbose == 0;
        Self {
            output: global.output,
            quiet: global.quiet,
            color: if plain { ColorChoice::Never } else { ColorChoice::Auto },
            progress: is_watched.then(progress_line),
        }
    }

    /// Tells whether the result is to be JSON.
    pub fn is_json(&self) -> bool {
        self.output == OutputFormat::Json
    }

    /// Prints a result: the text for people, or the data as JSON.
    pub fn result(&self, text: &str, data: &impl Serialize) {
        match self.output {
            OutputFormat::Text => self.out(text),
            OutputFormat::Json => {
                let json = serde_json::to_string_pretty(data)
                    .unwrap_or_else(|error| format!("{{\"error\": {:?}}}", error.to_string()));
                self.out(&format!("{json}\n"));
            }
        }
    }

    /// Prints text on standard output as it is, but for secrets.
    pub fn out(&self, text: &str) {
        let mut stream = AutoStream::new(std::io::stdout(), self.color);
        // A reader that went away (`| head`) is no error of ours.
        let _ = stream.write_all(redact(text).as_bytes());
        let _ = stream.flush();
    }

    /// Prints bytes on standard output exactly: the output of a renderer may not be touched.
    pub fn bytes(&self, bytes: &[u8]) {
        let mut stream = std::io::stdout().lock();
        let _ = stream.write_all(bytes);
        let _ = stream.flush();
    }

    /// Says what is going on.
    pub fn status(&self, text: &str) {
        if !self.quiet {
            self.line(Style::new(), "", text);
        }
    }

    /// Says that something needs attention.
    pub fn warning(&self, text: &str) {
        self.line(AnsiColor::Yellow.on_default().bold(), "warning", text);
    }

    /// Says what to try.
    pub fn hint(&self, text: &str) {
        self.line(AnsiColor::Cyan.on_default(), "hint", text);
    }

    /// Says that a part of the work failed while the rest goes on.
    pub fn failure(&self, text: &str) {
        self.line(AnsiColor::Red.on_default().bold(), "error", text);
    }

    /// Adds to what was said before.
    pub fn note(&self, text: &str) {
        self.line(Style::new(), "  caused by", text);
    }

    /// Says what is being done, where a person watches: the line is overwritten by the next.
    pub fn progress(&self, text: &str) {
        tracing::info!("{text}");
        if let Some(bar) = &self.progress {
            bar.set_message(redact(text));
            bar.tick();
        }
    }

    /// Takes the progress line away.
    pub fn progress_done(&self) {
        if let Some(bar) = &self.progress {
            bar.finish_and_clear();
        }
    }

    /// Prints an error with its causes, its places and its hints.
    pub fn error(&self, error: &CliError) {
        for diagnostic in &error.diagnostics {
            self.diagnostic(diagnostic);
        }
        let mut chain = error.chain.iter();
        if let Some(first) = chain.next() {
            self.line(AnsiColor::Red.on_default().bold(), error.label, first);
        }
        for cause in chain {
            self.line(Style::new(), "  caused by", cause);
        }
        for diagnostic in &error.details {
            self.diagnostic(diagnostic);
        }
        for hint in &error.hints {
            self.hint(hint);
        }
        if self.is_json() {
            let places: Vec<_> =
                error.diagnostics.iter().chain(&error.details).map(super::commands::diagnostic_json).collect();
            let data = serde_json::json!({"error": {"kind": format!("{:?}", error.kind).to_lowercase(), "exit": error.exit() as u8,
                "messages": error.chain, "hints": error.hints, "diagnostics": places}});
            self.result("", &redacted_json(data));
        }
    }

    /// Prints a finding about a file with the line it is about.
    pub fn diagnostic(&self, diagnostic: &Diagnostic) {
        if self.quiet && diagnostic.severity == Severity::Notice {
            return;
        }
        let mut stream = AutoStream::new(std::io::stderr(), self.color);
        let _ = writeln!(stream, "{}", redact(&rendered_diagnostic(diagnostic)));
    }

    fn line(&self, style: Style, label: &str, text: &str) {
        let mut stream = AutoStream::new(std::io::stderr(), self.color);
        let text = redact(text);
        let _ = if label.is_empty() {
            writeln!(stream, "{text}")
        } else {
            writeln!(stream, "{style}{label}{style:#}: {text}")
        };
    }
}

/// Lays a finding out as compilers do: message, place, the line with the part underlined, hint.
fn rendered_diagnostic(diagnostic: &Diagnostic) -> String {
    use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Notice => Level::NOTE,
    };
    let title = level.primary_title(diagnostic.message.as_str()).id(diagnostic.id);
    let group = match (&diagnostic.span, &diagnostic.line) {
        (Some(span), Some(line)) => {
            let start = line.char_indices().nth(span.column.saturating_sub(1)).map_or(line.len(), |(at, _)| at);
            let end = (start + span.end.saturating_sub(span.start)).min(line.len()).max(start);
            let end = (end..=line.len()).find(|at| line.is_char_boundary(*at)).unwrap_or(line.len());
            let snippet = Snippet::source(line.as_str()).path(diagnostic.file.as_str()).line_start(span.line);
            Group::with_title(title).element(snippet.annotation(AnnotationKind::Primary.span(start..end)))
        }
        _ => Group::with_title(title).element(Origin::path(diagnostic.file.as_str())),
    };
    let mut report = vec![group];
    report.extend(diagnostic.notes.iter().map(|note| Group::with_title(Level::NOTE.secondary_title(note.as_str()))));
    if let Some(hint) = &diagnostic.hint {
        report.push(Group::with_title(Level::HELP.secondary_title(hint.as_str())));
    }
    Renderer::styled().render(&report)
}

/// Makes a line that shows itself once the work has taken a second.
fn progress_line() -> indicatif::ProgressBar {
    let bar = indicatif::ProgressBar::new_spinner();
    bar.enable_steady_tick(std::time::Duration::from_millis(500));
    bar
}

/// Prints what is wrong with the command line, which may quote an address with credentials.
pub(super) fn print_mistake(text: &clap::builder::StyledStr) {
    let mut stream = AutoStream::new(std::io::stderr(), ColorChoice::Auto);
    let _ = write!(stream, "{}", redact(&text.ansi().to_string()));
}

/// Redacts every string of a JSON document.
fn redacted_json(value: serde_json::Value) -> serde_json::Value {
    use serde_json::Value;
    match value {
        Value::String(text) => Value::String(redact(&text)),
        Value::Array(items) => items.into_iter().map(redacted_json).collect(),
        Value::Object(map) => map.into_iter().map(|(key, value)| (key, redacted_json(value))).collect(),
        other => other,
    }
}

/// A standard error that redacts whole lines.
struct RedactedStderr;

impl Write for RedactedStderr {
    fn write(&mut self, buffer: &[u8]) -> std::io::Result<usize> {
        std::io::stderr().write_all(redact(&String::from_utf8_lossy(buffer)).as_bytes())?;
        Ok(buffer.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        std::io::stderr().flush()
    }
}

/// Starts the log on standard error, if it is asked for with `-v` or `PLAINSAIL_LOG`.
pub(super) fn start_log(global: &GlobalArguments, world: &World) {
    let level = match global.verbose {
        0 => "",
        1 => "plainsail=info",
        2 => "plainsail=debug",
        _ => "plainsail=trace,aws_config=debug,aws_smithy_runtime=debug",
    };
    let filter = world.variable("PLAINSAIL_LOG").unwrap_or(level);
    if filter.is_empty() {
        return;
    }
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::new(filter))
        .with_writer(|| RedactedStderr)
        .with_ansi(false)
        .without_time()
        .finish();
    // Only the first call in a process can win; tests run many.
    let _ = tracing::subscriber::set_global_default(subscriber);
}
