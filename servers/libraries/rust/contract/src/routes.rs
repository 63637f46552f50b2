//! The routes as data: each adapter registers them with the router of its framework.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Mutex;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, Method, Response};

/// One route. `method` is one of `methods` when `answer` is called.
pub struct Route {
    pub path: &'static str,
    pub methods: &'static [&'static str],
    pub answer: fn(&Request) -> Result<Answer, Failure>,
}

/// What the routes need to know of a request.
pub struct Request<'a> {
    pub method: &'a str,
    pub query: &'a str,
    /// The value of a request header.
    pub header: &'a dyn Fn(&str) -> Option<String>,
}

/// A response, for the adapter to make the response of its framework from.
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
}

/// The error of a handler that fails.
#[derive(Debug)]
pub struct Failure;

const READ: &[&str] = &["GET", "HEAD"];
const CHANGE: &[&str] = &["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];
const ALL: &[&str] = &["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

pub const ROUTES: &[Route] = &[
    Route { path: "/ok", methods: CHANGE, answer: ok },
    Route { path: "/json", methods: CHANGE, answer: json },
    Route { path: "/options", methods: &["OPTIONS"], answer: options },
    Route { path: "/put-only", methods: &["PUT"], answer: plain },
    Route { path: "/boom", methods: READ, answer: boom },
    Route { path: "/auth", methods: ALL, answer: auth },
    Route { path: "/dir/", methods: READ, answer: plain },
    Route { path: "/redir", methods: READ, answer: redirect },
    Route { path: "/own", methods: READ, answer: own },
    Route { path: "/cache", methods: READ, answer: cache },
    Route { path: "/cookie", methods: READ, answer: cookie },
    Route { path: "/echo", methods: READ, answer: echo },
    Route { path: "/count", methods: READ, answer: count },
];

impl Route {
    /// The answer in the types of the `http` crate, which most frameworks use.
    pub fn respond(
        &self,
        method: &Method,
        query: Option<&str>,
        headers: &HeaderMap,
    ) -> Result<Response<Vec<u8>>, Failure> {
        let answer = (self.answer)(&Request {
            method: method.as_str(),
            query: query.unwrap_or_default(),
            header: &|name| Some(headers.get(name)?.to_str().ok()?.to_string()),
        })?;
        let response = Response::builder().status(answer.status);
        let response = answer.headers.iter().fold(response, |response, (name, value)| response.header(*name, value));
        response.body(answer.body).map_err(|_| Failure)
    }
}

/// How often the handler of /ok has run, by method.
static RUNS: Mutex<BTreeMap<String, u32>> = Mutex::new(BTreeMap::new());

impl Answer {
    fn new(status: u16, content_type: &str, body: &str) -> Answer {
        let headers = vec![("Content-Type", content_type.to_string())];
        Answer { status, headers, body: body.into() }
    }

    fn text(status: u16, body: &str) -> Answer {
        Answer::new(status, "text/plain", body)
    }

    fn with(mut self, name: &'static str, value: &str) -> Answer {
        self.headers.push((name, value.to_string()));
        self
    }
}

impl Request<'_> {
    fn parameter(&self, name: &str) -> String {
        let mut parameters = form_urlencoded::parse(self.query.as_bytes());
        parameters.find(|(found, _)| found == name).map(|(_, value)| value.into_owned()).unwrap_or_default()
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("boom")
    }
}

impl std::error::Error for Failure {}

fn plain(_: &Request) -> Result<Answer, Failure> {
    Ok(Answer::text(200, "ok"))
}

fn ok(request: &Request) -> Result<Answer, Failure> {
    let mut runs = RUNS.lock().map_err(|_| Failure)?;
    *runs.entry(request.method.to_string()).or_default() += 1;
    Ok(Answer::text(200, "ok").with("X-Total", "7").with("X-Hidden", "1").with("Vary", "Accept-Encoding"))
}

fn json(_: &Request) -> Result<Answer, Failure> {
    Ok(Answer::new(200, "application/json", r#"{"ok":true}"#).with("X-Total", "7").with("X-Hidden", "1"))
}

fn options(_: &Request) -> Result<Answer, Failure> {
    Ok(Answer::text(200, "mine").with("X-App-Options", "1"))
}

fn boom(_: &Request) -> Result<Answer, Failure> {
    Err(Failure)
}

fn auth(request: &Request) -> Result<Answer, Failure> {
    match (request.header)("Authorization") {
        None => Ok(Answer::text(401, "login")),
        Some(_) => plain(request),
    }
}

fn redirect(request: &Request) -> Result<Answer, Failure> {
    Ok(Answer::text(302, "").with("Location", &request.parameter("to")))
}

fn own(_: &Request) -> Result<Answer, Failure> {
    Ok(Answer::text(200, "ok").with("Access-Control-Allow-Origin", "*"))
}

fn cache(request: &Request) -> Result<Answer, Failure> {
    let kept = (request.header)("If-None-Match").as_deref() == Some("\"1\"");
    let (status, body) = if kept { (304, "") } else { (200, "kept") };
    Ok(Answer::text(status, body).with("Cache-Control", "max-age=600").with("ETag", "\"1\""))
}

fn cookie(request: &Request) -> Result<Answer, Failure> {
    let sent = (request.header)("Cookie").unwrap_or_else(|| "none".to_string());
    let answer = Answer::text(200, &sent).with("Cache-Control", "no-store");
    Ok(answer.with("Set-Cookie", "adapter=1; Path=/; Secure; SameSite=None"))
}

fn echo(request: &Request) -> Result<Answer, Failure> {
    let mut answer = Answer::new(200, &request.parameter("type"), "").with("Cache-Control", "max-age=600");
    answer.body = URL_SAFE_NO_PAD.decode(request.parameter("data")).map_err(|_| Failure)?;
    Ok(answer)
}

fn count(_: &Request) -> Result<Answer, Failure> {
    let runs = RUNS.lock().map_err(|_| Failure)?;
    let body = serde_json::to_string(&*runs).map_err(|_| Failure)?;
    Ok(Answer::new(200, "application/json", &body).with("Cache-Control", "no-store"))
}
