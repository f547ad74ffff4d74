//! Git over SSH, through the `ssh` program: its configuration, agents and host keys are the person's own.
//!
//! Unknown and changed host keys are always refused, and nothing is ever asked on a terminal. Each conversation is a session
//! of its own. The command can be replaced (`GIT_SSH_COMMAND`): it is cut into words as a shell does, and run without one.

use std::ffi::OsString;
use std::io::{self, Read, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::packet::words;
use super::{Bounded, Line, Service, Wire, through};
use crate::git::address::SshPlace;
use crate::git::{Error, Limits};

/// What `ssh` may know of our environment: never a token that is meant for somebody else.
const ENVIRONMENT: [&str; 9] =
    ["PATH", "HOME", "USER", "LOGNAME", "SSH_AUTH_SOCK", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT"];
const MOST_WORDS: usize = 16 * 1024;

/// The way to a server over SSH.
pub(in crate::git) struct Ssh {
    command: Vec<String>,
    place: SshPlace,
    address: String,
    limits: Limits,
}

impl Ssh {
    pub(in crate::git) fn new(
        place: &SshPlace,
        address: &str,
        command: Option<&str>,
        limits: Limits,
    ) -> Result<Self, Error> {
        let bad = || Error::BadAddress {
            address: address.to_owned(),
            cause: "the ssh command has an open quote or no words".to_owned(),
        };
        let command = split(command.unwrap_or("ssh")).filter(|words| !words.is_empty()).ok_or_else(bad)?;
        Ok(Self { command, place: place.clone(), address: address.to_owned(), limits })
    }

    fn arguments(&self, service: Service) -> Vec<String> {
        let mut arguments: Vec<String> =
            // What comes first counts, so these cannot be weakened by what follows.
            ["-o", "StrictHostKeyChecking=yes", "-o", "BatchMode=yes", "-o", "SendEnv=GIT_PROTOCOL"].map(str::to_owned).to_vec();
        arguments.extend(self.command.iter().skip(1).cloned());
        if let Some(port) = self.place.port {
            arguments.extend(["-p".to_owned(), port.to_string()]);
        }
        if let Some(user) = &self.place.user {
            arguments.extend(["-l".to_owned(), user.clone()]);
        }
        let path = self.place.path.replace('\'', "'\\''");
        arguments.extend(["--".to_owned(), self.place.host.clone(), format!("{} '{path}'", service.name())]);
        arguments
    }
}

/// Cuts a command into words, with quotes and backslashes as a shell reads them; nothing is expanded.
fn split(command: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut letters = command.chars();
    while let Some(letter) = letters.next() {
        match letter {
            ' ' | '\t' | '\n' => words.extend(word.take()),
            '\'' => {
                let word = word.get_or_insert_default();
                loop {
                    match letters.next()? {
                        '\'' => break,
                        inner => word.push(inner),
                    }
                }
            }
            '"' => {
                let word = word.get_or_insert_default();
                loop {
                    match letters.next()? {
                        '"' => break,
                        '\\' => match letters.next()? {
                            escaped @ ('"' | '\\' | '$' | '`') => word.push(escaped),
                            other => word.extend(['\\', other]),
                        },
                        inner => word.push(inner),
                    }
                }
            }
            '\\' => word.get_or_insert_default().push(letters.next()?),
            letter => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    Some(words)
}

impl Wire for Ssh {
    fn address(&self) -> &str {
        &self.address
    }

    fn call(&mut self, service: Service) -> Result<Box<dyn Line>, Error> {
        let program = self.command.first().cloned().unwrap_or_default();
        let unavailable = |cause: &dyn std::fmt::Display| {
            let cause = format!("cannot run {program}: {cause}");
            Error::Unavailable { remote: self.address.clone(), cause }
        };
        let kept = ENVIRONMENT.iter().filter_map(|name| Some((OsString::from(name), std::env::var_os(name)?)));
        let mut command = Command::new(&program);
        command.args(self.arguments(service)).env_clear().envs(kept);
        if service == Service::Upload {
            command.env("GIT_PROTOCOL", "version=2");
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|cause| unavailable(&cause))?;
        let (input, output, errors) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (Some(output), Some(mut errors)) = (output, errors) else { return Err(unavailable(&"it has no output")) };
        let printed = Arc::new(Mutex::new(Vec::new()));
        let keep = Arc::clone(&printed);
        let watcher = std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(read @ 1..) = errors.read(&mut buffer) {
                let mut kept = keep.lock().unwrap_or_else(PoisonError::into_inner);
                let room = MOST_WORDS.saturating_sub(kept.len());
                kept.extend(buffer.iter().take(read.min(room)));
            }
        });
        let end = Instant::now() + self.limits.exchange;
        let pipe = Pipe::start(output, end, &self.address, self.limits.exchange);
        let reader = Bounded::new(pipe, &self.address, "objects", self.limits.pack, self.limits.exchange);
        Ok(Box::new(SshLine {
            child,
            input,
            reader,
            printed,
            watcher: Some(watcher),
            address: self.address.clone(),
            end,
        }))
    }
}

/// Reads in a thread of its own, so that a server that says nothing can be left.
struct Pipe {
    chunks: Receiver<io::Result<Vec<u8>>>,
    chunk: Vec<u8>,
    at: usize,
    end: Instant,
    remote: String,
    limit: Duration,
}

impl Pipe {
    fn start(mut output: impl Read + Send + 'static, end: Instant, remote: &str, limit: Duration) -> Self {
        let (send, chunks) = sync_channel(16);
        std::thread::spawn(move || {
            loop {
                let mut buffer = vec![0; 32 * 1024];
                let read = output.read(&mut buffer).map(|read| {
                    buffer.truncate(read);
                    buffer
                });
                let last = !matches!(&read, Ok(bytes) if !bytes.is_empty());
                if send.send(read).is_err() || last {
                    return;
                }
            }
        });
        Self { chunks, chunk: Vec::new(), at: 0, end, remote: remote.to_owned(), limit }
    }
}

impl Read for Pipe {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at >= self.chunk.len() {
            let left = self.end.saturating_duration_since(Instant::now());
            self.at = 0;
            self.chunk = match self.chunks.recv_timeout(left) {
                Ok(chunk) => chunk?,
                Err(RecvTimeoutError::Disconnected) => Vec::new(),
                Err(RecvTimeoutError::Timeout) => {
                    return Err(through(Error::TimedOut { remote: self.remote.clone(), limit: self.limit }));
                }
            };
        }
        let rest = self.chunk.get(self.at..).unwrap_or_default();
        let size = rest.len().min(buffer.len());
        buffer.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
        self.at += size;
        Ok(size)
    }
}

struct SshLine {
    child: Child,
    input: Option<ChildStdin>,
    reader: Bounded<Pipe>,
    printed: Arc<Mutex<Vec<u8>>>,
    watcher: Option<std::thread::JoinHandle<()>>,
    address: String,
    end: Instant,
}

impl Read for SshLine {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.reader.read(buffer)
    }
}

