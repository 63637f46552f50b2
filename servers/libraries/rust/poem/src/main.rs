//! poem::middleware::Cors, mounted as its documentation says.

use contract::{Built, Kind, Mode, Names, Policy, ROUTES, Ready, Verdict, built, call, given, string, strings};
use poem::endpoint::{BoxEndpoint, make};
use poem::error::InternalServerError;
use poem::http::Method;
use poem::listener::TcpAcceptor;
use poem::middleware::Cors;
use poem::{Endpoint, EndpointExt, Request, Response, Route, RouteMethod, Server};

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let policy = contract::policy();
    let app = contract::build(|| mount(policy));
    let (listener, port) = contract::listen();
    // Any method and any request header are the default of the library.
    let unsupported = &policy.any_in(&["exposeHeaders"]);
    Ready { library: "poem", package: "poem", config: &app.text, unsupported }.announce(port);
    Server::new_with_acceptor(TcpAcceptor::from_std(listener)?).run(app.value).await
}

fn mount(policy: &Policy) -> Result<Built<BoxEndpoint<'static>>, Verdict> {
    let Built { value: cors, text } = cors(policy)?;
    let app = ROUTES.iter().fold(Route::new(), |app, route| app.at(route.path, handlers(route)));
    let (app, mounted) = match policy.both_layers() {
        true => boxed(built!(app.with(&cors).with(&cors))),
        false => boxed(built!(app.with(cors))),
    };
    Ok(Built { value: app, text: format!("let cors = {text};\nlet app = {mounted};") })
}

fn boxed(app: Built<impl Endpoint<Output = Response> + 'static>) -> (BoxEndpoint<'static>, String) {
    (app.value.boxed(), app.text)
}

fn cors(policy: &Policy) -> Result<Built<Cors>, Verdict> {
    let mut cors = built!(Cors::new());
    if policy.kind == Kind::Default {
        return Ok(cors);
    }
    cors = origin(cors, policy)?;
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
        cors = call!(cors.max_age(Built::from(seconds as i32)));
    }
    Ok(cors)
}

fn origin(cors: Built<Cors>, policy: &Policy) -> Result<Built<Cors>, Verdict> {
    let values = &policy.origins.values;
    Ok(match policy.origins.mode {
        Mode::Any => cors,                                                   // the default
        Mode::None => call!(cors.allow_origins_fn(built!(|_: &str| false))), // an empty list means any origin
        Mode::List => match policy.origins.listed().as_slice() {
            [origin] => call!(cors.allow_origin(string(origin))),
            origins => call!(cors.allow_origins(strings(origins))),
        },
        Mode::Subdomains => values.iter().map(|origin| origin.replace("://", "://*.")).fold(cors, wildcard),
        // The option of this name takes wildcards, not regular expressions.
        Mode::Regex if policy.kind == Kind::Verbatim => values.iter().cloned().fold(cors, wildcard),
        Mode::Regex => call!(cors.allow_origins_fn(given!(patterns = contract::patterns(values)? =>
            move |origin: &str| patterns.is_match(origin)))),
    })
}

fn wildcard(cors: Built<Cors>, pattern: String) -> Built<Cors> {
    call!(cors.allow_origin_regex(string(&pattern)))
}

fn handlers(route: &'static contract::Route) -> RouteMethod {
    route.methods.iter().fold(RouteMethod::new(), |routes, name| {
        let method = Method::from_bytes(name.as_bytes()).expect("a method");
        routes.method(method, make(async |request| answer(route, request).await))
    })
}

/// A handler that fails returns an error, and poem answers 500: a panic would end the connection
/// without a response. The body is read, because hyper may close a connection with an unread body.
async fn answer(route: &contract::Route, mut request: Request) -> poem::Result<Response> {
    request.take_body().into_bytes().await?;
    let answer = route.respond(request.method(), request.uri().query(), request.headers());
    let (parts, body) = answer.map_err(InternalServerError)?.into_parts();
    let mut response = Response::builder().status(parts.status).body(body);
    response.headers_mut().extend(parts.headers);
    Ok(response)
}
