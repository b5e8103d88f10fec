//! What a run without a report means: mostly `unknown`.

use crate::model::advice::explain_failure;
use crate::model::incident::Object;
use crate::model::report::Failure;
use crate::model::run::{About, Outcome, Reason};
use crate::model::status::Status;

/// A failure as an outcome. Only "not applicable" is ok: there the check has nothing to judge.
pub fn judge(failure: Failure) -> Outcome {
    let (text, advice) = explain_failure(&failure);
    let status = match failure {
        Failure::NotApplicable(_) => Status::Ok,
        _ => Status::Unknown,
    };
    let reasons = match status {
        Status::Ok => Vec::new(),
        status => vec![Reason {
            object: Some(Object::judging()),
            status,
            text: text.clone(),
            advice,
        }],
    };
    Outcome {
        status,
        summary: text,
        reasons,
        metrics: Vec::new(),
        findings: Vec::new(),
        failure: Some(failure),
        held: Vec::new(),
        about: About::Job,
    }
}
