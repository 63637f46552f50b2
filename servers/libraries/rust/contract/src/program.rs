use std::any::Any;
use std::net::TcpListener;
use std::panic::{self, AssertUnwindSafe};
use std::{env, fs, io, process, thread};

use serde_json::json;

use crate::line;
use crate::policy::Policy;

/// Why there is nothing to serve.
#[derive(Debug)]
pub enum Verdict {
    /// The library refused the policy, with this text.
    Refused(String),
    /// The library cannot express the policy: it has no option for these fields.
    Unsupported(Vec<&'static str>),
}

/// The policy that the command line names. From now on the program ends when its standard input
/// ends. It does not use `--upstream`, which is there for proxies.
pub fn policy() -> &'static Policy {
    thread::spawn(|| {
        let _ = io::copy(&mut io::stdin(), &mut io::sink()); // an error ends the input, too
        process::exit(0);
    });
    let file = argument("--policy").unwrap_or_else(|| fail("want --policy FILE --upstream URL"));
    let text = fs::read(&file).unwrap_or_else(|error| fail(&format!("{file}: {error}")));
    let policy = serde_json::from_slice(&text).unwrap_or_else(|error| fail(&format!("{file}: {error}")));
    Box::leak(Box::new(policy)) // the program needs it to its end
}

/// Configures the library. Where the library does not accept the policy, or cannot express it,
/// this says so and ends the program. Several libraries panic at a configuration that they do
/// not accept: the text of the panic is the text of the refusal.
pub fn build<T>(configure: impl FnOnce() -> Result<T, Verdict>) -> T {
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {})); // the line says what the library said
    let built = panic::catch_unwind(AssertUnwindSafe(configure));
    panic::set_hook(hook);
    let line = match built {
        Ok(Ok(built)) => return built,
        Ok(Err(Verdict::Unsupported(fields))) => json!({"unsupported": fields}),
        Ok(Err(Verdict::Refused(text))) => json!({"refused": text}),
        Err(payload) => json!({"refused": text(payload)}),
    };
    line::print(&line);
    process::exit(0);
}

/// A listener at a free port of 127.0.0.1, and that port.
pub fn listen() -> (TcpListener, u16) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("127.0.0.1 has a free port");
    listener.set_nonblocking(true).expect("a listener can be non-blocking");
    let port = listener.local_addr().expect("a listener has an address").port();
    (listener, port)
}

fn argument(name: &str) -> Option<String> {
    env::args().skip_while(|argument| argument != name).nth(1)
}

fn fail(message: &str) -> ! {
    eprintln!("{message}");
    process::exit(1);
}

fn text(payload: Box<dyn Any + Send>) -> String {
    match payload.downcast::<String>() {
        Ok(text) => *text,
        Err(payload) => payload.downcast_ref::<&str>().unwrap_or(&"a panic without a text").to_string(),
    }
}
