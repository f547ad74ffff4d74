//! The rule about secrets in files: everything here is committed, and read by many.

use super::super::diagnostic::{Diagnostic, Severity};
use super::super::secrecy::{is_secret_name, is_secret_text};
use super::values::each_entry;
use super::{Context, Rule};

pub(super) fn secret_in_values(context: &Context<'_>, rule: &Rule) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (environment, release) in context.releases() {
        for (document, below) in context.values_of(environment, release) {
            let Some(root) = document.node(below) else { continue };
            each_entry(root, &mut |key, value| {
                let (Some(name), Some(text)) = (key.text(), value.text()) else { return };
                if !(is_secret_text(text) || is_secret_name(name) && is_meant_literally(text)) {
                    return;
                }
                // The line stays out of the finding: it would carry the secret into logs.
                let finding = Diagnostic {
                    line: None,
                    ..document.diagnostic(
                        Severity::Warning,
                        rule.id,
                        document.span_of(key.range.clone()),
                        format!("`{name}` looks like a secret in a file that is committed"),
                    )
                };
                found.push(
                    finding.with_hint(
                        "keep it in a Secret of the cluster (External Secrets, Sealed Secrets) and name that",
                    ),
                );
            });
        }
    }
    found
}

/// Tells a value from a template, a reference into a secret store, or something encrypted.
fn is_meant_literally(text: &str) -> bool {
    text.len() >= 6
        && !text.contains("{{")
        && !["$", "vault:", "ref+", "ENC[", "secret://", "arn:", "<"].iter().any(|mark| text.starts_with(mark))
        && !matches!(text.to_ascii_lowercase().as_str(), "password" | "changeme" | "change-me" | "example")
        && text.bytes().any(|byte| byte.is_ascii_digit() || byte.is_ascii_punctuation() || byte.is_ascii_uppercase())
}
