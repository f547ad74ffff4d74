//! go_toml.tsv: TOML that was read and written again by BurntSushi/toml 1.6.0, and its errors.

use plainsail::helm::Profile;
use plainsail::helm::functions::{Context, Failure, lookup};
use plainsail::helm::go::fmt::display;
use plainsail::helm::value::{MapType, Value};

use crate::go_fmt::unquote;
use crate::table::same;

struct Pure;

impl Context for Pure {
    fn profile(&self) -> Profile {
        Profile::V4
    }

    fn now(&mut self, _: &'static str) -> Result<i128, Failure> {
        Err(Failure::from("no clock"))
    }

    fn random(&mut self, _: &'static str, _: &mut [u8]) -> Result<(), Failure> {
        Err(Failure::from("no randomness"))
    }

    fn spend(&mut self, _: usize) -> Result<(), Failure> {
        Ok(())
    }
}

#[test]
fn reads_and_writes_toml_as_the_library_does() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/tables/data/go_toml.tsv");
    let table = std::fs::read_to_string(path).expect("the table");
    let (mut total, mut failures) = (0, Vec::new());
    for line in table.lines() {
        total += 1;
        let [text, wanted, written] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("a row: {line}") };
        if let Err(difference) = run(text, wanted, written) {
            failures.push(format!("{text}: {difference}"));
        }
    }
    println!("go_toml: {} of {total} equal", total - failures.len());
    assert!(failures.is_empty(), "{}", failures.iter().take(40).cloned().collect::<Vec<_>>().join("\n"));
}

fn call(name: &str, argument: Value) -> Result<Value, Failure> {
    (lookup(name).expect("the function exists").body)(&mut Pure, &[argument])
}

fn run(text: &str, wanted: &str, written: &str) -> Result<(), String> {
    let lossy = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let wanted = lossy(&unquote(wanted));
    let value = match call("fromToml", Value::str(unquote(text))) {
        Err(Failure::Error(_)) => return same("read", "panic", wanted.as_str()),
        other => other.map_err(|failure| format!("{failure:?}"))?,
    };
    let shown = lossy(&display(&value, Profile::V4).map_err(|error| error.to_string())?);
    if let Some(error) = wanted.strip_prefix('!') {
        return same("error", shown, format!("map[Error:{error}]"));
    }
    same("read", shown, wanted)?;
    assert!(matches!(&value, Value::Map(map) if map.map_type() == MapType::Any));
    match call("toToml", value) {
        Ok(Value::Str(got)) => {
            same("written", lossy(&got), lossy(&unquote(written)).trim_start_matches('!').to_owned())
        }
        other => Err(format!("written: {other:?}")),
    }
}
