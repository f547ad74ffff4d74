//! [`keep`]: one living pull request.

use super::{BODY_LIMIT, Error, Forge, Kind, Proposal, PullRequest, fit, marker};

/// How often it is looked again, where an answer was lost or a new pull request is not listed yet.
const ATTEMPTS: u32 = 5;
const TITLE_LIMIT: usize = 250;

/// How [`keep`] ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    /// It was opened.
    Created(PullRequest),
    /// Title or body were changed.
    Updated(PullRequest),
    /// It stands as it should.
    Unchanged(PullRequest),
    /// One is open for these branches that is not ours: it is left alone.
    NotOurs(PullRequest),
}

impl Kept {
    /// Returns the pull request.
    pub fn pull_request(&self) -> &PullRequest {
        match self {
            Self::Created(found) | Self::Updated(found) | Self::Unchanged(found) | Self::NotOurs(found) => found,
        }
    }
}

/// Sees to it that one pull request is open and says what is proposed. The body gets the [`marker`] of the branch and is cut to
/// what the forge takes. `wait` waits between attempts; it is told how many there were.
///
/// # Errors
/// Fails with what the forge fails with; an answer that was lost is first looked for.
pub fn keep(forge: &mut dyn Forge, proposal: &Proposal, wait: &mut dyn FnMut(u32)) -> Result<Kept, Error> {
    let marker = marker(&proposal.head);
    let room = BODY_LIMIT - marker.chars().count() - 1;
    let body = format!("{marker}\n{}", fit(&proposal.body, room));
    let title = fit_title(&proposal.title);
    let wanted = Proposal { title, body, ..proposal.clone() };
    let mut attempt = 0;
    loop {
        let mut found = forge.find_open(&wanted.head, &wanted.base)?;
        found.sort_by_key(|pull_request| (!pull_request.body.contains(&marker), pull_request.number));
        if let Some(pull_request) = found.into_iter().next() {
            return adjust(forge, pull_request, &wanted, &marker, attempt > 0);
        }
        attempt += 1;
        match forge.create(&wanted) {
            Ok(created) => return Ok(Kept::Created(created)),
            // Opened by another run, or by us when the answer was lost; lists can lag behind.
            Err(cause) if attempt < ATTEMPTS && may_be_there(&cause) => wait(attempt),
            Err(cause) => return Err(cause),
        }
    }
}

fn may_be_there(cause: &Error) -> bool {
    matches!(cause.kind(), Kind::Conflict | Kind::Unavailable)
}

fn adjust(
    forge: &mut dyn Forge,
    found: PullRequest,
    wanted: &Proposal,
    marker: &str,
    just_created: bool,
) -> Result<Kept, Error> {
    if !found.body.contains(marker) {
        return Ok(Kept::NotOurs(found));
    }
    if same(&found.title, &wanted.title) && same(&found.body, &wanted.body) {
        return Ok(if just_created { Kept::Created(found) } else { Kept::Unchanged(found) });
    }
    forge.update(found.number, &wanted.title, &wanted.body).map(Kept::Updated)
}

/// Forges change line ends and trim.
fn same(one: &str, other: &str) -> bool {
    let plain = |text: &str| text.replace("\r\n", "\n").trim().to_owned();
    plain(one) == plain(other)
}

fn fit_title(title: &str) -> String {
    let line: String = title.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let line = line.trim();
    if line.chars().count() <= TITLE_LIMIT {
        return line.to_owned();
    }
    line.chars().take(TITLE_LIMIT - 1).chain(['…']).collect()
}
