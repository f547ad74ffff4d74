//! [`examine`]: finds certificates, keys and hashes of passwords in manifests and has them checked by openssl.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use plainsail::yaml::{Data, Limits, parse};

/// What was found in manifests.
#[derive(Clone, Debug, Default)]
pub(crate) struct Found {
    pub(crate) certificates: usize,
    /// Certificates whose signer is there too.
    pub(crate) verified: usize,
    pub(crate) keys: usize,
    pub(crate) hashes: usize,
    pub(crate) wrong: Vec<String>,
}

/// Runs openssl in a folder; `None` where there is no openssl.
fn openssl(folder: &Path, arguments: &[&str]) -> Option<Result<String, String>> {
    let output = Command::new("openssl").current_dir(folder).args(arguments).output().ok()?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let all = text(&output.stdout) + &text(&output.stderr);
    Some(if output.status.success() { Ok(all) } else { Err(all) })
}

/// Checks everything in manifests, with the clock of this machine.
pub(crate) fn examine(manifests: &str) -> Found {
    let mut found = Found::default();
    let texts = texts(manifests);
    found.hashes = texts.iter().flat_map(|text| text.split_whitespace()).filter(|word| is_hash(word)).count();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let blocks: BTreeSet<String> = texts.iter().flat_map(|text| blocks(text)).collect();
    let (certificates, keys): (Vec<&String>, Vec<&String>) = blocks
        .iter()
        .filter(|block| block.contains("CERTIFICATE-----") || block.contains("PRIVATE KEY-----"))
        .partition(|block| block.contains("CERTIFICATE-----"));
    if blocks.is_empty() {
        return found;
    }
    if openssl(folder, &["version"]).is_none() {
        assert!(std::env::var("PLAINSAIL_TOOLS").as_deref() != Ok("require"), "certificates need openssl");
        println!("skipped: openssl is not installed");
        return found;
    }
    fs::write(folder.join("all.pem"), certificates.iter().map(|text| text.as_str()).collect::<String>()).unwrap();
    let mut publics = BTreeSet::new();
    let mut run = |arguments: &[&str]| match openssl(folder, arguments).unwrap() {
        Ok(text) => Some(text),
        Err(text) => {
            found.wrong.push(format!("openssl {}: {text}", arguments.join(" ")));
            None
        }
    };
    for certificate in &certificates {
        fs::write(folder.join("one.pem"), certificate).unwrap();
        publics.extend(run(&["x509", "-in", "one.pem", "-noout", "-pubkey"]));
        run(&["x509", "-in", "one.pem", "-noout", "-checkend", "0"]);
    }
    for key in &keys {
        fs::write(folder.join("key.pem"), key).unwrap();
        run(&["pkey", "-in", "key.pem", "-check", "-noout"]);
    }
    for certificate in &certificates {
        fs::write(folder.join("one.pem"), certificate).unwrap();
        let verify = |authorities| openssl(folder, &["verify", "-CAfile", authorities, "one.pem"]).unwrap();
        // One that signs itself has a chain of one, whatever others of its name there are.
        match verify("one.pem").or_else(|_| verify("all.pem")) {
            Ok(_) => found.verified += 1,
            // The authority itself is in no manifest.
            Err(text) if text.contains("unable to get local issuer certificate") => {}
            Err(text) => found.wrong.push(format!("verify: {text}")),
        }
    }
    found.certificates = certificates.len();
    found.keys = keys.len();
    found
}

fn is_hash(word: &str) -> bool {
    let hash = word.rsplit(':').next().unwrap_or_default();
    hash.len() == 60 && hash.starts_with("$2a$")
}

/// Returns all texts in manifests, and what they hold in base64.
fn texts(manifests: &str) -> Vec<String> {
    let mut texts = Vec::new();
    for document in manifests.split("\n---\n") {
        let Ok(data) = parse(document.as_bytes(), &Limits::default()) else { continue };
        let mut open = vec![data];
        while let Some(data) = open.pop() {
            match data {
                Data::Map(map) => open.extend(map.values().cloned()),
                Data::List(list) => open.extend(list.iter().cloned()),
                Data::String(text) => {
                    let text = text.lossy().into_owned();
                    let decoded = STANDARD.decode(text.trim()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
                    texts.extend(decoded);
                    texts.push(text);
                }
                _ => {}
            }
        }
    }
    texts
}

/// Returns the PEM blocks of a text.
fn blocks(text: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find("-----BEGIN ") {
        let from = &rest[start..];
        let Some(end) = from
            .find("-----END ")
            .and_then(|end| Some(end + from[end..].find("-----\n").or_else(|| from[end..].rfind("-----"))? + 5))
        else {
            break;
        };
        let block: String = from[..end].lines().map(|line| format!("{}\n", line.trim())).collect();
        blocks.push(block);
        rest = &from[end..];
    }
    blocks
}
