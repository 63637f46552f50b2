//! warp::filters::cors, mounted as its documentation says.

use std::convert::Infallible;

use contract::{
    Built, Failure, Kind, Mode, Names, Policy, ROUTES, Ready, Route, Verdict, built, call, string, strings,
};
use tokio::net::TcpListener;
use warp::Filter;
use warp::cors::Builder;
use warp::filters::BoxedFilter;
use warp::http::{HeaderMap, Method};
use warp::path::FullPath;
use warp::reject::{self, Reject, Rejection};
use warp::reply::{Reply, Response};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let policy = contract::policy();
    let app = contract::build(|| mount(policy));
    let (listener, port) = contract::listen();
    let unsupported = &policy.any_in(&["methods", "requestHeaders", "exposeHeaders"]);
    Ready { library: "warp", package: "warp", config: &app.text, unsupported }.announce(port);
    let listener = TcpListener::from_std(listener).expect("tokio takes the listener");
    warp::serve(app.value).incoming(listener).run().await;
}

fn mount(policy: &Policy) -> Result<Built<BoxedFilter<(Response,)>>, Verdict> {
    let Built { value: cors, text } = cors(policy)?;
    let none = warp::any().and_then(async || Err::<Response, _>(reject::not_found())).boxed();
    let routes = ROUTES.iter().flat_map(handlers).fold(none, |routes, route| route.or(routes).unify().boxed());
    let (app, mounted) = match policy.both_layers() {
        true => boxed(built!(routes.with(cors.clone()).with(cors))),
        false => boxed(built!(routes.with(cors))),
    };
    Ok(Built { value: app, text: format!("let cors = {text};\nlet routes = {mounted};") })
}

fn boxed<F, R>(routes: Built<F>) -> (BoxedFilter<(Response,)>, String)
where
    F: Filter<Extract = (R,), Error = Rejection> + Clone + Send + Sync + 'static,
    R: Reply,
{
    (routes.value.map(|reply| Reply::into_response(reply)).boxed(), routes.text)
}

fn cors(policy: &Policy) -> Result<Built<Builder>, Verdict> {
    let mut cors = built!(warp::cors());
    if policy.kind == Kind::Default {
        return Ok(cors);
    }
    cors = match policy.origins.mode {
        Mode::Any => call!(cors.allow_any_origin()),
        Mode::None => call!(cors.allow_origins(built!(Vec::<&str>::new()))),
        Mode::List => match policy.origins.listed().as_slice() {
            [origin] => call!(cors.allow_origin(string(origin))),
            origins => call!(cors.allow_origins(strings(origins))),
        },
        Mode::Subdomains => return Err(Verdict::Unsupported(vec!["origins.mode=subdomains"])),
        Mode::Regex => return Err(Verdict::Unsupported(vec!["origins.mode=regex"])),
    };
    if let Some(credentials) = policy.credentials {
        cors = call!(cors.allow_credentials(Built::from(credentials)));
    }
    if let Some(Names::List(names)) = &policy.methods {
        cors = call!(cors.allow_methods(strings(names)));
    }
    if let Some(Names::List(names)) = &policy.request_headers {
        cors = call!(cors.allow_headers(strings(names)));
    }
    if let Some(Names::List(names)) = &policy.expose_headers {
        cors = call!(cors.expose_headers(strings(names)));
    }
    if let Some(seconds) = policy.max_age {
        cors = call!(cors.max_age(Built::from(seconds)));
    }
    Ok(cors)
}

/// The body is read, because hyper may close a connection with an unread body.
fn handlers(route: &'static Route) -> impl Iterator<Item = BoxedFilter<(Response,)>> {
    route.methods.iter().map(move |name| {
        let asked = warp::method().and(query()).and(warp::header::headers_cloned()).and(warp::body::bytes());
        let answer = move |method, query: Option<String>, headers, _body| async move {
            answer(route, &method, query.as_deref(), &headers)
        };
        path(route.path).and(method(name)).and(asked).and_then(answer).boxed()
    })
}

/// A path filter of warp matches with and without a final slash, so the whole path is
/// compared, too.
fn path(path: &'static str) -> impl Filter<Extract = (), Error = Rejection> + Clone {
    let whole = warp::path::full().and_then(move |found: FullPath| async move {
        match found.as_str() == path {
            true => Ok(()),
            false => Err(reject::not_found()),
        }
    });
    warp::path(path.trim_matches('/')).and(warp::path::end()).and(whole).untuple_one()
}

fn method(name: &str) -> BoxedFilter<()> {
    match name {
        "HEAD" => warp::head().boxed(),
        "POST" => warp::post().boxed(),
        "PUT" => warp::put().boxed(),
        "PATCH" => warp::patch().boxed(),
        "DELETE" => warp::delete().boxed(),
        "OPTIONS" => warp::options().boxed(),
        _ => warp::get().boxed(),
    }
}

fn query() -> impl Filter<Extract = (Option<String>,), Error = Infallible> + Clone {
    warp::query::raw().map(Some).or(warp::any().map(|| None)).unify()
}

#[derive(Debug)]
struct Boom(Failure);

impl Reject for Boom {}

/// A handler that fails rejects the request, and warp answers 500: a panic would end the
/// connection without a response.
fn answer(route: &Route, method: &Method, query: Option<&str>, headers: &HeaderMap) -> Result<Response, Rejection> {
    let response = route.respond(method, query, headers).map_err(|failure| reject::custom(Boom(failure)))?;
    Ok(response.into_response())
}
