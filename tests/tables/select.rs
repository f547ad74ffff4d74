//! select.json: choosing an image. Not from Helm: the rules are plainsail's own.

#![expect(clippy::expect_used, reason = "a table of another shape is a failing test")]

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use plainsail::image::Digest;
use plainsail::select::{
    Checks, Commit, Decision, Image, Input, Kind, Known, Level, Listing, Outcome, Pattern, Policy, Range, Running,
    Scan, ScanStatus, Settings, Signature, Source, SourceState, parse_age, select,
};
use serde_json::Value;
use sha1::{Digest as _, Sha1};

use crate::table::{Table, Tally, same};

#[test]
fn chooses_as_the_rules_say() {
    let table = Table::load("select");
    let mut tally = Tally::default();
    for set in table.root["sets"].as_array().expect("a table of sets") {
        table.count(&mut tally, text(&set["name"]), run(set));
    }
    table.finish("plainsail", &tally);
}

fn run(set: &Value) -> Result<(), String> {
    let (listing, generated) = listing(&set["registry"]);
    let settings = settings(&set["image"]);
    let running = (!set["running"].is_null()).then(|| Running {
        tag: text(&set["running"]["tag"]).to_owned(),
        digest: set["running"]["digest"].as_str().map(str::to_owned),
        pushed_at: time(&set["running"]["pushedAt"]),
    });
    let source = source(&set["source"], &generated);
    let outcome = select(&Input {
        now: time(&set["now"]).expect("a clock"),
        settings: &settings,
        listing: &listing,
        source: match &source {
            Some(source) => SourceState::Known(source),
            None if set["source"].is_null() => SourceState::None,
            None => SourceState::Unavailable,
        },
        running: running.as_ref(),
        marker: set["marker"].as_str(),
    });
    compare(last_look(outcome, &set["registry"]["recheck"]), &set["expect"])
}

fn last_look(outcome: Outcome, recheck: &Value) -> Outcome {
    let Decision::Choose { tag, digest, .. } = &outcome.decision else {
        return outcome;
    };
    let digest = digest.clone();
    match recheck.get(tag) {
        None => outcome.after_last_look(Some(&digest)),
        Some(now_at) => outcome.after_last_look(now_at.as_str()),
    }
}

fn compare(outcome: Outcome, expect: &Value) -> Result<(), String> {
    let decision = match &outcome.decision {
        Decision::Choose { tag, digest, .. } => format!("choose {tag} {digest}"),
        Decision::Keep(keep) => format!("keep {}", keep.code()),
        Decision::Failed(failure) => format!("error {}", failure.code()),
    };
    let wanted = if let Some(choose) = expect.get("choose") {
        format!("choose {} {}", text(&choose["tag"]), text(&choose["digest"]))
    } else if let Some(keep) = expect.get("keep") {
        format!("keep {}", text(keep))
    } else {
        format!("error {}", text(&expect["error"]))
    };
    same("decision", decision, wanted)?;
    let findings: Vec<&str> = outcome.findings.iter().map(|finding| finding.code()).collect();
    same("findings", findings, list(&expect["findings"]))?;
    if let Some(counts) = expect.get("droppedCounts") {
        let mut got: BTreeMap<&str, u64> = BTreeMap::new();
        for reason in outcome.dropped.values() {
            *got.entry(reason.code()).or_default() += 1;
        }
        let wanted = object(counts).map(|(code, count)| (code, count.as_u64().expect("a count"))).collect();
        return same("counts of dropped", got, wanted);
    }
    let got: BTreeMap<&str, &str> = outcome.dropped.iter().map(|(tag, reason)| (tag.as_str(), reason.code())).collect();
    same("dropped", got, object(&expect["dropped"]).map(|(tag, reason)| (tag, text(reason))).collect())
}

fn settings(image: &Value) -> Settings {
    let optional = |name: &str| image[name].as_str().map(str::to_owned);
    let flag = |name: &str| image[name].as_bool().unwrap_or(false);
    let pattern = |text: &str| Pattern::parse(text).expect("a pattern");
    let checks = &image["checks"];
    Settings {
        policy: Policy::from_name(text(&image["policy"])).expect("a policy"),
        pattern: image["match"].as_str().map(pattern).unwrap_or_default(),
        ignore: list(&image["ignore"]).into_iter().map(pattern).collect(),
        branch: optional("branch"),
        track: optional("track"),
        range: image["range"].as_str().map(|range| Range::parse(range).expect("a range")),
        pre_releases: flag("preReleases"),
        platform: optional("platform"),
        minimum_age: image["minAge"].as_str().map(|age| parse_age(age).expect("an age")),
        cross_check: flag("crossCheck"),
        checks: Checks {
            signature: checks["signature"].as_str().map(str::to_owned),
            scan: checks["scan"].as_str().map(|level| Level::from_name(level).expect("a level")),
            labels: texts(&checks["labels"]),
        },
        allow_backwards: flag("allowBackwards"),
        hold: !image["hold"].is_null(),
        kind: kind(&image["kind"]),
    }
}

