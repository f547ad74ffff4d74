//! Go's times: the first line is a layout, the second a time or a duration.

use std::cmp::Ordering;

use plainsail::helm::go::time::{RFC3339_NANO, Time, Zone, parse_duration, round_duration, truncate_duration};
use plainsail::helm::go::types::duration_text;

/// Times, layouts, durations.
pub(crate) fn time(input: &[u8]) {
    let (layout, text) = super::first_line(input);
    for seconds in [0, -62_135_596_800, 1_700_000_000, 253_402_300_799, i64::MAX, i64::MIN] {
        let _ = Time::from_unix(seconds).format(layout);
    }
    let zone = std::str::from_utf8(text).ok().and_then(Zone::load);
    if let Ok(time) = Time::parse(layout, text) {
        check_time(&time, layout);
        if let Some(zone) = Zone::load("America/St_Johns") {
            check_time(&time.with_zone(zone), layout);
        }
    }
    if let Some(zone) = zone {
        check_time(&Time::from_unix(1_700_000_000).with_zone(zone), layout);
    }
    if let Ok(duration) = parse_duration(text) {
        let printed = duration_text(duration);
        assert_eq!(parse_duration(printed.as_bytes()), Ok(duration), "{printed}");
        for multiple in [1, 1_000, 3_600_000_000_000, i64::MAX, -1] {
            let _ = (round_duration(duration, multiple), truncate_duration(duration, multiple));
            let _ = Time::from_unix(0).add(duration).round(multiple).truncate(multiple);
        }
    }
}

fn check_time(time: &Time, layout: &[u8]) {
    assert_eq!(time.compare(time), Ordering::Equal);
    let _ = (time.format(layout), time.text(), time.add_date(1, -13, 400), time.since(&Time::zero()));
    let civil = time.civil();
    if (0..=9999).contains(&civil.year) {
        let printed = time.format(RFC3339_NANO);
        let shown = String::from_utf8_lossy(&printed).into_owned();
        match Time::parse(RFC3339_NANO, &printed) {
            // The zone is printed without its seconds.
            Ok(back) => assert!(back.since(time).abs() < 60_000_000_000, "{shown}"),
            // Some zones are written further away than they may be read.
            Err(error) => assert!(error.to_string().contains("out of range"), "{shown}: {error}"),
        }
    }
}
