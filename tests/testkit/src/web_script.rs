//! A web server that follows a script: it takes a request, and then behaves, or not.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// Nobody is waited for longer than this, so that a broken test ends.
const PATIENCE: Duration = Duration::from_secs(20);

/// What is written at once to somebody who is to be flooded, bytes.
const FLOOD_BYTES: usize = 16 * 1024;

/// What a server does with a connection.
#[derive(Clone, Copy, Debug)]
pub enum WebAct {
    /// Reads the request, says this, and ends the connection.
    Answer(&'static [u8]),
    /// Reads the request, says this, then nothing more until the other side ends the connection.
    AnswerAndStare(&'static [u8]),
    /// Reads the request, says this byte by byte, with a pause after each.
    Drip(&'static [u8], Duration),
    /// Reads the request, says the first words, then the second again and again, until so many bytes are
    /// said or the other side ends the connection; then nothing more.
    Flood(&'static [u8], &'static [u8], usize),
    /// Ends the connection without reading anything.
    CloseAtOnce,
    /// Reads the head of the request, says this, and ends the connection.
    AnswerBeforeTheBody(&'static [u8]),
    /// Says this without reading anything, and ends the connection.
    SpeakFirst(&'static [u8]),
    /// Reads nothing and says nothing, until so much time is over.
    Sleep(Duration),
}

/// A request that came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WebRequest {
    /// Everything before the empty line.
    pub head: String,
    /// As long as the head says.
    pub body: String,
}

/// A server that follows a script, for one connection after another.
#[derive(Debug)]
pub struct ScriptedWeb {
    address: SocketAddr,
    heard: Arc<Mutex<Vec<WebRequest>>>,
    ending: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl ScriptedWeb {
    /// Listens.
    ///
    /// # Errors
    /// When no port is free.
    pub fn open(act: WebAct) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let ending = Arc::new(AtomicBool::new(false));
        let heard = Arc::new(Mutex::new(Vec::new()));
        let (end, hears) = (Arc::clone(&ending), Arc::clone(&heard));
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if end.load(Ordering::Acquire) {
                    return;
                }
                // The client may leave at any moment; the next one is served all the same.
                let _ = serve(stream, act, &hears);
            }
        });
        Ok(Self {
            address,
            heard,
            ending,
            thread: Some(thread),
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The requests that came whole so far.
    #[must_use]
    pub fn heard(&self) -> Vec<WebRequest> {
        lock(&self.heard).clone()
    }
}

impl Drop for ScriptedWeb {
    fn drop(&mut self) {
        self.ending.store(true, Ordering::Release);
        // The connection wakes the thread, which then sees that it should end.
        if TcpStream::connect(self.address).is_ok()
            && let Some(thread) = self.thread.take()
        {
            let _ = thread.join();
        }
    }
}

fn lock(heard: &Mutex<Vec<WebRequest>>) -> MutexGuard<'_, Vec<WebRequest>> {
    heard.lock().unwrap_or_else(PoisonError::into_inner)
}

fn serve(mut stream: TcpStream, act: WebAct, heard: &Mutex<Vec<WebRequest>>) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.set_nodelay(true)?;
    match act {
        WebAct::CloseAtOnce => return stream.shutdown(Shutdown::Both),
        WebAct::SpeakFirst(words) => return say_and_close(&mut stream, words),
        WebAct::Sleep(pause) => {
            std::thread::sleep(pause);
            return Ok(());
        }
        WebAct::AnswerBeforeTheBody(words) => {
            read_head(&mut stream)?;
            return say_and_close(&mut stream, words);
        }
        WebAct::Answer(_) | WebAct::AnswerAndStare(_) | WebAct::Drip(..) | WebAct::Flood(..) => {}
    }
    let request = read_request(&mut stream)?;
    lock(heard).push(request);
    match act {
        WebAct::Answer(words) => return say_and_close(&mut stream, words),
        WebAct::AnswerAndStare(words) => stream.write_all(words)?,
        WebAct::Drip(words, pause) => {
            for byte in words {
                stream.write_all(&[*byte])?;
                std::thread::sleep(pause);
            }
        }
        WebAct::Flood(words, again, bytes) => {
            stream.write_all(words)?;
            let block = again.repeat(FLOOD_BYTES / again.len().max(1));
            let mut left = bytes;
            while left > 0 {
                stream.write_all(&block)?;
                left = left.saturating_sub(block.len());
            }
        }
        WebAct::CloseAtOnce
        | WebAct::SpeakFirst(_)
        | WebAct::Sleep(_)
        | WebAct::AnswerBeforeTheBody(_) => {}
    }
    while stream.read(&mut [0; 1024])? > 0 {}
    Ok(())
}

fn say_and_close(stream: &mut TcpStream, words: &[u8]) -> io::Result<()> {
    stream.write_all(words)?;
    stream.shutdown(Shutdown::Both)
}

/// The head, and what came after it.
fn read_head(stream: &mut TcpStream) -> io::Result<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let body = bytes.split_off(end + 4);
            bytes.truncate(end);
            return Ok((String::from_utf8_lossy(&bytes).into_owned(), body));
        }
        let mut buffer = [0; 4096];
        match stream.read(&mut buffer)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            count => bytes.extend_from_slice(&buffer[..count]),
        }
    }
}

fn read_request(stream: &mut TcpStream) -> io::Result<WebRequest> {
    let (head, mut body) = read_head(stream)?;
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("Content-Length: "))
        .and_then(|length| length.parse().ok())
        .unwrap_or(0);
    while body.len() < length {
        let mut buffer = [0; 4096];
        match stream.read(&mut buffer)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            count => body.extend_from_slice(&buffer[..count]),
        }
    }
    Ok(WebRequest {
        head,
        body: String::from_utf8_lossy(&body).into_owned(),
    })
}