/// Returns the listing and the ids of the commits that generated images were built from.
fn listing(registry: &Value) -> (Listing, Vec<String>) {
    let mut images: Vec<Image> = registry["images"].as_array().into_iter().flatten().map(image).collect();
    let generate = &registry["generate"];
    let mut commits = Vec::new();
    if !generate.is_null() {
        let start = time(&generate["start"]).expect("a start");
        let number = |name: &str| generate[name].as_i64().expect("a number");
        for index in 0..number("count") {
            let seed = format!("{}:{index}", text(&generate["seed"]));
            let id = hex(&Sha1::digest(&seed));
            images.push(Image {
                digest: Digest::of(seed.as_bytes()).to_string(),
                tags: vec![id[..usize::try_from(number("length")).expect("a length")].to_owned()],
                pushed_at: Some(start + SignedDuration::from_secs(index * number("step"))),
                created: time(&generate["created"]),
                platforms: Some(vec!["linux/amd64".to_owned()]),
                ..Image::default()
            });
            commits.push(id);
        }
    }
    (Listing { complete: registry["complete"].as_bool().expect("complete"), images }, commits)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
}

fn image(image: &Value) -> Image {
    Image {
        digest: text(&image["digest"]).to_owned(),
        tags: list(&image["tags"]).into_iter().map(str::to_owned).collect(),
        pushed_at: time(&image["pushedAt"]),
        created: time(&image["created"]),
        created_by: object(&image["createdBy"])
            .filter_map(|(platform, date)| Some((platform.to_owned(), time(date)?)))
            .collect(),
        platforms: image["platforms"]
            .is_array()
            .then(|| list(&image["platforms"]).into_iter().map(str::to_owned).collect()),
        labels: texts(&image["labels"]),
        kind: kind(&image["kind"]),
        children: list(&image["children"]).into_iter().map(str::to_owned).collect(),
        signatures: known(image.get("signatures"), |signatures| {
            signatures.as_array().expect("signatures").iter().map(signature).collect()
        }),
        scan: known(image.get("scan"), scan),
    }
}

fn known<T>(value: Option<&Value>, read: impl FnOnce(&Value) -> T) -> Known<T> {
    match value {
        None => Known::Absent,
        Some(Value::Null) => Known::Unknown,
        Some(value) => Known::Value(read(value)),
    }
}

fn signature(signature: &Value) -> Signature {
    Signature {
        key: text(&signature["key"]).to_owned(),
        digest: text(&signature["digest"]).to_owned(),
        readable: signature["state"].is_null(),
    }
}

fn scan(scan: &Value) -> Scan {
    Scan {
        status: match text(&scan["status"]) {
            "complete" => ScanStatus::Complete,
            "pending" => ScanStatus::Pending,
            _ => ScanStatus::Failed,
        },
        findings: object(scan).filter_map(|(name, count)| Some((Level::from_name(name)?, count.as_u64()?))).collect(),
        truncated: scan["truncated"].as_bool().unwrap_or(false),
    }
}

/// Returns the source, where there is one that can be read.
fn source(source: &Value, generated: &[String]) -> Option<Source> {
    if source.is_null() || source["unavailable"].as_bool() == Some(true) {
        return None;
    }
    let mut commits: Vec<Commit> = source["commits"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|commit| Commit {
            id: text(&commit["id"]).to_owned(),
            parents: list(&commit["parents"]).into_iter().map(str::to_owned).collect(),
        })
        .collect();
    let mut branches = texts(&source["branches"]);
    if !source["generated"].is_null() {
        commits.extend(generated.iter().enumerate().map(|(index, id)| Commit {
            id: id.clone(),
            parents: index.checked_sub(1).map(|before| generated[before].clone()).into_iter().collect(),
        }));
        let last = generated.last().expect("generated commits").clone();
        match source["generated"].as_str() {
            Some(branch) => branches.insert(branch.to_owned(), last),
            None => branches.insert("main".to_owned(), last),
        };
    }
    let complete = source["complete"].as_bool().unwrap_or(true);
    Some(Source { commits, branches, complete })
}

fn kind(value: &Value) -> Kind {
    match value.as_str() {
        None | Some("image") => Kind::Image,
        Some("chart") => Kind::Chart,
        Some(_) => Kind::Artifact,
    }
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

fn list(value: &Value) -> Vec<&str> {
    value.as_array().into_iter().flatten().map(text).collect()
}

fn object(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value.as_object().into_iter().flatten().map(|(key, value)| (key.as_str(), value))
}

fn texts(value: &Value) -> BTreeMap<String, String> {
    object(value).map(|(key, value)| (key.to_owned(), text(value).to_owned())).collect()
}

fn time(value: &Value) -> Option<Timestamp> {
    value.as_str().map(|text| text.parse().expect("a point in time"))
}
