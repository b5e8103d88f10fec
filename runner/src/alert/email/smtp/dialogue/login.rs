//! Account and password.

use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::commands::Auth;
use lettre::transport::smtp::extension::ServerInfo;
use lettre::transport::smtp::response::{Category, Response, Severity};
use tokio::time::Instant;

use super::super::line::Answer;
use super::{Dialogue, code, unwanted};
use crate::alert::steps::Stop;
use crate::model::delivery::{Cause, Phase};
use crate::model::mail::settings::Login;

/// The ways to log in that are used, best first. Both show the password to the server.
const MECHANISMS: [Mechanism; 2] = [Mechanism::Plain, Mechanism::Login];

/// Questions that a server may ask before it believes who we are.
const CHALLENGES_MAX: usize = 3;

impl Dialogue<'_, '_> {
    /// Says who we are and proves it.
    pub(super) async fn log_in(&mut self, login: &Login, offers: &ServerInfo) -> Result<(), Stop> {
        let began = Instant::now();
        let user = Some(login.user.clone());
        let credentials = Credentials::new(login.user.clone(), login.password.reveal().to_owned());
        let first = offers
            .get_auth_mechanism(&MECHANISMS)
            .and_then(|mechanism| {
                let auth = Auth::new(mechanism, credentials.clone(), None).ok()?;
                Some((mechanism, auth))
            });
        let Some((mechanism, auth)) = first else {
            return Err(self.steps.failed(Phase::Login, user, began, Cause::NoLogin));
        };
        let mut command = auth.to_string();
        for _ in 0..CHALLENGES_MAX {
            let answer = self.ask(self.limits.hello, command.as_bytes()).await;
            let answer = answer.map(|answer| without(answer, login, &command));
            let answer = match answer {
                Ok(answer) if answer.code == 334 => answer,
                Ok(answer) if answer.code == 235 => {
                    self.steps
                        .done(Phase::Login, user, began, Some(answer.reply()));
                    return Ok(());
                }
                Ok(answer) => {
                    let cause = unwanted(&answer);
                    return Err(self.steps.failed(Phase::Login, user, began, cause));
                }
                Err(cause) => return Err(self.steps.failed(Phase::Login, user, began, cause)),
            };
            let response = Response::new(
                code(Severity::PositiveIntermediate, Category::Unspecified3),
                answer.lines,
            );
            match Auth::new_from_response(mechanism, credentials.clone(), &response) {
                Ok(auth) => command = auth.to_string(),
                Err(_) => break,
            }
        }
        Err(self
            .steps
            .failed(Phase::Login, user, began, Cause::Nonsense))
    }
}

/// Some servers repeat what they were told; the password is not shown to anybody.
fn without(mut answer: Answer, login: &Login, command: &str) -> Answer {
    let secrets = [login.password.reveal(), command.trim_end()];
    let words = secrets.into_iter().flat_map(|text| text.split(' '));
    // Short words stand in any sentence.
    for word in words.filter(|word| word.len() > 4 && *word != "LOGIN" && *word != "PLAIN") {
        for line in &mut answer.lines {
            *line = line.replace(word, "…");
        }
    }
    answer
}
