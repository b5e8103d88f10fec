//! A mail server that follows a script: sound until the moment at which it misbehaves.

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

/// When a server misbehaves: instead of its answer to this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// The connection.
    Banner,
    /// `EHLO`.
    Hello,
    /// `STARTTLS`.
    StartTls,
    /// `AUTH`, and the n-th line that follows it, from 0.
    Login(usize),
    /// `MAIL FROM`.
    Sender,
    /// The n-th `RCPT TO`, from 0.
    Recipient(usize),
    /// `DATA`.
    Data,
    /// The first line of the mail.
    Content,
    /// The final dot.
    Dot,
    /// `QUIT`.
    Goodbye,
}

/// How a server misbehaves.
#[derive(Clone, Copy, Debug)]
pub enum Act {
    /// Says this, and goes on.
    Say(&'static [u8]),
    /// Says this, and ends the connection.
    SayAndClose(&'static [u8]),
    /// Says this, then nothing more until the other side ends the connection.
    SayAndStare(&'static [u8]),
    /// Says this byte by byte, with a pause after each.
    Drip(&'static [u8], Duration),
    /// Waits, then behaves.
    Wait(Duration),
    /// Says nothing more until the other side ends the connection.
    Silence,
    /// Ends the connection.
    Close,
    /// Says this again and again, until so many bytes are said or the other side ends the connection;
    /// then nothing more.
    Flood(&'static [u8], usize),
}

/// What a server offers after `EHLO`, and where it misbehaves.
#[derive(Clone, Debug, Default)]
pub struct Script {
    /// Lines such as `STARTTLS`, `AUTH PLAIN`.
    pub offers: &'static [&'static str],
    /// At most one act for each moment.
    pub acts: Vec<(Moment, Act)>,
}

/// What a server has heard.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heard {
    /// Every command.
    pub commands: Vec<String>,
    /// Mails that came whole, dots undoubled.
    pub mails: Vec<Vec<u8>>,
    /// Mails that it said it takes.
    pub taken: usize,
}

/// A server that follows a script, for one connection after another.
#[derive(Debug)]
pub struct ScriptedServer {
    address: SocketAddr,
    heard: Arc<Mutex<Heard>>,
    ending: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl ScriptedServer {
    /// Listens.
    ///
    /// # Errors
    /// When no port is free.
    pub fn open(script: Script) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let ending = Arc::new(AtomicBool::new(false));
        let heard = Arc::new(Mutex::new(Heard::default()));
        let (end, hears) = (Arc::clone(&ending), Arc::clone(&heard));
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if end.load(Ordering::Acquire) {
                    return;
                }
                let mut session = Session {
                    stream,
                    script: &script,
                    heard: &hears,
                    recipients: 0,
                    login_lines: 0,
                    unread: Vec::new(),
                };
                // The client may leave at any moment; the next one is served all the same.
                let _ = session.serve();
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

    /// What it has heard so far.
    #[must_use]
    pub fn heard(&self) -> Heard {
        lock(&self.heard).clone()
    }
}

impl Drop for ScriptedServer {
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

fn lock(heard: &Mutex<Heard>) -> MutexGuard<'_, Heard> {
    heard.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether the dialogue goes on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    GoOn,
    End,
}

struct Session<'s> {
    stream: TcpStream,
    script: &'s Script,
    heard: &'s Mutex<Heard>,
    recipients: usize,
    login_lines: usize,
    unread: Vec<u8>,
}

impl Session<'_> {
    fn serve(&mut self) -> io::Result<()> {
        self.stream.set_read_timeout(Some(PATIENCE))?;
        self.stream.set_write_timeout(Some(PATIENCE))?;
        self.stream.set_nodelay(true)?;
        if self.act(Moment::Banner, b"220 script.example\r\n")? == Next::End {
            return Ok(());
        }
        while let Some(line) = self.line()? {
            let command = String::from_utf8_lossy(&line).trim_end().to_owned();
            lock(self.heard).commands.push(command.clone());
            if self.answer(&command)? == Next::End {
                break;
            }
        }
        Ok(())
    }

    fn answer(&mut self, command: &str) -> io::Result<Next> {
        let word = command.split([' ', ':']).next().unwrap_or_default();
        match word {
            "EHLO" => {
                let mut lines = vec!["script.example"];
                lines.extend(self.script.offers);
                let last = lines.len() - 1;
                let lines = lines.iter().enumerate().map(|(index, line)| {
                    format!("250{}{line}\r\n", if index < last { "-" } else { " " })
                });
                let lines: String = lines.collect();
                self.act(Moment::Hello, lines.as_bytes())
            }
            "STARTTLS" => self.act(Moment::StartTls, b"220 go ahead\r\n"),
            "MAIL" => self.act(Moment::Sender, b"250 ok\r\n"),
            "RCPT" => {
                self.recipients += 1;
                self.act(Moment::Recipient(self.recipients - 1), b"250 ok\r\n")
            }
            "DATA" => match self.act(Moment::Data, b"354 go ahead\r\n")? {
                Next::GoOn => self.mail(),
                Next::End => Ok(Next::End),
            },
            "QUIT" => {
                self.act(Moment::Goodbye, b"221 bye\r\n")?;
                Ok(Next::End)
            }
            // `AUTH`, or a line of base64 that belongs to it.
            _ => {
                self.login_lines += 1;
                self.act(Moment::Login(self.login_lines - 1), b"235 welcome\r\n")
            }
        }
    }

    fn mail(&mut self) -> io::Result<Next> {
        let mut mail = Vec::new();
        while let Some(line) = self.line()? {
            if mail.is_empty() && self.act(Moment::Content, b"")? == Next::End {
                return Ok(Next::End);
            }
            if line == b".\r\n" {
                lock(self.heard).mails.push(mail);
                return self.act(Moment::Dot, b"250 taken\r\n");
            }
            mail.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
        }
        Ok(Next::End)
    }

    fn act(&mut self, moment: Moment, sound: &[u8]) -> io::Result<Next> {
        let act = self.script.acts.iter().find(|(at, _)| *at == moment);
        let said = match act.map(|(_, act)| *act) {
            None => sound,
            Some(Act::Say(words)) => words,
            Some(Act::SayAndClose(words)) => {
                self.stream.write_all(words)?;
                self.stream.shutdown(Shutdown::Both)?;
                return Ok(Next::End);
            }
            Some(Act::SayAndStare(words)) => {
                self.stream.write_all(words)?;
                return self.silence();
            }
            Some(Act::Wait(pause)) => {
                std::thread::sleep(pause);
                sound
            }
            Some(Act::Drip(words, pause)) => {
                for byte in words {
                    self.stream.write_all(&[*byte])?;
                    std::thread::sleep(pause);
                }
                b""
            }
            Some(Act::Flood(words, bytes)) => {
                let block = words.repeat(FLOOD_BYTES / words.len().max(1));
                let mut left = bytes;
                while left > 0 {
                    self.stream.write_all(&block)?;
                    left = left.saturating_sub(block.len());
                }
                return self.silence();
            }
            Some(Act::Silence) => return self.silence(),
            Some(Act::Close) => {
                self.stream.shutdown(Shutdown::Both)?;
                return Ok(Next::End);
            }
        };
        if moment == Moment::Dot && said.starts_with(b"250") {
            lock(self.heard).taken += 1;
        }
        self.stream.write_all(said)?;
        Ok(Next::GoOn)
    }

    fn silence(&mut self) -> io::Result<Next> {
        while self.stream.read(&mut [0; 1024])? > 0 {}
        Ok(Next::End)
    }

    /// The next line with its end; none when the client has left.
    fn line(&mut self) -> io::Result<Option<Vec<u8>>> {
        loop {
            if let Some(end) = self.unread.iter().position(|&b| b == b'\n') {
                return Ok(Some(self.unread.drain(..=end).collect()));
            }
            let mut buffer = [0; 4096];
            match self.stream.read(&mut buffer)? {
                0 => return Ok(None),
                count => self.unread.extend_from_slice(&buffer[..count]),
            }
        }
    }
}
