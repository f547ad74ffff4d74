//! Finds tools, starts servers on loopback and ends them.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// Returns the path of a tool: from the folder of `tests/tools/install` (`bin/NAME`, or NAME as a path), else from the system.
pub(crate) fn tool(name: &str) -> Option<PathBuf> {
    let installed = std::env::var_os("PLAINSAIL_TOOLS_DIR").map(PathBuf::from);
    let installed = installed.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache/plainsail-tools")));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> =
        installed.map(|folder| [folder.join("bin"), folder]).into_iter().flatten().collect();
    folders.extend(std::env::split_paths(&path));
    folders.extend(["/usr/sbin", "/sbin"].map(PathBuf::from));
    folders.into_iter().map(|folder| folder.join(name)).find(|path| path.is_file())
}

/// Tells whether all tools are there; says which are not, and fails where they are required.
pub(crate) fn have(names: &[&str]) -> bool {
    let missing: Vec<&str> = names.iter().copied().filter(|name| tool(name).is_none()).collect();
    if missing.is_empty() {
        return true;
    }
    let test = std::thread::current().name().unwrap_or("a test").to_owned();
    assert!(std::env::var("PLAINSAIL_TOOLS").as_deref() != Ok("require"), "{test} needs {}", missing.join(", "));
    // Past the capture of the test runner, which would hide it.
    let line = format!("skipped: {test}: missing {}\n", missing.join(", "));
    std::io::stderr().write_all(line.as_bytes()).unwrap();
    false
}

/// Returns a port that nobody uses.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A server in a process group of its own, which is ended with the test.
pub(crate) struct Server {
    child: Child,
    /// Where it listens.
    pub(crate) port: u16,
}

impl Server {
    /// Starts a server and waits until it listens on the port.
    pub(crate) fn start(command: &mut Command, port: u16) -> Self {
        let child = command.process_group(0).stdin(Stdio::null()).spawn().unwrap();
        let mut server = Self { child, port };
        let start = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if let Ok(Some(status)) = server.child.try_wait() {
                panic!("the server ended with {status}: {command:?}");
            }
            assert!(start.elapsed() < Duration::from_secs(30), "the server does not listen: {command:?}");
            std::thread::sleep(Duration::from_millis(10));
        }
        server
    }

    /// Starts a server that prints `ready PORT` when it listens.
    pub(crate) fn start_that_says_ready(command: &mut Command) -> Self {
        let child = command.process_group(0).stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let mut server = Self { child, port: 0 };
        let mut line = String::new();
        BufReader::new(server.child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let port = line.trim().strip_prefix("ready ").and_then(|port| port.parse().ok());
        server.port = port.unwrap_or_else(|| panic!("the server says {line:?}: {command:?}"));
        server
    }

    /// Returns the address without a path.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The group and not the process, because some servers start others; the standard library has no call for it.
        let _ = Command::new("kill").args(["-KILL", "--", &format!("-{}", self.child.id())]).status();
        let _ = self.child.wait();
    }
}

/// Runs a command that must succeed, and returns what it printed.
pub(crate) fn run(command: &mut Command) -> String {
    let Output { status, stdout, stderr } = command.output().unwrap();
    assert!(status.success(), "{command:?}: {}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    String::from_utf8_lossy(&stdout).trim_end().to_owned()
}

/// Runs one test again in a process of its own with nothing in the environment but `variables`.
///
/// Returns true in that process; in the first one it waits, fails where the other failed, and returns false. For what reads
/// the environment by itself, as Amazon's SDK does.
pub(crate) fn isolated(test: &str, variables: &[(&str, String)]) -> bool {
    const MARK: &str = "PLAINSAIL_ISOLATED";
    if std::env::var(MARK).is_ok_and(|mark| mark == test) {
        return true;
    }
    let output = Command::new(std::env::current_exe().unwrap())
        .args([test, "--exact", "--nocapture", "--test-threads=1"])
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", "/nonexistent")
        .env(MARK, test)
        .envs(variables.iter().map(|(name, value)| (*name, value.as_str())))
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("1 passed"), "{test}:\n{text}\n{}", String::from_utf8_lossy(&output.stderr));
    false
}
