//! Texts of pull requests: the mark that tells ours, and what fits into a body.

/// The most characters that GitHub takes in a body.
pub const BODY_LIMIT: usize = 65_536;

/// Returns the comment, unseen by readers, that marks a pull request as ours. `key` tells several apart: the branch, say.
pub fn marker(key: &str) -> String {
    let key: String =
        key.chars().map(|c| if c.is_ascii_alphanumeric() || "/._-".contains(c) { c } else { '_' }).collect();
    // Two hyphens would end the comment.
    format!("<!-- plainsail: {} -->", key.replace("--", "-_"))
}

/// Cuts a body so that it fits, at the end of a line, and says how much was left out; a code block that was cut is closed.
pub fn fit(body: &str, limit: usize) -> String {
    const ROOM: usize = 200;
    let count = body.chars().count();
    if count <= limit {
        return body.to_owned();
    }
    let mut kept = String::new();
    let (mut used, mut fence) = (0, None::<String>);
    let room = limit.saturating_sub(ROOM);
    for line in body.split_inclusive('\n') {
        let length = line.chars().count();
        if used + length > room {
            break;
        }
        used += length;
        kept.push_str(line);
        fence = next_fence(fence, line);
    }
    if kept.is_empty() {
        // One line that is longer than all: better its beginning than nothing.
        kept = body.chars().take(room).collect();
        used = room;
        kept.push('\n');
    }
    if let Some(fence) = fence.filter(|fence| fence.len() < ROOM / 2) {
        kept.push_str(&fence);
        kept.push('\n');
    }
    let lines = body.lines().count() - kept.lines().count().min(body.lines().count());
    format!("{kept}\n*{} characters ({lines} lines) are left out here.*\n", count - used)
}

/// Returns the fence that is open after a line.
fn next_fence(open: Option<String>, line: &str) -> Option<String> {
    let line = line.trim_start();
    let mark = line.chars().next().filter(|mark| matches!(mark, '`' | '~'));
    let ticks: String = line.chars().take_while(|c| Some(*c) == mark).collect();
    if ticks.len() < 3 {
        return open;
    }
    match open {
        None => Some(ticks),
        Some(open) if ticks.starts_with(&open) && line.trim_end().len() == ticks.len() => None,
        open => open,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_is_left_alone() {
        assert_eq!(fit("short", 10), "short");
        let exact = "x".repeat(BODY_LIMIT);
        assert_eq!(fit(&exact, BODY_LIMIT), exact);
    }

    #[test]
    fn what_is_cut_is_counted() {
        let body = "a line\n".repeat(20_000);
        let cut = fit(&body, BODY_LIMIT);
        assert!(cut.chars().count() <= BODY_LIMIT);
        let kept = cut.matches("a line\n").count();
        assert!(
            cut.ends_with(&format!(
                "*{} characters ({} lines) are left out here.*\n",
                (20_000 - kept) * 7,
                20_000 - kept
            )),
            "{}",
            &cut[cut.len() - 90..]
        );
    }

    #[test]
    fn an_open_code_block_is_closed() {
        let body = format!("intro\n````yaml\n```\n{}````\nend\n", "key: ü\n".repeat(500));
        let cut = fit(&body, 1000);
        assert!(cut.contains("\n````\n\n*"), "{}", &cut[cut.len() - 120..]);
        assert!(cut.chars().count() <= 1000);
    }

    #[test]
    fn one_endless_line_is_cut_too() {
        let cut = fit(&"ü".repeat(70_000), BODY_LIMIT);
        assert!(cut.chars().count() <= BODY_LIMIT && cut.contains("left out"));
    }

    #[test]
    fn the_mark_cannot_be_left_by_its_key() {
        assert_eq!(marker("plainsail/staging"), "<!-- plainsail: plainsail/staging -->");
        assert_eq!(marker("a--> <script>"), "<!-- plainsail: a-____script_ -->");
    }
}
