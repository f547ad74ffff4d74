//! go_time.tsv: layouts, zones, parsing and durations, with what Go 1.26 gives (local time UTC, its built-in zones).

use plainsail::helm::go::time::{Time, Zone, parse_duration, round_duration, truncate_duration};
use plainsail::helm::go::types::duration_text;

use crate::go_fmt::unquote;
use crate::table::same;

const SECOND: i64 = 1_000_000_000;

#[test]
fn formats_and_parses_times_as_go_does() {
    let path = std::env::var("PLAINSAIL_GO_TIME")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/tests/tables/data/go_time.tsv").to_owned());
    let table = std::fs::read_to_string(path).expect("the table");
    let (mut total, mut failures) = (0, Vec::new());
    for line in table.lines() {
        total += 1;
        let row: Vec<&str> = line.split('\t').collect();
        let (last, inputs) = row.split_last().expect("a row has fields");
        let lossy = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        if let Err(difference) = same(&inputs.join(" "), lossy(run(inputs)), lossy(unquote(last))) {
            failures.push(difference);
        }
    }
    println!("go_time: {} of {total} equal", total - failures.len());
    assert!(failures.is_empty(), "{}", failures.iter().take(40).cloned().collect::<Vec<_>>().join("\n"));
}

fn run(row: &[&str]) -> Vec<u8> {
    let number = |index: usize| row[index].parse::<i64>().expect("a number");
    let time = || Time::from_unix_nanoseconds(i128::from(number(1)) * i128::from(SECOND) + i128::from(number(2)));
    let text = |index: usize| unquote(row[index]);
    let failed = |error: String| format!("!{error}").into_bytes();
    match row[0] {
        "format" => {
            let zone = String::from_utf8(text(3)).expect("a name");
            time().with_zone(Zone::load(&zone).unwrap_or(Zone::Utc)).format(&text(4))
        }
        "parse" => Time::parse(&text(1), &text(2)).map_or_else(|error| failed(error.to_string()), |time| time.text()),
        "duration" => parse_duration(&text(1)).map_or_else(failed, |duration| {
            let shown = [duration, round_duration(duration, SECOND), truncate_duration(duration, 60 * SECOND)];
            shown.map(duration_text).join(" ").into_bytes()
        }),
        "arith" => {
            let weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
            let (time, duration) = (time(), number(6));
            let civil = time.civil();
            [
                time.add_date(number(3), number(4), number(5)).text(),
                time.add(duration).text(),
                time.truncate(duration).text(),
                time.round(duration).text(),
                civil.day_of_year().to_string().into_bytes(),
                weekdays[civil.weekday() as usize].as_bytes().to_vec(),
            ]
            .join(&b' ')
        }
        other => panic!("{other}"),
    }
}
