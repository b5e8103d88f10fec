//! [`Sink`]: a mail server that takes everything at once, and remembers between which kills.

use std::collections::BTreeMap;
use std::io::Read;
use std::net::{SocketAddr, TcpStream};

use checkrun_testkit::mail_script::{Script, ScriptedServer};
use checkrun_tests::Letter;

/// What templates write into a mail for each of its news.
pub(crate) const TEMPLATE: &str = "{% for item in news %}
ITEM {{ item.what }} {{ item.incident }} {{ item.target }} {{ item.job }} {{ item.object }}
{% endfor %}
{% for item in more_news %}
MORE {{ item.incident }}
{% endfor %}
";

/// What one mail says of one incident.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Item {
    pub(crate) what: String,
    pub(crate) incident: i64,
    pub(crate) place: String,
}

/// A mail, however often it came.
#[derive(Clone, Debug)]
pub(crate) struct Mail {
    pub(crate) letter: Letter,
    pub(crate) items: Vec<Item>,
    /// In which lives of the program its copies came.
    pub(crate) lives: Vec<usize>,
}

/// A mail server in this process.
#[derive(Debug)]
pub(crate) struct Sink {
    server: ScriptedServer,
    /// How many mails there were at the end of each life.
    ends: Vec<usize>,
}

impl Sink {
    pub(crate) fn open() -> Self {
        let server = ScriptedServer::open(Script::default()).expect("a port");
        Self {
            server,
            ends: Vec::new(),
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// The program has ended: what comes now, the next one has sent.
    pub(crate) fn end_of_life(&mut self) {
        // One connection is served after another, so whoever is greeted now comes after all its mails.
        let mut stream = TcpStream::connect(self.address()).expect("a connection");
        stream.read_exact(&mut [0; 3]).expect("a greeting");
        self.ends.push(self.server.heard().mails.len());
    }

    /// Every mail once, by its Message-ID, in the order in which they came first.
    pub(crate) fn mails(&self) -> Vec<Mail> {
        let mut mails: Vec<Mail> = Vec::new();
        let mut known: BTreeMap<String, usize> = BTreeMap::new();
        for (place, bytes) in self.server.heard().mails.into_iter().enumerate() {
            let letter = Letter(String::from_utf8(bytes).expect("ASCII"));
            let life = self.ends.iter().filter(|end| **end <= place).count();
            match known.get(&letter.header("Message-ID")) {
                Some(index) => {
                    let mail = &mut mails[*index];
                    assert_eq!(mail.letter.0, letter.0, "the same to the last byte");
                    mail.lives.push(life);
                }
                None => {
                    known.insert(letter.header("Message-ID"), mails.len());
                    mails.push(Mail {
                        items: items(&letter),
                        letter,
                        lives: vec![life],
                    });
                }
            }
        }
        mails
    }
}

fn items(letter: &Letter) -> Vec<Item> {
    let body = letter.body();
    assert!(!body.contains("\nMORE"), "not all is told in full: {body}");
    let part = body.split("text/html").next().unwrap_or_default();
    let lines = part.replace("=\n", "");
    let item = |line: &str| {
        let mut words = line.strip_prefix("ITEM ")?.split_whitespace();
        Some(Item {
            what: words.next()?.to_owned(),
            incident: words.next()?.parse().ok()?,
            place: words.collect::<Vec<_>>().join(" "),
        })
    };
    lines.lines().filter_map(item).collect()
}
