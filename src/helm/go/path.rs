//! Go's `path`: slash-separated paths as texts; on Linux `path/filepath` says the same.

/// Returns the shortest path that means the same.
pub fn clean(path: &[u8]) -> Vec<u8> {
    if path.is_empty() {
        return b".".to_vec();
    }
    let rooted = path[0] == b'/';
    let mut kept: Vec<&[u8]> = Vec::new();
    for part in path.split(|&byte| byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." if kept.last().is_some_and(|last| *last != b"..") => {
                kept.pop();
            }
            b".." if rooted => {}
            _ => kept.push(part),
        }
    }
    let joined = kept.join(&b'/');
    match (rooted, joined.is_empty()) {
        (true, _) => [b"/", &joined[..]].concat(),
        (false, true) => b".".to_vec(),
        (false, false) => joined,
    }
}

/// Returns the last element.
pub fn base(path: &[u8]) -> &[u8] {
    let end = path.iter().rposition(|&byte| byte != b'/').map_or(0, |last| last + 1);
    match (path.is_empty(), end) {
        (true, _) => b".",
        (false, 0) => b"/",
        (false, _) => {
            let start = path[..end].iter().rposition(|&byte| byte == b'/').map_or(0, |slash| slash + 1);
            &path[start..end]
        }
    }
}

/// Returns all but the last element, cleaned.
pub fn dir(path: &[u8]) -> Vec<u8> {
    let end = path.iter().rposition(|&byte| byte == b'/').map_or(0, |slash| slash + 1);
    clean(&path[..end])
}

/// Returns the suffix of the last element from its last point on.
pub fn ext(path: &[u8]) -> &[u8] {
    let name = path.rsplit(|&byte| byte == b'/').next().unwrap_or(path);
    name.iter().rposition(|&byte| byte == b'.').map_or(b"", |point| &name[point..])
}

/// Tells whether the path begins at the root.
pub fn is_absolute(path: &[u8]) -> bool {
    path.first() == Some(&b'/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cleans_as_go_does() {
        let cases = [
            ("", "."),
            ("/", "/"),
            ("a//b/./c/..", "a/b"),
            ("../a/..", ".."),
            ("/../a", "/a"),
            ("a/../..", ".."),
            ("./", "."),
            ("/a/b/../../..", "/"),
            ("../../a", "../../a"),
        ];
        for (path, expected) in cases {
            assert_eq!(String::from_utf8_lossy(&clean(path.as_bytes())), expected, "{path}");
        }
    }

    #[test]
    fn takes_paths_apart() {
        assert_eq!([base(b""), base(b"///"), base(b"/a/b/"), base(b"c")], [&b"."[..], b"/", b"b", b"c"]);
        assert_eq!([dir(b""), dir(b"/a"), dir(b"a/b/"), dir(b"a")], [&b"."[..], b"/", b"a/b", b"."]);
        assert_eq!([ext(b"a.tar.gz"), ext(b"a.b/c"), ext(b".x")], [&b".gz"[..], b"", b".x"]);
    }
}
