//! salvo::cors::Cors, mounted as its README says: on the service, not on the router.

use contract::{
    Built, Kind, Mode, Names, Policy, ROUTES, Ready, Verdict, built, call, given, methods, string, strings,
};
use salvo::conn::tcp::TcpAcceptor;
use salvo::cors::{AllowOrigin, Any, Cors};
use salvo::http::{Method, ResBody};
use salvo::prelude::*;

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let policy = contract::policy();
    let service = contract::build(|| mount(policy));
    let (listener, port) = contract::listen();
    Ready { library: "salvo-cors", package: "salvo-cors", config: &service.text, unsupported: &[] }.announce(port);
    let acceptor = TcpAcceptor::try_from(tokio::net::TcpListener::from_std(listener)?)?;
    Server::new(acceptor).serve(service.value).await;
    Ok(())
}

fn mount(policy: &Policy) -> Result<Built<Service>, Verdict> {
    let cors = cors(policy)?;
    let Built { value: cors, text } = call!(cors.into_handler());
    let router = ROUTES.iter().fold(Router::new(), |router, route| router.push(handlers(route)));
    let service = match policy.both_layers() {
        true => built!(Service::new(router).hoop(cors.clone()).hoop(cors)),
        false => built!(Service::new(router).hoop(cors)),
    };
    Ok(Built { text: format!("let cors = {text};\nlet service = {};", service.text), ..service })
}

fn cors(policy: &Policy) -> Result<Built<Cors>, Verdict> {
    let mut cors = built!(Cors::new());
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
            Names::List(names) => call!(cors.allow_headers(strings(names))),
        };
    }
    if let Some(names) = &policy.expose_headers {
        cors = match names {
            Names::Any(_) => call!(cors.expose_headers(built!(Any))),
            Names::List(names) => call!(cors.expose_headers(strings(names))),
        };
    }
    if let Some(seconds) = policy.max_age {
        cors = call!(cors.max_age(Built::from(seconds)));
    }
    Ok(cors)
}

fn origin(policy: &Policy) -> Result<Built<AllowOrigin>, Verdict> {
    let origins = &policy.origins;
    Ok(match origins.mode {
        Mode::None => built!(AllowOrigin::list([])),
        Mode::Any => built!(AllowOrigin::any()),
        Mode::List => listed(&origins.listed()),
        Mode::Subdomains => {
            given!(children = contract::children(&origins.values) => AllowOrigin::dynamic(move |origin, _, _| {
                let bytes = origin?.as_bytes();
                let allowed = children.iter().any(|(scheme, domain)| {
                    bytes.starts_with(scheme.as_bytes()) && bytes.ends_with(domain.as_bytes())
                });
                if allowed { origin.cloned() } else { None }
            }))
        }
        // The library has no option for regular expressions, only one for functions.
        Mode::Regex if policy.kind == Kind::Verbatim => return Err(Verdict::Unsupported(vec!["origins.mode=regex"])),
        Mode::Regex => {
            given!(patterns = contract::patterns(&origins.values)? => AllowOrigin::dynamic(move |origin, _, _| {
                origin.filter(|origin| origin.to_str().is_ok_and(|origin| patterns.is_match(origin))).cloned()
            }))
        }
    })
}

/// The documentation writes one origin as a string, and more as a list.
fn listed(origins: &[String]) -> Built<AllowOrigin> {
    match origins {
        [origin] => {
            let Built { value, text } = string(origin);
            Built { value: value.into(), text }
        }
        origins => {
            let Built { value, text } = strings(origins);
            Built { value: value.into(), text }
        }
    }
}

/// A path of salvo matches with and without a final slash, so the whole path is compared, too.
fn handlers(route: &'static contract::Route) -> Router {
    let router = Router::with_path(route.path).filter_fn(|request, _| request.uri().path() == route.path);
    route.methods.iter().fold(router, |router, method| match *method {
        "HEAD" => router.head(Page(route)),
        "POST" => router.post(Page(route)),
        "PUT" => router.put(Page(route)),
        "PATCH" => router.patch(Page(route)),
        "DELETE" => router.delete(Page(route)),
        "OPTIONS" => router.options(Page(route)),
        _ => router.get(Page(route)),
    })
}

struct Page(&'static contract::Route);

#[async_trait]
impl Handler for Page {
    /// A handler that fails renders an error, and salvo answers 500: a panic would end the
    /// connection without a response. The body is read, because hyper may close a connection
    /// with an unread body.
    async fn handle(&self, request: &mut Request, _: &mut Depot, response: &mut Response, _: &mut FlowCtrl) {
        let _ = request.payload().await; // it is not used
        match self.0.respond(request.method(), request.uri().query(), request.headers()) {
            Ok(answer) => {
                let (parts, body) = answer.into_parts();
                response.status_code(parts.status);
                response.headers_mut().extend(parts.headers);
                response.body(ResBody::from(body));
            }
            Err(_) => response.render(StatusError::internal_server_error()),
        }
    }
}
