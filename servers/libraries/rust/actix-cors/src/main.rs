//! actix_cors::Cors in actix-web, mounted as its README says.

use std::sync::Mutex;

use actix_cors::Cors;
use actix_web::dev::{RequestHead, ServiceRequest, Transform, fn_service};
use actix_web::error::ErrorInternalServerError;
use actix_web::http::header::HeaderValue;
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Condition;
use actix_web::web::{self, ServiceConfig};
use actix_web::{App, Error, HttpRequest, HttpResponse, HttpServer};
use contract::{Built, Kind, Mode, Names, Policy, ROUTES, Ready, Route, Verdict, built, call, given, string, strings};

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    log::set_logger(&ERRORS).expect("no other logger");
    log::set_max_level(log::LevelFilter::Error);
    let policy = contract::policy();
    let config = contract::build(|| checked(policy));
    let (listener, port) = contract::listen();
    Ready { library: "actix-cors", package: "actix-cors", config: &config, unsupported: &[] }.announce(port);
    let app = move || {
        let cors = || cors(policy).expect("checked before").value;
        App::new().configure(routes).wrap(cors()).wrap(Condition::new(policy.both_layers(), cors()))
    };
    HttpServer::new(app).workers(1).disable_signals().listen(listener)?.run().await
}

/// The text of the configuration. The library logs its error and does not start where it does
/// not accept the configuration.
fn checked(policy: &Policy) -> Result<String, Verdict> {
    if policy.kind == Kind::Verbatim && policy.origins.mode == Mode::Regex {
        return Err(Verdict::Unsupported(vec!["origins.mode=regex"])); // only functions
    }
    let Built { value: cors, text } = cors(policy)?;
    let inner = fn_service(async |request: ServiceRequest| Ok(request.into_response(HttpResponse::Ok().finish())));
    if cors.new_transform(inner).into_inner().is_err() {
        return Err(Verdict::Refused(ERRORS.last()));
    }
    Ok(match policy.both_layers() {
        true => format!("let cors = || {text};\nApp::new().wrap(cors()).wrap(cors())"),
        false => format!("let cors = {text};\nApp::new().wrap(cors)"),
    })
}

fn cors(policy: &Policy) -> Result<Built<Cors>, Verdict> {
    let mut cors = built!(Cors::default());
    if policy.kind == Kind::Default {
        return Ok(cors);
    }
    cors = origin(cors, policy)?;
    if policy.credentials == Some(true) {
        cors = call!(cors.supports_credentials());
    }
    if let Some(names) = &policy.methods {
        cors = match names {
            Names::Any(_) => call!(cors.allow_any_method()),
            Names::List(names) => call!(cors.allowed_methods(strings(names))),
        };
    }
    if let Some(names) = &policy.request_headers {
        cors = match names {
            Names::Any(_) => call!(cors.allow_any_header()),
            Names::List(names) => call!(cors.allowed_headers(strings(names))),
        };
    }
    if let Some(names) = &policy.expose_headers {
        cors = match names {
            Names::Any(_) => call!(cors.expose_any_header()),
            Names::List(names) => call!(cors.expose_headers(strings(names))),
        };
    }
    if let Some(seconds) = policy.max_age {
        cors = call!(cors.max_age(Built::from(seconds as usize)));
    }
    Ok(cors)
}

fn origin(cors: Built<Cors>, policy: &Policy) -> Result<Built<Cors>, Verdict> {
    let origins = &policy.origins;
    Ok(match origins.mode {
        Mode::None => cors, // the default
        Mode::Any => call!(cors.allow_any_origin()),
        Mode::List => origins.listed().iter().fold(cors, |cors, origin| call!(cors.allowed_origin(string(origin)))),
        Mode::Subdomains => call!(cors.allowed_origin_fn(
            given!(children = contract::children(&origins.values) => move |origin: &HeaderValue, _: &RequestHead| {
                let origin = origin.as_bytes();
                children.iter().any(|(scheme, domain)| origin.starts_with(scheme.as_bytes()) && origin.ends_with(domain.as_bytes()))
            })
        )),
        Mode::Regex => call!(cors.allowed_origin_fn(
            given!(patterns = contract::patterns(&origins.values)? => move |origin: &HeaderValue, _: &RequestHead| {
                origin.to_str().is_ok_and(|origin| patterns.is_match(origin))
            })
        )),
    })
}

fn routes(config: &mut ServiceConfig) {
    for route in ROUTES {
        let methods = route.methods.iter().map(|name| Method::from_bytes(name.as_bytes()).expect("a method"));
        let handler = move |request: HttpRequest| async move { answer(route, &request) };
        let resource = web::resource(route.path);
        config.service(methods.fold(resource, |resource, method| resource.route(web::method(method).to(handler))));
    }
}

/// A handler that fails returns an error: actix-web does not catch panics.
fn answer(route: &Route, request: &HttpRequest) -> Result<HttpResponse, Error> {
    let header = |name: &str| Some(request.headers().get(name)?.to_str().ok()?.to_string());
    let asked = contract::Request { method: request.method().as_str(), query: request.query_string(), header: &header };
    let answer = (route.answer)(&asked).map_err(ErrorInternalServerError)?;
    let status = StatusCode::from_u16(answer.status).map_err(ErrorInternalServerError)?;
    let mut response = HttpResponse::build(status);
    for header in answer.headers {
        response.append_header(header);
    }
    Ok(response.body(answer.body))
}

/// Keeps the last error that was logged.
struct Errors(Mutex<String>);

static ERRORS: Errors = Errors(Mutex::new(String::new()));

impl Errors {
    fn last(&self) -> String {
        self.0.lock().map(|text| text.clone()).unwrap_or_default()
    }
}

impl log::Log for Errors {
    fn enabled(&self, metadata: &log::Metadata) -> bool {
        metadata.level() == log::Level::Error
    }

    fn log(&self, record: &log::Record) {
        if let (true, Ok(mut text)) = (self.enabled(record.metadata()), self.0.lock()) {
            *text = record.args().to_string();
        }
    }

    fn flush(&self) {}
}