impl Line for SshLine {
    fn say(&mut self, request: Vec<u8>) -> Result<(), Error> {
        let Some(mut input) = self.input.take() else {
            return Err(Error::Protocol { remote: self.address.clone(), cause: "the session is over".to_owned() });
        };
        // In a thread, for a server that does not read. The input stays open: some take its end for our leaving.
        let (send, written) = sync_channel(1);
        std::thread::spawn(move || {
            let result = input.write_all(&request).and_then(|()| input.flush());
            // Nobody listens any more when time is up.
            let _ = send.send(result.map(|()| input));
        });
        let left = self.end.saturating_duration_since(Instant::now());
        match written.recv_timeout(left) {
            Ok(Ok(input)) => {
                self.input = Some(input);
                Ok(())
            }
            Ok(Err(cause)) => Err(Error::Unavailable { remote: self.address.clone(), cause: cause.to_string() }),
            Err(_) => Err(Error::TimedOut { remote: self.address.clone(), limit: self.reader.time }),
        }
    }

    fn last_words(&mut self) -> Option<Error> {
        drop(self.input.take());
        // The program has printed all it will once it has ended; one that hangs is ended.
        let patience = Instant::now() + Duration::from_secs(2);
        while matches!(self.child.try_wait(), Ok(None)) && Instant::now() < patience {
            std::thread::sleep(Duration::from_millis(5));
        }
        let _ = self.child.kill();
        if let Some(watcher) = self.watcher.take() {
            let _ = watcher.join();
        }
        let printed = self.printed.lock().unwrap_or_else(PoisonError::into_inner);
        let words = words(&printed);
        (!words.is_empty()).then(|| classify(&self.address, words))
    }
}

fn classify(address: &str, words: String) -> Error {
    let remote = address.to_owned();
    let lower = words.to_ascii_lowercase();
    let has = |texts: &[&str]| texts.iter().any(|text| lower.contains(text));
    if has(&[
        "permission denied",
        "host key verification failed",
        "read-only",
        "not authorized",
        "access denied",
        "identification has changed",
    ]) {
        return Error::Denied { remote, cause: words };
    }
    if has(&["not appear to be a git repository", "repository not found", "does not exist", "no such repo"]) {
        return Error::NotFound { remote, cause: words };
    }
    Error::Unavailable { remote, cause: words }
}

impl Drop for SshLine {
    fn drop(&mut self) {
        drop(self.input.take());
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::Address;
    use crate::git::address::Place;

    #[test]
    fn a_command_is_cut_as_a_shell_does() {
        let words = |text: &str| split(text).unwrap();
        assert_eq!(words("ssh -i '/a b/key' -o \"X=\\\"y\\\"\""), ["ssh", "-i", "/a b/key", "-o", "X=\"y\""]);
        assert_eq!(words("ssh -i a\\ b ''"), ["ssh", "-i", "a b", ""]);
        assert_eq!(words("ssh $(id) `id` ; id"), ["ssh", "$(id)", "`id`", ";", "id"]);
        assert_eq!(split("ssh 'open"), None);
    }

    #[test]
    fn host_keys_are_checked_whatever_the_command_says() {
        let address = Address::parse("ssh://git@example.org:2222/a/b c.git").unwrap();
        let Place::Ssh(place) = address.place() else { panic!() };
        let ssh = Ssh::new(place, "x", Some("ssh -o StrictHostKeyChecking=no"), Limits::default()).unwrap();
        let arguments = ssh.arguments(Service::Upload);
        let first = arguments.iter().position(|word| word.starts_with("StrictHostKeyChecking")).unwrap();
        assert_eq!(arguments[first], "StrictHostKeyChecking=yes");
        assert_eq!(arguments[arguments.len() - 3..], ["--", "example.org", "git-upload-pack '/a/b c.git'"]);
    }
}
