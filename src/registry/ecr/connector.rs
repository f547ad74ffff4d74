//! [`Connector`]: carries the SDK's requests over the HTTP client that everything else uses.
//!
//! The SDK's own client trusts the machine's certificate files only, so it fails where there are none (an empty base image),
//! and it knows nothing of ours.

use std::time::{Duration, Instant};

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::StatusCode;

use crate::http::{Body, Client, Error, Method, Request, Url};

/// No answer of ECR comes near this: 1,000 images with ten tags each are about 2 MB.
const MOST_BYTES: u64 = 64 << 20;
/// The SDK sets its own timeouts; this is for calls where it sets none.
const LONGEST: Duration = Duration::from_mins(1);

#[derive(Clone, Debug)]
pub(super) struct Connector {
    client: Client,
    limit: Duration,
}

impl Connector {
    pub(super) fn new(client: Client) -> Self {
        Self { client, limit: LONGEST }
    }

    fn exchange(&self, request: &HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let refuse = |words: &str| ConnectorError::user(words.to_owned().into());
        let method = match request.method() {
            "GET" => Method::Get,
            "POST" => Method::Post,
            "PUT" => Method::Put,
            _ => return Err(refuse("a method that no AWS service for credentials or ECR has")),
        };
        let url = Url::parse(request.uri()).map_err(|error| ConnectorError::user(error.into()))?;
        let headers = request
            .headers()
            .iter()
            // The client writes these two itself, from the same facts.
            .filter(|(name, _)| !name.eq_ignore_ascii_case("host") && !name.eq_ignore_ascii_case("content-length"))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let body = match request.body().bytes() {
            Some([]) => Body::Empty,
            Some(bytes) => Body::Bytes(bytes.to_vec()),
            None => return Err(refuse("a streamed request")),
        };
        let deadline = Instant::now() + self.limit;
        let response = self.client.send(Request { method, url, headers, body, deadline }).map_err(connector_error)?;
        let status =
            StatusCode::try_from(response.status()).map_err(|error| ConnectorError::other(error.into(), None))?;
        let headers: Vec<(String, String)> =
            response.all_headers().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let bytes = response.bytes(MOST_BYTES).map_err(connector_error)?;
        let mut answer = HttpResponse::new(status, bytes.into());
        for (name, value) in headers {
            answer.headers_mut().try_append(name, value).map_err(|error| ConnectorError::other(error.into(), None))?;
        }
        Ok(answer)
    }
}

fn connector_error(error: Error) -> ConnectorError {
    match error {
        Error::TimedOut { .. } => ConnectorError::timeout(error.into()),
        Error::Connect { .. } | Error::Broken { .. } => ConnectorError::io(error.into()),
        _ => ConnectorError::user(error.into()),
    }
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let connector = self.clone();
        HttpConnectorFuture::new(async move {
            tokio::task::spawn_blocking(move || connector.exchange(&request))
                .await
                .unwrap_or_else(|error| Err(ConnectorError::other(error.into(), None)))
        })
    }
}

impl HttpClient for Connector {
    fn http_connector(&self, settings: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        // Whoever sets a time for the connection (the metadata service: one second) means the whole of a short exchange.
        let limit = match (settings.connect_timeout(), settings.read_timeout()) {
            (Some(connect), Some(read)) => connect + read,
            (None, Some(read)) => read,
            (_, None) => LONGEST,
        };
        SharedHttpConnector::new(Self { client: self.client.clone(), limit })
    }
}
