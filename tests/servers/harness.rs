//! Finds tools, starts servers on loopback and ends them.

use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Output};
use std::time::{Duration, Instant};

/// Returns the path of a tool: from the folder of `tests/tools/install`, else from the system.
pub(crate) fn tool(name: &str) -> Option<PathBuf> {
    let installed = std::env::var_os("PLAINSAIL_TOOLS_DIR").map(PathBuf::from);
    let installed = installed.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cache/plainsail-tools")));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = installed.map(|folder| folder.join("bin")).into_iter().collect();
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
    println!("skipped: {test}: missing {}", missing.join(", "));
    false
}

/// Returns a port that nobody uses.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A server that is ended with the test.
pub(crate) struct Server {
    child: Child,
}

impl Server {
    /// Starts a server and waits until it listens on the port.
    pub(crate) fn start(command: &mut Command, port: u16) -> Self {
        let mut server = Self { child: command.spawn().unwrap() };
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
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs a command that must succeed, and returns what it printed.
pub(crate) fn run(command: &mut Command) -> String {
    let Output { status, stdout, stderr } = command.output().unwrap();
    assert!(status.success(), "{command:?}: {}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    String::from_utf8_lossy(&stdout).trim_end().to_owned()
}
