//! ntex_cors::Cors in ntex, mounted as its documentation says. The library answers every OPTIONS
//! on its own: the handler of OPTIONS /options never runs.

use contract::{Built, Kind, Mode, Names, Policy, ROUTES, Ready, Route, Verdict, built, call, string, strings};
use ntex::http::{Method, StatusCode};
use ntex::web::error::InternalError;
use ntex::web::{self, App, DefaultError, HttpRequest, HttpResponse, ServiceConfig};
use ntex_cors::Cors;

#[ntex::main]
async fn main() -> std::io::Result<()> {
    let policy = contract::policy();
    let config = contract::build(|| checked(policy));
    let (listener, port) = contract::listen();
    // Any request header is the default of the library.
    let unsupported = &policy.any_in(&["methods", "exposeHeaders"]);
    Ready { library: "ntex-cors", package: "ntex-cors", config: &config, unsupported }.announce(port);
    let cors = move || cors(policy).expect("checked before").value.finish::<DefaultError>();
    if policy.both_layers() {
        let app = async move || App::new().middleware(cors()).middleware(cors()).configure(routes);
        web::server(app).workers(1).disable_signals().listen(listener)?.run().await
    } else {
        let app = async move || App::new().middleware(cors()).configure(routes);
        web::server(app).workers(1).disable_signals().listen(listener)?.run().await
    }
}

/// The text of the configuration. The library panics at a configuration that it does not accept.
fn checked(policy: &Policy) -> Result<String, Verdict> {
    let Built { value: cors, text } = cors(policy)?;
    cors.finish::<DefaultError>();
    Ok(match policy.both_layers() {
        true => format!("let cors = || {text}\n    .finish();\nApp::new().middleware(cors()).middleware(cors())"),
        false => format!("let cors = {text}\n    .finish();\nApp::new().middleware(cors)"),
    })
}

fn cors(policy: &Policy) -> Result<Built<Cors>, Verdict> {
    let mut cors = built!(Cors::new());
    if policy.kind == Kind::Default {
        return Ok(cors);
    }
    cors = match policy.origins.mode {
        Mode::Any => cors, // the default
        Mode::List => {
            policy.origins.listed().iter().fold(cors, |cors, origin| call!(cors.allowed_origin(string(origin))))
        }
        Mode::None => return Err(Verdict::Unsupported(vec!["origins.mode=none"])),
        Mode::Subdomains => return Err(Verdict::Unsupported(vec!["origins.mode=subdomains"])),
        Mode::Regex => return Err(Verdict::Unsupported(vec!["origins.mode=regex"])),
    };
    if policy.credentials == Some(true) {
        cors = call!(cors.supports_credentials());
    }
    if let Some(Names::List(names)) = &policy.methods {
        cors = call!(cors.allowed_methods(strings(names)));
    }
    if let Some(Names::List(names)) = &policy.request_headers {
        cors = call!(cors.allowed_headers(strings(names)));
    }
    if let Some(Names::List(names)) = &policy.expose_headers {
        cors = call!(cors.expose_headers(strings(names)));
    }
    if let Some(seconds) = policy.max_age {
        cors = call!(cors.max_age(Built::from(seconds as usize)));
    }
    Ok(cors)
}

fn routes(config: &mut ServiceConfig<DefaultError>) {
    for route in ROUTES {
        let methods = route.methods.iter().map(|name| Method::from_bytes(name.as_bytes()).expect("a method"));
        let handler = async move |request: HttpRequest| answer(route, &request);
        let resource = web::resource(route.path);
        config.service(methods.fold(resource, |resource, method| resource.route(web::method(method).to(handler))));
    }
}

/// A handler that fails returns an error: ntex does not catch panics.
fn answer(
    route: &Route,
    request: &HttpRequest,
) -> Result<HttpResponse, InternalError<contract::Failure, DefaultError>> {
    let header = |name: &str| Some(request.headers().get(name)?.to_str().ok()?.to_string());
    let asked = contract::Request { method: request.method().as_str(), query: request.query_string(), header: &header };
    let answer = (route.answer)(&asked).map_err(web::error::ErrorInternalServerError)?;
    let mut response = HttpResponse::build(StatusCode::from_u16(answer.status).expect("a status"));
    for (name, value) in answer.headers {
        response.header(name, value);
    }
    Ok(response.body(answer.body))
}
