//! tower_http::cors::CorsLayer in axum, mounted as the documentation of both says. The layer
//! answers every OPTIONS on its own: the handler of OPTIONS /options never runs.

use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, Uri};
use axum::routing::{MethodFilter, MethodRouter};
use contract::{Built, Kind, Mode, Names, Policy, ROUTES, Ready, Route, Verdict, built, call, given, methods, parsed};
use tower_http::cors::{AllowOrigin, Any, CorsLayer};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let policy = contract::policy();
    let app = contract::build(|| mount(policy));
    let (listener, port) = contract::listen();
    Ready { library: "tower-http", package: "tower-http", config: &app.text, unsupported: &[] }.announce(port);
    let listener = tokio::net::TcpListener::from_std(listener).expect("tokio takes the listener");
    axum::serve(listener, app.value).await.expect("axum serves");
}

fn mount(policy: &Policy) -> Result<Built<Router>, Verdict> {
    let Built { value: cors, text } = cors(policy)?;
    let app = ROUTES.iter().fold(Router::new(), |app, route| app.route(route.path, handlers(route)));
    let app = match policy.both_layers() {
        true => built!(app.layer(cors.clone()).layer(cors)),
        false => built!(app.layer(cors)),
    };
    Ok(Built { text: format!("let cors = {text};\nlet app = {};", app.text), ..app })
}

fn cors(policy: &Policy) -> Result<Built<CorsLayer>, Verdict> {
    let mut cors = built!(CorsLayer::new());
    if policy.kind == Kind::Default {
        return Ok(cors);
    }
    cors = call!(cors.allow_origin(origin(policy)?));
    if let Some(credentials) = policy.credentials {
        cors = call!(cors.allow_credentials(Built::from(credentials)));
    }
    if let Some(names) = &policy.methods {
        cors = match names {
            Names::Any(_) => call!(cors.allow_methods(built!(Any))),
            Names::List(names) => call!(cors.allow_methods(methods::<Method>(names)?)),
        };
    }
    if let Some(names) = &policy.request_headers {
        cors = match names {
            Names::Any(_) => call!(cors.allow_headers(built!(Any))),
            Names::List(names) => call!(cors.allow_headers(parsed::<HeaderName>(names)?)),
        };
    }
    if let Some(names) = &policy.expose_headers {
        cors = match names {
            Names::Any(_) => call!(cors.expose_headers(built!(Any))),
            Names::List(names) => call!(cors.expose_headers(parsed::<HeaderName>(names)?)),
        };
    }
    if let Some(seconds) = policy.max_age {
        let value = Duration::from_secs(seconds.into());
        let text = format!("Duration::from_secs({seconds})");
        cors = call!(cors.max_age(Built { value, text }));
    }
    Ok(cors)
}

fn origin(policy: &Policy) -> Result<Built<AllowOrigin>, Verdict> {
    let origins = &policy.origins;
    match origins.mode {
        Mode::None => Ok(built!(AllowOrigin::list([]))),
        Mode::Any => Ok(built!(AllowOrigin::any())),
        Mode::List => listed(&origins.listed()),
        Mode::Subdomains => Ok(children(&origins.values)),
        // The library has no option for regular expressions, only one for functions.
        Mode::Regex if policy.kind == Kind::Verbatim => Err(Verdict::Unsupported(vec!["origins.mode=regex"])),
        Mode::Regex => matching(&origins.values),
    }
}

/// The documentation writes one origin as a value, and more as a list.
fn listed(origins: &[String]) -> Result<Built<AllowOrigin>, Verdict> {
    let list = parsed::<HeaderValue>(origins)?;
    match <[HeaderValue; 1]>::try_from(list.value) {
        Ok([origin]) => {
            Ok(Built { value: origin.into(), text: format!("{:?}.parse::<HeaderValue>().unwrap()", origins[0]) })
        }
        Err(origins) => Ok(Built { value: origins.into(), text: list.text }),
    }
}

fn children(origins: &[String]) -> Built<AllowOrigin> {
    given!(children = contract::children(origins) => AllowOrigin::predicate(move |origin, _| {
        let origin = origin.as_bytes();
        children.iter().any(|(scheme, domain)| origin.starts_with(scheme.as_bytes()) && origin.ends_with(domain.as_bytes()))
    }))
}

fn matching(patterns: &[String]) -> Result<Built<AllowOrigin>, Verdict> {
    Ok(given!(patterns = contract::patterns(patterns)? => AllowOrigin::predicate(move |origin, _| {
        origin.to_str().is_ok_and(|origin| patterns.is_match(origin))
    })))
}

fn handlers(route: &'static Route) -> MethodRouter {
    route.methods.iter().fold(MethodRouter::new(), |router, name| {
        let method = Method::from_bytes(name.as_bytes()).expect("a method");
        router.on(
            MethodFilter::try_from(method).expect("a method that axum routes"),
            move |method, uri, headers, body| answer(route, method, uri, headers, body),
        )
    })
}

/// The error of a handler that fails becomes a response, as axum wants it: a panic would end
/// the connection without a response. The body is read, because hyper may close a connection
/// with an unread body.
async fn answer(
    route: &'static Route,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    _body: Bytes,
) -> Result<Response<Body>, StatusCode> {
    let response = route.respond(&method, uri.query(), &headers);
    response.map(|response| response.map(Body::from)).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
}
