//! A plan in words: what a run found and did, release by release, branch by branch.

use std::fmt::Write as _;

use super::{Exit, Ui};
use crate::diff::{ChangeKind, unified};
use crate::plan::{BranchAction, BranchPlan, Failure, ImageDecision, Plan, ReleasePlan, Verdict};

/// How much of each object is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Detail {
    /// Counts and names.
    Names,
    /// The lines that differ.
    Lines,
}

/// Prints a plan on standard output, and what failed on standard error.
pub(super) fn plan(ui: &Ui, plan: &Plan, detail: Detail) -> Exit {
    let mut text = String::new();
    for release in &plan.releases {
        write_release(&mut text, release, detail);
    }
    for branch in &plan.branches {
        write_branch(&mut text, branch);
    }
    ui.result(&text, plan);
    for (release, found) in plan.failures() {
        failure(ui, &release.address(), found);
    }
    for branch in &plan.branches {
        if let Some(found) = &branch.failure {
            failure(ui, &branch.branch, found);
        }
    }
    if plan.is_partial() { Exit::Partial } else { Exit::Done }
}

/// Prints a failure with its place and its hint.
pub(super) fn failure(ui: &Ui, what: &str, failure: &Failure) {
    let place = match (&failure.file, failure.line) {
        (Some(file), Some(line)) => format!(" ({file}:{line})"),
        (Some(file), None) => format!(" ({file})"),
        _ => String::new(),
    };
    let mut messages = failure.messages.iter();
    let first = messages.next().map(|message| message.trim_end()).unwrap_or_default();
    ui.failure(&format!("{what}: {}: {first}{place}", failure.code));
    for message in messages {
        ui.note(message);
    }
    let shown = failure.diagnostic.as_deref();
    if let Some(diagnostic) = shown {
        ui.diagnostic(diagnostic);
    }
    // Such as how to raise a cap, which the chart's place knows nothing of.
    if let Some(hint) = failure.hint.as_ref().filter(|_| shown.is_none_or(|shown| shown.hint.is_none())) {
        ui.hint(hint);
    }
    for diagnostic in &failure.further {
        ui.diagnostic(diagnostic);
    }
}

/// Writes what became of one release; nothing where nothing is to be said.
pub(super) fn write_release(text: &mut String, release: &ReleasePlan, detail: Detail) {
    let quiet = !release.changes()
        && release.failure.is_none()
        && release.left_out.is_none()
        && release.notices.is_empty()
        && release
            .images
            .iter()
            .all(|image| matches!(image.code.as_str(), "up-to-date" | "set-by-a-person" | "not-given"));
    if quiet {
        return;
    }
    let state = match release {
        release if release.failure.is_some() => "failed, left as committed",
        release if release.left_out.is_some() => "left out",
        release if release.removed => "removed",
        release if release.changes() => "changes",
        _ => "stays",
    };
    let _ = writeln!(text, "{}: {state}", release.address());
    if let Some(reason) = &release.left_out {
        let _ = writeln!(text, "  {reason}");
    }
    for image in release.images.iter().filter(|image| image.code != "not-given") {
        write_image(text, image);
    }
    for notice in &release.notices {
        let _ = writeln!(text, "  notice: {notice}");
    }
    for object in &release.objects {
        let sign = match object.change {
            ChangeKind::Added => '+',
            ChangeKind::Removed => '-',
            ChangeKind::Changed => '~',
        };
        let _ = writeln!(text, "  {sign} {}", object.object);
        if detail == Detail::Lines {
            for line in unified(object, 3).lines() {
                let _ = writeln!(text, "    {line}");
            }
            continue;
        }
        for field in object.fields.iter().take(FIELDS_SHOWN) {
            let side = |value: &Option<String>| value.as_deref().map_or("(none)".to_owned(), shortened);
            let _ = writeln!(text, "      {}: {} -> {}", field.path, side(&field.old), side(&field.new));
        }
        if object.fields.len() > FIELDS_SHOWN {
            let _ = writeln!(text, "      and {} more fields", object.fields.len() - FIELDS_SHOWN);
        }
    }
}

/// How many fields of one object are named in a summary; the rest is counted.
const FIELDS_SHOWN: usize = 12;

fn shortened(value: &str) -> String {
    const LONGEST: usize = 100;
    if value.chars().count() <= LONGEST {
        value.to_owned()
    } else {
        value.chars().take(LONGEST).chain(['…']).collect()
    }
}

fn write_image(text: &mut String, image: &ImageDecision) {
    let shown = |tag: &str| if tag.is_empty() { "(none)".to_owned() } else { tag.to_owned() };
    let _ = match (&image.verdict, &image.to) {
        (Verdict::Bump, Some(to)) => {
            writeln!(
                text,
                "  image {}: {} -> {} ({})\n    {}:{}@{}",
                image.image,
                shown(&image.from.tag),
                to.tag,
                image.reason,
                image.repository,
                to.tag,
                to.digest
            )
        }
        _ => writeln!(
            text,
            "  image {}: {} stays: {} ({})",
            image.image,
            shown(&image.from.tag),
            image.code,
            image.reason
        ),
    };
    if !image.findings.is_empty() {
        let _ = writeln!(text, "    findings: {}", image.findings.join(", "));
    }
}

fn write_branch(text: &mut String, branch: &BranchPlan) {
    let commit = branch.commit.as_deref().map(|commit| commit.chars().take(9).collect::<String>()).unwrap_or_default();
    let files = match branch.paths.len() {
        1 => "1 file".to_owned(),
        count => format!("{count} files"),
    };
    let _ = match branch.action {
        BranchAction::UpToDate => writeln!(text, "{}: up to date", branch.branch),
        BranchAction::Pushed => writeln!(text, "{}: pushed {commit} ({files})", branch.branch),
        BranchAction::Planned => writeln!(text, "{}: would push {files}", branch.branch),
        BranchAction::Removed => writeln!(text, "{}: removed, nothing is left to promote", branch.branch),
        BranchAction::Failed => writeln!(text, "{}: failed", branch.branch),
    };
    if let Some(pull_request) = &branch.pull_request {
        let number = pull_request.number.map(|number| format!(" #{number}")).unwrap_or_default();
        let url = pull_request.url.as_ref().map(|url| format!(" {url}")).unwrap_or_default();
        let _ = writeln!(text, "  pull request{number}: {}: {}{url}", pull_request.action, pull_request.title);
    }
}
