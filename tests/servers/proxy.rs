//! An HTTP proxy in this process that loses, cuts, repeats and invents: one request a connection.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A request as it came in.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    /// The verb and the path with its query.
    pub(crate) line: String,
    /// The headers, with names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    /// The body.
    pub(crate) body: Vec<u8>,
}

impl Seen {
    /// Returns a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// Tells whether it is a POST to a service.
    pub(crate) fn is_post(&self, service: &str) -> bool {
        self.line.starts_with("POST") && self.line.contains(service)
    }
}

/// What happens to a request.
#[derive(Clone, Debug)]
pub(crate) enum Action {
    /// It is handed on.
    Pass,
    /// It is handed on without this header.
    Without(&'static str),
    /// It is handed on, the answer is lost.
    LoseAnswer,
    /// It is lost.
    LoseRequest,
    /// It is handed on, the answer ends after so many bytes of its body.
    CutAnswer(usize),
    /// It is handed on twice; the second answer comes back.
    Twice,
    /// It is handed on, but another answer comes back.
    AnswerInstead(Vec<u8>),
    /// It is not handed on; this comes back.
    Answer(Vec<u8>),
    /// It is not handed on; this comes back a byte at a time.
    Drip(Vec<u8>),
    /// Nothing comes back for a long time.
    Hang,
}

/// Makes the bytes of an answer.
pub(crate) fn answer(status: &str, kind: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

/// Makes the bytes of a redirect.
pub(crate) fn redirect(status: &str, location: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status}\r\nLocation: {location}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").into_bytes()
}

type Rule = dyn FnMut(&Seen) -> Action + Send;

/// The proxy.
pub(crate) struct Proxy {
    /// Where it listens.
    pub(crate) port: u16,
    /// What came in.
    pub(crate) seen: Arc<Mutex<Vec<Seen>>>,
    rule: Arc<Mutex<Box<Rule>>>,
}

impl Proxy {
    /// Starts a proxy before a port of this machine.
    pub(crate) fn start(upstream: u16, rule: impl FnMut(&Seen) -> Action + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen: Arc<Mutex<Vec<Seen>>> = Arc::default();
        let rule: Arc<Mutex<Box<Rule>>> = Arc::new(Mutex::new(Box::new(rule)));
        let (log, rules) = (Arc::clone(&seen), Arc::clone(&rule));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (log, rules) = (Arc::clone(&log), Arc::clone(&rules));
                std::thread::spawn(move || serve(stream, upstream, &log, &rules));
            }
        });
        Self { port, seen, rule }
    }

    /// Changes what happens from now on.
    pub(crate) fn rule(&self, rule: impl FnMut(&Seen) -> Action + Send + 'static) {
        *self.rule.lock().unwrap() = Box::new(rule);
    }
}

fn serve(mut client: TcpStream, upstream: u16, log: &Mutex<Vec<Seen>>, rules: &Mutex<Box<Rule>>) -> Option<()> {
    let seen = read_request(&mut client)?;
    let action = (rules.lock().unwrap())(&seen);
    log.lock().unwrap().push(seen.clone());
    let forward = |without: &str| ask(upstream, &seen, without);
    match action {
        Action::Pass => client.write_all(&forward("")?).ok()?,
        Action::Without(header) => client.write_all(&forward(header)?).ok()?,
        Action::LoseAnswer => drop(forward("")?),
        Action::LoseRequest => {}
        Action::CutAnswer(bytes) => {
            let answer = forward("")?;
            let head = answer.windows(4).position(|window| window == b"\r\n\r\n")? + 4;
            client.write_all(&answer[..(head + bytes).min(answer.len())]).ok()?;
        }
        Action::Twice => {
            forward("")?;
            client.write_all(&forward("")?).ok()?;
        }
        Action::AnswerInstead(answer) => {
            forward("")?;
            client.write_all(&answer).ok()?;
        }
        Action::Answer(answer) => client.write_all(&answer).ok()?,
        Action::Drip(answer) => {
            for byte in answer {
                client.write_all(&[byte]).ok()?;
                std::thread::sleep(Duration::from_millis(100));
            }
        }
        Action::Hang => std::thread::sleep(Duration::from_secs(20)),
    }
    Some(())
}

fn read_request(client: &mut TcpStream) -> Option<Seen> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 16 * 1024];
    let head = loop {
        let read = client.read(&mut buffer).ok().filter(|read| *read > 0)?;
        bytes.extend_from_slice(&buffer[..read]);
        if let Some(at) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break at;
        }
    };
    let text = String::from_utf8_lossy(&bytes[..head]).into_owned();
    let mut lines = text.split("\r\n");
    let line = lines.next()?.to_owned();
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let length = headers
        .iter()
        .find(|(name, _)| name == "content-length")
        .and_then(|(_, value)| value.parse().ok())
        .unwrap_or(0);
    let mut body = bytes[head + 4..].to_vec();
    while body.len() < length {
        let read = client.read(&mut buffer).ok().filter(|read| *read > 0)?;
        body.extend_from_slice(&buffer[..read]);
    }
    Some(Seen { line, headers, body })
}

fn ask(upstream: u16, seen: &Seen, without: &str) -> Option<Vec<u8>> {
    let mut server = TcpStream::connect(("127.0.0.1", upstream)).ok()?;
    let mut head = format!("{}\r\n", seen.line.replace("HTTP/1.1", "HTTP/1.0"));
    for (name, value) in seen.headers.iter().filter(|(name, _)| name != without && name != "connection") {
        head.extend([name.as_str(), ": ", value, "\r\n"]);
    }
    head.push_str("connection: close\r\n\r\n");
    server.write_all(head.as_bytes()).ok()?;
    server.write_all(&seen.body).ok()?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer).ok()?;
    Some(answer)
}
