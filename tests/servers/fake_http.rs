//! A server that says whatever a test wants, and remembers what it was asked.

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// What was asked.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) method: String,
    /// Path and query.
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
}

impl Asked {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// What to say.
pub(crate) struct Say {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    /// Break the connection off in the middle of the body.
    cut: bool,
    /// Send the body again and again until the other side hangs up.
    endless: bool,
}

impl Say {
    pub(crate) fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: Vec::new(), body: body.into(), cut: false, endless: false }
    }

    pub(crate) fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    pub(crate) fn cut(mut self) -> Self {
        self.cut = true;
        self
    }

    pub(crate) fn endless(mut self) -> Self {
        self.endless = true;
        self
    }
}

/// A server on loopback. It ends with the process of the test.
pub(crate) struct FakeHttp {
    pub(crate) port: u16,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl FakeHttp {
    pub(crate) fn start(answer: impl Fn(&Asked) -> Say + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (answer, log) = (Arc::new(answer), Arc::clone(&asked));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (answer, log) = (Arc::clone(&answer), Arc::clone(&log));
                // A client that hangs up is no failure of the server.
                thread::spawn(move || serve(stream, answer.as_ref(), &log).ok());
            }
        });
        Self { port, asked }
    }

    pub(crate) fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

fn serve(stream: TcpStream, answer: &dyn Fn(&Asked) -> Say, log: &Mutex<Vec<Asked>>) -> std::io::Result<()> {
    // Head and body are written apart; without this each answer would wait for the other side's delayed acknowledgement.
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut stream = stream;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let mut words = line.split_whitespace().map(str::to_owned);
        let mut asked = Asked {
            method: words.next().unwrap_or_default(),
            target: words.next().unwrap_or_default(),
            headers: Vec::new(),
        };
        loop {
            let mut line = String::new();
            reader.read_line(&mut line)?;
            match line.trim_end().split_once(':') {
                Some((name, value)) => asked.headers.push((name.to_owned(), value.trim().to_owned())),
                None => break,
            }
        }
        let length = asked.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        reader.by_ref().take(length).read_to_end(&mut Vec::new())?;
        log.lock().unwrap().push(asked.clone());
        let say = answer(&asked);
        let mut head = format!("HTTP/1.1 {} X\r\n", say.status);
        for (name, value) in &say.headers {
            write!(head, "{name}: {value}\r\n").unwrap();
        }
        let told = if say.endless { 1 << 40 } else { say.body.len() as u64 };
        write!(head, "Content-Length: {told}\r\n\r\n").unwrap();
        stream.write_all(head.as_bytes())?;
        if asked.method == "HEAD" {
            continue;
        }
        if say.cut {
            return stream.write_all(&say.body[..say.body.len() / 2]);
        }
        stream.write_all(&say.body)?;
        if say.endless {
            // Until the other side hangs up.
            loop {
                stream.write_all(&say.body)?;
            }
        }
    }
}
