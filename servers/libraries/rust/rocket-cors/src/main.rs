//! rocket_cors in Rocket, as a fairing: the first of the three ways in its documentation.

use std::collections::HashSet;
use std::io::Cursor;
use std::net::Ipv4Addr;
use std::str::FromStr;

use contract::{Built, Kind, Mode, Names, Policy, ROUTES, Ready, Route, Verdict, built, call, given, strings};
use rocket::config::{LogLevel, Shutdown};
use rocket::fairing::AdHoc;
use rocket::http::{Method, Status};
use rocket::route::{Handler, Outcome};
use rocket::{Build, Config, Data, Request, Response, Rocket};
use rocket_cors::{AllOrSome, AllowedHeaders, AllowedMethods, AllowedOrigins, Cors, CorsOptions, Origins};

#[rocket::main]
async fn main() -> Result<(), Box<rocket::Error>> {
    let policy = contract::policy();
    let Built { value: app, text: config } = contract::build(|| mount(policy));
    let announced = AdHoc::on_liftoff("announced", move |app| {
        Box::pin(async move {
            let unsupported = &policy.any_in(&["methods", "exposeHeaders"]);
            Ready { library: "rocket_cors", package: "rocket_cors", config: &config, unsupported }
                .announce(app.config().port);
        })
    });
    app.attach(announced).launch().await.map(drop).map_err(Box::new)
}

fn mount(policy: &Policy) -> Result<Built<Rocket<Build>>, Verdict> {
    let Built { value: options, text } = options(policy);
    let cors = checked(&options)?;
    let app = rocket::custom(server()).mount("/", ROUTES.iter().flat_map(handlers).collect::<Vec<_>>()).attach(cors);
    if !policy.both_layers() {
        return Ok(Built {
            value: app,
            text: format!("let cors = {text}\n    .to_cors()?;\nrocket::build().attach(cors)"),
        });
    }
    // Two fairings need two routes for their errors.
    let outer = checked(&options.fairing_route_base("/outer"))?;
    let text = format!(
        "let options = {text};\nlet cors = options.to_cors()?;\n\
         let outer = options.fairing_route_base(\"/outer\").to_cors()?;\nrocket::build().attach(cors).attach(outer)"
    );
    Ok(Built { value: app.attach(outer), text })
}

fn checked(options: &CorsOptions) -> Result<Cors, Verdict> {
    options.to_cors().map_err(|error| Verdict::Refused(error.to_string()))
}

fn options(policy: &Policy) -> Built<CorsOptions> {
    let mut cors = built!(CorsOptions::default());
    if policy.kind == Kind::Default {
        return cors;
    }
    cors = call!(cors.allowed_origins(origins(&policy.origins)));
    if let Some(credentials) = policy.credentials {
        cors = call!(cors.allow_credentials(Built::from(credentials)));
    }
    if let Some(Names::List(names)) = &policy.methods {
        cors = call!(cors.allowed_methods(given!(names = strings(names) =>
            names.iter().map(|s| FromStr::from_str(s).unwrap()).collect::<AllowedMethods>())));
    }
    if let Some(names) = &policy.request_headers {
        cors = match names {
            Names::Any(_) => call!(cors.allowed_headers(built!(AllowedHeaders::all()))),
            Names::List(names) => call!(cors.allowed_headers(given!(names = strings(names) =>
                AllowedHeaders::some(&names)))),
        };
    }
    if let Some(Names::List(names)) = &policy.expose_headers {
        cors = call!(cors.expose_headers(given!(names = strings(names) =>
            names.iter().map(|s| s.to_string()).collect::<HashSet<_>>())));
    }
    if let Some(seconds) = policy.max_age {
        cors = call!(cors.max_age(Built { value: Some(seconds as usize), text: format!("Some({seconds})") }));
    }
    cors
}

fn origins(origins: &contract::Origins) -> Built<AllowedOrigins> {
    let values = strings(&origins.values);
    match origins.mode {
        Mode::Any => built!(AllowedOrigins::all()),
        Mode::None => built!(AllowedOrigins::some_exact::<&str>(&[])),
        Mode::List if origins.allow_null => given!(exact = values => AllOrSome::Some(Origins {
            allow_null: true,
            exact: Some(exact.iter().map(|s| s.to_string()).collect()),
            ..Default::default()
        })),
        Mode::List => given!(exact = values => AllowedOrigins::some_exact(&exact)),
        Mode::Regex => given!(regex = values => AllowedOrigins::some_regex(&regex)),
        Mode::Subdomains => {
            let patterns: Vec<String> = origins.values.iter().map(|origin| children(origin)).collect();
            given!(regex = strings(&patterns) => AllowedOrigins::some_regex(&regex))
        }
    }
}

/// The regular expression of the children of an origin such as https://example.test.
fn children(origin: &str) -> String {
    let (scheme, host) = origin.split_once("://").unwrap_or_default();
    format!("^{scheme}://[a-z0-9.-]+\\.{}$", host.replace('.', "\\."))
}

/// Rocket's own settings, but for the port and what it prints.
fn server() -> Config {
    Config {
        address: Ipv4Addr::LOCALHOST.into(),
        port: 0,
        log_level: LogLevel::Off,
        shutdown: Shutdown { ctrlc: false, signals: HashSet::new(), ..Shutdown::default() },
        ..Config::default()
    }
}

#[derive(Clone)]
struct Page(&'static Route);

fn handlers(route: &'static Route) -> impl Iterator<Item = rocket::Route> {
    let methods = route.methods.iter().map(|name| name.parse::<Method>().expect("a method"));
    // An application with the fairing may not have a route for OPTIONS: so says the documentation.
    methods.filter(|method| *method != Method::Options).map(move |method| rocket::Route::new(method, route.path, Page(route)))
}

#[rocket::async_trait]
impl Handler for Page {
    /// A path of Rocket matches with and without a final slash, so the whole path is compared, too.
    async fn handle<'r>(&self, request: &'r Request<'_>, data: Data<'r>) -> Outcome<'r> {
        if request.uri().path() != self.0.path {
            return Outcome::Forward((data, Status::NotFound));
        }
        let asked = contract::Request {
            method: request.method().as_str(),
            query: request.uri().query().map(|query| query.as_str()).unwrap_or_default(),
            header: &|name| request.headers().get_one(name).map(str::to_string),
        };
        let Ok(answer) = (self.0.answer)(&asked) else {
            return Outcome::Error(Status::InternalServerError);
        };
        let mut response = Response::new();
        response.set_status(Status::new(answer.status));
        for (name, value) in answer.headers {
            response.set_raw_header(name, value);
        }
        response.set_sized_body(answer.body.len(), Cursor::new(answer.body));
        Outcome::Success(response)
    }
}
