//! Turns the SDK's errors into those of this room, with the cause in words.

use std::error::Error as StdError;
use std::path::Path;

use aws_sdk_ecr::error::{ProvideErrorMetadata as _, SdkError};
use aws_sdk_ecr::operation::describe_images::DescribeImagesError;

use super::super::settings::Aws;
use super::super::{Error, Repository, Tag};

const OPERATION: &str = "DescribeImages";

/// What was asked, for the words of an error.
pub(super) struct Question<'a> {
    pub(super) repository: &'a Repository,
    pub(super) tag: Option<&'a Tag>,
    pub(super) aws: &'a Aws,
}

impl Question<'_> {
    pub(super) fn invalid(&self, reason: impl Into<String>) -> Error {
        Error::Invalid {
            repository: self.repository.to_string(),
            operation: OPERATION.to_owned(),
            reason: reason.into(),
        }
    }

    pub(super) fn unavailable(&self, reason: impl Into<String>) -> Error {
        Error::Unavailable {
            repository: self.repository.to_string(),
            operation: OPERATION.to_owned(),
            reason: reason.into(),
        }
    }

    pub(super) fn failure<R: std::fmt::Debug + 'static>(&self, error: SdkError<DescribeImagesError, R>) -> Error {
        match &error {
            SdkError::ServiceError(context) => self.service_failure(context.err()),
            SdkError::TimeoutError(_) => self.unavailable("no answer in time"),
            SdkError::ResponseError(_) => self.invalid(causes(&error)),
            SdkError::DispatchFailure(failure) => {
                let reason = causes(&error);
                let connected = failure.as_connector_error().is_none_or(|error| error.is_io() || error.is_timeout());
                if about_credentials(&error) {
                    self.credentials_failure(reason)
                } else if failure.is_timeout() || failure.is_io() || connected {
                    self.unavailable(reason)
                } else {
                    self.credentials_failure(reason)
                }
            }
            _ if about_credentials(&error) => self.credentials_failure(causes(&error)),
            _ => self.unavailable(causes(&error)),
        }
    }

    fn service_failure(&self, error: &DescribeImagesError) -> Error {
        let repository = self.repository.to_string();
        let operation = OPERATION.to_owned();
        let code = error.code().unwrap_or("no code");
        let reason = format!("{code}: {}", error.message().unwrap_or("no message"));
        match code {
            "RepositoryNotFoundException" => Error::NotFound { repository, tag: None },
            "ImageNotFoundException" => Error::NotFound { repository, tag: self.tag.map(ToString::to_string) },
            "ThrottlingException"
            | "Throttling"
            | "TooManyRequestsException"
            | "RequestLimitExceeded"
            | "SlowDown"
            | "RequestThrottled"
            | "RequestThrottledException"
            | "LimitExceededException" => Error::RateLimited { repository, operation, reason, after: None },
            "AccessDeniedException"
            | "AccessDenied"
            | "UnrecognizedClientException"
            | "InvalidSignatureException"
            | "SignatureDoesNotMatch"
            | "ExpiredTokenException"
            | "ExpiredToken"
            | "InvalidClientTokenId"
            | "MissingAuthenticationToken"
            | "MissingAuthenticationTokenException"
            | "IncompleteSignature"
            | "OptInRequired"
            | "NotAuthorized" => Error::Denied { repository, operation, reason },
            "InvalidParameterException" | "ValidationException" => Error::Invalid { repository, operation, reason },
            _ => Error::Unavailable { repository, operation, reason },
        }
    }

    fn credentials_failure(&self, mut reason: String) -> Error {
        let repository = self.repository.to_string();
        if reason.contains("feature(s) enabled: sso") {
            return Error::SsoProfile { repository };
        }
        // The SDK does not name the file that a pod should have been given.
        if let Some(file) = &self.aws.web_identity_token_file
            && let Some(cause) = unreadable(file)
        {
            reason = format!("the web identity token file {} cannot be read: {cause}", file.display());
        }
        Error::NoCredentials { repository, reason }
    }
}

fn unreadable(file: &Path) -> Option<String> {
    std::fs::read(file).err().map(|error| error.to_string())
}

/// The SDK wraps a failure of its credential chain like one of the connection.
fn about_credentials(error: &(dyn StdError + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if error.is::<aws_credential_types::provider::error::CredentialsError>() {
            return true;
        }
        next = error.source();
    }
    false
}

/// All causes, outermost first, each said once.
fn causes(error: &(dyn StdError + 'static)) -> String {
    let mut texts: Vec<String> = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        let text = error.to_string();
        if !texts.iter().any(|earlier| earlier.contains(&text)) {
            texts.push(text);
        }
        next = error.source();
    }
    texts.join(": ")
}
